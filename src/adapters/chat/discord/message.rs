//! What is a message to the bot: said to it, said where it listens, or none of its business?

use super::Discord;
use super::rooms::{Room, RoomKind};
use super::words;
use crate::domain::message::{Heard, Message as Said, What};
use crate::domain::person::Person;
use crate::ports::chat::{Chat as _, Intake};
use serenity::model::channel::{Message, MessageType, Nonce};
use serenity::model::event::MessageUpdateEvent;
use std::sync::Arc;

/// More than anybody types. Discord itself takes 4,000 characters; a relay may not.
const LONGEST: usize = 16_000;

impl Discord {
    /// Hears a message, whether the gateway tells of it or it was read back. `direct`: it is known to stand in a
    /// conversation with the bot alone. `Err` when it could not be written down.
    pub(super) async fn message(&self, intake: &dyn Intake, message: &Message, direct: bool) -> anyhow::Result<()> {
        let (id, channel) = (message.id.get(), message.channel_id.get());
        let me = match self.me().await {
            Ok(me) => me.user,
            Err(problem) => anyhow::bail!("who Slipway is on Discord is not known: {}", problem.fault),
        };
        if message.author.id.get() == me {
            self.ours(message);
            return Ok(());
        }
        if !matches!(message.kind, MessageType::Regular | MessageType::InlineReply) || message.content.is_empty() {
            return Ok(());
        }
        let machine = message.author.bot || message.webhook_id.is_some();
        let mentioned = if machine { None } else { after_mention(&message.content, me) };
        let Some(room) = self.room_of(channel, direct, mentioned.is_some()).await else { return Ok(()) };
        let place = self.place(channel, room.parent);
        let person = person(message);
        let what = match mentioned {
            Some(words) => What::Mention { words: with_names(words, message) },
            None if room.kind == RoomKind::Direct && !machine => What::Mention { words: message.content.clone() },
            None if self.listens(channel, &room) => What::Message { text: cut(&message.content) },
            None => return Ok(()),
        };
        let event = format!("message/{id}");
        if let What::Mention { .. } = &what
            && message.content.chars().count() > LONGEST
        {
            let told =
                self.whisper(&place, &person, &format!("too-long/{event}"), &Said::text(words::too_long())).await;
            return told.map_err(anyhow::Error::from);
        }
        intake.accept(Heard { id: event, place, person, what }).await?;
        self.reach(channel, id);
        Ok(())
    }

    /// What somebody said is told otherwise now. Only where the bot listens; an update without words is none.
    pub(super) async fn reworded(&self, intake: &Arc<dyn Intake>, event: &MessageUpdateEvent) {
        let Some(text) = event.content.as_deref().filter(|text| !text.is_empty()) else { return };
        let id = event.id.get();
        let when = event.edited_timestamp.map_or(0, |at| at.unix_timestamp());
        let what = What::Edited { message: id.to_string(), text: cut(text) };
        self.changed(intake, event.channel_id.get(), format!("changed/{id}/{when}"), what).await;
    }

    pub(super) async fn removed(&self, intake: &Arc<dyn Intake>, channel: u64, id: u64) {
        self.changed(intake, channel, format!("deleted/{id}"), What::Deleted { message: id.to_string() }).await;
    }

    async fn changed(&self, intake: &Arc<dyn Intake>, channel: u64, id: String, what: What) {
        let Some(room) = self.rooms.get(channel).filter(|room| self.listens(channel, room)) else { return };
        let place = self.place(channel, room.parent);
        let person = Person { platform: super::PLATFORM.to_owned(), id: String::new(), name: String::new() };
        if let Err(error) = intake.accept(Heard { id, place, person, what }).await {
            tracing::error!(error = format!("{error:#}"), "a change of a message was not written down");
        }
    }

    fn ours(&self, message: &Message) {
        let (id, channel) = (message.id.get(), message.channel_id.get());
        match &message.nonce {
            Some(Nonce::String(nonce)) => self.nonces.remember(nonce.clone(), channel, id),
            Some(Nonce::Number(nonce)) => self.nonces.remember(nonce.to_string(), channel, id),
            None => {}
        }
    }

    /// What is needed to place a message; nothing when it is none of ours, so that nobody asks Discord about it.
    async fn room_of(&self, channel: u64, direct: bool, mentioned: bool) -> Option<Room> {
        if let Some(known) = self.rooms.get(channel) {
            return Some(known);
        }
        if direct {
            let room =
                Room { kind: RoomKind::Direct, guild: None, parent: None, allowed: None, hidden: None, name: None };
            self.rooms.learn(channel, room.clone());
            return Some(room);
        }
        if !mentioned && !self.reached.knows(channel) && self.options.watched.is_empty() {
            return None;
        }
        match self.room(channel).await {
            Ok(room) => Some(room),
            Err(problem) => {
                tracing::warn!(channel, fault = %problem.fault, "a message's channel could not be looked up");
                Some(Room {
                    kind: RoomKind::Channel,
                    guild: None,
                    parent: None,
                    allowed: None,
                    hidden: None,
                    name: None,
                })
            }
        }
    }

    /// In watched channels and their threads, and in threads we wrote in.
    fn listens(&self, channel: u64, room: &Room) -> bool {
        let watched = |id: u64| self.options.watched.contains(&id);
        watched(channel)
            || room.parent.is_some_and(watched)
            || (room.kind == RoomKind::Thread && self.reached.knows(channel))
    }
}

pub(super) fn person(message: &Message) -> Person {
    let nick = message.member.as_ref().and_then(|member| member.nick.clone());
    let name = nick.or_else(|| message.author.global_name.clone()).unwrap_or_else(|| message.author.name.clone());
    Person { platform: super::PLATFORM.to_owned(), id: message.author.id.to_string(), name }
}

/// What follows the bot's name, `<@1>` or `<@!1>`; what precedes it, when nothing follows.
pub(super) fn after_mention(text: &str, me: u64) -> Option<String> {
    let spellings = [format!("<@{me}>"), format!("<@!{me}>")];
    let (start, end) =
        spellings.iter().filter_map(|name| text.find(name.as_str()).map(|start| (start, start + name.len()))).min()?;
    let after = text[end..].trim_start_matches([',', ':']).trim();
    Some(if after.is_empty() { text[..start].trim().to_owned() } else { after.to_owned() })
}

/// People who are mentioned, by their names: `<@42>` tells nobody anything.
fn with_names(words: String, message: &Message) -> String {
    message.mentions.iter().fold(words, |words, user| {
        let name = user.global_name.as_deref().unwrap_or(&user.name);
        let name = format!("@{name}");
        let id = user.id.get();
        words.replace(&format!("<@{id}>"), &name).replace(&format!("<@!{id}>"), &name)
    })
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_gives_what_follows_it_in_either_spelling() {
        let after = |text| after_mention(text, 7);
        assert_eq!(after("<@7> draft payments"), Some("draft payments".to_owned()));
        assert_eq!(after("hey <@!7>, status"), Some("status".to_owned()));
        assert_eq!(after("thanks <@7>"), Some("thanks".to_owned()));
        assert_eq!(after("<@7>"), Some(String::new()));
        assert_eq!(after("<@77> draft"), None);
        assert_eq!(after("draft"), None);
    }

    #[test]
    fn a_text_nobody_typed_is_cut_at_a_letter() {
        let long = cut(&"é".repeat(400_000));
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.ends_with("é…"));
    }
}
