//! What is to be delivered next, and what became of it? For the delivery loop; every change here commits by itself.

use super::rows::{self, Pending, Posted, Said, at_key, pending_key, posted_key, said_key};
use super::{Delivery, Due, Outbox};
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
    /// At most `limit` messages to deliver on a platform now, in the order of first saying. What is not yet due and what
    /// waits for the first message of its thread is passed over, so it holds up nobody else.
    pub async fn due(&self, platform: &str, limit: usize) -> Result<Due, StoreError> {
        let now = self.clock.now();
        let mut due = Due::default();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.scan(rows::PENDING, after.as_deref(), PAGE).await?;
            for (entry_key, stored) in &page {
                if due.deliveries.len() >= limit {
                    return Ok(due);
                }
                let pending: Pending = row::read(entry_key, stored)?;
                if pending.platform != platform {
                    continue;
                }
                match pending.not_before.filter(|at| *at > now) {
                    Some(later) => due.next = Some(due.next.map_or(later, |next| next.min(later))),
                    None => due.deliveries.extend(self.delivery(pending.key, entry_key).await?),
                }
            }
            match page.into_iter().next_back() {
                Some((last, _)) => after = Some(last),
                None => return Ok(due),
            }
        }
    }

    /// Marks, durably, that a first post begins: if we die now, it is in doubt.
    pub async fn attempting(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let posted = self.posted(&delivery.key).await?;
        let begun_at = posted.begun_at.or_else(|| Some(self.clock.now()));
        self.record(delivery, Posted { begun_at, ..posted }, Vec::new()).await
    }

    /// People see this wording; `id` is the message's on its platform (`None` for what one person was shown). If a newer
    /// one was said meanwhile, the message stays pending.
    pub async fn delivered(&self, delivery: &Delivery, id: Option<&str>) -> Result<(), StoreError> {
        let message_id = id.map(str::to_owned).or_else(|| delivery.message_id.clone());
        let begun_at = self.posted(&delivery.key).await?.begun_at;
        let posted = Posted { wording: delivery.wording, message_id, begun_at, ..Posted::default() };
        let mut index = Vec::new();
        if let Some(id) = id.filter(|id| delivery.message_id.as_deref() != Some(id)) {
            let at = at_key(&delivery.place.platform, &delivery.place.channel, id);
            index.push(row::put(at, &delivery.key, Expect::Anything));
        }
        self.close(delivery, posted, index).await
    }

    /// It did not go out, or nobody knows; to be tried again at `retry_at`.
    pub async fn failed(&self, delivery: &Delivery, why: &str, retry_at: DateTime<Utc>) -> Result<(), StoreError> {
        let posted = self.posted(&delivery.key).await?;
        let posted = Posted { attempts: posted.attempts + 1, why: Some(why.to_owned()), ..posted };
        self.wait_until(delivery, posted, retry_at).await
    }

    /// Its turn comes at `at`, with whatever is to be said by then. Nothing went wrong, so no attempt is counted.
    pub async fn postponed(&self, delivery: &Delivery, at: DateTime<Utc>) -> Result<(), StoreError> {
        let posted = self.posted(&delivery.key).await?;
        self.wait_until(delivery, posted, at).await
    }

    async fn wait_until(&self, delivery: &Delivery, posted: Posted, at: DateTime<Utc>) -> Result<(), StoreError> {
        let platform = delivery.place.platform.clone();
        let waits = Pending { key: delivery.key.clone(), platform, not_before: Some(at) };
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
            in_doubt_since: posted.begun_at.filter(|_| posted.message_id.is_none() && posted.wording == 0),
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
        let said = row::get::<Said>(self.store.as_ref(), &said_key(root_key)).await?.map(|(said, _)| said);
        match (root.message_id, root.abandoned) {
            // No platform has threads inside a thread: what hangs on a message in one stands beside it.
            (Some(id), _) => Ok(Thread::Is(said.and_then(|root| root.target.place.thread).or(Some(id)))),
            (None, Some(abandoned)) => {
                let revived = said.is_some_and(|root| root.wording > abandoned);
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
