//! What stands where, and in which order did it change? The web chat's state over `ports::store`, one transaction a change.

use super::record::{Body, Record, Touched, Whisper, detach, id, key, number};
use crate::domain::message::{Attachment, Message, Place};
use crate::domain::person::Person;
use crate::ports::clock::Clock;
use crate::ports::store::{Expect, Op, Store, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

/// Changes kept for browsers that were away; whoever missed more loads the page again.
const KEPT: u64 = 5_000;

pub struct Board {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// Held while a change is decided and written: this process is the only writer under `web/`.
    turn: Mutex<()>,
    latest: watch::Sender<u64>,
}

/// A change that is being put together.
struct Draft {
    number: u64,
    counter: Expect,
    touched: Vec<Touched>,
    ops: Vec<Op>,
}

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
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, turn: Mutex::new(()), latest: watch::Sender::new(0) }
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Wakes when something changed. The number is a hint; `changes` is the truth.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    /// The number of the newest change.
    pub async fn latest(&self) -> Result<u64, StoreError> {
        Ok(self.read(key::COUNTER).await?.unwrap_or(0))
    }

    // --- what the bot says -------------------------------------------------------------------------------------------

    /// `None`: the thread it should stand in is not there.
    pub async fn post(&self, place: &Place, name: &str, message: &Message) -> Result<Option<u64>, StoreError> {
        let _turn = self.turn.lock().await;
        let posted = key::posted(&place.channel, name);
        if let Some(before) = self.read(&posted).await? {
            return Ok(Some(before));
        }
        let Some(root) = self.root(place).await? else { return Ok(None) };
        let mut draft = self.draft().await?;
        let (message, bytes) = detach(message);
        let record = Record {
            number: draft.number,
            channel: place.channel.clone(),
            root: root.as_ref().map(|root| root.number),
            body: Body::Told { message },
            at: self.clock.now(),
            edited: None,
            heard: true,
            event: String::new(),
            replies: 0,
            last_reply: None,
        };
        draft.put(posted, &record.number, Expect::Absent);
        draft.files(record.number, bytes);
        draft.seat(&record, root);
        self.commit(draft).await?;
        Ok(Some(record.number))
    }

    /// False when there is no such message of the bot's in that channel.
    pub async fn edit(&self, place: &Place, id: &str, message: &Message) -> Result<bool, StoreError> {
        let _turn = self.turn.lock().await;
        let Some(mut record) = self.record_of(id).await?.filter(|record| record.channel == place.channel) else {
            return Ok(false);
        };
        let (message, bytes) = detach(message);
        let Body::Told { message: before } = &record.body else { return Ok(false) };
        if *before == message && bytes.is_empty() {
            return Ok(true);
        }
        let mut draft = self.draft().await?;
        for index in bytes.len()..record.attachments().len() {
            draft.ops.push(Op::Delete { key: key::file(record.number, index), expect: Expect::Anything });
        }
        draft.files(record.number, bytes);
        record.body = Body::Told { message };
        record.edited = Some(self.clock.now());
        draft.put(key::message(record.number), &record, Expect::Anything);
        draft.touched.push(Touched::Message { number: record.number });
        self.commit(draft).await?;
        Ok(true)
    }

    pub async fn find(&self, place: &Place, name: &str) -> Result<Option<u64>, StoreError> {
        self.read(&key::posted(&place.channel, name)).await
    }

    // --- whispers ----------------------------------------------------------------------------------------------------

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

    // --- what people say ---------------------------------------------------------------------------------------------

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

    // --- reading -----------------------------------------------------------------------------------------------------

    pub async fn record(&self, number: u64) -> Result<Option<Record>, StoreError> {
        self.read(&key::message(number)).await
    }

    pub async fn record_of(&self, id: &str) -> Result<Option<Record>, StoreError> {
        match number(id) {
            Some(number) => self.record(number).await,
            None => Ok(None),
        }
    }

    /// At most `limit` messages before a number, oldest first, and whether there are older ones.
    pub async fn page(
        &self,
        channel: &str,
        root: Option<u64>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Record>, bool), StoreError> {
        let after = before.map(|before| key::seat(channel, root, before));
        let seats = self.store.scan(&key::seats(channel, root), after.as_deref(), limit + 1).await?;
        let more = seats.len() > limit;
        let mut records = Vec::new();
        for (key, stored) in seats.into_iter().take(limit) {
            records.extend(self.record(parse(&key, &stored.value)?).await?);
        }
        records.reverse();
        Ok((records, more))
    }

    pub async fn file(&self, number: u64, index: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.store.get(&key::file(number, index)).await?.map(|stored| stored.value))
    }

    /// Changes after a number, oldest first; `None` when some of them are no longer kept.
    pub async fn changes(&self, after: u64, limit: usize) -> Result<Option<Vec<(u64, Vec<Touched>)>>, StoreError> {
        let latest = self.latest().await?;
        if after > latest || latest - after > KEPT {
            return Ok(None);
        }
        let stored = self.store.scan(key::CHANGES, Some(&key::change(after)), limit).await?;
        let parsed = stored.iter().map(|(key, stored)| {
            let number = key.rsplit('/').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
            parse(key, &stored.value).map(|touched| (number, touched))
        });
        parsed.collect::<Result<_, _>>().map(Some)
    }

    // --- read marks --------------------------------------------------------------------------------------------------

    pub async fn mark_read(&self, person: &Person, channel: &str) -> Result<(), StoreError> {
        let newest = self.newest(channel).await?;
        let key = key::read(&person.id, channel);
        if self.read::<u64>(&key).await?.unwrap_or(0) >= newest {
            return Ok(());
        }
        self.store.transact(vec![Op::Put { key, value: json(&newest), expect: Expect::Anything }]).await.map(drop)
    }

    pub async fn is_unread(&self, person: &Person, channel: &str) -> Result<bool, StoreError> {
        let read: u64 = self.read(&key::read(&person.id, channel)).await?.unwrap_or(0);
        Ok(self.newest(channel).await? > read)
    }

    async fn newest(&self, channel: &str) -> Result<u64, StoreError> {
        match self.store.scan(&key::seats(channel, None), None, 1).await?.first() {
            Some((key, stored)) => parse(key, &stored.value),
            None => Ok(0),
        }
    }

    // --- writing -----------------------------------------------------------------------------------------------------

    /// The thread's root, if the place is a thread. `None`: it should be one, and is not there.
    async fn root(&self, place: &Place) -> Result<Option<Option<Record>>, StoreError> {
        let Some(thread) = &place.thread else { return Ok(Some(None)) };
        let root = self.record_of(thread).await?;
        Ok(root.filter(|root| root.channel == place.channel && root.root.is_none() && root.heard).map(Some))
    }

    async fn draft(&self) -> Result<Draft, StoreError> {
        let (before, counter) = match self.store.get(key::COUNTER).await? {
            Some(stored) => (parse(key::COUNTER, &stored.value)?, Expect::Version(stored.version)),
            None => (0, Expect::Absent),
        };
        Ok(Draft { number: before + 1, counter, touched: Vec::new(), ops: Vec::new() })
    }

    async fn commit(&self, mut draft: Draft) -> Result<(), StoreError> {
        let (number, counter, touched) = (draft.number, draft.counter, std::mem::take(&mut draft.touched));
        draft.put(key::COUNTER.to_owned(), &number, counter);
        draft.put(key::change(number), &touched, Expect::Anything);
        if let Some(old) = number.checked_sub(KEPT + 1) {
            draft.ops.push(Op::Delete { key: key::change(old), expect: Expect::Anything });
        }
        self.store.transact(draft.ops).await?;
        self.latest.send_replace(number);
        Ok(())
    }

    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.store.get(key).await?.map(|stored| parse(key, &stored.value)).transpose()
    }
}

