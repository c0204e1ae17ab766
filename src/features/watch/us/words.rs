//! What is told of the changes that may be behind an incident.

use super::rank::{NAMED_FROM, PROBABLE_FROM, Weighed};
use super::{Found, NAMED};
use crate::domain::language::Language;
use crate::domain::message::{Block, Message, Tone};
use crate::domain::note::Revision;
use crate::features::Context;
use crate::features::happened::{Happened, Kinds};
use crate::features::phrase::plain;
use crate::features::texts as text;

pub fn answer(context: &Context, found: &Found, language: Language) -> Message {
    let considered = found.happened.len();
    let named: Vec<&Weighed> = found.weighed.iter().filter(|one| one.score >= NAMED_FROM).take(NAMED).collect();
    let later = considered - found.weighed.len();
    let zone = context.zone_of(None);
    let began = chrono::DateTime::from_timestamp(found.symptom.began, 0).unwrap_or_default();
    let told_services = if found.symptom.services.is_empty() {
        text::US_SOMEWHERE.plain(language)
    } else {
        found.symptom.services.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let (tone, head) = match named.first() {
        None => (Tone::Plain, text::US_NONE.plain(language)),
        Some(first) if first.score >= PROBABLE_FROM => {
            let first = &found.happened[first.candidate];
            let what = first.note().map_or_else(
                || plain(&first.title),
                |note| format!("[note {0}]({1})", note.id, context.note_url(note.id)),
            );
            (Tone::Caution, text::US_PROBABLY.of(language, &[("what", &what)]))
        }
        Some(_) => (Tone::Plain, text::US_PERHAPS.plain(language)),
    };
    let mut message = Message::default().with(Block::Callout { tone, markdown: head });
    for (place, one) in (1..).zip(&named) {
        message = message
            .with(Block::Text { markdown: suspect(context, place, one, &found.happened[one.candidate], language) });
    }
    if let Some(first) = named.first() {
        message = message.with(Block::Text { markdown: undo(&found.happened[first.candidate], language) });
    }
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("count", &considered),
        ("services", &told_services),
        ("began", &language.moment(began, zone)),
        ("later", &later),
        ("others", &(found.weighed.len() - named.len())),
    ];
    message.with(Block::Footnote { markdown: text::US_CONSIDERED.of(language, &values) })
}

fn linked(context: &Context, one: &Happened) -> String {
    match one.note() {
        Some(note) => format!("[note {}: {}]({})", note.id, plain(&one.title), context.note_url(note.id)),
        None => plain(&one.title),
    }
}

fn suspect(context: &Context, place: usize, one: &Weighed, happened: &Happened, language: Language) -> String {
    let at = language.moment(happened.at, context.zone_of(happened.note()));
    let mut lines = vec![format!("**{place}. {}** · {at}", linked(context, happened))];
    let mut said = |label: text::Text, sentences: &[String]| {
        if !sentences.is_empty() {
            lines.push(format!("- {} {}", label.plain(language), sentences.join(" ")));
        }
    };
    said(text::US_FOR, &one.supports);
    said(text::US_AGAINST, &one.against);
    lines.join("\n")
}

/// What taking the first one back would undo.
fn undo(one: &Happened, language: Language) -> String {
    match (&one.what, one.revision()) {
        (Kinds::Deployed { .. } | Kinds::Planned { .. }, Some(revision)) if !revision.modules.is_empty() => {
            let modules = revision.modules.iter().map(|module| {
                text::US_BACK_TO.of(
                    language,
                    &[
                        ("service", &module.service),
                        ("version", &plain(&module.range.from.name)),
                        ("commits", &module.range.commits),
                    ],
                )
            });
            let mut told = text::US_UNDO.of(language, &[("modules", &modules.collect::<Vec<_>>().join(", "))]);
            told.push_str(&changes(revision));
            for risk in revision.risks.iter().filter(|risk| risk.reversible == Some(false)) {
                told.push_str(&format!(
                    " {}",
                    text::US_LASTING.of(language, &[("what", &risk.title.trim_end_matches('.'))])
                ));
            }
            told
        }
        (Kinds::Deployed { .. } | Kinds::Planned { .. }, Some(revision)) => {
            let way = revision.text("rollback_scenario").lines().next().unwrap_or_default().to_owned();
            text::US_UNDO_WORK.of(language, &[("way", &way)])
        }
        _ => text::US_UNDO_UNKNOWN.plain(language),
    }
}

/// What users had noticed first.
fn changes(revision: &Revision) -> String {
    let lines = revision.text("changes").lines().filter(|line| !line.starts_with('#'));
    let lines = lines.map(|line| line.trim_start_matches(['-', '*', ' '])).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.take(3).collect();
    if lines.is_empty() { String::new() } else { format!(" ({})", lines.join("; ")) }
}
