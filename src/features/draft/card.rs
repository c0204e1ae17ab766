//! What a note looks like in a chat: its one living card, and the whole of it in the thread.

use crate::domain::approval::{Approval, approval};
use crate::domain::change::RangeAsk;
use crate::domain::digest::{Risk, Severity};
use crate::domain::message::{Block, Button, ButtonStyle, Message, Step, StepState, Tone};
use crate::domain::note::{Kind, Note, Phase, Revision, Section, State, Writer};
use crate::domain::review::{Decided, Decision};
use crate::features::draft::rules::phrase::{count, list, thousands};
use crate::features::draft::{markdown, owners};
use crate::features::phrase::plain;
use serde_json::Value;

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Deployment => "deployment note",
        Kind::Work => "work note",
    }
}

/// The card before the first revision is there.
pub fn placeholder(note: &Note, steps: &[Step]) -> Message {
    let again = if note.revision == 0 { "Drafting" } else { "Drafting again:" };
    let range = match note.modules.as_slice() {
        [only] => range(&only.ask),
        _ => String::new(),
    };
    let start = [Step { text: "Waiting for its turn".to_owned(), state: StepState::Running }];
    let about = note.work.as_ref().map_or_else(|| note.subject(), |work| format!("\"{}\"", work.what));
    let kind = kind_name(note.kind);
    Message::text(format!("{again} the {kind} of {about}{range}, {}.", wanted(note)))
        .with(Block::Progress { steps: if steps.is_empty() { start.to_vec() } else { steps.to_vec() } })
}

/// Who wanted it, or which tag.
fn wanted(note: &Note) -> String {
    match (&note.asked_again_by, note.tags.first()) {
        (None, Some(tag)) => format!("because {} pushed `{}`", note.created_by.name, tag.name),
        (again, _) => format!("asked by {}", again.as_ref().unwrap_or(&note.created_by).name),
    }
}

fn range(ask: &RangeAsk) -> String {
    match (&ask.from, &ask.to) {
        (Some(from), Some(to)) => format!(" for `{from}..{to}`"),
        (Some(from), None) => format!(" since `{from}`"),
        (None, Some(to)) => format!(" up to `{to}`"),
        (None, None) => " since the last release".to_owned(),
    }
}

/// The card of a note that could not be drafted.
pub fn failed(note: &Note, sentence: &str) -> Message {
    Message::default()
        .with(Block::Callout {
            tone: Tone::Danger,
            markdown: format!("**The {} of {} was not drafted.** {sentence}", kind_name(note.kind), note.subject()),
        })
        .with(Block::Buttons { buttons: vec![button("note.regenerate", note.id, "Try again", ButtonStyle::Plain)] })
        .with(Block::Footnote { markdown: format!("Note {} · {}", note.id, wanted(note)) })
}

/// The card as it should stand now.
pub fn face(note: &Note, latest: Option<&Revision>, url: &str) -> Message {
    match (note.state, latest, &note.failure) {
        (State::Drafted, Some(revision), _) => card(note, revision, url),
        (State::Failed, _, Some(sentence)) => failed(note, sentence),
        _ => placeholder(note, &[]),
    }
}

/// The one living message of a note.
pub fn card(note: &Note, revision: &Revision, url: &str) -> Message {
    let mut message = Message::default()
        .with(Block::Heading { text: revision.title().to_owned() })
        .with(Block::Text { markdown: summary(revision).to_owned() })
        .with(Block::Fields { fields: fields(note, revision) });
    if let Some(markdown) = risks(revision) {
        message = message.with(Block::Callout { tone: tone(revision), markdown });
    }
    for objection in owners::objections(note) {
        message = message.with(objection);
    }
    if let Some(markdown) = stale(revision) {
        message = message.with(Block::Callout { tone: Tone::Caution, markdown });
    }
    message
        .with(Block::Buttons {
            buttons: vec![
                button("note.edit", note.id, "Edit", ButtonStyle::Primary),
                Button { confirm: None, ..button("note.regenerate", note.id, "Regenerate", ButtonStyle::Plain) },
            ],
        })
        .with(Block::Footnote { markdown: format!("[Open note {}]({url}) · {}", note.id, account(revision)) })
}

/// What stands under the title: the summary, or of work its purpose.
fn summary(revision: &Revision) -> &str {
    match revision.text("summary") {
        "" => revision.text("purpose"),
        summary => summary,
    }
}

