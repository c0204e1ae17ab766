//! What can the bot do in Slack? The port's contract over the Web API.

use super::Slack;
use super::hear::PLATFORM;
use super::post::Target;
use super::rows::{self, Posted};
use super::stamp::is_stamp;
use super::{stored, thread};
use crate::domain::health::Check;
use crate::domain::message::{Message, Place, Said};
use crate::domain::person::Person;
use crate::domain::trouble::Fault;
use crate::ports::chat::{Chat, Intake};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[async_trait]
impl Chat for Slack {
    fn name(&self) -> &'static str {
        PLATFORM
    }

    async fn post(&self, place: &Place, key: &str, message: &Message) -> Result<String, Fault> {
        let row: Option<Posted> = self.rows.get(&rows::posted(&place.channel, key)).await.map_err(stored)?;
        let posted = match row {
            Some(posted) if posted.whole => return Ok(posted.pages.join("+")),
            Some(posted) => posted,
            None => Posted::default(),
        };
        let target = Target { place, key, root: self.root(place).await? };
        match self.bring(&target, posted, message).await {
            Ok(posted) => {
                self.unsent.is(&place.channel, key, false);
                Ok(posted.pages.join("+"))
            }
            Err(problem) => {
                let waits = matches!(problem.fault, Fault::Busy { .. });
                let row: Option<Posted> = self.rows.get(&rows::posted(&place.channel, key)).await.map_err(stored)?;
                self.unsent.is(&place.channel, key, waits && row.is_none());
                Err(problem.fault)
            }
        }
    }

    async fn edit(&self, place: &Place, key: &str, id: &str, message: &Message) -> Result<String, Fault> {
        let pages: Vec<String> = id.split('+').map(str::to_owned).collect();
        if !pages.iter().all(|stamp| is_stamp(stamp)) {
            return Err(Fault::NotFound);
        }
        let target = Target { place, key, root: self.root(place).await? };
        let posted = self.standing(&target, pages, message).await?;
        let head = posted.pages[0].clone();
        match self.bring(&target, posted, message).await {
            Ok(posted) => Ok(posted.pages.join("+")),
            Err(problem) => {
                if problem.is(&["message_not_found"]) {
                    self.shown.forget(&place.channel, &head);
                    self.rows.forget(vec![rows::posted(&place.channel, key)]).await.map_err(stored)?;
                }
                Err(problem.fault)
            }
        }
    }

    async fn whisper(&self, place: &Place, person: &Person, key: &str, message: &Message) -> Result<(), Fault> {
        Ok(self.whisper_to(place, person, key, message).await?)
    }

    async fn find(&self, place: &Place, key: &str, since: DateTime<Utc>) -> Result<Option<String>, Fault> {
        Ok(self.found(place, key, since).await?.map(|pages| pages.join("+")))
    }

    /// It opens the thread as well: what belongs to a message stands there.
    async fn thread(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Fault> {
        Ok(self.said_in(place, limit).await?)
    }

    fn link(&self, place: &Place, id: &str) -> Option<String> {
        let stamp = Some(thread::head(id)).filter(|stamp| is_stamp(stamp))?;
        let root = place.thread.as_deref().map_or(stamp, thread::head);
        let (url, channel) = (&self.known()?.url, &place.channel);
        Some(format!("{url}/archives/{channel}/p{}?thread_ts={root}&cid={channel}", stamp.replace('.', "")))
    }

    async fn check(&self) -> Vec<Check> {
        self.checked().await
    }

    async fn listen(&self, intake: Arc<dyn Intake>, stop: CancellationToken) -> anyhow::Result<()> {
        let own = self.own.upgrade().ok_or_else(|| anyhow::anyhow!("nobody holds the adapter any more"))?;
        own.hear(intake, stop).await
    }
}

impl Slack {
    /// What stands there of the message `pages`, by our own book if it goes on from there, and by Slack's if the message
    /// is about to grow: a page that was added just before a crash is in neither the id nor the book.
    async fn standing(&self, target: &Target<'_>, pages: Vec<String>, message: &Message) -> Result<Posted, Fault> {
        let row: Option<Posted> =
            self.rows.get(&rows::posted(&target.place.channel, target.key)).await.map_err(stored)?;
        let mut posted = match row {
            Some(posted) if posted.pages.first() == pages.first() => posted,
            _ => Posted { pages, whole: true, files: Vec::new() },
        };
        if self.pages(message).len() > posted.pages.len() {
            let since = super::stamp::time(&posted.pages[0]);
            let seen = self.seen(target.place, target.root.as_deref(), target.key, since).await?;
            let known = seen.iter().take(posted.pages.len()).eq(posted.pages.iter());
            if known && seen.len() > posted.pages.len() {
                posted.pages = seen;
            }
        }
        Ok(posted)
    }
}
