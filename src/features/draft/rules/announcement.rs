//! What do colleagues who do not read code need to hear?

use super::phrase::{brief, cited, count, inner, list, short, told};
use super::story::{Story, ids};
use crate::domain::digest::Intent;
use crate::domain::draft::Field;
use serde_json::Value;

/// Two or three sentences; one when the change is tiny.
pub fn announcement(story: &Story<'_>, _: &Field) -> Option<Value> {
    let range = story.range();
    let service = &story.name();
    let goes = match (story.is_work(), story.is_several()) {
        (true, _) => "is worked on",
        (_, true) => "go out",
        _ => "goes out",
    };
    let head = super::title::head(story);
    let mut visible = story.visible();
    if visible.is_empty() {
        // Nobody said what these are; that users notice nothing of them is not known.
        visible = story.digest.items.iter().filter(|item| item.intent == Intent::Other).collect();
    }
    let mut sentences = Vec::new();
    match visible.as_slice() {
        [] => sentences.push(format!("{head} {goes}; users of {service} should notice nothing{}.", cited(&range))),
        shown => {
            let titles: Vec<String> = shown.iter().take(2).map(|item| inner(&brief(&item.title, 100))).collect();
            let facts: Vec<_> = shown.iter().take(2).flat_map(|item| ids(item)).collect();
            sentences.push(told(&format!("{head} {goes}: {}", list(&titles)), &facts));
            if shown.len() > 2 {
                sentences.push(format!("{} in the note{}.", count(shown.len() - 2, "more change"), cited(&range)));
            }
        }
    }
    if let Some(first) = story.digest.breaking.first() {
        let text = format!("If you call {service}, read the note first: {}", inner(&short(&first.text, 160)));
        sentences.push(told(&text, std::slice::from_ref(&first.id)));
    }
    super::text(sentences.join(" "))
}
