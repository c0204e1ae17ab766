//! Which past incidents are like this? The records' incidents in an index in memory, which follows their journal.

use crate::domain::incident::Incident;
use crate::domain::language::Language;
use crate::domain::message::Place;
use crate::domain::trouble::Trouble;
use crate::features::phrase::plain;
use crate::features::store_trouble;
use crate::features::texts as text;
use crate::ports::embedder::Embedder;
use crate::ports::store::StoreError;
use crate::records::{Embedding, Fate, Records};
use crate::retrieval::classes::{self, Told};
use crate::retrieval::{Entry, Hit, Index, Query};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::RwLock;

pub struct Recall {
    records: Records,
    embedder: Option<Arc<dyn Embedder>>,
    state: RwLock<State>,
    /// The embedder did not embed when it was asked last.
    fails: AtomicBool,
    /// Channels whose incidents are named nowhere else.
    restricted: Vec<Place>,
}

#[derive(Default)]
struct State {
    index: Index,
    /// The last step of the journal that the index knows.
    after: u64,
    /// Incidents without vectors of this model and of their text as it is.
    waiting: BTreeSet<u64>,
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub text: String,
    pub services: Vec<String>,
    /// What kind of thing it is; read from the text when not given.
    pub told: Option<Told>,
    /// Where it is asked for: what is told in a restricted channel is found only there.
    pub place: Option<Place>,
}

