//! Modals and home pages.

use super::super::api::Refused;
use super::super::args::Args;
use super::super::state::{View, World};
use super::super::{limits, view};
use super::text;
use serde_json::{Value, json};

pub fn open(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let wanted = args.value("view").unwrap_or_default();
    view::modal(&wanted)?;
    let now = world.now();
    let trigger = text(args, "trigger_id");
    let Some(found) = world.triggers.get_mut(&trigger) else { return Err(Refused::new("invalid_trigger_id", trigger)) };
    if now.duration_since(found.at).unwrap_or_default() > limits::TRIGGER {
        return Err(Refused::new("expired_trigger_id", trigger));
    }
    if std::mem::replace(&mut found.used, true) {
        return Err(Refused::new("exchanged_trigger_id", trigger));
    }
    let user = found.user.clone();
    let id = format!("V{:08}", world.number());
    world.views.insert(id.clone(), View { id: id.clone(), user, view: wanted.clone(), open: true });
    Ok(json!({"view": told(&id, &wanted)}))
}

/// What Slack tells of a view: what was sent, and its id.
pub fn told(id: &str, view: &Value) -> Value {
    let mut told = view.clone();
    told["id"] = json!(id);
    told["team_id"] = json!(super::super::state::TEAM);
    told["state"] = json!({"values": {}});
    told["hash"] = json!(format!("{id}.hash"));
    told
}

pub fn update(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let wanted = args.value("view").unwrap_or_default();
    view::modal(&wanted)?;
    let id = text(args, "view_id");
    let Some(found) = world.views.get_mut(&id).filter(|found| found.open) else {
        return Err(Refused::new("not_found", id));
    };
    found.view = wanted.clone();
    Ok(json!({"view": told(&id, &wanted)}))
}

pub fn publish(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let wanted = args.value("view").unwrap_or_default();
    view::home(&wanted)?;
    let user = text(args, "user_id");
    if !world.users.contains_key(&user) {
        return Err(Refused::new("user_not_found", user));
    }
    let id = format!("V{:08}", world.number());
    world.homes.insert(user, wanted.clone());
    Ok(json!({"view": told(&id, &wanted)}))
}
