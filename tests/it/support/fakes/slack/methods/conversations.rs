//! Conversations: which there are, and what was said in them.

use super::super::api::Refused;
use super::super::args::Args;
use super::super::state::{BOT_USER, Channel, Message, Sort, World};
use super::{known, reachable, text};
use serde_json::{Value, json};

/// Newest first, without replies that were not sent to the channel too.
pub fn history(world: &World, args: &Args, page: usize) -> Result<Value, Refused> {
    let channel = text(args, "channel");
    readable(world, &channel)?;
    let mut found: Vec<&Message> = public(world, &channel)
        .filter(|message| message.thread.is_none() || message.broadcast)
        .filter(|message| within(message, args))
        .collect();
    found.reverse();
    Ok(paged(world, &channel, &found, args, page))
}

/// The root and its replies, oldest first. The root comes with every page, whatever times were asked for.
pub fn replies(world: &World, args: &Args, page: usize) -> Result<Value, Refused> {
    let (channel, ts) = (text(args, "channel"), text(args, "ts"));
    readable(world, &channel)?;
    let Some(message) = public(world, &channel).find(|message| message.ts == ts) else {
        return Err(Refused::new("thread_not_found", ts));
    };
    if message.thread.is_some() {
        return Ok(paged(world, &channel, &[message], args, page));
    }
    let replies: Vec<&Message> = public(world, &channel)
        .filter(|reply| reply.thread.as_deref() == Some(ts.as_str()))
        .filter(|reply| within(reply, args))
        .collect();
    let mut told = paged(world, &channel, &replies, args, page);
    let root = world.told(&channel, message, args.flag("include_all_metadata"));
    told["messages"].as_array_mut().expect("a list").insert(0, root);
    Ok(told)
}

/// Unlike writing, reading works in an archived channel.
fn readable(world: &World, channel: &str) -> Result<(), Refused> {
    let found = known(world, channel)?;
    if found.members.contains(BOT_USER) {
        return Ok(());
    }
    Err(Refused::new("not_in_channel", format!("#{}", found.name)))
}

fn public<'a>(world: &'a World, channel: &str) -> impl Iterator<Item = &'a Message> {
    world.channel(channel).messages.iter().filter(|message| message.only.is_none())
}

/// Timestamps compare as numbers; all of ours have the same width.
fn within(message: &Message, args: &Args) -> bool {
    let inclusive = args.flag("inclusive");
    let ts = number(&message.ts);
    let after = args.given("oldest").is_none_or(|oldest| ts > number(oldest) || (inclusive && ts == number(oldest)));
    let before = args.given("latest").is_none_or(|latest| ts < number(latest) || (inclusive && ts == number(latest)));
    after && before
}

fn number(ts: &str) -> u128 {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    seconds.parse::<u128>().unwrap_or(0) * 1_000_000 + format!("{micros:0<6}")[..6].parse::<u128>().unwrap_or(0)
}

fn paged(world: &World, channel: &str, found: &[&Message], args: &Args, page: usize) -> Value {
    let most = args.number("limit").unwrap_or(100).min(999).min(page).max(1);
    let from = args.given("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let metadata = args.flag("include_all_metadata");
    let shown = found.iter().skip(from).take(most).map(|message| world.told(channel, message, metadata));
    let messages: Vec<Value> = shown.collect();
    let more = found.len() > from + most;
    let cursor = if more { (from + most).to_string() } else { String::new() };
    json!({"messages": messages, "has_more": more, "response_metadata": {"next_cursor": cursor}})
}

pub fn info(world: &World, args: &Args) -> Result<Value, Refused> {
    let channel = text(args, "channel");
    Ok(json!({"channel": told(known(world, &channel)?)}))
}

pub fn list(world: &World, args: &Args, page: usize) -> Result<Value, Refused> {
    let kinds = args.given("types").unwrap_or("public_channel");
    let wanted = |sort: Sort| match sort {
        Sort::Public => kinds.contains("public_channel"),
        Sort::Private => kinds.contains("private_channel"),
        Sort::Direct => kinds.split(',').any(|kind| kind == "im"),
    };
    let seen: Vec<&Channel> = world
        .channels
        .values()
        .filter(|channel| wanted(channel.sort) && known(world, &channel.id).is_ok())
        .filter(|channel| !(args.flag("exclude_archived") && channel.archived))
        .collect();
    let most = args.number("limit").unwrap_or(100).min(page).max(1);
    let from: usize = args.given("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let channels: Vec<Value> = seen.iter().skip(from).take(most).map(|channel| told(channel)).collect();
    let cursor = if seen.len() > from + most { (from + most).to_string() } else { String::new() };
    Ok(json!({"channels": channels, "response_metadata": {"next_cursor": cursor}}))
}

fn told(channel: &Channel) -> Value {
    let direct = channel.sort == Sort::Direct;
    json!({
        "id": channel.id, "name": channel.name, "is_channel": channel.sort == Sort::Public,
        "is_private": channel.sort != Sort::Public, "is_im": direct, "is_archived": channel.archived,
        "is_member": channel.members.contains(BOT_USER), "created": 1_700_000_000,
    })
}

pub fn open(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let users = text(args, "users");
    if users.contains(',') || users.is_empty() {
        return Err(Refused::new("invalid_arguments", format!("users `{users}`: the bot talks with one person")));
    }
    if !world.users.contains_key(&users) {
        return Err(Refused::new("user_not_found", users));
    }
    let id = world.direct(&users);
    reachable(world, &id)?;
    Ok(json!({"channel": {"id": id}}))
}
