//! What is said about tags.

use crate::domain::message::{Block, Message};
use crate::domain::trouble::Trouble;
use crate::records::{Outcome, SeenTag};

pub fn no_service(name: &str) -> Trouble {
    Trouble::refused(format!("There is no service `{name}`. `/release tags` lists the tags of all."))
}

/// Newest first; `silent` are workspaces in which no tag can draft a note.
pub fn list(tags: &[SeenTag], silent: &[&str], url: impl Fn(u64) -> String) -> Message {
    let mut message = if tags.is_empty() {
        Message::text("No tag was seen yet.")
    } else {
        let lines: Vec<String> = tags.iter().map(|tag| line(tag, &url)).collect();
        Message::default()
            .with(Block::Heading { text: "Tags seen last".to_owned() })
            .with(Block::Text { markdown: lines.join("\n") })
    };
    if !silent.is_empty() {
        let names: Vec<String> = silent.iter().map(|name| format!("`{name}`")).collect();
        message = message.with(Block::Footnote {
            markdown: format!(
                "Tags draft no notes in {}: name a `channel` in the workspace's file to have that.",
                names.join(", ")
            ),
        });
    }
    message
}

fn line(tag: &SeenTag, url: &impl Fn(u64) -> String) -> String {
    let came: Vec<String> = match &tag.sha {
        None => vec!["deleted".to_owned()],
        Some(_) if tag.came.is_empty() => vec!["of no service".to_owned()],
        Some(_) => by_outcome(tag, url),
    };
    format!("- `{}` · {}", tag.name, came.join(" · "))
}

/// `web, api: note 7`; what came of it alike is said once.
fn by_outcome(tag: &SeenTag, url: &impl Fn(u64) -> String) -> Vec<String> {
    let mut outcomes: Vec<(String, Vec<String>)> = Vec::new();
    for (service, outcome) in &tag.came {
        let (service, told) = (format!("`{service}`"), told(outcome, url));
        match outcomes.iter_mut().find(|(known, _)| *known == told) {
            Some((_, services)) => services.push(service),
            None => outcomes.push((told, vec![service])),
        }
    }
    outcomes.into_iter().map(|(told, services)| format!("{}: {told}", services.join(", "))).collect()
}

fn told(outcome: &Outcome, url: &impl Fn(u64) -> String) -> String {
    match outcome {
        Outcome::There => "was there before Slipway looked".to_owned(),
        Outcome::Waiting => "on its way into a note".to_owned(),
        Outcome::Noted { note } => format!("[note {note}]({})", url(*note)),
        Outcome::SameAs { tag } => format!("another name for `{tag}`"),
        Outcome::Older { than } => format!("went out with `{than}` before"),
        Outcome::NoChannel => "no note, because its workspace names no channel".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_came_of_a_tag_alike_is_said_once_for_all_its_services() {
        let came = |service: &str, outcome: Outcome| (service.to_owned(), outcome);
        let tag = SeenTag {
            name: "v3.2".to_owned(),
            sha: Some("1a2b3c4".to_owned()),
            seen_at: chrono::DateTime::UNIX_EPOCH,
            by: None,
            came: BTreeMap::from([
                came("api", Outcome::Noted { note: 7 }),
                came("cart", Outcome::There),
                came("web", Outcome::Noted { note: 7 }),
            ]),
        };
        let told = line(&tag, &|id| format!("https://slipway.example/n/{id}"));
        assert_eq!(
            told,
            "- `v3.2` · `api`, `web`: [note 7](https://slipway.example/n/7) · `cart`: was there before Slipway looked"
        );
    }
}
