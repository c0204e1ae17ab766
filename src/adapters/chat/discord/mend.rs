//! What can still be read of an event that serenity cannot read? It knows an event or it does not; Discord adds kinds of
//! components, messages and owners all the time, in places that are of no interest here.

use serde_json::{Map, Value, json};
use serenity::model::application::Interaction;
use serenity::model::channel::Message;

/// A message with what we use of it; the rest as if it had none.
pub fn message(value: &Value) -> Option<Message> {
    let mut bare =
        kept(value, &["id", "channel_id", "guild_id", "content", "timestamp", "type", "flags", "webhook_id"]);
    bare["author"] = kept(&value["author"], &["id", "username", "global_name", "bot"]);
    if let Some(nick) = value["member"]["nick"].as_str() {
        bare["member"] = json!({ "nick": nick, "roles": [] });
    }
    if value["nonce"].is_string() {
        bare["nonce"] = value["nonce"].clone();
    }
    for list in ["mentions", "mention_roles", "attachments", "embeds", "components"] {
        bare[list] = json!([]);
    }
    for no in ["tts", "mention_everyone", "pinned"] {
        bare[no] = json!(false);
    }
    serde_json::from_value(bare).ok()
}

/// An interaction whose message, or the messages it points at, are more than serenity can read.
pub fn interaction(value: &Value) -> Option<Interaction> {
    let mut mended = value.clone();
    if !value["message"].is_null() {
        mended["message"] = serde_json::to_value(message(&value["message"])?).ok()?;
    }
    if let Some(pointed) = value["data"]["resolved"]["messages"].as_object() {
        let readable =
            pointed.iter().filter_map(|(id, found)| Some((id.clone(), serde_json::to_value(message(found)?).ok()?)));
        mended["data"]["resolved"] = json!({ "messages": readable.collect::<Map<String, Value>>() });
    }
    mended["authorizing_integration_owners"] = json!({});
    mended["entitlements"] = json!([]);
    serde_json::from_value(mended).ok()
}

fn kept(value: &Value, fields: &[&str]) -> Value {
    let found = fields.iter().filter_map(|field| Some(((*field).to_owned(), value.get(field)?.clone())));
    Value::Object(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Value {
        json!({
            "id": "5", "channel_id": "6", "guild_id": "7", "content": "hello", "timestamp": "2026-11-25T12:00:00.000000+00:00",
            "type": 0, "flags": 64, "author": { "id": "8", "username": "kim", "collectibles": 7 }, "member": { "nick": "Kim", "roles": [], "new": 1 },
            "components": [{ "type": 99, "what": "ever" }], "interaction_metadata": { "type": 77 }, "embeds": "not even a list",
        })
    }

    #[test]
    fn what_is_new_in_a_message_hides_nothing_we_use() {
        let message = message(&written()).expect("readable");
        assert_eq!((message.content.as_str(), message.author.name.as_str()), ("hello", "kim"));
        assert_eq!(message.member.and_then(|member| member.nick), Some("Kim".to_owned()));
        assert_eq!(message.flags.map(|flags| flags.bits()), Some(64));
    }

    #[test]
    fn a_press_on_a_message_full_of_news_is_still_a_press() {
        let pressed = json!({
            "id": "1", "application_id": "2", "type": 3, "token": "t", "version": 1, "channel_id": "6", "guild_id": "7",
            "locale": "en-US", "entitlements": [{ "new": true }], "attachment_size_limit": 1, "message": written(),
            "authorizing_integration_owners": "news", "data": { "custom_id": "b0|a||v", "component_type": 2 },
            "member": { "user": { "id": "8", "username": "kim" }, "roles": [], "deaf": false, "mute": false, "flags": 0 },
        });
        assert!(serde_json::from_value::<Interaction>(pressed.clone()).is_err(), "or there is nothing to mend");
        let Some(Interaction::Component(mended)) = interaction(&pressed) else { panic!("a press") };
        assert_eq!((mended.data.custom_id.as_str(), mended.message.id.get()), ("b0|a||v", 5));
    }
}
