//! What is answered from records alone, without a model: one file for each question.

pub mod approvers;
pub mod changed;
pub mod freeze;
pub mod last_three;
pub mod left_out;
pub mod live;
pub mod on_call;
pub mod similar;
pub mod verdict;
pub mod watched;

use crate::domain::language::Language;
use crate::domain::note::{Note, State as Drafted};
use crate::domain::review::Grade;
use crate::domain::trouble::Trouble;
use crate::domain::watch::State;
use crate::features::ask::Asked;
use crate::features::texts::{self as text, Text};
use crate::features::{Context, store_trouble};

/// Notes that are looked through for the newest.
const LOOKED_AT: usize = 100;

/// The note a question is about: its thread's, the one it names, or the newest of the service it names; of all, where it names none.
async fn note(context: &Context, asked: &Asked<'_>) -> Result<Note, Trouble> {
    if let Some(note) = &asked.note {
        return Ok(note.clone());
    }
    let notes = context.records.notes.list(LOOKED_AT, None).await.map_err(store_trouble)?;
    let fits = |note: &Note| {
        asked.services.is_empty() || note.services().any(|name| asked.services.iter().any(|one| one == name))
    };
    let found = notes.into_iter().find(|note| note.state == Drafted::Drafted && fits(note));
    found.ok_or_else(|| Trouble::refused(text::NO_NOTE.plain(asked.language)))
}

/// Which note an answer is about, where that does not go without saying.
async fn head(context: &Context, asked: &Asked<'_>, note: &Note) -> Result<String, Trouble> {
    if asked.heard.place.thread.is_some() && asked.note.is_some() {
        return Ok(String::new());
    }
    let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
    let title =
        latest.map(|revision| crate::features::phrase::plain(revision.title())).unwrap_or_else(|| note.subject());
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("id", &note.id), ("url", &context.note_url(note.id)), ("title", &title)];
    Ok(format!("{}\n\n", text::ABOUT_NOTE.of(asked.language, &values)))
}

pub(super) fn state(state: State, language: Language) -> String {
    let text: Text = match state {
        State::Stable => text::STATE_STABLE,
        State::NotEnough => text::STATE_UNKNOWN,
        State::MostlyStable => text::STATE_MOSTLY,
        State::Unstable => text::STATE_UNSTABLE,
    };
    text.plain(language)
}

pub(super) fn grade(grade: Grade, language: Language) -> String {
    let text: Text = match grade {
        Grade::Pass => text::GRADE_PASS,
        Grade::Caution => text::GRADE_CAUTION,
        Grade::Danger => text::GRADE_DANGER,
        Grade::Block => text::GRADE_BLOCK,
    };
    text.plain(language)
}
