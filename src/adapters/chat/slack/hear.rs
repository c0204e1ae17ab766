//! What did Slack tell us? Any payload, over a socket or over HTTP, becomes one thing a person did, or nothing.
//!
//! Pure. Slack adds fields and events as it likes: what is not known is passed over, never an error.

use super::plain;
use super::render;
use super::rows::Me;
use super::stamp::is_stamp;
use crate::domain::message::Quoted;
use serde_json::Value;

pub const PLATFORM: &str = "slack";

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The same however it came: over two sockets, again, or from a history.
    pub id: String,
    /// `None`: it happened outside of any conversation, and is answered in the direct messages.
    pub channel: Option<String>,
    pub thread: Option<String>,
    pub who: Who,
    pub act: Act,
    /// Where it may be answered for a while, to this person alone.
    pub answer: Option<String>,
    /// Opens one form, within 3 seconds.
    pub trigger: Option<String>,
}

impl Told {
    /// From a message's menu, so that it is about that message.
    pub fn is_shortcut(&self) -> bool {
        matches!(&self.act, Act::Pressed { shortcut: true, .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub id: String,
    /// As far as the payload tells.
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Command {
        words: String,
    },
    Mention {
        words: String,
    },
    Message {
        text: String,
    },
    Edited {
        stamp: String,
        text: String,
    },
    Deleted {
        stamp: String,
    },
    /// The channel is gone, the bot is no longer in it, or it was made private: what was said there is not for everybody any more.
    Gone,
    /// A button, or a shortcut of a message. `key`: under which its message was posted, if it is ours.
    Pressed {
        action: String,
        value: String,
        stamp: String,
        key: Option<String>,
        shortcut: bool,
    },
    Submitted {
        view: Value,
    },
    /// Somebody looks at our front page.
    Home,
}

/// What decides whether a message is for us.
pub struct Ears<'a> {
    pub me: &'a Me,
    pub command: &'a str,
    /// Channels whose messages are heard, whoever they are for.
    pub watched: &'a [String],
}

/// `Err` says why it is passed over.
pub type Read = Result<Told, &'static str>;

fn gone(event: &Value) -> Read {
    let channel = given(event, "channel").ok_or("no channel is gone")?;
    Ok(Told {
        id: format!("gone/{channel}/{}", text(event, "event_ts")),
        channel: Some(channel),
        thread: None,
        who: Who { id: String::new(), name: None },
        act: Act::Gone,
        answer: None,
        trigger: None,
    })
}

impl Ears<'_> {
    /// `kind` is the envelope's: `events_api`, `slash_commands`, `interactive`.
    pub fn read(&self, kind: &str, payload: &Value) -> Read {
        match kind {
            "events_api" => self.event(&payload["event"]),
            "slash_commands" => self.command(payload),
            "interactive" => self.interaction(payload),
            _ => Err("an envelope of an unknown type"),
        }
    }

    fn event(&self, event: &Value) -> Read {
        match text(event, "type") {
            "message" if event["subtype"] == "message_changed" || event["subtype"] == "message_deleted" => {
                self.changed(event)
            }
            "message" if event["subtype"] == "channel_convert_to_private" => gone(event),
            "app_mention" | "message" => self.message(text(event, "channel"), event),
            "channel_deleted" | "channel_left" | "group_deleted" | "group_left" => gone(event),
            "app_home_opened" if event["tab"] == "messages" => Err("the messages tab was opened"),
            "app_home_opened" => Ok(Told {
                id: String::new(),
                channel: None,
                thread: None,
                who: Who { id: given(event, "user").ok_or("a page opened by nobody")?, name: None },
                act: Act::Home,
                answer: None,
                trigger: None,
            }),
            _ => Err("an event of an unknown type"),
        }
    }

    /// A message as an event or a history tells it.
    pub fn message(&self, channel: &str, message: &Value) -> Read {
        let ts = text(message, "ts");
        if channel.is_empty() || !is_stamp(ts) {
            return Err("a message without place or time");
        }
        let kinds = ["", "bot_message", "file_share", "thread_broadcast", "me_message"];
        if !kinds.contains(&text(message, "subtype")) {
            return Err("not something said");
        }
        if self.is_ours(message) {
            return Err("our own");
        }
        let thread = given(message, "thread_ts").filter(|root| root != ts);
        let act = self.said(channel, thread.is_some(), message)?;
        Ok(Told {
            id: format!("message/{channel}/{ts}"),
            channel: Some(channel.to_owned()),
            thread,
            who: writer(message).ok_or("said by nobody")?,
            act,
            answer: None,
            trigger: None,
        })
    }

    /// A message of a watched channel was edited or deleted.
    fn changed(&self, event: &Value) -> Read {
        let channel = text(event, "channel");
        if !self.watched.iter().any(|watched| watched == channel) {
            return Err("people changing what they said to each other");
        }
        let (old, new) = (&event["previous_message"], &event["message"]);
        let deleted = event["subtype"] == "message_deleted" || new["subtype"] == "tombstone";
        let message = if deleted { old } else { new };
        if self.is_ours(message) {
            return Err("our own");
        }
        let stamp = given(event, "deleted_ts").or_else(|| given(message, "ts")).ok_or("a change of no message")?;
        let said = words_of(message);
        // An unfurled link is a change too, and says nothing new.
        if !deleted && said == words_of(old) {
            return Err("nothing that was said changed");
        }
        let thread = given(message, "thread_ts").filter(|root| *root != stamp);
        let act = match deleted {
            true => Act::Deleted { stamp: stamp.clone() },
            false => Act::Edited { stamp: stamp.clone(), text: plain::typed(&said) },
        };
        Ok(Told {
            id: format!("changed/{channel}/{stamp}/{}", text(event, "ts")),
            channel: Some(channel.to_owned()),
            thread,
            who: writer(message).or_else(|| writer(old)).unwrap_or(Who { id: String::new(), name: None }),
            act,
            answer: None,
            trigger: None,
        })
    }

    /// A person's mention.
    pub fn is_to_us(&self, message: &Value) -> bool {
        given(message, "bot_id").is_none() && plain::mention(&words_of(message), &self.me.user).is_some()
    }

    pub fn is_ours(&self, message: &Value) -> bool {
        let bot = self.me.bot.as_deref();
        text(message, "user") == self.me.user || (bot.is_some() && given(message, "bot_id").as_deref() == bot)
    }

    fn said(&self, channel: &str, in_thread: bool, message: &Value) -> Result<Act, &'static str> {
        let said = &words_of(message);
        let watched = self.watched.iter().any(|watched| watched == channel);
        let heard = || Act::Message { text: plain::typed(said) };
        if given(message, "bot_id").is_some() {
            return if watched { Ok(heard()) } else { Err("said by an app") };
        }
        if let Some(words) = plain::mention(said, &self.me.user) {
            return Ok(Act::Mention { words });
        }
        // Whoever writes to us alone means us.
        if channel.starts_with('D') {
            return Ok(Act::Mention { words: plain::words(said) });
        }
        let ours = in_thread && text(message, "parent_user_id") == self.me.user;
        if watched || ours { Ok(heard()) } else { Err("people talking to each other") }
    }

