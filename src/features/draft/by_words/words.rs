//! What an edit by words looks like: its difference with two buttons, and then what became of it.

use super::patch::difference;
use crate::domain::message::{Block, Button, ButtonStyle, Message};
use crate::domain::note::Revision;
use crate::domain::proposal::{Fate, Patch, Proposal};
use crate::domain::trouble::Trouble;
use crate::features::phrase::plain;
use crate::features::texts::{self as text, Text};

pub fn open(proposal: &Proposal) -> Message {
    let head = text::EDIT_HEAD.of(proposal.language, &[("id", &proposal.note), ("name", &plain(&proposal.by.name))]);
    asking(proposal, head)
}

pub fn again(proposal: &Proposal, others: &str) -> Message {
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("id", &proposal.note), ("name", &plain(&proposal.by.name)), ("others", &plain(others))];
    asking(proposal, text::EDIT_AGAIN.of(proposal.language, &values))
}

fn asking(proposal: &Proposal, head: String) -> Message {
    let button = |action: &str, label: Text, style| Button {
        action: action.to_owned(),
        value: format!("{}:{}", proposal.note, proposal.number),
        label: label.plain(proposal.language),
        style,
        confirm: None,
    };
    let mut message = Message::text(head);
    message.blocks.extend(shown(proposal));
    message
        .with(Block::Buttons {
            buttons: vec![
                button("edit.apply", text::BUTTON_APPLY, ButtonStyle::Primary),
                button("edit.discard", text::BUTTON_DISCARD, ButtonStyle::Plain),
            ],
        })
        .with(Block::Footnote { markdown: text::EDIT_BY_RULES.plain(proposal.language) })
}

fn shown(proposal: &Proposal) -> Vec<Block> {
    match &proposal.patch {
        Patch::Sections(changes) => changes
            .iter()
            .flat_map(|changed| {
                let text = difference(&changed.before, &changed.after);
                [
                    Block::Text { markdown: format!("**{}**", plain(&changed.title)) },
                    Block::Code { language: "diff".to_owned(), text },
                ]
            })
            .collect(),
        Patch::Time { before, after } => {
            let before =
                before.as_ref().map_or_else(|| text::EDIT_NO_TIME.plain(proposal.language), |planned| planned.told());
            let values: [(&str, &dyn std::fmt::Display); 2] = [("after", &after.told()), ("before", &before)];
            vec![Block::Text { markdown: text::EDIT_TIME.of(proposal.language, &values).replace('\n', "  \n") }]
        }
    }
}

/// What became of it; what was applied can be undone.
pub fn settled(proposal: &Proposal) -> Message {
    let (text, by) = match &proposal.fate {
        Fate::Open => return open(proposal),
        Fate::Applied(by) => (text::EDIT_APPLIED, by),
        Fate::Discarded(by) => (text::EDIT_DISCARDED, by),
        Fate::Undone(by) => (text::EDIT_UNDONE, by),
    };
    let asked: String = plain(&proposal.asked).chars().take(200).collect();
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("name", &plain(&by.name)), ("by", &plain(&proposal.by.name)), ("asked", &asked)];
    let message = Message::text(text.of(proposal.language, &values));
    if !matches!(proposal.fate, Fate::Applied(_)) {
        return message;
    }
    message.with(Block::Buttons {
        buttons: vec![Button {
            action: "edit.undo".to_owned(),
            value: format!("{}:{}", proposal.note, proposal.number),
            label: text::BUTTON_UNDO.plain(proposal.language),
            style: ButtonStyle::Plain,
            confirm: None,
        }],
    })
}

/// For whoever presses what somebody else has decided.
pub fn over(proposal: &Proposal, fate: &Fate) -> Trouble {
    let (text, by) = match fate {
        Fate::Applied(by) => (text::FATE_APPLIED, by),
        Fate::Discarded(by) => (text::FATE_DISCARDED, by),
        Fate::Undone(by) => (text::FATE_UNDONE, by),
        Fate::Open => (text::EDIT_NO_TIME, &proposal.by),
    };
    let fate = text.of(proposal.language, &[("name", &plain(&by.name))]);
    Trouble::refused(text::EDIT_OVER.of(proposal.language, &[("fate", &fate)]))
}

pub fn cannot_undo(proposal: &Proposal, now: &Revision) -> Trouble {
    let moved = match &proposal.patch {
        Patch::Time { .. } => "Planned".to_owned(),
        Patch::Sections(changes) => changes
            .iter()
            .find(|changed| now.section(&changed.section).is_none_or(|section| section.value != changed.after))
            .map(|changed| changed.title.clone())
            .unwrap_or_default(),
    };
    Trouble::refused(text::EDIT_CANNOT_UNDO.of(proposal.language, &[("section", &plain(&moved))]))
}
