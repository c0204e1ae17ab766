//! What is said and heard in a chat, in no platform's dialect.

use crate::domain::notice::Notice;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a message stands or should stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub platform: String,
    pub channel: String,
    /// The root message's id on its platform; `None` for the channel itself.
    pub thread: Option<String>,
}

impl Place {
    pub fn in_thread(&self, root: &str) -> Self {
        Self { thread: Some(root.to_owned()), ..self.clone() }
    }
}

/// A message the bot says. Text is CommonMark; each platform renders it within its limits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    Heading {
        text: String,
    },
    /// A paragraph or list in CommonMark. Links may only be ones the program made.
    Text {
        markdown: String,
    },
    /// Short pairs side by side.
    Fields {
        fields: Vec<(String, String)>,
    },
    Code {
        language: String,
        text: String,
    },
    /// Something folded away: details a reader opens.
    Details {
        summary: String,
        markdown: String,
    },
    Buttons {
        buttons: Vec<Button>,
    },
    Image {
        attachment: Attachment,
    },
    File {
        attachment: Attachment,
    },
    /// Small print: who wrote it, how much was read.
    Footnote {
        markdown: String,
    },
    /// Steps of a running job, in order.
    Progress {
        steps: Vec<Step>,
    },
    /// Severity as a word with a colour beside it, never a colour alone.
    Callout {
        tone: Tone,
        markdown: String,
    },
    Divider,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Plain,
    Good,
    Caution,
    Danger,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub text: String,
    pub state: StepState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Waiting,
    Running,
    Done,
    /// Went on without it; the text says what was done instead.
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// Which action: `note.regenerate`.
    pub action: String,
    /// What it is about: `7` or `7:rollback_scenario`. Opaque to platforms.
    pub value: String,
    pub label: String,
    pub style: ButtonStyle,
    /// Asked before the press counts.
    pub confirm: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonStyle {
    Plain,
    Primary,
    Danger,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    /// MIME type: `text/markdown`.
    pub media_type: String,
    /// What a person who cannot see it is told; for images, never empty.
    pub alt: String,
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
}

/// A form a platform opens for one person (a modal, or a page).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Which action its submission is: `note.edit`.
    pub action: String,
    pub value: String,
    pub title: String,
    pub fields: Vec<FormField>,
    pub submit: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub input: Input,
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    Line { max: usize },
    Paragraph { max: usize },
    Choice { options: Vec<(String, String)> },
}

/// A message somebody points at: the value of an action that is about a message (`note.draft`, `incident.file`), as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    pub text: String,
    /// A lasting link to it, if the platform has one.
    #[serde(default)]
    pub link: Option<String>,
}

impl Quoted {
    pub fn value(&self) -> String {
        serde_json::to_string(self).expect("two texts are JSON")
    }

    /// An action that was pressed without a message has none to quote.
    pub fn of(value: &str) -> Self {
        serde_json::from_str(value).unwrap_or_default()
    }
}

/// Something that was said to others, as a thread holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The platform's id of the message.
    pub message: String,
    pub person: Person,
    pub text: String,
    pub at: DateTime<Utc>,
}

/// What a person did, as a platform heard it. Stored before it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The platform's own id of the event: a repeat carries the same one.
    pub id: String,
    pub place: Place,
    pub person: Person,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// `/release draft …`; `words` is what follows `/release`.
    Command {
        words: String,
    },
    /// A message that mentions the bot; `words` is what follows the mention.
    Mention {
        words: String,
    },
    /// Any other message in a place the bot listens to.
    Message {
        text: String,
    },
    /// A message of others was changed; `message` is its id on the platform.
    Edited {
        message: String,
        text: String,
    },
    /// A message of others is gone.
    Deleted {
        message: String,
    },
    /// This channel or thread is gone, or closed to the bot: nothing of what stood there may be seen any more.
    Gone,
    Pressed {
        action: String,
        value: String,
        message: String,
    },
    Submitted {
        action: String,
        value: String,
        fields: Vec<(String, String)>,
    },
    /// Another system told us something; nobody waits for an answer.
    Noticed(Notice),
}

impl Heard {
    /// Said to others, not to the bot.
    pub fn is_chatter(&self) -> bool {
        matches!(self.what, What::Message { .. } | What::Edited { .. } | What::Deleted { .. } | What::Gone)
    }

    /// The platform's id of the message that was said, as its threads name it.
    pub fn message(&self) -> Option<&str> {
        self.id.strip_prefix("message/")?.rsplit('/').next()
    }
}

mod base64_bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}

impl Message {
    pub fn text(markdown: impl Into<String>) -> Self {
        Self { blocks: vec![Block::Text { markdown: markdown.into() }] }
    }
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }
    /// Everything in it as plain text: for notifications, logs of tests and screen readers.
    pub fn plain(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Heading { text } => lines.push(text.clone()),
                Block::Text { markdown } | Block::Footnote { markdown } | Block::Callout { markdown, .. } => {
                    lines.push(markdown.clone());
                }
                Block::Fields { fields } => lines.extend(fields.iter().map(|(name, value)| format!("{name}: {value}"))),
                Block::Code { text, .. } => lines.push(text.clone()),
                Block::Details { summary, markdown } => lines.push(format!("{summary}\n{markdown}")),
                Block::Buttons { buttons } => {
                    let labels: Vec<String> = buttons.iter().map(|button| format!("[{}]", button.label)).collect();
                    lines.push(labels.join(" "));
                }
                Block::Image { attachment } | Block::File { attachment } => {
                    lines.push(format!("{} ({})", attachment.alt, attachment.name));
                }
                Block::Progress { steps } => lines.extend(steps.iter().map(|step| {
                    let state = match step.state {
                        StepState::Waiting => "waiting",
                        StepState::Running => "running",
                        StepState::Done => "done",
                        StepState::Skipped => "skipped",
                    };
                    format!("{}: {state}", step.text)
                })),
                Block::Divider => {}
            }
        }
        lines.join("\n")
    }
}
