//! Messages: posted, changed, deleted, shown to one person.

use super::super::api::Refused;
use super::super::args::Args;
use super::super::limits::{self, Surface};
use super::super::state::{BOT_USER, Message, Sort, World};
use super::super::{blocks, visible};
use super::{known, reachable, text};
use serde_json::{Value, json};

/// What a message says, held against every limit. `most` is for its plain text.
pub fn content(args: &Args, most: usize) -> Result<(String, Vec<Value>), Refused> {
    let words = text(args, "text");
    let given = args.list("blocks").unwrap_or_default();
    if words.trim().is_empty() && given.is_empty() {
        return Err(Refused::new("no_text", "neither text nor blocks"));
    }
    let long = words.chars().count();
    if long > most {
        return Err(Refused::new("msg_too_long", format!("a text of {long} characters, more than {most}")));
    }
    blocks::check(&given, Surface::Message)?;
    Ok((words, given))
}

fn metadata(args: &Args) -> Result<Option<Value>, Refused> {
    let Some(metadata) = args.value("metadata") else { return Ok(None) };
    let fields: Vec<&String> = metadata.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let known = fields.iter().all(|name| ["event_type", "event_payload"].contains(&name.as_str()));
    let typed = metadata["event_type"].as_str().is_some_and(|name| !name.is_empty());
    if !known || !typed || !metadata["event_payload"].is_object() {
        return Err(Refused::new("invalid_metadata_format", metadata.to_string()));
    }
    // Slack takes numbers and objects; the client crate loses every event about such a message.
    let texts = metadata["event_payload"].as_object().into_iter().flatten().all(|(_, value)| value.is_string());
    if !texts {
        return Err(Refused::new("invalid_metadata_format", format!("not only texts: {metadata}")));
    }
    if metadata.to_string().len() > limits::METADATA_BYTES {
        return Err(Refused::new("metadata_too_large", metadata.to_string().len().to_string()));
    }
    Ok(Some(metadata))
}

fn root(world: &World, channel: &str, args: &Args) -> Result<Option<String>, Refused> {
    let Some(thread) = args.given("thread_ts") else { return Ok(None) };
    match world.message(channel, thread) {
        None => Err(Refused::new("thread_not_found", thread)),
        Some(reply) if reply.thread.is_some() => {
            Err(Refused::new("cannot_reply_to_message", format!("{thread} is itself a reply")))
        }
        Some(_) => Ok(Some(thread.to_owned())),
    }
}

pub fn post(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let (words, blocks) = content(args, limits::TEXT)?;
    let metadata = metadata(args)?;
    // A person's id stands for the direct messages with them.
    let mut channel = text(args, "channel");
    if world.users.contains_key(&channel) {
        channel = world.direct(&channel);
    }
    reachable(world, &channel)?;
    let thread = root(world, &channel, args)?;
    let broadcast = args.flag("reply_broadcast");
    let message = Message {
        user: BOT_USER.to_owned(),
        bot: true,
        text: words,
        blocks,
        metadata,
        thread,
        broadcast,
        ..Message::default()
    };
    let ts = say(world, &channel, message);
    let message = world.message(&channel, &ts).expect("it was just said");
    Ok(json!({"channel": channel, "ts": ts, "message": world.told(&channel, message, true)}))
}

/// Puts a message where it belongs and tells whoever listens.
pub fn say(world: &mut World, channel: &str, mut message: Message) -> String {
    message.ts = world.ts();
    let ts = message.ts.clone();
    if message.bot {
        let pinged = visible::pings(&message.text, &message.blocks);
        world.pings.extend(pinged.into_iter().map(|whom| (channel.to_owned(), ts.clone(), whom)));
    }
    world.channel_mut(channel).messages.push(message);
    let said = world.message(channel, &ts).expect("it was just put there").clone();
    if said.only.is_none() {
        let mut event = world.told(channel, &said, true);
        event["channel"] = json!(channel);
        event["channel_type"] = json!(kind_of(world, channel));
        event["event_ts"] = json!(ts);
        let mentioned = !said.bot && said.text.contains(&format!("<@{BOT_USER}>"));
        if mentioned && kind_of(world, channel) != "im" {
            let mut mention = event.clone();
            mention["type"] = json!("app_mention");
            world.happened.push(mention);
        }
        world.happened.push(event);
    }
    ts
}

