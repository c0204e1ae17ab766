//! What is sent to Discord for a message of ours: bodies and files, with what tells one from another.

use super::render::{self, Kept, Page};
use crate::domain::message::{Attachment, Message};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Links show no preview unless an embed is ours.
const SUPPRESS_EMBEDS: u64 = 1 << 2;

/// One message of Discord's.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub body: Value,
    pub files: Vec<Attachment>,
    /// To be kept before it is sent, for when a button of it is pressed.
    pub kept: Vec<Kept>,
}

/// A message as Discord's messages, in their order; at least one.
pub fn sheets(message: &Message, base_url: &str) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = render::pages(message, base_url).into_iter().map(Sheet::of).collect();
    if sheets.is_empty() {
        sheets.push(Sheet::line("There is nothing to show here."));
    }
    sheets
}

impl Sheet {
    /// Nothing in it rings anybody up, and no link in it loads anything.
    pub fn new(mut body: Value, files: Vec<Attachment>) -> Self {
        let shows_own = body["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty());
        body["allowed_mentions"] = json!({ "parse": [] });
        body["flags"] = json!(if shows_own { 0 } else { SUPPRESS_EMBEDS });
        // Said in full, an edit takes away what is not there any more.
        for (part, nothing) in [("content", json!("")), ("embeds", json!([])), ("components", json!([]))] {
            if body[part].is_null() {
                body[part] = nothing;
            }
        }
        let described = files.iter().enumerate().map(|(number, file)| {
            json!({ "id": number.to_string(), "filename": file.name, "description": described(&file.alt) })
        });
        body["attachments"] = described.collect();
        Self { body, files, kept: Vec::new() }
    }

    pub fn of(page: Page) -> Self {
        let body = json!({ "content": page.content, "embeds": page.embeds, "components": page.components });
        Self { kept: page.kept, ..Self::new(body, page.files) }
    }

    /// A sentence of this adapter's own.
    pub fn line(sentence: &str) -> Self {
        Self::of(Page { content: render::markdown(sentence), ..Page::default() })
    }

    /// The same to somebody alone.
    pub fn ephemeral(&self) -> Value {
        let mut body = self.body.clone();
        body["flags"] = json!(body["flags"].as_u64().unwrap_or_default() | EPHEMERAL);
        body
    }

    /// Changes when anything of it does.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.body.to_string());
        for file in &self.files {
            hash.update(&file.bytes);
        }
        short(&hash.finalize())
    }

    pub fn print(&self) -> String {
        print(&self.body)
    }
}

/// Only its addressee sees it.
pub const EPHEMERAL: u64 = 1 << 6;

/// An alternative text may have 1,024 characters.
fn described(alt: &str) -> String {
    alt.chars().take(1_024).collect()
}

/// What a message says, so that it is known again when Discord lists it: letters and digits of what is read in it.
/// Discord trims texts and adds to embeds; letters it leaves alone.
pub fn print(body: &Value) -> String {
    let mut said = String::new();
    let mut add = |value: &Value| {
        said.extend(value.as_str().unwrap_or_default().chars().filter(|letter| letter.is_alphanumeric()))
    };
    add(&body["content"]);
    for embed in body["embeds"].as_array().into_iter().flatten() {
        add(&embed["title"]);
        add(&embed["description"]);
        for field in embed["fields"].as_array().into_iter().flatten() {
            add(&field["name"]);
            add(&field["value"]);
        }
        add(&embed["footer"]["text"]);
    }
    for file in body["attachments"].as_array().into_iter().flatten() {
        add(&file["filename"]);
    }
    short(&Sha256::digest(said))
}

/// What Discord knows a page again by for some minutes: 24 of the 25 characters it takes.
pub fn nonce(key: &str, page: usize, generation: u32) -> String {
    short(&Sha256::digest(format!("{key}\n{page}\n{generation}")))
}

/// The first 24 hexadecimal digits.
pub fn short(hash: &[u8]) -> String {
    hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_rings_and_previews_are_off_where_no_embed_is_ours() {
        let plain = Sheet::new(json!({ "content": "@everyone https://a.example" }), vec![]);
        assert_eq!(plain.body["allowed_mentions"], json!({ "parse": [] }));
        assert_eq!(plain.body["flags"], 4);
        let own = Sheet::new(json!({ "embeds": [{ "title": "t" }] }), vec![]);
        assert_eq!((own.body["flags"].clone(), own.body["content"].clone()), (json!(0), json!("")));
        assert_eq!(own.ephemeral()["flags"], 64);
    }

    #[test]
    fn a_print_survives_what_discord_does_to_a_message_and_a_hash_does_not() {
        let sent = json!({ "content": " The *note* ", "embeds": [{ "title": "A", "fields": [{ "name": "n", "value": "v" }] }] });
        let listed = json!({ "content": "The *note*", "embeds": [{ "type": "rich", "title": "A", "fields": [{ "name": "n", "value": "v", "inline": false }] }] });
        assert_eq!(print(&sent), print(&listed));
        assert_ne!(print(&sent), print(&json!({ "content": "The other" })));
        assert_ne!(Sheet::new(sent, vec![]).hash(), Sheet::new(listed, vec![]).hash());
    }

    #[test]
    fn a_nonce_fits_and_tells_pages_apart() {
        assert_eq!(nonce("note/7/card", 0, 0).len(), 24);
        assert_ne!(nonce("note/7/card", 0, 0), nonce("note/7/card", 1, 0));
        assert_ne!(nonce("note/7/card", 1, 0), nonce("note/7/card", 1, 1));
    }
}