fn button(action: &str, id: u64, label: &str, style: ButtonStyle) -> Button {
    Button { action: action.to_owned(), value: id.to_string(), label: label.to_owned(), style, confirm: None }
}

fn fields(note: &Note, revision: &Revision) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    if note.services().next().is_some() {
        let several = note.services().nth(1).is_some();
        fields.push((if several { "Services" } else { "Service" }.to_owned(), note.subject()));
    }
    fields.extend(note.planned.as_ref().map(|planned| ("Planned".to_owned(), planned.told())));
    if !revision.modules.is_empty() {
        let seen = &revision.seen;
        let size = format!(
            "{}, {}, +{} −{}",
            count(seen.commits, "commit"),
            count(seen.files_total, "file"),
            thousands(seen.added as usize),
            thousands(seen.removed as usize)
        );
        fields.push(("Change".to_owned(), format!("`{}`", revision.label())));
        fields.push(("Size".to_owned(), size));
    }
    match revision.text("rollback_strategy") {
        "" => {}
        // No strategy of the list fits: the list's word for that tells nobody anything.
        "ETC" => fields.push(("Rollback".to_owned(), "see the scenario".to_owned())),
        strategy => fields.push(("Rollback".to_owned(), format!("`{strategy}`"))),
    }
    fields.extend(owners::card_field(note));
    if !note.agreed.is_empty() {
        let lines: Vec<String> = note.agreed.iter().map(|one| plain(&one.text)).collect();
        fields.push(("Agreed".to_owned(), lines.join("; ")));
    }
    fields.extend(reviewed(note, revision));
    if let Some(watched) = note.watched {
        let state = watched.state.name();
        let told = match watched.phase {
            Phase::Before => format!("{state} just before it is to happen"),
            Phase::Since => state.to_owned(),
            Phase::Over => format!("{state} a day after it"),
        };
        fields.push(("Watch".to_owned(), told));
    }
    fields
}

/// How the review came out, and how approval stands.
fn reviewed(note: &Note, revision: &Revision) -> Vec<(String, String)> {
    let Some(review) = &note.reviewed else { return Vec::new() };
    let (grade, met) = (review.grade.name(), format!("{} of {} standards met", review.met, review.asked));
    let told = match review.revision == revision.number {
        true => format!("{grade}, {met}"),
        false => format!("{grade} for revision {}; this one is being looked at", review.revision),
    };
    let approval = match approval(note, revision) {
        Approval::Open => None,
        Approval::Requested(asked) => Some(format!("asked for by {}", asked.by.name)),
        Approval::ChangesRequested(asked) => Some(format!("{} asks for changes", asked.by.name)),
        Approval::Approved(by) => Some(format!("by {}", names(&by))),
        Approval::Lapsed(by, sections) => {
            Some(format!("by {}, except {}", names(&by), count(sections.len(), "changed section")))
        }
    };
    let approval = approval.map(|approval| ("Approval".to_owned(), approval));
    std::iter::once(("Review".to_owned(), told)).chain(approval).collect()
}

fn names(by: &[&Decision]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for one in by {
        if !names.contains(&one.by.name.as_str()) {
            names.push(&one.by.name);
        }
    }
    let overridden = by.iter().rev().find(|one| one.what == Decided::Overridden);
    let against = overridden.map(|_| ", against the review").unwrap_or_default();
    format!("{}{against}", list(&names))
}

/// Lines a card spends on naming risks; the thread has them all.
const NAMED: usize = 5;

/// The worst by name: high risks, breaking changes, then what else fits; the rest by count.
fn risks(revision: &Revision) -> Option<String> {
    let high = revision.risks.iter().filter(|risk| risk.severity == Severity::High).count();
    let others = revision.risks.len() - high;
    let mut heads = Vec::new();
    if high > 0 {
        heads.push(count(high, "high risk"));
    }
    if !revision.breaking.is_empty() {
        heads.push(count(revision.breaking.len(), "breaking change"));
    }
    if others > 0 {
        heads.push(count(others, if high > 0 { "further risk fact" } else { "risk fact" }));
    }
    if heads.is_empty() {
        return None;
    }
    let of = |severity: Severity| revision.risks.iter().filter(move |risk| risk.severity == severity).map(title);
    let breaking = revision.breaking.iter().map(|breaking| format!("Breaking: {}", breaking.text));
    let all: Vec<String> =
        of(Severity::High).chain(breaking).chain(of(Severity::Medium)).chain(of(Severity::Low)).collect();
    let mut lines = vec![format!("**{}**", heads.join(" · ")), String::new()];
    lines.extend(all.iter().take(NAMED).map(|title| format!("- {title}")));
    if all.len() > NAMED {
        lines.push(format!("- and {} more in the thread", all.len() - NAMED));
    }
    Some(lines.join("\n"))
}

