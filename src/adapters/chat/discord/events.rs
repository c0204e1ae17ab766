//! What does each of the gateway's events mean for us?

use super::rooms::{Room, RoomKind};
use super::{Discord, PLATFORM, mend, words};
use crate::domain::message::{Heard, What};
use crate::domain::person::Person;
use crate::ports::chat::Intake;
use serde_json::Value;
use serenity::model::channel::{ChannelType, GuildChannel, Message, PermissionOverwriteType};
use serenity::model::event::Event;
use serenity::model::guild::Guild;
use serenity::model::id::RoleId;
use serenity::model::permissions::Permissions;
use std::sync::Arc;

impl Discord {
    pub(super) async fn event(&self, intake: &Arc<dyn Intake>, event: Event) {
        match event {
            Event::Ready(event) => self.begun(intake, event.ready.guilds.len()).await,
            Event::Resumed(_) => {
                self.line().resumed += 1;
                self.back(intake).await;
                tracing::info!("Discord's session was taken up again");
            }
            Event::MessageCreate(event) => self.told(intake, &event.message).await,
            Event::MessageUpdate(event) => self.reworded(intake, &event).await,
            Event::MessageDelete(event) => {
                self.removed(intake, event.channel_id.get(), event.message_id.get()).await;
            }
            Event::MessageDeleteBulk(event) => {
                for id in &event.ids {
                    self.removed(intake, event.channel_id.get(), id.get()).await;
                }
            }
            Event::InteractionCreate(event) => self.interaction(intake, event.interaction).await,
            Event::GuildCreate(event) => self.on_server(intake, &event.guild).await,
            Event::GuildDelete(event) if !event.guild.unavailable => {
                self.off_server(intake, event.guild.id.get()).await;
            }
            Event::ChannelCreate(event) => self.learn(&event.channel),
            Event::ChannelUpdate(event) => self.changed_room(intake, &event.channel).await,
            Event::ThreadCreate(event) => self.learn(&event.thread),
            Event::ThreadUpdate(event) => self.learn(&event.thread),
            Event::ThreadListSync(event) => event.threads.iter().for_each(|thread| self.learn(thread)),
            Event::ChannelDelete(event) => self.gone(intake, event.channel.id.get(), None).await,
            Event::ThreadDelete(event) => {
                self.gone(intake, event.thread.id.get(), Some(event.thread.parent_id.get())).await;
            }
            Event::Unknown(event) => self.unread(intake, &event.kind, &event.value).await,
            _ => {}
        }
    }

    async fn told(&self, intake: &Arc<dyn Intake>, message: &Message) {
        let direct = message.guild_id.is_none();
        if let Err(error) = self.message(intake.as_ref(), message, direct).await {
            tracing::error!(error = format!("{error:#}"), "a message was not written down; it is read again");
            self.behind.note(message.channel_id.get(), message.id.get());
        }
    }

    /// New to serenity altogether, or an event it knows with something new inside.
    async fn unread(&self, intake: &Arc<dyn Intake>, kind: &str, value: &Value) {
        match kind {
            "MESSAGE_CREATE" => match mend::message(value) {
                Some(message) => self.told(intake, &message).await,
                None => tracing::warn!("a message of Discord's could not be read"),
            },
            "INTERACTION_CREATE" => match mend::interaction(value) {
                Some(interaction) => self.interaction(intake, interaction).await,
                None => self.unreadable(value).await,
            },
            _ => tracing::debug!(kind, "an event of Discord's that means nothing here"),
        }
    }

    /// A new session: what was said before it began is read back.
    async fn begun(&self, intake: &Arc<dyn Intake>, guilds: usize) {
        let begun = {
            let mut line = self.line();
            line.begun += 1;
            line.begun
        };
        self.back(intake).await;
        tracing::info!(guilds, sessions = begun, "connected to Discord");
        self.catch_up(intake.as_ref()).await;
    }

