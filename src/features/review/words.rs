//! All that reviewing says.

use super::difference::Difference;
use super::facts::span;
use super::policy::Policy;
use crate::chart;
use crate::domain::approval::{Approval, approval};
use crate::domain::message::{Attachment, Block, Button, ButtonStyle, Message, Tone};
use crate::domain::note::{Note, Revision, State};
use crate::domain::review::{Decided, Finding, Grade, Overlap, Review, Similar, Standing};
use crate::domain::trouble::Trouble;
use crate::features::phrase::{count, list, some};
use chrono_tz::Tz;

pub fn card_key(note: u64) -> String {
    format!("note/{note}/review")
}

pub fn tone(grade: Grade) -> Tone {
    match grade {
        Grade::Pass => Tone::Good,
        Grade::Caution => Tone::Caution,
        Grade::Danger | Grade::Block => Tone::Danger,
    }
}

/// Things that people can say are relevant or not: findings are numbered on, incidents behind them.
const JUDGED: usize = 5;

/// The review's one living message.
pub fn card(note: &Note, revision: &Revision, review: &Review, policy: &Policy, url: &str) -> Message {
    let (met, asked) = review.standards_met();
    let mut fields = vec![("Standards".to_owned(), format!("{met} of {asked} met"))];
    fields.push(("Approval".to_owned(), approval_field(note, revision)));
    let mut message = Message::default()
        .with(Block::Callout { tone: tone(review.grade), markdown: verdict(review) })
        .with(Block::Fields { fields });
    if !review.findings.is_empty() {
        let lines: Vec<String> = (1..).zip(&review.findings).map(|(n, finding)| point(n, finding)).collect();
        message = message.with(Block::Text { markdown: format!("**To check**\n{}", lines.join("\n")) });
    }
    if !review.similar.is_empty() {
        let first = review.findings.len() + 1;
        let lines: Vec<String> = (first..).zip(&review.similar).map(|(n, similar)| incident(n, similar)).collect();
        message = message.with(Block::Text { markdown: format!("**It happened before**\n{}", lines.join("\n")) });
    }
    if !review.overlaps.is_empty() {
        let zone = note.planned.as_ref().map_or(Tz::UTC, |planned| planned.zone);
        let lines: Vec<String> = review.overlaps.iter().take(5).map(|overlap| meanwhile(overlap, zone)).collect();
        message = message.with(Block::Text { markdown: format!("**Meanwhile**\n{}", lines.join("\n")) });
        message.blocks.extend(week(note, review));
    }
    message = message
        .with(Block::Details { summary: format!("Standards: {met} of {asked} met"), markdown: standards(review) });
    if !review.unchecked.is_empty() {
        let lines: Vec<String> = review.unchecked.iter().map(|why| format!("- {why}")).collect();
        message = message.with(Block::Details {
            summary: format!("{} could not be checked", count(review.unchecked.len(), "thing")),
            markdown: lines.join("\n"),
        });
    }
    if !review.tried.is_empty() {
        let lines: Vec<String> =
            review.tried.iter().map(|finding| format!("- `{}`: {}", finding.rule, finding.what)).collect();
        message = message.with(Block::Details {
            summary: "Rules that are only tried would have said".to_owned(),
            markdown: lines.join("\n"),
        });
    }
    message = message.with(Block::Buttons { buttons: decisions(note, revision, review) });
    let judged = judged(note, review);
    if !judged.is_empty() {
        message = message.with(Block::Buttons { buttons: judged });
    }
    let level = policy.reviewers.levels.iter().map(|level| level.name.as_str()).collect::<Vec<_>>();
    let level = if level.is_empty() { String::new() } else { format!(" · levels: {}", level.join(", ")) };
    message.with(Block::Footnote {
        markdown: format!(
            "[Review {} of note {}]({url}#review), of revision {}, by rules{level}",
            review.number, note.id, review.revision
        ),
    })
}

/// How busy the days around the plan are, as a picture; its text has the numbers.
fn week(note: &Note, review: &Review) -> Option<Block> {
    let load = review.load.as_ref()?;
    let bytes = chart::heat_map(&format!("What else happens in the week of note {}", note.id), load)?;
    let (name, media_type) = ("week.png".to_owned(), "image/png".to_owned());
    Some(Block::Image { attachment: Attachment { name, media_type, alt: chart::told(load), bytes } })
}

