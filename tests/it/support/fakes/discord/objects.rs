//! How does Discord write down what there is?

use super::state::{Channel, Guild, Interaction, Message, State, kind, may, timestamp};
use serde_json::{Value, json};

impl State {
    pub fn user_json(&self, id: u64) -> Value {
        let user = &self.users[&id];
        json!({
            "id": id.to_string(), "username": user.name.to_lowercase(), "global_name": user.name, "discriminator": "0",
            "avatar": null, "bot": user.bot, "public_flags": 0, "flags": 0,
        })
    }

    pub fn member_json(&self, id: u64, with_user: bool) -> Value {
        let mut member = json!({
            "nick": null, "avatar": null, "roles": [], "joined_at": timestamp(id), "deaf": false, "mute": false,
            "flags": 0, "pending": false, "premium_since": null, "communication_disabled_until": null,
        });
        if with_user {
            member["user"] = self.user_json(id);
            member["permissions"] = json!("2248473465835073");
        }
        member
    }

    pub fn channel_json(&self, channel: &Channel) -> Value {
        let last = self.messages_in(channel.id).next_back().map(|message| message.id.to_string());
        let mut shown = json!({
            "id": channel.id.to_string(), "type": channel.kind, "last_message_id": last, "flags": 0,
        });
        if let Some(person) = channel.recipient {
            shown["recipients"] = json!([self.user_json(person)]);
            return shown;
        }
        shown["guild_id"] = json!(channel.guild.unwrap_or_default().to_string());
        shown["name"] = json!(channel.name);
        shown["parent_id"] = json!(channel.parent.map(|id| id.to_string()));
        shown["rate_limit_per_user"] = json!(0);
        if channel.kind == kind::PUBLIC_THREAD {
            shown["owner_id"] = json!(channel.owner.unwrap_or_default().to_string());
            shown["message_count"] = json!(self.messages_in(channel.id).count());
            shown["member_count"] = json!(1);
            shown["thread_metadata"] = json!({
                "archived": channel.archived, "locked": channel.locked, "auto_archive_duration": channel.auto_archive,
                "archive_timestamp": timestamp(channel.id), "create_timestamp": timestamp(channel.id),
            });
        } else {
            shown["position"] = json!(0);
            let everybody = channel.guild.unwrap_or_default().to_string();
            // 1,024: to see the channel at all.
            let hidden = json!([{ "id": everybody, "type": 0, "allow": "0", "deny": "1024" }]);
            shown["permission_overwrites"] = if channel.hidden { hidden } else { json!([]) };
            shown["nsfw"] = json!(false);
            shown["topic"] = Value::Null;
        }
        if channel.kind == kind::FORUM {
            shown["available_tags"] = json!([]);
        }
        shown
    }

    pub fn guild_json(&self, guild: &Guild) -> Value {
        let inside = |threads: bool| {
            let found = self.channels.values().filter(|channel| channel.guild == Some(guild.id) && !channel.deleted);
            let seen = found.filter(|channel| self.permissions(channel) & may::VIEW != 0);
            let wanted = seen.filter(|channel| (channel.kind == kind::PUBLIC_THREAD) == threads);
            wanted.filter(|channel| !channel.archived).map(|channel| self.channel_json(channel)).collect::<Vec<_>>()
        };
        let mut shown = json!({
            "id": guild.id.to_string(), "name": guild.name, "icon": null, "splash": null, "discovery_splash": null,
            "owner_id": "1", "afk_timeout": 300, "afk_channel_id": null, "verification_level": 0,
            "default_message_notifications": 0, "explicit_content_filter": 0, "emojis": [], "features": [],
            "mfa_level": 0, "application_id": null, "system_channel_id": null, "system_channel_flags": 0,
            "rules_channel_id": null, "vanity_url_code": null, "description": null, "banner": null, "premium_tier": 0,
            "premium_subscription_count": 0, "preferred_locale": "en-US", "public_updates_channel_id": null,
            "nsfw_level": 0, "stickers": [], "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null,
        });
        // What only the event has.
        let more = json!({
            "joined_at": timestamp(guild.id), "large": false, "member_count": guild.members.len(), "voice_states": [],
            "roles": [{
                "id": guild.id.to_string(), "name": "@everyone", "color": 0, "hoist": false, "position": 0,
                "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
                "permissions": "2248473465835073", "managed": false, "mentionable": false, "flags": 0,
            }],
            "members": [self.member_json(self.application.bot, true)],
            "channels": inside(false), "threads": inside(true), "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [],
        });
        let fields = more.as_object().cloned().unwrap_or_default();
        shown.as_object_mut().expect("an object").extend(fields);
        shown
    }

