//! What can a person do in Slack?

use super::eyes::PATIENCE;
use super::state::{BOT_USER, Kind, Message, Sort, TEAM, View, World, channel_id, user_id};
use super::{Shared, deliver, locked, methods, visible};
use crate::support::world::Seen;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Somebody who looks at one channel.
#[derive(Clone)]
pub struct Person {
    pub(super) shared: Arc<Shared>,
    pub id: String,
    pub handle: String,
    /// The channel they look at.
    pub channel: String,
}

impl Person {
    pub(super) fn enter(shared: Arc<Shared>, name: &str, kind: Kind) -> Self {
        let (id, channel) = (user_id(name), channel_id("releases"));
        // What commands and clicks carry is not what people are called.
        let handle = format!("{}.handle", name.to_lowercase());
        {
            let mut world = locked(&shared.world);
            if !world.users.contains_key(&id) {
                world.add_user(&id, &handle, name, kind);
            }
            world.channel_mut(&channel).members.insert(id.clone());
        }
        Self { shared, id, handle, channel }
    }

    /// The same person in another channel, which they join.
    pub fn looks_at(&self, channel: &str) -> Self {
        let id = channel_id(channel);
        locked(&self.shared.world).channel_mut(&id).members.insert(self.id.clone());
        Self { channel: id, ..self.clone() }
    }

    /// The same person in their direct messages with the bot.
    pub fn in_direct_messages(&self) -> Self {
        let channel = locked(&self.shared.world).direct(&self.id);
        Self { channel, ..self.clone() }
    }

    /// The name people know them by.
    pub fn name(&self) -> String {
        locked(&self.shared.world).users[&self.id].name.clone()
    }

    /// Types a text and sends it: a command if it begins with `/`, else a message, in which `@Slipway` is a mention.
    pub async fn says(&self, text: &str) -> String {
        self.tries_to_say(text).await.unwrap_or_else(|shown| panic!("{text}: {shown}"))
    }

    /// The same; `Err` is what Slack shows when the bot did not respond. Answers the message's timestamp.
    pub async fn tries_to_say(&self, text: &str) -> Result<String, String> {
        if let Some(command) = text.strip_prefix('/') {
            let (name, words) = command.split_once(' ').unwrap_or((command, ""));
            return self.commands(&format!("/{name}"), words).await.map(|()| String::new());
        }
        Ok(self.writes(None, text))
    }

    /// Writes in the thread below a message.
    pub async fn says_in(&self, thread: &str, text: &str) -> String {
        assert!(!text.starts_with('/'), "Slack takes no commands in a thread");
        self.writes(Some(thread), text)
    }

    /// Changes what they said.
    pub async fn edits(&self, ts: &str, text: &str) {
        self.changes(ts, "message_changed", |world, channel| {
            let message = world.channel_mut(channel).messages.iter_mut().find(|message| message.ts == ts);
            message.expect("it stands there").text = typed(text);
        });
    }

    /// Takes back what they said.
    pub async fn deletes(&self, ts: &str) {
        self.changes(ts, "message_deleted", |world, channel| {
            world.channel_mut(channel).messages.retain(|message| message.ts != ts);
        });
    }

    /// Takes the bot out of the channel.
    pub fn removes_the_bot(&self) {
        {
            let world = &mut *locked(&self.shared.world);
            let event = json!({
                "type": "channel_left", "channel": self.channel, "actor_id": self.id, "event_ts": world.ts(),
            });
            world.happened.push(event);
        }
        deliver::what_happened(&self.shared);
    }

    /// Makes the channel one of those who are invited.
    pub fn makes_it_private(&self) {
        {
            let world = &mut *locked(&self.shared.world);
            let ts = world.ts();
            let event = json!({
                "type": "message", "subtype": "channel_convert_to_private", "channel": self.channel, "user": self.id,
                "text": "made this channel *private*.", "ts": ts, "event_ts": ts, "channel_type": "group",
            });
            world.happened.push(event);
        }
        deliver::what_happened(&self.shared);
    }

    fn changes(&self, ts: &str, subtype: &str, change: impl FnOnce(&mut World, &str)) {
        {
            let world = &mut *locked(&self.shared.world);
            let told = |world: &World| {
                world.message(&self.channel, ts).cloned().map(|message| world.told(&self.channel, &message, true))
            };
            let before = told(world).expect("it stands there");
            change(world, &self.channel);
            let mut event = json!({
                "type": "message", "subtype": subtype, "channel": self.channel, "hidden": true, "ts": world.ts(),
                "previous_message": before, "channel_type": "channel",
            });
            match told(world) {
                Some(now) => event["message"] = now,
                None => event["deleted_ts"] = json!(ts),
            }
            world.happened.push(event);
        }
        deliver::what_happened(&self.shared);
    }

