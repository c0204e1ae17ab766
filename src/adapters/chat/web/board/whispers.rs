//! What was told to one person only?

use super::super::record::{Touched, Whisper, detach, key, number};
use super::{Board, parse};
use crate::domain::message::{Message, Place};
use crate::domain::person::Person;
use crate::ports::store::{Expect, Op, StoreError};

impl Board {
    /// Under a key that was used before the wording is replaced; what was dismissed stays away.
    pub async fn whisper(&self, place: &Place, to: &Person, name: &str, message: &Message) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let mut draft = self.draft().await?;
        let whispered = key::whispered(&to.id, name);
        let (message, bytes) = detach(message);
        let whisper = match self.read::<u64>(&whispered).await? {
            None => Whisper {
                number: draft.number,
                channel: place.channel.clone(),
                root: place.thread.as_deref().and_then(number),
                message,
                at: self.clock.now(),
            },
            Some(before) => match self.read::<Whisper>(&key::whisper(&to.id, before)).await? {
                Some(before) if before.message != message => Whisper { message, ..before },
                _ => return Ok(()),
            },
        };
        draft.put(whispered, &whisper.number, Expect::Anything);
        draft.files(whisper.number, bytes);
        draft.put(key::whisper(&to.id, whisper.number), &whisper, Expect::Anything);
        draft.touched.push(Touched::Whisper { person: to.id.clone(), number: whisper.number });
        self.commit(draft).await
    }

    pub async fn dismiss(&self, person: &Person, id: &str) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let Some(whisper) = self.whisper_of(person, id).await? else { return Ok(()) };
        let mut draft = self.draft().await?;
        draft.ops.push(Op::Delete { key: key::whisper(&person.id, whisper.number), expect: Expect::Anything });
        draft.touched.push(Touched::Gone { person: person.id.clone(), number: whisper.number });
        self.commit(draft).await
    }

    pub async fn whisper_of(&self, person: &Person, id: &str) -> Result<Option<Whisper>, StoreError> {
        match number(id) {
            Some(number) => self.read(&key::whisper(&person.id, number)).await,
            None => Ok(None),
        }
    }

    pub async fn whispers(&self, person: &Person, channel: &str) -> Result<Vec<Whisper>, StoreError> {
        let stored = self.store.scan(&key::whispers(&person.id), None, 500).await?;
        let all: Result<Vec<Whisper>, StoreError> =
            stored.iter().map(|(key, stored)| parse(key, &stored.value)).collect();
        Ok(all?.into_iter().filter(|whisper| whisper.channel == channel).collect())
    }
}