    fn command(&self, payload: &Value) -> Read {
        if text(payload, "command") != self.command {
            return Err("another command");
        }
        Ok(Told {
            id: format!("command/{}", trigger(payload)?),
            channel: Some(given(payload, "channel_id").ok_or("a command from nowhere")?),
            thread: given(payload, "thread_ts"),
            who: Who { id: given(payload, "user_id").ok_or("a command of nobody")?, name: given(payload, "user_name") },
            act: Act::Command { words: plain::words(text(payload, "text")) },
            answer: given(payload, "response_url"),
            trigger: given(payload, "trigger_id"),
        })
    }

    fn interaction(&self, payload: &Value) -> Read {
        let user = &payload["user"];
        let who = Who {
            id: given(user, "id").ok_or("pressed by nobody")?,
            name: given(user, "name").or_else(|| given(user, "username")),
        };
        match text(payload, "type") {
            "block_actions" => pressed(payload, who),
            "message_action" => shortcut(payload, who),
            "shortcut" => shortcut(payload, who),
            "view_submission" => Ok(Told {
                id: format!("submission/{}", given(&payload["view"], "id").ok_or("a form without an id")?),
                channel: None,
                thread: None,
                who,
                act: Act::Submitted { view: payload["view"].clone() },
                answer: None,
                trigger: given(payload, "trigger_id"),
            }),
            _ => Err("an interaction of an unknown type"),
        }
    }
}

