//! What owners are told, and what a note says of their answers.

use super::services;
use crate::domain::digest::Severity;
use crate::domain::message::{Block, Button, ButtonStyle, Message, Tone};
use crate::domain::note::{Note, Revision};
use crate::domain::owner::{Answer, Owner, Question, Verdict};
use crate::domain::service::Affected;
use crate::features::draft::rules::phrase::{count, list, name};

/// Lines on what the change breaks or risks; the note has them all.
const NAMED: usize = 4;

/// The living message in an owner's channel; `outdated` is an answer to what the note no longer says.
pub fn told(
    id: u64,
    goes: &str,
    owner: &Owner,
    revision: &Revision,
    felt: &[Affected],
    outdated: Option<&Answer>,
    url: &str,
) -> Message {
    let what = match revision.modules.len() {
        0 => format!("{goes} is worked on"),
        1 => format!("{goes} goes out"),
        _ => format!("{goes} go out"),
    };
    let head = format!("**{what}, and {} may feel it.** {}", services(owner), revision.title());
    let mut lines: Vec<String> = needs(owner, felt);
    lines.extend(weighty(revision));
    let mut message = Message::text(head).with(Block::Text { markdown: lines.join("\n") });
    if let Some(answer) = outdated {
        let said = format!(
            "{} answered for `{}`; the note covers `{}` now, so please look again.",
            answer.person.name,
            answer.covered,
            revision.label()
        );
        message = message.with(Block::Callout { tone: Tone::Caution, markdown: said });
    }
    for question in &owner.questions {
        message = message.with(Block::Text { markdown: asked(question) });
    }
    let foot = format!("[Open note {id}]({url}){}", for_whom(owner));
    match &owner.answer {
        Some(answer) => message.with(verdict(answer)),
        None => message.with(Block::Buttons { buttons: buttons(id, owner) }),
    }
    .with(Block::Footnote { markdown: foot })
}

fn for_whom(owner: &Owner) -> String {
    let names: Vec<String> = owner.names.iter().map(|one| name(one)).collect();
    if names.is_empty() { String::new() } else { format!(" · for {}", list(&names)) }
}

/// ``- `web` needs `api` (`http`)``
fn needs(owner: &Owner, felt: &[Affected]) -> Vec<String> {
    let own = felt.iter().filter(|affected| owner.services.contains(&affected.service));
    own.map(|affected| format!("- {}", path(affected))).collect()
}

fn path(affected: &Affected) -> String {
    let through = |by: &str| if by.is_empty() { String::new() } else { format!(" ({})", name(by)) };
    let steps: Vec<String> =
        affected.path.iter().map(|step| format!("{}{}", name(&step.service), through(&step.through))).collect();
    format!("{} needs {}", name(&affected.service), steps.join(", which needs "))
}

/// What breaks, then high risks.
fn weighty(revision: &Revision) -> Vec<String> {
    let breaking = revision.breaking.iter().map(|breaking| format!("Breaking: {}", breaking.text));
    let high = revision.risks.iter().filter(|risk| risk.severity == Severity::High).map(|risk| risk.title.clone());
    let all: Vec<String> = breaking.chain(high).collect();
    let mut lines: Vec<String> = all.iter().take(NAMED).map(|line| format!("- {line}")).collect();
    if all.len() > NAMED {
        lines.push(format!("- and {} more in the note", all.len() - NAMED));
    }
    if all.is_empty() && !revision.modules.is_empty() {
        lines.push("- Nothing was found that breaks existing use.".to_owned());
    }
    lines
}

fn buttons(id: u64, owner: &Owner) -> Vec<Button> {
    let button = |action: &str, label: &str, style| Button {
        action: action.to_owned(),
        value: format!("{id}:{}", owner.key()),
        label: label.to_owned(),
        style,
        confirm: None,
    };
    vec![
        button("owner.acknowledge", "Acknowledge", ButtonStyle::Primary),
        button("owner.object", "Object", ButtonStyle::Danger),
        button("owner.ask", "Ask", ButtonStyle::Plain),
    ]
}

fn verdict(answer: &Answer) -> Block {
    match answer.verdict {
        Verdict::Acknowledged => {
            Block::Callout { tone: Tone::Good, markdown: format!("Acknowledged by {}.", answer.person.name) }
        }
        Verdict::Objected => Block::Callout {
            tone: Tone::Danger,
            markdown: format!("**{} objects.** {}", answer.person.name, answer.text),
        },
    }
}

fn asked(question: &Question) -> String {
    let asked = format!("**{} asks:** {}", question.person.name, question.text);
    match &question.reply {
        Some((person, text)) => format!("{asked}\n\n**{} answers:** {text}", person.name),
        None => asked,
    }
}

pub fn no_longer(id: u64, owner: &Owner) -> Message {
    Message::text(format!("Note {id} no longer touches {}; there is nothing to do here.", services(owner)))
}

/// In the note's thread.
pub fn answered(owner: &Owner, answer: &Answer) -> Message {
    let services = services(owner);
    match answer.verdict {
        Verdict::Acknowledged => Message::text(format!("{} acknowledged for {services}.", answer.person.name)),
        Verdict::Objected => Message::default().with(Block::Callout {
            tone: Tone::Danger,
            markdown: format!("**{} objects for {services}.** {}", answer.person.name, answer.text),
        }),
    }
}

/// In the note's thread, with a button to answer until somebody did.
pub fn question(id: u64, owner: &Owner, n: usize, question: &Question) -> Message {
    let text = format!("About {}: {}", services(owner), asked(question));
    let message = Message::text(text);
    if question.reply.is_some() {
        return message;
    }
    let button = Button {
        action: "owner.reply".to_owned(),
        value: format!("{id}:{n}:{}", owner.key()),
        label: "Answer".to_owned(),
        style: ButtonStyle::Primary,
        confirm: None,
    };
    message.with(Block::Buttons { buttons: vec![button] })
}

/// `1 of 2 acknowledged, 1 objects`; nothing where nobody was told.
pub fn card_field(note: &Note) -> Option<(String, String)> {
    let of = |verdict: Verdict| note.owners.iter().filter(|owner| owner.verdict() == Some(verdict)).count();
    let (acknowledged, objected) = (of(Verdict::Acknowledged), of(Verdict::Objected));
    let open =
        note.owners.iter().flat_map(|owner| &owner.questions).filter(|question| question.reply.is_none()).count();
    let mut told = format!("{acknowledged} of {} acknowledged", note.owners.len());
    if objected > 0 {
        told.push_str(&format!(", {objected} object{}", if objected == 1 { "s" } else { "" }));
    }
    if open > 0 {
        told.push_str(&format!(", {}", count(open, "open question")));
    }
    (!note.owners.is_empty()).then(|| ("Owners".to_owned(), told))
}

/// For the card: who objects, and why.
pub fn objections(note: &Note) -> Vec<Block> {
    let of = |owner: &Owner| {
        let answer = owner.answer.as_ref().filter(|answer| answer.verdict == Verdict::Objected)?;
        let markdown = format!("**{} objects for {}.** {}", answer.person.name, services(owner), answer.text);
        Some(Block::Callout { tone: Tone::Danger, markdown })
    };
    note.owners.iter().filter_map(of).collect()
}

pub fn decided(owner: &Owner) -> String {
    match &owner.answer {
        Some(answer) if answer.verdict == Verdict::Acknowledged => {
            format!("{} acknowledged for {} already.", answer.person.name, services(owner))
        }
        Some(answer) => format!("{} objected for {} already: {}", answer.person.name, services(owner), answer.text),
        None => format!("Nothing was decided for {} yet.", services(owner)),
    }
}
