//! What is said about preferences.

use super::alike::head;
use crate::domain::draft::Field;
use crate::domain::message::{Block, Button, ButtonStyle, Message, Tone};
use crate::domain::preference::{Origin, Preference, Standing, Wish};
use crate::domain::trouble::Trouble;
use crate::features::draft::rules::phrase::{list, name};
use crate::features::draft::schema::Schema;

/// What an added entry rests on.
pub fn fact(one: &Preference) -> String {
    match &one.origin {
        Origin::Stated { by, .. } => format!("The team always wants this here; {} said so.", by.name),
        Origin::Learnt { notes, .. } => format!("The team always wants this here, as in {}.", numbered(notes)),
    }
}

pub fn added(field: &Field, one: &Preference) -> String {
    format!("`{}` has {}: the team always adds it (preference {}).", field.title, quoted(one), one.id)
}

pub fn left_out(field: &Field, one: &Preference) -> String {
    format!("`{}` is without {}: the team always deletes it (preference {}).", field.title, quoted(one), one.id)
}

pub fn kept(field: &Field, one: &Preference) -> String {
    format!(
        "`{}` keeps {}, although the team always deletes it (preference {}): it is about a high risk or what breaks.",
        field.title,
        quoted(one),
        one.id
    )
}

/// Under the note whose edit taught it: how it stands now.
pub fn face(one: &Preference, schema: &Schema, workspace: &str) -> Message {
    match (&one.standing, &one.origin) {
        (Standing::Forgotten { by }, _) => forgotten(one, schema, &by.name),
        (Standing::Withdrawn { .. }, _) => given_up(one),
        (Standing::Active, Origin::Stated { .. }) => changed(one, schema),
        (Standing::Active, Origin::Learnt { notes, .. }) => learnt(one, notes, schema, workspace),
    }
}

fn learnt(one: &Preference, notes: &[u64], schema: &Schema, workspace: &str) -> Message {
    let did = match one.wish {
        Wish::Add(_) => "added it to",
        Wish::Omit(_) => "deleted it from",
    };
    let markdown = format!(
        "**Learnt, because you {did} {}:** {} From now on notes are drafted so.",
        numbered(notes),
        sentence(one, schema)
    );
    let forget = Button {
        action: super::forget::FORGET.name.to_owned(),
        value: format!("{workspace}:{}", one.id),
        label: "Forget it".to_owned(),
        style: ButtonStyle::Plain,
        confirm: None,
    };
    Message::default()
        .with(Block::Callout { tone: Tone::Plain, markdown })
        .with(Block::Buttons { buttons: vec![forget] })
}

fn forgotten(one: &Preference, schema: &Schema, who: &str) -> Message {
    Message::text(format!("{who} wants this forgotten: {} It is not learnt again.", sentence(one, schema)))
}

pub fn given_up(one: &Preference) -> Message {
    let (again, notes) = match (&one.wish, &one.standing) {
        (Wish::Add(_), Standing::Withdrawn { notes }) => ("you deleted it from", notes.as_slice()),
        (_, Standing::Withdrawn { notes }) => ("you wrote it back into", notes.as_slice()),
        _ => ("of", [].as_slice()),
    };
    Message::text(format!(
        "**No longer a habit**, because {again} {}: {} (preference {}).",
        numbered(notes),
        quoted(one),
        one.id
    ))
}

/// ``Deployment notes of `web` always have in `Before`: "Tell support that {version} is out".``
pub fn sentence(one: &Preference, schema: &Schema) -> String {
    let of = match one.services.as_slice() {
        [] => String::new(),
        names => format!(" of {}", list(&names.iter().map(|service| name(service)).collect::<Vec<_>>())),
    };
    let kind = one.kind.name();
    let (first, rest) = kind.split_at(1);
    let title = schema.field(&one.section).map_or(one.section.as_str(), |field| field.title.as_str());
    let never = match one.wish {
        Wish::Add(_) => "always",
        Wish::Omit(_) => "never",
    };
    format!("{}{rest} notes{of} {never} have in `{title}`: {}.", first.to_uppercase(), quoted(one))
}

