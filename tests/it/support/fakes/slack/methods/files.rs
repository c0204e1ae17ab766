//! Files, by the current way: an address, the bytes, and where to share them.

use super::super::api::Refused;
use super::super::args::Args;
use super::super::state::{BOT_USER, File, Message, World};
use super::{chat, reachable, text};
use serde_json::{Value, json};

pub fn address(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let length = args.number("length").unwrap_or_default();
    if length == 0 {
        return Err(Refused::new("invalid_arguments", "a file of 0 bytes"));
    }
    let id = format!("F{:08}", world.number());
    let name = text(args, "filename");
    let alt = args.given("alt_txt").map(str::to_owned);
    let file = File { id: id.clone(), title: name.clone(), name, alt, length, bytes: None, shared: None };
    world.files.insert(id.clone(), file);
    Ok(json!({"upload_url": format!("{}/upload/{id}", world.url), "file_id": id}))
}

pub fn complete(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let files = args.list("files").unwrap_or_default();
    let ids: Vec<String> = files.iter().filter_map(|file| file["id"].as_str().map(str::to_owned)).collect();
    for id in &ids {
        let Some(file) = world.files.get(id) else { return Err(Refused::new("file_not_found", id)) };
        if file.bytes.is_none() {
            return Err(Refused::new("file_not_found", format!("{id} was never uploaded")));
        }
    }
    let channel = args.given("channel_id").map(str::to_owned);
    let thread = args.given("thread_ts").map(str::to_owned);
    if let Some(channel) = &channel {
        reachable(world, channel)?;
        if thread.as_ref().is_some_and(|thread| world.message(channel, thread).is_none()) {
            return Err(Refused::new("invalid_arguments", "no such thread"));
        }
    }
    for (id, told) in ids.iter().zip(&files) {
        let file = world.files.get_mut(id).expect("looked up above");
        if let Some(title) = told["title"].as_str() {
            file.title = title.to_owned();
        }
        file.shared = channel.clone().map(|channel| (channel, thread.clone()));
    }
    if let Some(channel) = channel {
        let message = Message {
            user: BOT_USER.to_owned(),
            bot: true,
            text: text(args, "initial_comment"),
            thread,
            files: ids.clone(),
            ..Message::default()
        };
        chat::say(world, &channel, message);
    }
    let told: Vec<Value> = ids.iter().map(|id| json!({"id": id, "title": world.files[id].title})).collect();
    Ok(json!({"files": told}))
}
