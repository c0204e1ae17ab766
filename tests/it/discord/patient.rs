//! The adapter as the outbox uses it: what is busy is tried again when it said.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use slipway::domain::health::Check;
use slipway::domain::message::{Message, Place, Said};
use slipway::domain::person::Person;
use slipway::domain::trouble::Fault;
use slipway::ports::chat::{Chat, Intake};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub struct Patient<'a>(pub &'a dyn Chat);

async fn patiently<T, F: Future<Output = Result<T, Fault>>>(attempt: impl Fn() -> F) -> Result<T, Fault> {
    loop {
        match attempt().await {
            Err(Fault::Busy { retry_after }) => {
                tokio::time::sleep(retry_after.unwrap_or(Duration::from_millis(100))).await;
            }
            other => return other,
        }
    }
}

#[async_trait]
impl Chat for Patient<'_> {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    async fn post(&self, place: &Place, key: &str, message: &Message) -> Result<String, Fault> {
        patiently(|| self.0.post(place, key, message)).await
    }
    async fn edit(&self, place: &Place, key: &str, id: &str, message: &Message) -> Result<String, Fault> {
        patiently(|| self.0.edit(place, key, id, message)).await
    }
    async fn whisper(&self, place: &Place, person: &Person, key: &str, message: &Message) -> Result<(), Fault> {
        patiently(|| self.0.whisper(place, person, key, message)).await
    }
    async fn find(&self, place: &Place, key: &str, since: DateTime<Utc>) -> Result<Option<String>, Fault> {
        patiently(|| self.0.find(place, key, since)).await
    }
    async fn thread(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Fault> {
        patiently(|| self.0.thread(place, limit)).await
    }
    fn link(&self, place: &Place, id: &str) -> Option<String> {
        self.0.link(place, id)
    }
    async fn check(&self) -> Vec<Check> {
        self.0.check().await
    }
    async fn listen(&self, intake: Arc<dyn Intake>, stop: CancellationToken) -> anyhow::Result<()> {
        self.0.listen(intake, stop).await
    }
}