    fn writes(&self, thread: Option<&str>, text: &str) -> String {
        let ts = {
            let world = &mut *locked(&self.shared.world);
            let thread = thread.map(|thread| root_of(world, &self.channel, thread));
            let text = typed(text);
            let message = Message { user: self.id.clone(), text, thread, ..Message::default() };
            methods::say(world, &self.channel, message)
        };
        deliver::what_happened(&self.shared);
        ts
    }

    /// Types a slash command with its words.
    pub async fn commands(&self, command: &str, words: &str) -> Result<(), String> {
        let payload = {
            let world = &mut *locked(&self.shared.world);
            let (trigger, response_url) = (world.trigger(&self.id), world.response_url(&self.channel, &self.id, None));
            let channel = world.channel(&self.channel);
            let name = if channel.sort == Sort::Direct { "directmessage".to_owned() } else { channel.name.clone() };
            json!({
                "token": "verification", "team_id": TEAM, "team_domain": "slipway", "channel_id": self.channel,
                "channel_name": name, "user_id": self.id, "user_name": self.handle, "command": command,
                "text": typed(words), "api_app_id": super::state::APP, "is_enterprise_install": "false",
                "response_url": response_url, "trigger_id": trigger,
            })
        };
        deliver::ask(&self.shared, "slash_commands", &payload).await.map(drop)
    }

    /// Presses a button that is there now, and confirms when asked.
    pub async fn presses(&self, message: &Seen, label: &str) {
        let now = self.message(&message.id).unwrap_or_else(|| panic!("{} is not there any more", message.id));
        let (block, item) = button(&now, label)
            .unwrap_or_else(|| panic!("no button {label} in {}", self.seen(&locked(&self.shared.world), &now).text));
        self.acts(&now, &block, &item).await.unwrap_or_else(|shown| panic!("{label}: {shown}"));
    }

    /// Presses a button that stood there when they last looked.
    pub async fn presses_late(&self, message: &Seen, label: &str) {
        let seen = message.buttons.iter().find(|button| button.label == label).expect("it stood there");
        let now = self.message(&message.id).unwrap_or_else(|| panic!("{} is not there any more", message.id));
        let item = json!({
            "type": "button", "action_id": seen.action, "value": seen.value,
            "text": {"type": "plain_text", "text": label},
        });
        self.acts(&now, &json!({"block_id": "late"}), &item).await.unwrap_or_else(|shown| panic!("{label}: {shown}"));
    }

    async fn acts(&self, message: &Message, block: &Value, item: &Value) -> Result<(), String> {
        let payload = {
            let world = &mut *locked(&self.shared.world);
            let response_url = world.response_url(&self.channel, &self.id, message.thread.as_deref());
            let mut payload = self.interaction(world, "block_actions");
            let ephemeral = message.only.is_some();
            payload["container"] = json!({
                "type": "message", "message_ts": message.ts, "channel_id": self.channel, "is_ephemeral": ephemeral,
            });
            if let Some(root) = &message.thread {
                payload["container"]["thread_ts"] = json!(root);
            }
            payload["channel"] = json!({"id": self.channel, "name": world.channel(&self.channel).name});
            if !ephemeral {
                payload["message"] = world.told(&self.channel, message, true);
            }
            payload["state"] = json!({"values": {}});
            payload["response_url"] = json!(response_url);
            payload["actions"] = json!([action(world, block, item)]);
            payload
        };
        deliver::ask(&self.shared, "interactive", &payload).await.map(drop)
    }

    /// What every interaction says of its person.
    fn interaction(&self, world: &mut World, kind: &str) -> Value {
        let trigger = world.trigger(&self.id);
        json!({
            "type": kind, "user": {"id": self.id, "username": self.handle, "name": self.handle, "team_id": TEAM},
            "api_app_id": super::state::APP, "token": "verification", "trigger_id": trigger,
            "team": {"id": TEAM, "domain": "slipway"}, "enterprise": null, "is_enterprise_install": false,
        })
    }

    /// Presses a button and waits for the form it opens.
    pub async fn opens(&self, message: &Seen, label: &str) -> View {
        self.presses(message, label).await;
        self.waits_for_form(label).await
    }

    /// The form that is open for this person.
    pub fn form(&self) -> Option<View> {
        let world = locked(&self.shared.world);
        world.views.values().rev().find(|view| view.open && view.user == self.id).cloned()
    }