/// `**Review: danger.** reason reason`
fn verdict(review: &Review) -> String {
    match review.grade {
        Grade::Pass => "**Review: pass.** Every rule that could be checked is met.".to_owned(),
        grade => format!("**Review: {}.** {}", grade.name(), review.reasons.join(" ")),
    }
}

fn point(n: usize, finding: &Finding) -> String {
    let grade = match finding.grade {
        Grade::Block => "Block",
        Grade::Danger => "Danger",
        _ => "Caution",
    };
    format!("{n}. **{grade}:** {} {} *Instead:* {}", finding.what, finding.why, finding.instead)
}

fn incident(n: usize, similar: &Similar) -> String {
    let title = shown(&similar.title);
    let title = match &similar.link {
        Some(link) => format!("[{title}]({link})"),
        None => title,
    };
    format!(
        "{n}. {title} · {} · incident {}\n   {}\n   **{}**",
        similar.date,
        similar.incident,
        shown(&similar.happened),
        shown(&similar.meaning)
    )
}

fn meanwhile(overlap: &Overlap, zone: Tz) -> String {
    let who = overlap.note.map(|id| format!("note {id}: ")).unwrap_or_default();
    format!("- {who}{} · {} · {}", shown(&overlap.title), span(zone, overlap.from, overlap.until), overlap.relation)
}