impl Draft {
    fn put<T: Serialize>(&mut self, key: String, value: &T, expect: Expect) {
        self.ops.push(Op::Put { key, value: json(value), expect });
    }

    fn files(&mut self, number: u64, bytes: Vec<Vec<u8>>) {
        let files = bytes.into_iter().enumerate();
        self.ops.extend(files.map(|(index, value)| Op::Put {
            key: key::file(number, index),
            value,
            expect: Expect::Anything,
        }));
    }

    /// Gives a message its place in the channel or thread, and counts it at the thread's root.
    fn seat(&mut self, record: &Record, root: Option<Record>) {
        self.put(key::message(record.number), record, Expect::Anything);
        self.put(key::seat(&record.channel, record.root, record.number), &record.number, Expect::Anything);
        self.touched.push(Touched::Message { number: record.number });
        if let Some(mut root) = root {
            root.replies += 1;
            root.last_reply = Some(record.at);
            self.put(key::message(root.number), &root, Expect::Anything);
            self.touched.push(Touched::Message { number: root.number });
        }
    }
}

/// The place a record stands in, as the bot names it.
pub fn place_of(record: &Record) -> Place {
    Place { platform: super::PLATFORM.to_owned(), channel: record.channel.clone(), thread: record.root.map(id) }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("these shapes have string keys and no failing serializer")
}

fn parse<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|error| {
        StoreError::Failed(
            anyhow::Error::new(error).context(format!("`{key}` holds something the web chat did not write")),
        )
    })
}
