//! What can the bot do here? The port's contract over the board.

use super::board::place_of;
use super::record::{self, Body};
use super::{PLATFORM, Web, say};
use crate::domain::health::Check;
use crate::domain::message::{Heard, Message, Place, Said, What};
use crate::domain::person::Person;
use crate::domain::trouble::Fault;
use crate::ports::chat::{Chat, Intake};
use crate::ports::store::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[async_trait]
impl Chat for Web {
    fn name(&self) -> &'static str {
        PLATFORM
    }

    async fn post(&self, place: &Place, key: &str, message: &Message) -> Result<String, Fault> {
        self.known(place)?;
        let number = self.board.post(place, key, message).await.map_err(fault)?;
        number.map(record::id).ok_or(Fault::NotFound)
    }

    async fn edit(&self, place: &Place, _: &str, id: &str, message: &Message) -> Result<String, Fault> {
        self.known(place)?;
        if self.board.edit(place, id, message).await.map_err(fault)? { Ok(id.to_owned()) } else { Err(Fault::NotFound) }
    }

    async fn whisper(&self, place: &Place, person: &Person, key: &str, message: &Message) -> Result<(), Fault> {
        self.known(place)?;
        self.board.whisper(place, person, key, message).await.map_err(fault)
    }

    async fn find(&self, place: &Place, key: &str, _: DateTime<Utc>) -> Result<Option<String>, Fault> {
        Ok(self.board.find(place, key).await.map_err(fault)?.map(record::id))
    }

    async fn thread(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Fault> {
        self.known(place)?;
        let Some(root) = place.thread.as_deref() else { return Ok(Vec::new()) };
        let root = self.board.record_of(root).await.map_err(fault)?.ok_or(Fault::NotFound)?;
        let (replies, _) =
            self.board.page(&place.channel, Some(root.number), None, root.replies as usize).await.map_err(fault)?;
        let is_chatter = |text: &str| matches!(say::what(text, &self.options.bot_name), What::Message { .. });
        let typed = std::iter::once(root).chain(replies).filter_map(|record| match record.body {
            Body::Typed { person, text, .. } if record.root.is_none() || is_chatter(&text) => {
                Some(Said { message: record::id(record.number), person, text, at: record.at })
            }
            Body::Typed { .. } | Body::Told { .. } => None,
        });
        Ok(typed.take(limit).collect())
    }

    fn link(&self, place: &Place, id: &str) -> Option<String> {
        self.known(place).ok()?;
        record::number(id)?;
        let base = self.options.base();
        Some(match &place.thread {
            Some(root) => format!("{base}/c/{}/t/{root}#{id}", place.channel),
            None => format!("{base}/c/{}?at={id}#{id}", place.channel),
        })
    }

    async fn check(&self) -> Vec<Check> {
        vec![Check::works("web chat", format!("its address is `{}`", self.options.base()))]
    }

    /// The HTTP server is run by `serve`; here is only who hears.
    async fn listen(&self, intake: Arc<dyn Intake>, stop: CancellationToken) -> anyhow::Result<()> {
        self.hear_leftovers(&intake).await?;
        self.intake.send_replace(Some(intake));
        stop.cancelled().await;
        self.intake.send_replace(None);
        Ok(())
    }
}

impl Web {
    fn known(&self, place: &Place) -> Result<(), Fault> {
        if place.platform == PLATFORM && self.has_channel(&place.channel) { Ok(()) } else { Err(Fault::NotFound) }
    }

    /// Events a person sent just before the process died: heard now, under the id they would be repeated with.
    async fn hear_leftovers(&self, intake: &Arc<dyn Intake>) -> anyhow::Result<()> {
        for record in self.board.unheard().await? {
            let Body::Typed { person, text, .. } = &record.body else { continue };
            let what = say::what(text, &self.options.bot_name);
            let heard = Heard { id: record.event.clone(), place: place_of(&record), person: person.clone(), what };
            intake.accept(heard).await?;
            self.board.show(&record).await?;
        }
        Ok(())
    }
}

fn fault(error: StoreError) -> Fault {
    Fault::Unreachable(format!("{:#}", anyhow::Error::new(error)))
}