impl Wanted {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

pub struct Found {
    pub incident: Incident,
    pub hit: Hit,
}

impl Found {
    /// `same service: pay · both about database · words: lock, table · close in meaning (0.61)`
    pub fn why(&self) -> String {
        let why = &self.hit.why;
        let listed = |label: &str, names: &[&str]| (!names.is_empty()).then(|| format!("{label}{}", names.join(", ")));
        let parts = [
            listed("same service: ", &why.services.iter().map(String::as_str).collect::<Vec<_>>()),
            listed("both about ", &why.classes),
            (!why.words.is_empty()).then(|| format!("words: {}", why.words.join(", "))),
            why.meaning.filter(|near| *near >= 0.3).map(|near| format!("close in meaning ({near:.2})")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

impl Found {
    /// As a list names it: what it was, what ended it, what makes it alike.
    pub fn line(&self, language: Language) -> String {
        let incident = &self.incident;
        let title = plain(&incident.title(120));
        let title = incident.link.as_ref().map_or_else(|| title.clone(), |link| format!("[{title}]({link})"));
        let fix = Some(&incident.recap.fix).filter(|fix| !fix.is_empty());
        let fix = fix.map(|fix| text::SIMILAR_FIX.of(language, &[("fix", &plain(fix))])).unwrap_or_default();
        text::SIMILAR_LINE.of(
            language,
            &[
                ("title", &title),
                ("date", &incident.dated()),
                ("id", &incident.id),
                ("fix", &fix),
                ("why", &plain(&self.why())),
            ],
        )
    }
}

/// By what means incidents are found, for `doctor` and the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means {
    pub incidents: usize,
    /// Of them by meaning too; `None` where there is no embedder.
    pub embedded: Option<usize>,
    /// There is an embedder, and it fails; the log says why.
    pub fails: bool,
}

/// Words of one piece: as many as the smaller models read.
const PIECE: usize = 100;
/// Pieces of one incident; what a long thread says later is found by words.
const PIECES: usize = 4;
/// Texts embedded in one go.
const BATCH: usize = 32;
/// How often vectors are kept anew because the journal went on.
const TRIES: usize = 20;

impl Recall {
    pub fn new(records: Records, embedder: Option<Arc<dyn Embedder>>) -> Self {
        Self { records, embedder, state: RwLock::default(), fails: AtomicBool::default(), restricted: Vec::new() }
    }

    pub fn with_restricted(self, restricted: Vec<Place>) -> Self {
        Self { restricted, ..self }
    }

    /// May it be named there? `None`: where nobody knows who reads it.
    pub fn is_seen_from(&self, incident: &Incident, place: Option<&Place>) -> bool {
        let here = place.map(|place| Place { thread: None, ..place.clone() });
        !self.restricted.contains(&incident.place) || here.as_ref() == Some(&incident.place)
    }

    /// Alike ones only, best first. An embedder that fails costs meaning, not the answer.
    pub async fn find(&self, wanted: &[Wanted], limit: usize) -> Result<Vec<Vec<Found>>, Trouble> {
        self.catch_up().await?;
        let vectors = self.vectors(wanted).await;
        let state = self.state.read().await;
        let mut hits: Vec<Vec<Hit>> = Vec::new();
        for (place, one) in wanted.iter().enumerate() {
            let told = one.told.clone().unwrap_or_else(|| classes::told(&one.text, ""));
            let vector = vectors.as_ref().and_then(|vectors| vectors.get(place)).map(Vec::as_slice);
            let query = Query { text: &one.text, vector, services: &one.services, classes: told.classes() };
            hits.push(state.index.search(&query, limit));
        }
        drop(state);
        let mut found = Vec::new();
        for (one, hits) in wanted.iter().zip(hits) {
            let mut of_one = Vec::new();
            for hit in hits {
                let incident = self.records.incidents.get(hit.id).await.map_err(store_trouble)?;
                // Forgotten since a moment ago: it is not named any more.
                let seen = incident.filter(|(incident, _)| self.is_seen_from(incident, one.place.as_ref()));
                of_one.extend(seen.map(|(incident, _)| Found { incident, hit }));
            }
            found.push(of_one);
        }
        Ok(found)
    }

    pub async fn means(&self) -> Result<Means, Trouble> {
        self.catch_up().await?;
        let state = self.state.read().await;
        let embedded = self.embedder.as_ref().map(|_| state.index.embedded());
        Ok(Means { incidents: state.index.len(), embedded, fails: self.fails.load(Ordering::Relaxed) })
    }

    async fn vectors(&self, wanted: &[Wanted]) -> Option<Vec<Vec<f32>>> {
        let embedder = self.embedder.as_ref()?;
        if self.state.read().await.index.embedded() == 0 {
            return None;
        }
        let texts: Vec<String> = wanted.iter().map(|one| first_words(&one.text, PIECE)).collect();
        match self.embed(embedder.as_ref(), &texts).await {
            Ok(vectors) => Some(vectors),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "incidents are looked for by words only");
                None
            }
        }
    }

    async fn embed(&self, embedder: &dyn Embedder, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        let embedded = embedder.embed(texts).await;
        self.fails.store(embedded.is_err(), Ordering::Relaxed);
        embedded
    }

    /// Brings the index to what the records say now.
    async fn catch_up(&self) -> Result<(), Trouble> {
        let after = self.state.read().await.after;
        let steps = self.records.incidents.since(after).await.map_err(store_trouble)?;
        if steps.is_empty() {
            return Ok(());
        }
        let mut state = self.state.write().await;
        for step in steps.iter().filter(|step| step.number > state.after).map(|step| step.id).collect::<BTreeSet<_>>() {
            self.renew(&mut state, step).await?;
        }
        state.after = state.after.max(steps.last().map_or(0, |step| step.number));
        if state.index.is_worn() {
            *state = State::default();
            drop(state);
            return Box::pin(self.catch_up()).await;
        }
        Ok(())
    }

    async fn renew(&self, state: &mut State, id: u64) -> Result<(), Trouble> {
        let incidents = &self.records.incidents;
        state.waiting.remove(&id);
        let Some((incident, _)) = incidents.get(id).await.map_err(store_trouble)? else {
            state.index.remove(id);
            return Ok(());
        };
        let mut vectors = Vec::new();
        if let Some(embedder) = &self.embedder {
            let known = incidents.embedding(id).await.map_err(store_trouble)?;
            let known = known.filter(|known| known.model == embedder.model());
            if known.as_ref().is_none_or(|known| known.text != hash(&pieces(&incident))) {
                state.waiting.insert(id);
            }
            // Of an older text they are nearer the truth than none.
            vectors = known.map(|known| known.vectors).unwrap_or_default();
        }
        let (title, text, recap) = (incident.title(200), incident.whole(), recap_text(&incident));
        let recapped = &incident.recap;
        state.index.put(
            id,
            &Entry {
                title: &title,
                recap: &recap,
                text: &text,
                services: &recapped.services,
                classes: crate::retrieval::classes_of(recapped),
                vectors: &vectors,
            },
        );
        Ok(())
    }

    /// Embeds what has no vectors of this model and text yet, a batch at a time; returns how many are still to do. Search
    /// goes on meanwhile.
    pub async fn embed_some(&self) -> Result<usize, Trouble> {
        let Some(embedder) = &self.embedder else { return Ok(0) };
        self.catch_up().await?;
        let (incidents, model) = (&self.records.incidents, embedder.model());
        let (ids, all): (Vec<u64>, usize) = {
            let state = self.state.read().await;
            (state.waiting.iter().copied().take(BATCH).collect(), state.waiting.len())
        };
        let left = all - ids.len();
        let mut waiting = Vec::new();
        for id in ids {
            if let Some((incident, _)) = incidents.get(id).await.map_err(store_trouble)? {
                let pieces = pieces(&incident);
                let text = hash(&pieces);
                waiting.push((id, pieces, text));
            }
        }
        let texts: Vec<String> = waiting.iter().flat_map(|(_, pieces, _)| pieces.clone()).collect();
        let mut vectors = self.embed(embedder.as_ref(), &texts).await.map_err(Trouble::Bug)?.into_iter();
        let done: Vec<(u64, Embedding)> = waiting
            .into_iter()
            .map(|(id, pieces, text)| {
                let vectors = vectors.by_ref().take(pieces.len()).collect();
                (id, Embedding { model: model.clone(), text, vectors })
            })
            .collect();
        let fates: Vec<Fate<'_>> = done.iter().map(|(id, embedding)| Fate::Embed(*id, embedding)).collect();
        if fates.is_empty() {
            return Ok(0);
        }
        for _ in 0..TRIES {
            let ops = incidents.write(&fates).await.map_err(store_trouble)?;
            match self.records.commit(ops).await {
                // Somebody kept an incident meanwhile: the vectors are the same, only the journal went on.
                Err(StoreError::Conflict { .. }) => {}
                done => return done.map(|()| left).map_err(store_trouble),
            }
        }
        Ok(left + fates.len())
    }
}

/// What an incident comes to, in one text.
fn recap_text(incident: &Incident) -> String {
    let recap = &incident.recap;
    let lines = [&recap.happened, &recap.impact, &recap.cause, &recap.trigger, &recap.fix, &recap.lesson];
    lines.iter().filter(|line| !line.is_empty()).map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
}

/// What is embedded of it: what it comes to first, then its text in pieces.
fn pieces(incident: &Incident) -> Vec<String> {
    let recap = &incident.recap;
    let title = incident.title(200);
    let mut pieces = vec![
        first_words(&[title.as_str(), &recap.happened, &recap.impact].join(". "), PIECE),
        first_words(&[title.as_str(), &recap.cause, &recap.trigger, &recap.fix, &recap.lesson].join(". "), PIECE),
    ];
    let whole = incident.whole();
    let words: Vec<&str> = whole.split_whitespace().collect();
    pieces.extend(words.chunks(PIECE).take(PIECES - pieces.len()).map(|words| words.join(" ")));
    pieces.retain(|piece| piece.chars().any(char::is_alphanumeric));
    pieces
}

fn first_words(text: &str, most: usize) -> String {
    text.split_whitespace().take(most).collect::<Vec<_>>().join(" ")
}

fn hash(pieces: &[String]) -> String {
    Sha256::digest(pieces.join("\n").as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
