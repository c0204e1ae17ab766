//! Who did something on Discord, and where?

use super::rooms::{Room, RoomKind};
use super::{Discord, PLATFORM};
use crate::domain::message::Place;
use crate::domain::person::Person;
use serenity::model::application::{CommandInteraction, ComponentInteraction, ModalInteraction};
use serenity::model::channel::PartialChannel;
use serenity::model::guild::Member;
use serenity::model::user::User;

/// Who did something, and where.
pub struct Asker {
    pub id: u64,
    pub token: String,
    pub room: u64,
    pub place: Place,
    pub person: Person,
    pub user: u64,
    pub guild: Option<u64>,
}

/// What serenity's kinds of interactions have in common, without sharing a trait.
struct Did<'a> {
    id: u64,
    token: &'a str,
    room: u64,
    channel: Option<&'a PartialChannel>,
    guild: Option<u64>,
    user: &'a User,
    member: Option<&'a Member>,
    /// What the bot may do there.
    allowed: Option<u64>,
}

macro_rules! did {
    ($interaction:expr, $member:expr) => {
        Did {
            id: $interaction.id.get(),
            token: &$interaction.token,
            room: $interaction.channel_id.get(),
            channel: $interaction.channel.as_ref(),
            guild: $interaction.guild_id.map(|guild| guild.get()),
            user: &$interaction.user,
            member: $member,
            allowed: $interaction.app_permissions.map(|permissions| permissions.bits()),
        }
    };
}

impl Discord {
    pub(super) fn who_typed(&self, typed: &CommandInteraction) -> Asker {
        self.asker(&did!(typed, typed.member.as_deref()))
    }

    pub(super) fn who_pressed(&self, pressed: &ComponentInteraction) -> Asker {
        self.asker(&did!(pressed, pressed.member.as_ref()))
    }

    pub(super) fn who_sent(&self, sent: &ModalInteraction) -> Asker {
        self.asker(&did!(sent, sent.member.as_ref()))
    }

    fn asker(&self, did: &Did<'_>) -> Asker {
        let kind = match did.channel {
            Some(channel) => RoomKind::of(u64::from(u8::from(channel.kind))),
            None if did.guild.is_none() => RoomKind::Direct,
            None => RoomKind::Channel,
        };
        let parent = did.channel.and_then(|channel| channel.parent_id).filter(|_| kind == RoomKind::Thread);
        let parent = parent.map(|parent| parent.get());
        self.rooms
            .learn(did.room, Room { kind, guild: did.guild, parent, allowed: did.allowed, hidden: None, name: None });
        let nick = did.member.and_then(|member| member.nick.clone());
        let name = nick.or_else(|| did.user.global_name.clone()).unwrap_or_else(|| did.user.name.clone());
        let (user, place) = (did.user.id.get(), self.place(did.room, parent));
        let person = Person { platform: PLATFORM.to_owned(), id: user.to_string(), name };
        Asker { id: did.id, token: did.token.to_owned(), room: did.room, place, person, user, guild: did.guild }
    }
}
