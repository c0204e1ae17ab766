//! What can the bot do on Discord? The port's contract over posts, whispers and the gateway.

use super::rooms::{RoomKind, head, id};
use super::{Discord, PLATFORM};
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
impl Chat for Discord {
    fn name(&self) -> &'static str {
        PLATFORM
    }

    async fn post(&self, place: &Place, key: &str, message: &Message) -> Result<String, Fault> {
        let posted = self.posted(place, key, message).await?;
        self.seen_in(place);
        Ok(posted)
    }

    async fn edit(&self, place: &Place, key: &str, id: &str, message: &Message) -> Result<String, Fault> {
        let edited = self.edited(place, key, id, message).await?;
        self.seen_in(place);
        Ok(edited)
    }

    async fn whisper(&self, place: &Place, person: &Person, key: &str, message: &Message) -> Result<(), Fault> {
        self.whispered(place, person, key, message).await
    }

    async fn find(&self, place: &Place, key: &str, since: DateTime<Utc>) -> Result<Option<String>, Fault> {
        self.found(place, key, since).await
    }

    async fn thread(&self, place: &Place, limit: usize) -> Result<Vec<Said>, Fault> {
        self.said_in(place, limit).await
    }

    fn link(&self, place: &Place, joined: &str) -> Option<String> {
        let message = head(joined)?;
        let channel = id(&place.channel)?;
        let room = self.room_at(place)?;
        let known = self.rooms.get(room);
        let direct = known.as_ref().is_some_and(|known| known.kind == RoomKind::Direct);
        let told = known.and_then(|known| known.guild).or_else(|| self.rooms.guild_of(channel).flatten());
        // Before Discord has told what is on which server, the only one there is.
        let only = || self.options.guilds.first().copied().filter(|_| self.options.guilds.len() == 1 && !direct);
        let guild = told.or_else(only).map_or("@me".to_owned(), |guild| guild.to_string());
        Some(format!("https://discord.com/channels/{guild}/{room}/{message}"))
    }

    async fn check(&self) -> Vec<Check> {
        self.looked_at().await
    }

    async fn listen(&self, intake: Arc<dyn Intake>, stop: CancellationToken) -> anyhow::Result<()> {
        self.hear(intake, stop).await
    }
}

impl Discord {
    fn seen_in(&self, place: &Place) {
        if let Some(room) = self.room_at(place) {
            self.spoken.appeared(room);
        }
    }
}
