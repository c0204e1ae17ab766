//! Which incidents are remembered, where does each stand in a chat, and what changed since somebody last looked?

use super::{key, row};
use crate::domain::incident::Incident;
use crate::domain::message::Place;
use crate::ports::store::{Expect, Op, Store, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

#[derive(Clone)]
pub struct Incidents {
    store: Arc<dyn Store>,
}

/// What is to become of an incident.
pub enum Fate<'a> {
    /// Kept as it is here; expects what stands under its number.
    Keep(&'a Incident, Expect),
    /// Forgotten everywhere.
    Forget(&'a Incident),
    /// Its pieces were embedded.
    Embed(u64, &'a Embedding),
}

/// An incident's pieces as vectors of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    pub model: String,
    /// Of the pieces' text: another text wants other vectors.
    pub text: String,
    #[serde(with = "eight_bits")]
    pub vectors: Vec<Vec<f32>>,
}

/// One step of the journal: this incident is new, changed, embedded or gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub number: u64,
    pub id: u64,
}

const LAST_ID: &str = "incident/last";
const ROWS: &str = "incident/row/";
const JOURNAL: &str = "incident/journal/";
/// The number of the last step: who writes one expects it, so that steps are taken in order and none is overlooked.
const JOURNALED: &str = "incident/journaled";

impl Incidents {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The number under which the last one was kept.
    pub async fn last_id(&self) -> Result<u64, StoreError> {
        Ok(row::get(self.store.as_ref(), LAST_ID).await?.map_or(0, |(last, _)| last))
    }

    /// The operations that take all numbers up to `id`; of two who do so at once, one commit conflicts.
    pub async fn take_ids(&self, id: u64) -> Result<Vec<Op>, StoreError> {
        let last = row::get::<u64>(self.store.as_ref(), LAST_ID).await?;
        Ok(vec![row::put(LAST_ID.to_owned(), &id, row::as_read(last.map(|(_, version)| version)))])
    }

    /// Everything that one transaction does to incidents; of two transactions at once, one conflicts.
    pub async fn write(&self, fates: &[Fate<'_>]) -> Result<Vec<Op>, StoreError> {
        let store = self.store.as_ref();
        let last = row::get::<u64>(store, JOURNALED).await?;
        let (mut number, expect) = (last.map_or(0, |(last, _)| last), row::as_read(last.map(|(_, version)| version)));
        let mut ops = Vec::new();
        for fate in fates {
            number += 1;
            let id = match fate {
                Fate::Keep(incident, expect) => {
                    ops.push(row::put(row_key(incident.id), incident, *expect));
                    ops.extend(pointers(incident).map(|key| row::put(key, &incident.id, Expect::Anything)));
                    incident.id
                }
                Fate::Forget(incident) => {
                    ops.push(row::delete(row_key(incident.id), Expect::Anything));
                    ops.push(row::delete(vectors_key(incident.id), Expect::Anything));
                    ops.extend(pointers(incident).map(|key| row::delete(key, Expect::Anything)));
                    incident.id
                }
                Fate::Embed(id, embedding) => {
                    ops.push(row::put(vectors_key(*id), embedding, Expect::Anything));
                    *id
                }
            };
            // Only the newest step of each incident is kept.
            let before = row::get::<u64>(store, &step_of(id)).await?;
            ops.extend(before.map(|(step, _)| row::delete(step_key(step), Expect::Anything)));
            ops.push(row::put(step_key(number), &id, Expect::Anything));
            ops.push(row::put(step_of(id), &number, Expect::Anything));
        }
        ops.push(row::put(JOURNALED.to_owned(), &number, expect));
        Ok(ops)
    }

    /// What happened since step `after`, in order.
    pub async fn since(&self, after: u64) -> Result<Vec<Step>, StoreError> {
        let rows = self.store.scan(JOURNAL, Some(&step_key(after)), usize::MAX).await?;
        rows.iter()
            .map(|(key, stored)| {
                let number = key[JOURNAL.len()..].parse().unwrap_or_default();
                Ok(Step { number, id: row::read(key, stored)? })
            })
            .collect()
    }

    pub async fn get(&self, id: u64) -> Result<Option<(Incident, u64)>, StoreError> {
        row::get(self.store.as_ref(), &row_key(id)).await
    }

    pub async fn embedding(&self, id: u64) -> Result<Option<Embedding>, StoreError> {
        Ok(row::get(self.store.as_ref(), &vectors_key(id)).await?.map(|(embedding, _)| embedding))
    }

    /// The number under which the message behind this link was filed.
    pub async fn filed_from(&self, link: &str) -> Result<Option<u64>, StoreError> {
        self.pointed(&link_key(link)).await
    }

    /// The incident that this message tells of, or began.
    pub async fn told_by(&self, place: &Place, message: &str) -> Result<Option<u64>, StoreError> {
        self.pointed(&message_key(place, message)).await
    }

    /// The one that came from `origin` under this name.
    pub async fn named(&self, origin: &str, name: &str) -> Result<Option<u64>, StoreError> {
        self.pointed(&name_key(origin, name)).await
    }

    async fn pointed(&self, key: &str) -> Result<Option<u64>, StoreError> {
        Ok(row::get(self.store.as_ref(), key).await?.map(|(id, _)| id))
    }

    /// Newest first.
    pub async fn list(&self, limit: usize) -> Result<Vec<Incident>, StoreError> {
        let rows = self.store.scan(ROWS, None, limit).await?;
        rows.iter().map(|(key, stored)| row::read(key, stored)).collect()
    }
}

/// Where an incident is found by what is known of it elsewhere.
fn pointers(incident: &Incident) -> impl Iterator<Item = String> {
    let link = incident.link.as_deref().map(link_key);
    let message = incident.message.as_deref().map(|message| message_key(&incident.place, message));
    let name = (!incident.name.is_empty()).then(|| name_key(&incident.place.channel, &incident.name));
    let copies = incident.copies.iter().flat_map(|copy| {
        [Some(message_key(&copy.place, &copy.message)), copy.link.as_deref().map(link_key)].into_iter().flatten()
    });
    link.into_iter().chain(message).chain(name).chain(copies.collect::<Vec<_>>())
}

fn row_key(id: u64) -> String {
    format!("{ROWS}{}", key::descending(id))
}

fn vectors_key(id: u64) -> String {
    format!("incident/vectors/{}", key::ascending(id))
}

fn step_key(number: u64) -> String {
    format!("{JOURNAL}{}", key::ascending(number))
}

fn step_of(id: u64) -> String {
    format!("incident/step/{}", key::ascending(id))
}

/// A link may be long; its hash is not.
fn link_key(link: &str) -> String {
    format!("incident/link/{}", hash(link))
}

fn message_key(place: &Place, message: &str) -> String {
    format!("incident/message/{}/{}/{}", key::part(&place.platform), key::part(&place.channel), key::part(message))
}

fn name_key(origin: &str, name: &str) -> String {
    format!("incident/name/{}", hash(&format!("{origin}\n{name}")))
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Unit vectors as bytes: a hundred thousand of them are to fit.
mod eight_bits {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    const SCALE: f32 = 127.0;

    pub fn serialize<S: Serializer>(vectors: &[Vec<f32>], serializer: S) -> Result<S::Ok, S::Error> {
        let byte = |number: &f32| (number * SCALE).round().clamp(-SCALE, SCALE) as i8 as u8;
        let texts = vectors.iter().map(|vector| STANDARD.encode(vector.iter().map(byte).collect::<Vec<u8>>()));
        texts.collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<f32>>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let number = |byte: u8| f32::from(byte as i8) / SCALE;
        let vector = |text: String| Ok(STANDARD.decode(text)?.into_iter().map(number).collect());
        texts.into_iter().map(vector).collect::<Result<_, base64::DecodeError>>().map_err(serde::de::Error::custom)
    }
}
