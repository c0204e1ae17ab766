//! What is to be delivered next, and what became of it? For the delivery loop; every change here commits by itself.

use super::rows::{self, Pending, Posted, Said, at_key, pending_key, posted_key, said_key};
use super::{Delivery, Outbox};
use crate::ports::store::{Expect, Op, StoreError};
use crate::records::row;
use chrono::{DateTime, Utc};

/// Index entries read at a time.
const PAGE: usize = 64;

/// Where a message goes, as far as its thread is known.
enum Thread {
    Is(Option<String>),
    NotYet,
    /// The message that would begin it was given up.
    Never,
}

impl Outbox {
    /// At most `limit` messages to deliver now, in the order of first saying. What is not yet due and what waits for the
    /// first message of its thread is passed over, so it holds up nobody else.
    pub async fn pending(&self, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let now = self.clock.now();
        let mut deliveries = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.scan(rows::PENDING, after.as_deref(), PAGE).await?;
            for (entry_key, stored) in &page {
                if deliveries.len() >= limit {
                    return Ok(deliveries);
                }
                let pending: Pending = row::read(entry_key, stored)?;
                if pending.not_before.is_none_or(|at| at <= now) {
                    deliveries.extend(self.delivery(pending.key, entry_key).await?);
                }
            }
            match page.into_iter().next_back() {
                Some((last, _)) => after = Some(last),
                None => return Ok(deliveries),
            }
        }
    }

    /// The next moment after now at which a message that waits may be tried again.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.clock.now();
        let rows = self.store.scan(rows::PENDING, None, usize::MAX).await?;
        let mut next: Option<DateTime<Utc>> = None;
        for (entry_key, stored) in &rows {
            let pending: Pending = row::read(entry_key, stored)?;
            let later = pending.not_before.filter(|at| *at > now);
            next = match (next, later) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        Ok(next)
    }

    /// Marks, durably, that a first post begins: if we die now, it is in doubt.
    pub async fn attempting(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let posted = self.posted(&delivery.key).await?;
        self.record(delivery, Posted { begun: true, ..posted }, Vec::new()).await
    }

    /// People see this wording; `id` is the message's on its platform (`None` for what one person was shown). If a newer
    /// one was said meanwhile, the message stays pending.
    pub async fn delivered(&self, delivery: &Delivery, id: Option<&str>) -> Result<(), StoreError> {
        let message_id = id.map(str::to_owned).or_else(|| delivery.message_id.clone());
        let posted = Posted { wording: delivery.wording, message_id, begun: true, ..Posted::default() };
        let mut index = Vec::new();
        if let (Some(id), None) = (id, &delivery.message_id) {
            let at = at_key(&delivery.place.platform, &delivery.place.channel, id);
            index.push(row::put(at, &delivery.key, Expect::Anything));
        }
        self.close(delivery, posted, index).await
    }

    /// It did not go out, or nobody knows; to be tried again at `retry_at`.
    pub async fn failed(&self, delivery: &Delivery, why: &str, retry_at: DateTime<Utc>) -> Result<(), StoreError> {
        let posted = self.posted(&delivery.key).await?;
        let posted = Posted { attempts: posted.attempts + 1, why: Some(why.to_owned()), ..posted };
        let waits = Pending { key: delivery.key.clone(), not_before: Some(retry_at) };
        let index = vec![row::put(pending_key(delivery.sequence), &waits, Expect::Anything)];
        self.record(delivery, posted, index).await
    }

    /// It will never go out like this; not tried again unless something new is said under its key.
    pub async fn abandoned(&self, delivery: &Delivery, why: &str) -> Result<(), StoreError> {
        let posted = self.posted(&delivery.key).await?;
        let abandoned = Some(delivery.wording);
        let posted = Posted { attempts: 0, why: Some(why.to_owned()), abandoned, ..posted };
        self.close(delivery, posted, Vec::new()).await
    }

    /// The message as it should be delivered now, unless there is nothing to do or its thread is not there.
    async fn delivery(&self, key: String, entry_key: &str) -> Result<Option<Delivery>, StoreError> {
        let Some((said, version)) = row::get::<Said>(self.store.as_ref(), &said_key(&key)).await? else {
            return Ok(None);
        };
        // The same message said twice in one transaction leaves a second entry, of a sequence that did not win.
        if pending_key(said.sequence) != entry_key {
            self.store.transact(vec![row::delete(entry_key.to_owned(), Expect::Anything)]).await?;
            return Ok(None);
        }
        let posted = self.posted(&key).await?;
        let thread = self.thread(&said).await?;
        let mut place = said.target.place.clone();
        if let Thread::Is(Some(root)) = &thread {
            place = place.in_thread(root);
        }
        let delivery = Delivery {
            key,
            place,
            target: said.target,
            message: said.message,
            wording: said.wording,
            in_doubt: posted.begun && posted.message_id.is_none() && posted.wording == 0,
            message_id: posted.message_id,
            attempts: posted.attempts,
            sequence: said.sequence,
            version,
        };
        match thread {
            Thread::Is(_) => Ok(Some(delivery)),
            Thread::NotYet => Ok(None),
            Thread::Never => {
                self.abandoned(&delivery, "the first message of its thread was given up").await?;
                Ok(None)
            }
        }
    }

    async fn thread(&self, said: &Said) -> Result<Thread, StoreError> {
        let Some(root_key) = &said.target.under else { return Ok(Thread::Is(said.target.place.thread.clone())) };
        let root = self.posted(root_key).await?;
        match (root.message_id, root.abandoned) {
            (Some(id), _) => Ok(Thread::Is(Some(id))),
            (None, Some(abandoned)) => {
                let said_since = row::get::<Said>(self.store.as_ref(), &said_key(root_key)).await?;
                let revived = said_since.is_some_and(|(root, _)| root.wording > abandoned);
                Ok(if revived { Thread::NotYet } else { Thread::Never })
            }
            (None, None) => Ok(Thread::NotYet),
        }
    }

    /// Writes what became of it and takes it off the list, unless a newer wording was said meanwhile.
    async fn close(&self, delivery: &Delivery, posted: Posted, index: Vec<Op>) -> Result<(), StoreError> {
        let unchanged = Op::Check { key: said_key(&delivery.key), expect: Expect::Version(delivery.version) };
        let off_the_list = row::delete(pending_key(delivery.sequence), Expect::Anything);
        let mut ops = index.clone();
        ops.extend([unchanged, off_the_list]);
        match self.record(delivery, posted.clone(), ops).await {
            Err(StoreError::Conflict { .. }) => self.record(delivery, posted, index).await,
            other => other,
        }
    }

    async fn record(&self, delivery: &Delivery, posted: Posted, mut ops: Vec<Op>) -> Result<(), StoreError> {
        ops.push(row::put(posted_key(&delivery.key), &posted, Expect::Anything));
        self.store.transact(ops).await.map(drop)
    }
}