    pub fn message_json(&self, message: &Message) -> Value {
        let mentions: Vec<Value> = mentioned(&message.content)
            .into_iter()
            .filter(|id| self.users.contains_key(id))
            .map(|id| self.user_json(id))
            .collect();
        let attachments: Vec<Value> = message
            .attachments
            .iter()
            .map(|file| {
                let url = self.file_url(message, file.id, &file.name);
                json!({
                    "id": file.id.to_string(), "filename": file.name, "size": file.bytes.len(), "url": url,
                    "proxy_url": url, "content_type": file.media_type, "description": file.description,
                })
            })
            .collect();
        let mut shown = json!({
            "id": message.id.to_string(), "channel_id": message.channel.to_string(), "type": message.kind,
            "author": self.user_json(message.author), "content": message.content, "timestamp": timestamp(message.id),
            "edited_timestamp": message.edited.then(|| timestamp(message.id)), "tts": false,
            "mention_everyone": message.pings.iter().any(|ping| ping.starts_with("@")), "mentions": mentions,
            "mention_roles": [], "attachments": attachments, "embeds": message.embeds,
            "components": message.components, "pinned": false, "flags": message.flags,
        });
        if let Some(nonce) = &message.nonce {
            shown["nonce"] = nonce.clone();
        }
        if message.author == self.application.bot {
            shown["application_id"] = json!(self.application.id.to_string());
        }
        if let Some(interaction) = message.interaction.and_then(|id| self.interactions.get(&id)) {
            shown["webhook_id"] = json!(self.application.id.to_string());
            shown["interaction_metadata"] = self.metadata_json(interaction);
        }
        if let Some(thread) = self.channels.get(&message.id).filter(|channel| !channel.deleted) {
            shown["thread"] = self.channel_json(thread);
        }
        shown
    }

    /// Which interaction a message answers, and which message that was about.
    fn metadata_json(&self, interaction: &Interaction) -> Value {
        let mut shown = json!({
            "id": interaction.id.to_string(), "type": interaction.kind, "user": self.user_json(interaction.user),
            "authorizing_integration_owners": {},
        });
        let message = interaction.message.unwrap_or(interaction.id).to_string();
        match interaction.kind {
            3 => shown["interacted_message_id"] = json!(message),
            5 => {
                let mut opened_by = shown.clone();
                opened_by["type"] = json!(3);
                opened_by["interacted_message_id"] = json!(message);
                shown["triggering_interaction_metadata"] = opened_by;
            }
            _ => {}
        }
        shown
    }

    /// As the gateway tells it: with where it stands and who wrote it.
    pub fn message_event(&self, message: &Message, content_allowed: bool) -> Value {
        let mut shown = self.message_json(message);
        let guild = self.channels[&message.channel].guild;
        if let Some(guild) = guild {
            shown["guild_id"] = json!(guild.to_string());
            shown["member"] = self.member_json(message.author, false);
        }
        let bot = self.application.bot;
        let ours = message.author == bot || mentioned(&message.content).contains(&bot);
        if guild.is_some() && !ours && !content_allowed {
            shown["content"] = json!("");
            for list in ["embeds", "attachments", "components"] {
                shown[list] = json!([]);
            }
        }
        shown
    }

    pub fn interaction_json(&self, interaction: &Interaction, data: Value) -> Value {
        let channel = &self.channels[&interaction.channel];
        let mut partial = self.channel_json(channel);
        partial["permissions"] = json!("2248473465835073");
        let mut shown = json!({
            "id": interaction.id.to_string(), "application_id": self.application.id.to_string(),
            "type": interaction.kind, "token": interaction.token, "version": 1, "data": data, "channel": partial,
            "channel_id": channel.id.to_string(), "locale": "en-US", "entitlements": [], "entitlement_sku_ids": [],
            "app_permissions": self.permissions(channel).to_string(), "attachment_size_limit": 10_485_760,
            "authorizing_integration_owners": {"0": channel.guild.unwrap_or_default().to_string()},
            "context": u8::from(channel.guild.is_none()),
        });
        match channel.guild {
            Some(guild) => {
                shown["guild_id"] = json!(guild.to_string());
                shown["guild_locale"] = json!("en-US");
                shown["member"] = self.member_json(interaction.user, true);
            }
            None => shown["user"] = self.user_json(interaction.user),
        }
        if let Some(message) = interaction.message.and_then(|id| self.messages.get(&id)) {
            shown["message"] = self.message_json(message);
        }
        shown
    }

    pub fn file_url(&self, message: &Message, file: u64, name: &str) -> String {
        format!("https://cdn.discordapp.com/attachments/{}/{file}/{name}", message.channel)
    }
}

/// Users named in a text: `<@1>`, `<@!1>`.
pub fn mentioned(text: &str) -> Vec<u64> {
    text.split("<@")
        .skip(1)
        .filter_map(|rest| {
            let (inside, _) = rest.split_once('>')?;
            inside.trim_start_matches('!').parse().ok()
        })
        .collect()
}
