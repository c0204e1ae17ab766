//! Delivers what is to be said: posts what is new, edits what changed, looks first where a post is in doubt.

use super::{Bot, wait};
use crate::domain::trouble::Fault;
use crate::ports::chat::Chat;
use crate::ports::store::StoreError;
use crate::records::Delivery;
use futures::StreamExt as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Channels served side by side; inside one, messages keep their order.
const CHANNELS_AT_ONCE: usize = 8;
/// Tries before a message that the platform refuses for good is put aside.
const TRIES: u32 = 8;

impl Bot {
    pub(super) async fn outbox_loop(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let pending = match self.context.records.outbox.pending(256).await {
                Ok(pending) => pending,
                Err(error) => {
                    tracing::error!(error = %error, "the outbox cannot be read");
                    Vec::new()
                }
            };
            let went = self.deliver_all(pending).await;
            if stop.is_cancelled() {
                return;
            }
            if went == 0 && !wait(&self.said, Duration::from_secs(2), &stop).await {
                return;
            }
        }
    }

    /// How many were delivered.
    async fn deliver_all(&self, pending: Vec<Delivery>) -> usize {
        let mut by_channel: BTreeMap<(String, String), Vec<Delivery>> = BTreeMap::new();
        for delivery in pending {
            let place = &delivery.place;
            by_channel.entry((place.platform.clone(), place.channel.clone())).or_default().push(delivery);
        }
        let channels = by_channel.into_values().map(|deliveries| async move {
            let mut went = 0;
            for delivery in deliveries {
                match self.deliver(&delivery).await {
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

    async fn deliver(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        let outbox = &self.context.records.outbox;
        let Some(chat) = self.chat(&delivery.place.platform) else {
            outbox.abandoned(delivery, "its platform is not connected").await?;
            return Ok(false);
        };
        if delivery.message_id.is_none() {
            outbox.attempting(delivery).await?;
        }
        match show(&**chat, delivery).await {
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
        if !fault.is_passing() && delivery.attempts + 1 >= TRIES {
            tracing::error!(key = delivery.key, fault = %fault, attempts = delivery.attempts + 1, "a message was put aside");
            return outbox.abandoned(delivery, &fault.to_string()).await;
        }
        let pause = match fault {
            Fault::Busy { retry_after: Some(wait) } => *wait,
            _ => Duration::from_millis(500 * 2_u64.pow(delivery.attempts.min(7))),
        };
        tracing::warn!(key = delivery.key, fault = %fault, pause_ms = pause.as_millis(), "a message is tried again later");
        let at = self.context.clock.now() + chrono::Duration::from_std(pause).unwrap_or(chrono::Duration::seconds(60));
        outbox.failed(delivery, &fault.to_string(), at).await
    }
}

/// Posts or edits; a post that may have gone out before is looked for first. A whisper has no id to edit it by.
async fn show(chat: &dyn Chat, delivery: &Delivery) -> Result<Option<String>, Fault> {
    let (place, message) = (&delivery.place, &delivery.message);
    if let Some(person) = &delivery.target.only {
        return chat.whisper(place, person, &delivery.key, message).await.map(|()| None);
    }
    let known = match &delivery.message_id {
        Some(id) => Some(id.clone()),
        None if delivery.in_doubt => chat.find(place, &delivery.key).await?,
        None => None,
    };
    match known {
        Some(id) => chat.edit(place, &id, message).await.map(|()| Some(id)),
        None => chat.post(place, &delivery.key, message).await.map(Some),
    }
}