fn quoted(one: &Preference) -> String {
    match &one.wish {
        Wish::Add(text) => format!("\"{}\"", text.trim_end_matches('.')),
        Wish::Omit(text) => format!("\"{} …\"", head(text).trim_end_matches('.')),
    }
}

fn numbered(notes: &[u64]) -> String {
    let mut numbers: Vec<String> = notes.iter().map(u64::to_string).collect();
    numbers.reverse();
    match numbers.len() {
        1 => format!("note {}", numbers[0]),
        _ => format!("notes {}", list(&numbers)),
    }
}

/// A workspace and what it wants.
pub struct Told<'a> {
    pub workspace: &'a str,
    pub all: &'a [Preference],
}

pub fn shown<'a>(told: &[Told<'_>], schema: impl Fn(&Preference) -> &'a Schema) -> Message {
    let mut message = Message::default().with(Block::Heading { text: "Preferences".to_owned() });
    for one in told {
        let line = |preference: &Preference| {
            format!("- **{}** {} {}", preference.id, sentence(preference, schema(preference)), whence(preference))
        };
        let (active, past): (Vec<&Preference>, Vec<&Preference>) = one.all.iter().partition(|one| one.is_active());
        let lines: Vec<String> = active.into_iter().map(line).collect();
        let markdown = match lines.is_empty() {
            true => "Nothing is stated, and nothing was learnt yet.".to_owned(),
            false => lines.join("\n"),
        };
        message = message.with(Block::Text { markdown: format!("**{}**\n\n{markdown}", one.workspace) });
        if !past.is_empty() {
            message = message.with(Block::Details {
                summary: "No longer heeded".to_owned(),
                markdown: past.into_iter().map(line).collect::<Vec<_>>().join("\n"),
            });
        }
    }
    message.with(Block::Footnote {
        markdown: "What people add to three notes, or delete from three, is learnt. `/release help preferences` shows how to state one, and how to have one forgotten.".to_owned(),
    })
}

fn whence(one: &Preference) -> String {
    match (&one.standing, &one.origin) {
        (Standing::Forgotten { by }, _) => format!("*{} wants it forgotten.*", by.name),
        (Standing::Withdrawn { notes }, _) => format!("*Given up after {}.*", numbered(notes)),
        (Standing::Active, Origin::Stated { by, .. }) => format!("*{} said so.*", by.name),
        (Standing::Active, Origin::Learnt { notes, .. }) => format!("*Learnt from {}.*", numbered(notes)),
    }
}

/// To whoever changed it.
pub fn told(one: &Preference, schema: &Schema) -> Message {
    match &one.standing {
        Standing::Forgotten { by } => forgotten(one, schema, &by.name),
        _ => changed(one, schema),
    }
}

fn changed(one: &Preference, schema: &Schema) -> Message {
    Message::text(format!("**Preference {}** holds from the next draft on: {}", one.id, sentence(one, schema)))
}

pub fn no_service(asked: &str) -> Trouble {
    Trouble::refused(format!("There is no service `{asked}`. `/release services` lists them."))
}

pub fn not_shaped(title: &str) -> Trouble {
    Trouble::refused(format!(
        "`{title}` is decided by code or written anew for each change, so no preference can hold for it. Lists and texts can have one, `before` and `after` for example."
    ))
}

pub fn known(one: &Preference, schema: &Schema) -> Trouble {
    Trouble::refused(format!("Preference {} says that already: {}", one.id, sentence(one, schema)))
}

pub fn unknown(id: &str, workspace: &str) -> Trouble {
    Trouble::refused(format!("`{workspace}` has no preference {id}. `/release preferences` lists them."))
}

pub fn which_workspace(known: &[&str]) -> Trouble {
    let names: Vec<String> = known.iter().map(|one| name(one)).collect();
    Trouble::refused(format!("Whose preference is it? Add `--workspace`, one of {}.", list(&names)))
}

pub fn settled(one: &Preference) -> Trouble {
    let now = if one.is_active() { "is heeded" } else { "is not heeded any more" };
    Trouble::refused(format!("Preference {} {now} already. Nothing was changed.", one.id))
}