fn pressed(payload: &Value, who: Who) -> Read {
    let pressed = payload["actions"].as_array().and_then(|actions| actions.first()).ok_or("nothing was pressed")?;
    if pressed["type"] != "button" {
        return Err("not a button");
    }
    let container = &payload["container"];
    let channel = given(&payload["channel"], "id").or_else(|| given(container, "channel_id"));
    let stamp = given(container, "message_ts").unwrap_or_default();
    let told = &payload["message"];
    let thread = given(told, "thread_ts").or_else(|| given(container, "thread_ts")).filter(|root| *root != stamp);
    let key = given(&told["metadata"]["event_payload"], "key");
    Ok(Told {
        id: format!("press/{}", trigger(payload)?),
        channel,
        thread,
        who,
        act: Act::Pressed {
            action: render::action(text(pressed, "action_id")).to_owned(),
            value: text(pressed, "value").to_owned(),
            stamp,
            key,
            shortcut: false,
        },
        answer: given(payload, "response_url"),
        trigger: given(payload, "trigger_id"),
    })
}

/// From a message's menu, or from anywhere: `note.draft.anywhere` is `note.draft` about nothing.
fn shortcut(payload: &Value, who: Who) -> Read {
    let callback = given(payload, "callback_id").ok_or("a shortcut without a name")?;
    let channel = given(&payload["channel"], "id");
    let stamp = given(payload, "message_ts").unwrap_or_default();
    let message = &payload["message"];
    let value = match &channel {
        Some(_) => Quoted { text: plain::typed(text(message, "text")), link: None }.value(),
        None => String::new(),
    };
    Ok(Told {
        id: format!("press/{}", trigger(payload)?),
        channel,
        thread: given(message, "thread_ts").filter(|root| *root != stamp),
        who,
        act: Act::Pressed {
            action: callback.strip_suffix(".anywhere").unwrap_or(&callback).to_owned(),
            value,
            stamp,
            key: None,
            shortcut: message.is_object(),
        },
        answer: given(payload, "response_url"),
        trigger: given(payload, "trigger_id"),
    })
}

/// Apps often say nothing themselves and put all of it into attachments.
fn words_of(message: &Value) -> String {
    let said = text(message, "text");
    let attachments = message["attachments"].as_array().filter(|_| said.is_empty());
    let attached = attachments.into_iter().flatten().flat_map(|attachment| {
        let parts: Vec<String> =
            ["pretext", "title", "text"].iter().filter_map(|part| given(attachment, part)).collect();
        if parts.is_empty() { given(attachment, "fallback").into_iter().collect() } else { parts }
    });
    std::iter::once(said.to_owned()).chain(attached).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A message's stamp, its writer and its words.
pub fn spoken(message: &Value) -> Option<(String, Who, String)> {
    let words = Some(words_of(message)).filter(|words| !words.is_empty())?;
    Some((given(message, "ts")?, writer(message)?, plain::typed(&words)))
}

pub fn is_reply(message: &Value) -> bool {
    given(message, "thread_ts").is_some_and(|root| root != text(message, "ts"))
}

fn writer(message: &Value) -> Option<Who> {
    let shown = given(&message["bot_profile"], "name").or_else(|| given(message, "username"));
    let id = given(message, "user").or_else(|| given(message, "bot_id"))?;
    let profile = &message["user_profile"];
    let name = shown.or_else(|| given(profile, "display_name")).or_else(|| given(profile, "real_name"));
    Some(Who { id, name })
}

fn trigger(payload: &Value) -> Result<&str, &'static str> {
    match text(payload, "trigger_id") {
        "" => Err("nothing that tells it from others"),
        id => Ok(id),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn given(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