    async fn on_server(&self, intake: &Arc<dyn Intake>, guild: &Guild) {
        for channel in guild.channels.values().chain(&guild.threads) {
            self.learn(channel);
        }
        let id = guild.id.get();
        let came_back = self.line().guilds_left.remove(&id);
        intake.notice(PLATFORM, &format!("server/{id}"), None).await;
        if came_back && let Err(error) = self.register_again(intake.as_ref(), id).await {
            tracing::error!(error = %error, guild = id, "what is registered on Discord could not be written down");
        }
    }

    async fn off_server(&self, intake: &Arc<dyn Intake>, guild: u64) {
        self.line().guilds_left.insert(guild);
        for room in self.rooms.of_guild(guild) {
            self.gone(intake, room, None).await;
        }
        self.rooms.forget_guild(guild);
        tracing::warn!(guild, "Slipway was removed from a Discord server");
        let told = words::kicked(&format!("`{guild}`"));
        intake.notice(PLATFORM, &format!("server/{guild}"), Some(told)).await;
    }

    /// A channel that everybody saw and that only some see now: what was said there is not for everybody any more.
    async fn changed_room(&self, intake: &Arc<dyn Intake>, channel: &GuildChannel) {
        let id = channel.id.get();
        let was_open = self.rooms.get(id).is_some_and(|before| before.hidden == Some(false));
        self.learn(channel);
        if !was_open || !is_hidden(channel) {
            return;
        }
        let person = Person { platform: PLATFORM.to_owned(), id: String::new(), name: String::new() };
        // Restricted again with nothing said meanwhile, there is nothing new to forget.
        let last = channel.last_message_id.map_or(0, |last| last.get());
        let heard = Heard { id: format!("hidden/{id}/{last}"), place: self.place(id, None), person, what: What::Gone };
        if let Err(error) = intake.accept(heard).await {
            tracing::error!(error = format!("{error:#}"), id, "that a channel was restricted was not written down");
        }
    }

    async fn gone(&self, intake: &Arc<dyn Intake>, room: u64, parent: Option<u64>) {
        // A forum's post is deleted with its thread; elsewhere a thread hangs on a message that stays.
        let in_forum = |parent: u64| self.rooms.get(parent).is_some_and(|parent| parent.kind == RoomKind::Forum);
        let what = match parent.filter(|parent| in_forum(*parent)) {
            Some(_) => What::Deleted { message: room.to_string() },
            None => What::Gone,
        };
        let person = Person { platform: PLATFORM.to_owned(), id: String::new(), name: String::new() };
        let heard = Heard { id: format!("gone/{room}"), place: self.place(room, parent), person, what };
        if let Err(error) = intake.accept(heard).await {
            tracing::error!(error = format!("{error:#}"), room, "that a channel is gone was not written down");
        }
        self.room_gone(room).await;
        if self.options.watched.contains(&room) {
            intake.notice(PLATFORM, &format!("watched/{room}"), Some(words::watched_gone(room))).await;
        }
    }

    fn learn(&self, channel: &GuildChannel) {
        let kind = match channel.kind {
            ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread => RoomKind::Thread,
            ChannelType::Forum | ChannelType::Unknown(16) => RoomKind::Forum,
            _ => RoomKind::Channel,
        };
        let parent = channel.parent_id.filter(|_| kind == RoomKind::Thread).map(|parent| parent.get());
        let name = Some(channel.name.clone());
        let room = Room {
            kind,
            guild: Some(channel.guild_id.get()),
            parent,
            allowed: None,
            hidden: Some(is_hidden(channel)),
            name,
        };
        self.rooms.learn(channel.id.get(), room);
    }
}

/// May not everybody of the server see it? Their role has the server's own number.
fn is_hidden(channel: &GuildChannel) -> bool {
    let everybody = PermissionOverwriteType::Role(RoleId::new(channel.guild_id.get()));
    let of_everybody = channel.permission_overwrites.iter().filter(|overwrite| overwrite.kind == everybody);
    of_everybody.into_iter().any(|overwrite| overwrite.deny.contains(Permissions::VIEW_CHANNEL))
}