fn standards(review: &Review) -> String {
    let line = |standard: &crate::domain::review::Standard| {
        let tried = if standard.dry { " (only tried)" } else { "" };
        match &standard.standing {
            Standing::Met => format!("- met: {}{tried}", standard.asks),
            Standing::NotMet => format!("- not met: {}{tried}", standard.asks),
            Standing::Unknown(_) => format!("- not checked: {}{tried}", standard.asks),
            Standing::NotAsked => format!("- does not apply: {}{tried}", standard.asks),
        }
    };
    review.standards.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// How approval stands, in a few words.
pub fn approval_field(note: &Note, revision: &Revision) -> String {
    let names = |by: &[&crate::domain::review::Decision]| {
        let told = by.iter().map(|one| {
            let level = if one.level.is_empty() { String::new() } else { format!(" ({})", one.level) };
            let how = if one.what == Decided::Overridden { ", overridden" } else { "" };
            format!("{}{level}{how}", one.by.name)
        });
        let mut told: Vec<String> = told.collect();
        told.dedup();
        list(&told)
    };
    match approval(note, revision) {
        Approval::Open => "not asked for".to_owned(),
        Approval::Requested(asked) => format!("asked for by {}", asked.by.name),
        Approval::ChangesRequested(asked) => format!("{} asks for changes: {}", asked.by.name, shown(&asked.text)),
        Approval::Approved(by) => format!("approved by {}", names(&by)),
        Approval::Lapsed(by, sections) => {
            let sections: Vec<String> = sections.iter().map(|title| format!("`{title}`")).collect();
            format!("approved by {}, except what changed since: {}", names(&by), some(&sections, 4))
        }
    }
}

fn decisions(note: &Note, revision: &Revision, review: &Review) -> Vec<Button> {
    let button = |action: &str, label: &str, style| Button {
        action: action.to_owned(),
        value: format!("{}:{}", note.id, revision.number),
        label: label.to_owned(),
        style,
        confirm: None,
    };
    let approve = match approval(note, revision) {
        Approval::Lapsed(..) => "Approve the changes",
        _ => "Approve",
    };
    let mut buttons = Vec::new();
    match review.grade {
        Grade::Block => buttons.push(button("review.override", "Override", ButtonStyle::Danger)),
        _ => buttons.push(button("review.approve", approve, ButtonStyle::Primary)),
    }
    buttons.push(button("review.changes", "Ask for changes", ButtonStyle::Plain));
    if matches!(approval(note, revision), Approval::Open | Approval::ChangesRequested(_) | Approval::Lapsed(..)) {
        buttons.push(button("review.ask", "Ask for approval", ButtonStyle::Plain));
    }
    buttons
}

fn judged(note: &Note, review: &Review) -> Vec<Button> {
    let first = review.findings.len() + 1;
    let incidents = (first..).zip(&review.similar).map(|(n, similar)| (n, format!("incident/{}", similar.incident)));
    let findings = (1..).zip(&review.findings).map(|(n, finding)| (n, format!("rule/{}", finding.key())));
    // Incidents first: what they are worth only people know.
    let all: Vec<(usize, String)> = incidents.chain(findings).take(JUDGED).collect();
    let button = |(n, named): &(usize, String), action: &str, label: &str| Button {
        action: action.to_owned(),
        value: format!("{}:{named}", note.id),
        label: format!("{n} {label}"),
        style: ButtonStyle::Plain,
        confirm: None,
    };
    let both =
        |one: &(usize, String)| [button(one, "review.relevant", "relevant"), button(one, "review.not", "not relevant")];
    all.iter().flat_map(both).collect()
}

/// Only what is different, for those who read the review before.
pub fn difference(note: &Note, before: &Review, now: &Review, difference: &Difference<'_>) -> Message {
    let mut lines = Vec::new();
    for finding in &difference.new {
        lines.push(format!("- New: **{}** {} *Instead:* {}", finding.grade.name(), finding.what, finding.instead));
    }
    for finding in &difference.changed {
        lines.push(format!("- Now: **{}** {}", finding.grade.name(), finding.what));
    }
    for finding in &difference.gone {
        lines.push(format!("- Settled: {}", finding.what));
    }
    for similar in &difference.similar {
        lines.push(format!(
            "- It happened before: {} · {}. {}",
            shown(&similar.title),
            similar.date,
            shown(&similar.meaning)
        ));
    }
    let grade = match before.grade == now.grade {
        true => format!("The review of note {} stays at {}", note.id, now.grade.name()),
        false => format!("The review of note {} goes from {} to {}", note.id, before.grade.name(), now.grade.name()),
    };
    Message::text(format!("{grade} with revision {}:\n{}", now.revision, lines.join("\n")))
}

pub fn failed(id: u64, sentence: &str) -> Message {
    Message::text(format!(
        "Note {id} could not be reviewed. {sentence} `/release review {id}` tries again; the note itself is as it was."
    ))
}

pub fn looking(id: u64, url: &str) -> Message {
    Message::text(format!("Reviewing note {id}; the review stands in its thread and on [its page]({url}#review)."))
}

pub fn nothing_to_review(id: u64, state: State) -> Trouble {
    Trouble::refused(match state {
        State::Drafting => format!("Note {id} is being drafted; it is reviewed as soon as it stands."),
        _ => {
            format!("Note {id} was not drafted, so there is nothing to review. `/release regenerate {id}` tries again.")
        }
    })
}

pub fn nothing_to_decide(id: u64) -> Trouble {
    Trouble::refused(format!("Note {id} has nothing yet that could be approved; wait for its draft."))
}

pub fn changed_since(id: u64, revision: u32) -> Trouble {
    Trouble::refused(format!(
        "Note {id} changed since that message was written: it is at revision {revision} now. Read what changed, then press again."
    ))
}

pub fn may_not(what: Decided) -> Trouble {
    let (what, key) = match what {
        Decided::Requested => ("ask for approval of notes", "edit"),
        Decided::Approved | Decided::ChangesRequested => ("approve notes", "approve"),
        Decided::Overridden => ("override a review", "override"),
    };
    Trouble::refused(format!(
        "You may not {what} here. Whoever runs Slipway can add you to `permissions.{key}` in its configuration."
    ))
}

pub fn needs_a_reason(what: Decided) -> Trouble {
    Trouble::refused(match what {
        Decided::Overridden => "An override needs a reason that somebody can read later: one sentence.",
        _ => "Say what is to be changed, in one sentence.",
    })
}

pub fn own_note(id: u64, policy: &Policy) -> Trouble {
    let who = policy
        .reviewers
        .levels
        .last()
        .map(|level| format!(", for example somebody of {}", level.name))
        .unwrap_or_default();
    Trouble::refused(format!(
        "Note {id} is yours; somebody else has to approve it{who}. `/release approval {id} ask` asks."
    ))
}

pub fn approved_already(id: u64) -> Trouble {
    Trouble::refused(format!("Note {id} is approved as it stands. What is changed from now on needs approval again."))
}

pub fn no_reviewer(policy: &Policy) -> Trouble {
    let levels: Vec<&str> = policy.reviewers.levels.iter().map(|level| level.name.as_str()).collect();
    Trouble::refused(format!(
        "You are in none of the reviewers' levels ({}). The policy says who is.",
        levels.join(", ")
    ))
}

pub fn blocked(id: u64, review: &Review) -> Trouble {
    let why = review.reasons.first().cloned().unwrap_or_default();
    Trouble::refused(format!(
        "The review of note {id} blocks it: {why} Whoever may override gives the reason with `/release approval {id} override \"…\"`."
    ))
}

pub fn not_reviewed_yet(id: u64) -> Trouble {
    Trouble::refused(format!(
        "Note {id} is being reviewed as it stands now; approve it when the review is there, in a moment."
    ))
}

pub fn named_no_more() -> Trouble {
    Trouble::refused("The newest review does not name that any more; nothing was counted.")
}

pub fn opinion_kept(subject: &str, relevant: bool, (yes, all): (usize, usize)) -> Message {
    let what = match subject.split_once('/') {
        Some(("incident", id)) => format!("incident {id}"),
        Some((_, rule)) => format!("rule `{rule}`"),
        None => subject.to_owned(),
    };
    let word = if relevant { "relevant" } else { "not relevant" };
    Message::text(format!(
        "Kept: {word}. Of {}, {yes} found {what} relevant; what is refused again and again sinks.",
        count(all, "opinion")
    ))
}

/// What somebody decided, told in the note's thread.
pub fn decided(note: &Note, revision: &Revision, what: Decided, level: Option<(String, &'static str)>) -> Message {
    let Some(last) = note.decisions.last() else { return Message::default() };
    let (who, id) = (&last.by.name, note.id);
    let as_ = if last.level.is_empty() { String::new() } else { format!(" as {}", last.level) };
    let sentence = match what {
        Decided::Requested => {
            let whom = level.map(|(level, because)| format!(" by {level}, because {because}")).unwrap_or_default();
            format!("{who} asks for approval of note {id}{whom}. Approve or ask for changes under the review.")
        }
        Decided::Approved => match approval(note, revision) {
            Approval::Lapsed(_, sections) => {
                format!("{who} approved note {id}{as_}; still open: {}.", some(&sections, 4))
            }
            _ => format!("{who} approved note {id}{as_}, revision {}.", revision.number),
        },
        Decided::ChangesRequested => format!("{who} asks for changes in note {id}: {}", shown(&last.text)),
        Decided::Overridden => format!("{who} overrode the review of note {id}{as_}: {}", shown(&last.text)),
    };
    Message::text(sentence)
}

pub fn reminder(note: &Note, asked: &crate::domain::review::Decision, now: chrono::DateTime<chrono::Utc>) -> Message {
    let hours = usize::try_from((now - asked.at).num_hours()).unwrap_or(0);
    Message::text(format!(
        "Note {} waits for approval; {} asked {} ago. Approve or ask for changes under the review.",
        note.id,
        asked.by.name,
        count(hours.max(1), "hour")
    ))
}

pub fn no_such_rule(name: &str, near: Option<&str>) -> Trouble {
    Trouble::refused(match near {
        Some(near) => format!("There is no rule `{name}`; did you mean `{near}`?"),
        None => format!("There is no rule `{name}`. `/release rules` lists them."),
    })
}

/// What people wrote is shown, never interpreted.
fn shown(text: &str) -> String {
    let plain = |letter: char| if "[]<>*|~".contains(letter) { '\'' } else { letter };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(plain).collect()
}

/// For a terminal.
pub fn plainly(review: &Review) -> String {
    let (met, asked) = review.standards_met();
    let mut lines = vec![format!("Review: {} · standards {met} of {asked} met", review.grade.name())];
    for finding in &review.findings {
        lines.push(format!(
            "{}: {}\n  why: {}\n  instead: {}",
            finding.grade.name(),
            finding.what,
            finding.why,
            finding.instead
        ));
    }
    for similar in &review.similar {
        lines.push(format!(
            "it happened before: {} ({}, {})\n  {}\n  {}",
            similar.title, similar.called, similar.date, similar.happened, similar.meaning
        ));
    }
    for overlap in &review.overlaps {
        lines.push(format!("meanwhile: {} · {}", overlap.title, overlap.relation));
    }
    lines.extend(review.unchecked.iter().map(|why| format!("not checked: {why}")));
    lines.join("\n")
}