fn title(risk: &Risk) -> String {
    risk.title.clone()
}

fn tone(revision: &Revision) -> Tone {
    let worst = revision.risks.iter().map(|risk| risk.severity).max();
    match worst {
        Some(Severity::High) => Tone::Danger,
        _ if !revision.breaking.is_empty() => Tone::Danger,
        Some(Severity::Medium) => Tone::Caution,
        _ => Tone::Plain,
    }
}

fn stale(revision: &Revision) -> Option<String> {
    let stale: Vec<&Section> = revision.sections.iter().filter(|section| section.stale.is_some()).collect();
    let names: Vec<String> = stale.iter().map(|section| format!("`{}`", section.title)).collect();
    (!stale.is_empty()).then(|| {
        let (verb, what) = if stale.len() == 1 { ("was", "It") } else { ("were", "They") };
        format!(
            "**{} {verb} edited by hand and the change under {} moved on.** {what} stay{} as edited; the new text waits in the thread, with a button to take it.",
            names.join(", "),
            if stale.len() == 1 { "it" } else { "them" },
            if stale.len() == 1 { "s" } else { "" },
        )
    })
}

/// How much was seen and who wrote it.
pub fn account(revision: &Revision) -> String {
    let names: Vec<String> = writers(revision)
        .into_iter()
        .map(|writer| match writer {
            Writer::Rules if asked_in_vain(revision) => "rules, because no model's answer could be used".to_owned(),
            Writer::Rules => "rules, no model".to_owned(),
            Writer::Model(name) => format!("model `{name}`"),
            Writer::Person(person) => person.name.clone(),
        })
        .collect();
    let names: Vec<String> = match names.len() {
        0 | 1 => names,
        _ => names.into_iter().map(|name| name.split(", ").next().unwrap_or_default().to_owned()).collect(),
    };
    if revision.modules.is_empty() {
        return format!("revision {} · written by {}", revision.number, list(&names));
    }
    format!("revision {} · written by {} · {}", revision.number, list(&names), seen(revision))
}

/// A model was asked and failed; the remarks in the thread say how.
fn asked_in_vain(revision: &Revision) -> bool {
    revision.remarks.iter().any(|remark| remark.contains("model `"))
}

/// `62 of 71 files read, 9 by name only`
fn seen(revision: &Revision) -> String {
    let seen = &revision.seen;
    let read = format!("{} of {} read", seen.files_read, count(seen.files_total, "file"));
    if seen.files_by_name == 0 { read } else { format!("{read}, {} by name only", seen.files_by_name) }
}

/// The whole note, in the thread; the long list of commits is folded away.
pub fn body(note: &Note, revision: &Revision) -> Message {
    let (listed, told): (Vec<&Section>, Vec<&Section>) = revision
        .sections
        .iter()
        .partition(|section| section.value.as_array().is_some_and(|items| items.iter().any(Value::is_object)));
    let only = |sections: &[&Section]| {
        let sections = sections.iter().copied().cloned().collect();
        markdown::sections(&Revision { sections, ..revision.clone() })
    };
    let mut message = Message::default().with(Block::Text { markdown: only(&told) });
    for section in listed {
        message = message.with(Block::Details { summary: section.title.clone(), markdown: only(&[section]) });
    }
    message.with(Block::Footnote { markdown: remarks(note, revision) })
}

fn remarks(note: &Note, revision: &Revision) -> String {
    let mut lines =
        vec![format!("Change one section with `/release edit {} rollback \"…\"`, or press Edit on the card.", note.id)];
    lines.extend(revision.remarks.iter().cloned());
    lines.join("\n\n")
}

/// Who wrote a revision's sections, each once, in order of appearance.
fn writers(revision: &Revision) -> Vec<&Writer> {
    let mut writers: Vec<&Writer> = Vec::new();
    for section in &revision.sections {
        if !writers.contains(&&section.writer) {
            writers.push(&section.writer);
        }
    }
    writers
}