fn kind_of(world: &World, channel: &str) -> &'static str {
    match world.channel(channel).sort {
        Sort::Public => "channel",
        Sort::Private => "group",
        Sort::Direct => "im",
    }
}

pub fn update(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let (words, blocks) = content(args, limits::UPDATED_TEXT)?;
    let metadata = metadata(args)?;
    let (channel, ts) = (text(args, "channel"), text(args, "ts"));
    own(world, &channel, &ts, "cant_update_message")?;
    let edited = world.ts();
    let pinged = visible::pings(&words, &blocks);
    world.pings.extend(pinged.into_iter().map(|whom| (channel.clone(), ts.clone(), whom)));
    let message = world.channel_mut(&channel).messages.iter_mut().find(|message| message.ts == ts);
    let message = message.expect("it is there, and ours");
    message.text = words;
    message.blocks = blocks;
    message.edited = Some(edited);
    if metadata.is_some() {
        message.metadata = metadata;
    }
    let now = message.clone();
    let told = world.told(&channel, &now, true);
    changed(world, &channel, "message_changed", json!({"message": told}));
    Ok(json!({"channel": channel, "ts": ts, "text": now.text, "message": told}))
}

fn changed(world: &mut World, channel: &str, subtype: &str, mut event: Value) {
    let ts = world.ts();
    event["type"] = json!("message");
    event["subtype"] = json!(subtype);
    event["hidden"] = json!(true);
    event["channel"] = json!(channel);
    event["ts"] = json!(ts);
    event["event_ts"] = json!(ts);
    event["channel_type"] = json!(kind_of(world, channel));
    world.happened.push(event);
}

fn own(world: &World, channel: &str, ts: &str, otherwise: &str) -> Result<(), Refused> {
    reachable(world, channel)?;
    match world.message(channel, ts) {
        Some(message) if message.only.is_none() && message.user == BOT_USER => Ok(()),
        Some(message) if message.only.is_none() => Err(Refused::new(otherwise, format!("said by {}", message.user))),
        _ => Err(Refused::new("message_not_found", ts)),
    }
}

pub fn delete(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let (channel, ts) = (text(args, "channel"), text(args, "ts"));
    own(world, &channel, &ts, "cant_delete_message")?;
    let messages = &mut world.channel_mut(&channel).messages;
    let has_replies = messages.iter().any(|reply| reply.thread.as_deref() == Some(ts.as_str()));
    if has_replies {
        let message = messages.iter_mut().find(|message| message.ts == ts).expect("it is there, and ours");
        *message = Message {
            ts: ts.clone(),
            user: "USLACKBOT".to_owned(),
            text: "This message was deleted.".to_owned(),
            subtype: Some("tombstone"),
            ..Message::default()
        };
    } else {
        messages.retain(|message| message.ts != ts);
    }
    changed(world, &channel, "message_deleted", json!({"deleted_ts": ts}));
    Ok(json!({"channel": channel, "ts": ts}))
}

pub fn post_ephemeral(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let (words, blocks) = content(args, limits::UPDATED_TEXT)?;
    let (channel, user) = (text(args, "channel"), text(args, "user"));
    reachable(world, &channel)?;
    if !world.channel(&channel).members.contains(&user) {
        return Err(Refused::new("user_not_in_channel", user));
    }
    let thread = root(world, &channel, args)?;
    let message = Message {
        user: BOT_USER.to_owned(),
        bot: true,
        text: words,
        blocks,
        thread,
        only: Some(user),
        ..Message::default()
    };
    let ts = say(world, &channel, message);
    Ok(json!({"message_ts": ts}))
}

pub fn permalink(world: &World, args: &Args) -> Result<Value, Refused> {
    let (channel, ts) = (text(args, "channel"), text(args, "message_ts"));
    known(world, &channel)?;
    let Some(message) = world.message(&channel, &ts) else { return Err(Refused::new("message_not_found", ts)) };
    let mut link = format!("{}/archives/{channel}/p{}", world.url, ts.replace('.', ""));
    if let Some(root) = &message.thread {
        link.push_str(&format!("?thread_ts={root}&cid={channel}"));
    }
    Ok(json!({"channel": channel, "permalink": link}))
}