    pub async fn waits_for_form(&self, what: &str) -> View {
        let begun = Instant::now();
        loop {
            if let Some(view) = self.form() {
                return view;
            }
            assert!(begun.elapsed() < PATIENCE, "no form opened after {what}; {:#?}", self.sees(None).await);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Opens the form behind a button and sends it with some fields changed.
    pub async fn fills(&self, message: &Seen, label: &str, changes: &[(&str, &str)]) {
        let view = self.opens(message, label).await;
        self.submits(&view, changes).await.unwrap_or_else(|shown| panic!("{label}: {shown}"));
    }

    /// `Err`: what the form shows instead of closing.
    pub async fn submits(&self, view: &View, changes: &[(&str, &str)]) -> Result<(), String> {
        let values = super::view::filled(&view.view, changes)?;
        let payload = {
            let world = &mut *locked(&self.shared.world);
            let mut payload = self.interaction(world, "view_submission");
            payload["view"] = methods::told_view(&view.id, &view.view);
            payload["view"]["state"] = json!({"values": values});
            payload["response_urls"] = json!([]);
            payload
        };
        let answer = deliver::ask(&self.shared, "interactive", &payload).await?;
        if answer["response_action"] == "errors" {
            return Err(answer["errors"].to_string());
        }
        locked(&self.shared.world).views.get_mut(&view.id).expect("it is open").open = false;
        Ok(())
    }

    /// Uses a shortcut of a message's menu.
    pub async fn uses_on(&self, message: &str, callback: &str) {
        let payload = {
            let world = &mut *locked(&self.shared.world);
            let response_url = world.response_url(&self.channel, &self.id, None);
            let mut payload = self.interaction(world, "message_action");
            payload["callback_id"] = json!(callback);
            payload["message_ts"] = json!(message);
            payload["channel"] = json!({"id": self.channel, "name": world.channel(&self.channel).name});
            let found = world.message(&self.channel, message).expect("the message is there").clone();
            payload["message"] = world.told(&self.channel, &found, true);
            payload["response_url"] = json!(response_url);
            payload["action_ts"] = json!("1700000000.000001");
            payload
        };
        deliver::ask(&self.shared, "interactive", &payload).await.unwrap_or_else(|shown| panic!("{callback}: {shown}"));
    }

    /// Uses a shortcut of the search bar.
    pub async fn uses(&self, callback: &str) {
        let payload = {
            let world = &mut *locked(&self.shared.world);
            let mut payload = self.interaction(world, "shortcut");
            payload["callback_id"] = json!(callback);
            payload["action_ts"] = json!("1700000000.000001");
            payload
        };
        deliver::ask(&self.shared, "interactive", &payload).await.unwrap_or_else(|shown| panic!("{callback}: {shown}"));
    }

    /// Opens the bot's home page and reads it.
    pub async fn opens_home(&self) -> String {
        let event = {
            let world = &mut *locked(&self.shared.world);
            let channel = world.direct(&self.id);
            world.homes.remove(&self.id);
            json!({"type": "app_home_opened", "user": self.id, "channel": channel, "tab": "home", "event_ts": world.ts()})
        };
        deliver::tell(&self.shared, &event);
        let begun = Instant::now();
        loop {
            if let Some(home) = self.home() {
                return home;
            }
            assert!(begun.elapsed() < PATIENCE, "no home page came");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(super) fn message(&self, ts: &str) -> Option<Message> {
        let world = locked(&self.shared.world);
        let found = world.message(&self.channel, ts)?;
        found.only.as_ref().is_none_or(|only| *only == self.id).then(|| found.clone())
    }
}

/// The root of the thread a message stands in or begins; of a message on several pages, the first counts.
pub fn root_of(world: &World, channel: &str, id: &str) -> String {
    let head = id.split('+').next().unwrap_or(id);
    world.message(channel, head).and_then(|message| message.thread.clone()).unwrap_or_else(|| head.to_owned())
}

/// A text as Slack's client sends it: escaped, addresses marked, the bot's name turned into a mention.
fn typed(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words = escaped.split(' ').map(|word| match word {
        "@Slipway" | "@slipway" => format!("<@{BOT_USER}>"),
        _ if word.starts_with("http://") || word.starts_with("https://") => format!("<{word}>"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

pub fn button(message: &Message, label: &str) -> Option<(Value, Value)> {
    visible::buttons(message).into_iter().find(|(_, item)| item["text"]["text"] == label)
}

fn action(world: &mut World, block: &Value, item: &Value) -> Value {
    let mut action = json!({
        "type": "button", "action_id": item["action_id"], "block_id": block["block_id"].as_str().unwrap_or("b1"),
        "text": item["text"], "action_ts": world.ts(),
    });
    if let Some(value) = item["value"].as_str() {
        action["value"] = json!(value);
    }
    action
}
