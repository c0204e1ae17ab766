//! What stands in a channel, what changed since, and what has a person not read yet?

use super::super::record::{Record, Touched, key, number};
use super::{Board, KEPT, json, parse};
use crate::domain::person::Person;
use crate::ports::store::{Expect, Op, StoreError};

impl Board {
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
}
