//! Delivers what is to be said: posts what is new, edits what changed, looks first where a post is in doubt.

use super::{Bot, wait, words};
use crate::domain::trouble::Fault;
use crate::features::Plan;
use crate::features::plan::only;
use crate::ports::chat::Chat;
use crate::ports::store::StoreError;
use crate::records::{Delivery, Due};
use futures::StreamExt as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Channels served side by side; inside one, messages keep their order.
const CHANNELS_AT_ONCE: usize = 8;
/// Tries before a message that the platform refuses for good is put aside.
const TRIES: u32 = 8;
/// Nothing may be due for this long, and then somebody looks anyway.
const PATIENCE: Duration = Duration::from_secs(2);

impl Bot {
    /// One loop per platform: one that is slow or gone holds up no other.
    pub(super) async fn outbox_loop(self: Arc<Self>, chat: Arc<dyn Chat>, stop: CancellationToken) {
        let mut said = self.said.subscribe();
        loop {
            said.mark_unchanged();
            let due = match self.context.records.outbox.due(chat.name(), 256).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::error!(error = %error, "the outbox cannot be read");
                    Due::default()
                }
            };
            let pause = due.next.map_or(PATIENCE, |next| self.until(next).min(PATIENCE));
            let went = self.deliver_all(&*chat, due.deliveries).await;
            if stop.is_cancelled() {
                return;
            }
            if went == 0 && !wait(said.changed(), pause, &stop).await {
                return;
            }
        }
    }

    /// How many were delivered.
    async fn deliver_all(&self, chat: &dyn Chat, due: Vec<Delivery>) -> usize {
        let mut by_channel: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
        for delivery in due {
            by_channel.entry(delivery.place.channel.clone()).or_default().push(delivery);
        }
        let channels = by_channel.into_values().map(|deliveries| async move {
            let mut went = 0;
            for delivery in deliveries {
                match self.deliver(chat, &delivery).await {
                    Ok(true) => went += 1,
                    Ok(false) => {}
                    Err(error) => {
                        tracing::error!(error = %error, key = delivery.key, "a delivery could not be recorded")
                    }
                }
            }
            went
        });
        futures::stream::iter(channels)
            .buffer_unordered(CHANNELS_AT_ONCE)
            .fold(0, |sum, went| async move { sum + went })
            .await
    }

    async fn deliver(&self, chat: &dyn Chat, delivery: &Delivery) -> Result<bool, StoreError> {
        let outbox = &self.context.records.outbox;
        if delivery.message_id.is_none() {
            outbox.attempting(delivery).await?;
        }
        match show(chat, delivery).await {
            Ok(id) => {
                outbox.delivered(delivery, id.as_deref()).await?;
                Ok(true)
            }
            Err(fault) => {
                self.put_off(delivery, &fault).await?;
                Ok(false)
            }
        }
    }

    async fn put_off(&self, delivery: &Delivery, fault: &Fault) -> Result<(), StoreError> {
        let outbox = &self.context.records.outbox;
        let hopeless = matches!(fault, Fault::Refused(_) | Fault::NotFound);
        if hopeless || (!fault.is_passing() && delivery.attempts + 1 >= TRIES) {
            tracing::error!(key = delivery.key, fault = %fault, attempts = delivery.attempts + 1, "a message was put aside");
            outbox.abandoned(delivery, &fault.to_string()).await?;
            return self.tell_who_asked(delivery, fault).await;
        }
        let pause = match fault {
            Fault::Busy { retry_after: Some(wait) } => *wait,
            _ => Duration::from_millis(500 * 2_u64.pow(delivery.attempts.min(7))),
        };
        let pause_ms = pause.as_millis();
        let at = self.context.clock.now() + chrono::Duration::from_std(pause).unwrap_or(chrono::Duration::seconds(60));
        if let Fault::Busy { .. } = fault {
            tracing::debug!(key = delivery.key, pause_ms, "a message waits for its turn");
            return outbox.postponed(delivery, at).await;
        }
        tracing::warn!(key = delivery.key, fault = %fault, pause_ms, "a message is tried again later");
        outbox.failed(delivery, &fault.to_string(), at).await
    }

    /// Nobody is left without an answer: whoever asked for a message that cannot stand in its place is told so, once.
    async fn tell_who_asked(&self, delivery: &Delivery, fault: &Fault) -> Result<(), StoreError> {
        let Some(person) = delivery.target.asked_by.as_ref().filter(|_| delivery.target.only.is_none()) else {
            return Ok(());
        };
        let told = Plan::nothing().say(
            format!("undelivered/{}", delivery.key),
            only(&delivery.target.place, person),
            words::undelivered(fault),
        );
        self.commit(told, Vec::new()).await
    }
}

/// Posts or edits; a post that may have gone out before is looked for first. A whisper has no id to edit it by.
async fn show(chat: &dyn Chat, delivery: &Delivery) -> Result<Option<String>, Fault> {
    let (place, key, message) = (&delivery.place, delivery.key.as_str(), &delivery.message);
    if let Some(person) = &delivery.target.only {
        return chat.whisper(place, person, key, message).await.map(|()| None);
    }
    let known = match (&delivery.message_id, delivery.in_doubt_since) {
        (Some(id), _) => Some(id.clone()),
        (None, Some(since)) => chat.find(place, key, since).await?,
        (None, None) => None,
    };
    match known {
        Some(id) => chat.edit(place, key, &id, message).await.map(Some),
        None => chat.post(place, key, message).await.map(Some),
    }
}
