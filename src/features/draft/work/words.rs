//! What is said about work.

use crate::domain::message::Message;
use crate::domain::note::{Note, Planned};
use crate::domain::trouble::Trouble;

pub fn planned(planned: Option<&Planned>) -> String {
    match planned {
        Some(planned) => format!("Planned for {}", planned.told()),
        None => "No time was said yet".to_owned(),
    }
}

pub fn unknown_type<'a>(asked: &str, near: Option<&str>, known: impl Iterator<Item = &'a str>) -> Trouble {
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    let meant = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_else(|| ".".to_owned());
    Trouble::refused(format!("There is no type of work `{asked}`{meant} Known: {}.", known.join(", ")))
}

pub fn which_workspace<'a>(known: impl Iterator<Item = &'a str>) -> Trouble {
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    Trouble::refused(format!(
        "Whose work is it? Name a service with `--service`, of one of the workspaces {}.",
        known.join(", ")
    ))
}

pub fn no_workspace() -> Trouble {
    Trouble::refused(
        "No workspace is configured, so there is nobody whose work it could be. Start Slipway inside a git repository, or name services in `config/workspaces/*.toml`.",
    )
}

/// In the note's thread.
pub fn replanned(note: &Note, before: Option<&Planned>, who: &str) -> Message {
    let now = planned(note.planned.as_ref());
    Message::text(match before {
        Some(before) => format!("{who} moved it: {now}; it was {}.", before.told()),
        None => format!("{who} planned it. {now}."),
    })
}
