//! What a note says about its tags.

use crate::domain::message::Message;
use crate::domain::note::{Note, ReleaseTag};
use crate::domain::person::Person;

pub fn joined(note: &Note, tag: &ReleaseTag, person: &Person) -> Message {
    Message::text(format!(
        "`{}` goes out with them: {} pushed `{}`. What people edited stays. If it is a release of its own, `/release drop {} {}` takes it out.",
        tag.service, person.name, tag.name, note.id, tag.service
    ))
}

pub fn moved(before: &ReleaseTag, sha: &str, person: &Person) -> Message {
    Message::text(format!(
        "Tag `{}` of `{}` was moved from `{}` to `{}` by {}; the note is drafted again for what it names now.",
        before.name,
        before.service,
        short(&before.sha),
        short(sha),
        person.name
    ))
}

pub fn gone(note: &Note, tag: &ReleaseTag) -> Message {
    let drop = match note.modules.len() {
        1 => String::new(),
        _ => format!(" If it does not go out, `/release drop {} {}` takes it out of the note.", note.id, tag.service),
    };
    Message::text(format!(
        "Tag `{}` of `{}` was deleted. The note stays as it is and tells of `{}`, which the tag stood on.{drop}",
        tag.name,
        tag.service,
        short(&tag.sha)
    ))
}

pub fn back(tag: &ReleaseTag) -> Message {
    Message::text(format!("Tag `{}` of `{}` is there again, on the same commit.", tag.name, tag.service))
}

pub fn same(name: &str, other: &str) -> Message {
    Message::text(format!("Tag `{name}` names the same commit as `{other}`, so it is this release under another name."))
}

fn short(sha: &str) -> &str {
    sha.get(..7).unwrap_or(sha)
}
