//! What does each method do to the workspace?

mod chat;
mod conversations;
mod files;
mod views;

pub use chat::{content, say};
pub use views::told as told_view;

use super::api::Refused;
use super::args::Args;
use super::state::{self, Channel, World};
use super::{Shared, limits, locked, socket};
use serde_json::{Value, json};
use std::sync::Arc;

pub fn act(shared: &Arc<Shared>, name: &str, args: &Args) -> Result<Value, Refused> {
    if name == "apps.connections.open" {
        return socket::connect(shared);
    }
    let page = locked(&shared.knobs).page;
    let world = &mut *locked(&shared.world);
    match name {
        "auth.test" => Ok(who(world)),
        "chat.postMessage" => chat::post(world, args),
        "chat.update" => chat::update(world, args),
        "chat.delete" => chat::delete(world, args),
        "chat.postEphemeral" => chat::post_ephemeral(world, args),
        "chat.getPermalink" => chat::permalink(world, args),
        "conversations.history" => conversations::history(world, args, page),
        "conversations.replies" => conversations::replies(world, args, page),
        "conversations.info" => conversations::info(world, args),
        "conversations.open" => conversations::open(world, args),
        "conversations.list" => conversations::list(world, args, page),
        "users.info" => user(world, args),
        "views.open" => views::open(world, args),
        "views.update" => views::update(world, args),
        "views.publish" => views::publish(world, args),
        "files.getUploadURLExternal" => files::address(world, args),
        "files.completeUploadExternal" => files::complete(world, args),
        "assistant.threads.setStatus" => status(world, args),
        _ => Err(Refused::new("unknown_method", name)),
    }
}

fn who(world: &World) -> Value {
    json!({
        "url": format!("{}/", world.url), "team": "Slipway's makers", "user": "slipway", "team_id": state::TEAM,
        "user_id": state::BOT_USER, "bot_id": state::BOT, "is_enterprise_install": false,
    })
}

fn user(world: &World, args: &Args) -> Result<Value, Refused> {
    let id = args.text("user").unwrap_or_default();
    let Some(user) = world.users.get(id) else { return Err(Refused::new("user_not_found", id)) };
    Ok(json!({"user": {
        "id": user.id, "team_id": state::TEAM, "name": user.handle, "real_name": user.name, "deleted": false,
        "is_bot": user.kind == state::Kind::Bot, "is_restricted": user.kind == state::Kind::Guest,
        "is_stranger": user.kind == state::Kind::Stranger, "tz": "Asia/Seoul",
        "profile": {"display_name": user.name, "real_name": user.name},
    }}))
}

fn status(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let (channel, thread) = (text(args, "channel_id"), text(args, "thread_ts"));
    reachable(world, &channel)?;
    if world.message(&channel, &thread).is_none() {
        return Err(Refused::new("thread_not_found", thread));
    }
    let Some(status) = args.text("status").map(str::to_owned) else {
        return Err(Refused::new("invalid_arguments", "`status` is missing"));
    };
    if status.chars().count() > limits::STATUS {
        return Err(Refused::new("invalid_arguments", format!("a status of more than {}", limits::STATUS)));
    }
    world.statuses.push((channel, thread, status));
    Ok(json!({}))
}

fn text(args: &Args, name: &str) -> String {
    args.text(name).unwrap_or_default().to_owned()
}

/// The channel, if the bot may write and read there.
fn reachable<'a>(world: &'a World, channel: &str) -> Result<&'a Channel, Refused> {
    let found = known(world, channel)?;
    if !found.members.contains(state::BOT_USER) {
        return Err(Refused::new("not_in_channel", format!("#{}", found.name)));
    }
    if found.archived {
        return Err(Refused::new("is_archived", format!("#{}", found.name)));
    }
    Ok(found)
}

/// A private channel the bot is not in does not exist for it.
fn known<'a>(world: &'a World, channel: &str) -> Result<&'a Channel, Refused> {
    let found = world.channels.get(channel);
    let seen = found.filter(|it| it.sort == state::Sort::Public || it.members.contains(state::BOT_USER));
    seen.ok_or_else(|| Refused::new("channel_not_found", channel))
}
