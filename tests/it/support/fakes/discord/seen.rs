//! What does a person see of a message?

use super::markdown::{Reader, plain, visible};
use super::state::{LOADING, Message, SUPPRESS_EMBEDS, State};
use serde_json::Value;

/// A message as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: String,
    pub who: String,
    /// Everything that can be read in it: content, then its embeds, then what its files are.
    pub text: String,
    /// The same with its line breaks.
    pub lines: String,
    /// "Only you can see this."
    pub whisper: bool,
    pub bot: bool,
    pub buttons: Vec<SeenButton>,
    pub selects: Vec<SeenSelect>,
    pub files: Vec<SeenFile>,
    pub edits: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenButton {
    /// Empty for a link.
    pub custom_id: String,
    pub label: String,
    pub style: u64,
    pub disabled: bool,
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSelect {
    pub custom_id: String,
    pub placeholder: String,
    /// Label and value.
    pub options: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile {
    pub name: String,
    pub description: String,
    pub bytes: Vec<u8>,
}

impl Seen {
    pub fn button(&self, label: &str) -> Option<&SeenButton> {
        self.buttons.iter().find(|button| button.label == label)
    }
}

impl State {
    pub fn seen(&self, message: &Message) -> Seen {
        let lines = self.lines(message);
        let rows = message.components.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default());
        let parts: Vec<Value> = rows.collect();
        Seen {
            id: message.id.to_string(),
            who: self.users[&message.author].name.clone(),
            text: lines.split_whitespace().collect::<Vec<_>>().join(" "),
            lines,
            whisper: message.only.is_some(),
            bot: self.users[&message.author].bot,
            buttons: parts.iter().filter(|part| part["type"] == 2).map(button).collect(),
            selects: parts.iter().filter(|part| part["type"] == 3).map(select).collect(),
            files: message
                .attachments
                .iter()
                .map(|file| SeenFile {
                    name: file.name.clone(),
                    description: file.description.clone().unwrap_or_default(),
                    bytes: file.bytes.clone(),
                })
                .collect(),
            edits: message.edits,
        }
    }

    fn lines(&self, message: &Message) -> String {
        if message.flags & LOADING != 0 {
            return format!("{} is thinking…", self.users[&message.author].name);
        }
        let names = |id: &str| self.name_of(id);
        let full = Reader { names: &names, links: true };
        let title = Reader { names: &names, links: false };
        let mut lines = Vec::new();
        let mut add = |text: String| {
            if !text.is_empty() {
                lines.push(text);
            }
        };
        add(visible(&full.pieces(&message.content)));
        let shown = message.flags & SUPPRESS_EMBEDS == 0;
        for embed in message.embeds.iter().filter(|_| shown) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            add(text(&embed["author"]["name"]));
            add(plain(&title.spans(&text(&embed["title"]))));
            add(visible(&full.pieces(&text(&embed["description"]))));
            for field in embed["fields"].as_array().into_iter().flatten() {
                add(plain(&title.spans(&text(&field["name"]))));
                add(visible(&full.pieces(&text(&field["value"]))));
            }
            add(text(&embed["footer"]["text"]));
        }
        for file in &message.attachments {
            add(format!("{} ({})", file.name, file.description.as_deref().unwrap_or_default()));
        }
        lines.join("\n")
    }

    /// `@1` and `#2` as people read them.
    pub fn name_of(&self, id: &str) -> Option<String> {
        match id.strip_prefix('#') {
            Some(channel) => self.channels.get(&channel.parse().ok()?).map(|channel| format!("#{}", channel.name)),
            None => self.users.get(&id.strip_prefix('@')?.parse().ok()?).map(|user| format!("@{}", user.name)),
        }
    }
}

fn button(part: &Value) -> SeenButton {
    SeenButton {
        custom_id: part["custom_id"].as_str().unwrap_or_default().to_owned(),
        label: part["label"].as_str().unwrap_or_default().to_owned(),
        style: part["style"].as_u64().unwrap_or_default(),
        disabled: part["disabled"] == true,
        url: part["url"].as_str().map(str::to_owned),
    }
}

fn select(part: &Value) -> SeenSelect {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let options = part["options"].as_array().into_iter().flatten();
    SeenSelect {
        custom_id: text(&part["custom_id"]),
        placeholder: text(&part["placeholder"]),
        options: options.map(|option| (text(&option["label"]), text(&option["value"]))).collect(),
    }
}
