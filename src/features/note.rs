//! Which note is meant? Finds it by the number people type.

use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse};
use crate::features::words::Words;
use crate::features::{Context, store_trouble};
use crate::ports::chat::Completion;
use futures::future::BoxFuture;

/// The note with that number and its version, or the sentence that says there is none.
pub async fn find(context: &Context, id: u64) -> Result<(Note, u64), Trouble> {
    context.records.notes.get(id).await.map_err(store_trouble)?.ok_or_else(|| no_such_note(id))
}

/// A note's number as people write it: `7` or `#7`.
pub fn number(text: &str) -> Result<u64, Trouble> {
    text.trim_start_matches('#').parse().map_err(|_| not_a_number(text))
}

/// The one word of a command that takes a note's number.
pub fn only_number(command: &Command, words: &Words) -> Result<u64, Misuse> {
    match words.plain.as_slice() {
        [one] => number(one).map_err(|trouble| Misuse(trouble.to_string())),
        [] => Err(Misuse(format!("Which note? Type its number, for example `/release {}`.", command.examples[0]))),
        [_, more, ..] => Err(Misuse(format!("`{more}` is one word too many. Usage: `/release {}`", command.usage))),
    }
}

/// Newest notes whose number begins with what was typed.
pub fn complete_note<'a>(context: &'a Context, words: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async move {
        let typed = match words.plain.as_slice() {
            [] => "",
            [one] if !words.finished => one.as_str(),
            _ => return Vec::new(),
        };
        let notes = context.records.notes.list(20, None).await.unwrap_or_default();
        notes
            .into_iter()
            .filter(|note| note.id.to_string().starts_with(typed.trim_start_matches('#')))
            .take(8)
            .map(|note| Completion {
                words: note.id.to_string(),
                label: format!("{}", note.id),
                about: format!("{} · {}", note.subject(), note.kind.name()),
            })
            .collect()
    })
}

fn no_such_note(id: u64) -> Trouble {
    Trouble::refused(format!("There is no note {id}. `/release notes` lists them."))
}

fn not_a_number(text: &str) -> Trouble {
    Trouble::refused(format!("`{text}` is not a note's number; it is the number on the note's card, for example `7`."))
}
