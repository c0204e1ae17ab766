//! What did people say, and has the bot heard it?

use super::super::record::{Body, Record, key};
use super::Board;
use crate::domain::message::Attachment;
use crate::domain::person::Person;
use crate::ports::store::{Expect, Op, StoreError};

/// What a person typed, before it is a message.
#[derive(Debug, Clone)]
pub struct Said {
    pub person: Person,
    pub channel: String,
    pub root: Option<u64>,
    pub text: String,
    pub files: Vec<Attachment>,
    pub event: String,
}

impl Board {
    /// Writes down what a person said, unseen by others until `show`. The same event again gives the same record.
    pub async fn note_down(&self, said: Said) -> Result<Record, StoreError> {
        let _turn = self.turn.lock().await;
        if let Some(before) = self.read::<u64>(&key::said(&said.event)).await?
            && let Some(record) = self.record(before).await?
        {
            return Ok(record);
        }
        let mut draft = self.draft().await?;
        let mut files = said.files;
        let bytes = files.iter_mut().map(|file| std::mem::take(&mut file.bytes)).collect();
        let record = Record {
            number: draft.number,
            channel: said.channel,
            root: said.root,
            body: Body::Typed { person: said.person, text: said.text, files },
            at: self.clock.now(),
            edited: None,
            heard: false,
            event: said.event,
            replies: 0,
            last_reply: None,
        };
        draft.put(key::said(&record.event), &record.number, Expect::Anything);
        draft.put(key::unheard(record.number), &(), Expect::Anything);
        draft.files(record.number, bytes);
        draft.put(key::message(record.number), &record, Expect::Anything);
        self.commit(draft).await?;
        Ok(record)
    }

    /// The bot has heard it: everybody sees it now.
    pub async fn show(&self, record: &Record) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        if self.record(record.number).await?.is_some_and(|now| now.heard) {
            return Ok(());
        }
        let root = match record.root {
            Some(root) => self.record(root).await?,
            None => None,
        };
        let mut draft = self.draft().await?;
        draft.put(key::said(&record.event), &record.number, Expect::Anything);
        draft.ops.push(Op::Delete { key: key::unheard(record.number), expect: Expect::Anything });
        draft.seat(&Record { heard: true, ..record.clone() }, root);
        self.commit(draft).await
    }

    /// The bot did not hear it and the person was told so: it was never said.
    pub async fn forget(&self, record: &Record) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        if self.record(record.number).await?.is_none_or(|now| now.heard) {
            return Ok(());
        }
        let mut gone = vec![key::message(record.number), key::unheard(record.number), key::said(&record.event)];
        gone.extend((0..record.attachments().len()).map(|index| key::file(record.number, index)));
        let ops = gone.into_iter().map(|key| Op::Delete { key, expect: Expect::Anything }).collect();
        self.store.transact(ops).await.map(drop)
    }

    /// Messages that were written down before the process ended and never answered for.
    pub async fn unheard(&self) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::new();
        for (key, _) in self.store.scan(key::UNHEARD, None, 1_000).await? {
            let number = key.rsplit('/').next().and_then(|digits| digits.parse().ok());
            if let Some(number) = number {
                records.extend(self.record(number).await?);
            }
        }
        Ok(records)
    }
}
