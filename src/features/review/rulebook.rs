//! What `/release rules` says: each rule, how it is set, and how often people found relevant what it said.

use super::opinion::Trust;
use super::policy::{Held, Mode};
use crate::domain::message::{Block, Message};
use crate::features::phrase::list;

pub fn rules(held: &[Held], trust: &Trust, incidents: &[(u64, (usize, usize))]) -> Message {
    let lines: Vec<String> = held
        .iter()
        .map(|held| format!("- `{}` · {} · {}{}", held.rule.id, held.rule.asks, set_to(held), precision(held, trust)))
        .collect();
    Message::default()
        .with(Block::Heading { text: "What notes are held to".to_owned() })
        .with(Block::Text { markdown: lines.join("\n") })
        .with(Block::Text { markdown: judged_incidents(incidents) })
        .with(Block::Footnote {
            markdown: "`/release rules RULE` says why. Options stand in `policy.toml`; `mode = \"dry\"` tries a rule without counting it.".to_owned(),
        })
}

/// The ones that are refused most first: they may be forgotten.
fn judged_incidents(incidents: &[(u64, (usize, usize))]) -> String {
    if incidents.is_empty() {
        return "Past incidents that reviews named: nobody judged one yet.".to_owned();
    }
    let (relevant, all) = incidents.iter().fold((0, 0), |sum, (_, (yes, all))| (sum.0 + yes, sum.1 + all));
    let mut refused: Vec<&(u64, (usize, usize))> = incidents.iter().filter(|(_, (yes, all))| yes < all).collect();
    refused.sort_by_key(|(id, (yes, all))| (std::cmp::Reverse(all - yes), *id));
    let told: Vec<String> =
        refused.iter().take(5).map(|(id, (yes, all))| format!("incident {id} in {yes} of {all}")).collect();
    let of_them = if told.is_empty() { String::new() } else { format!(" · least of all {}", list(&told)) };
    format!("Past incidents that reviews named: relevant in {relevant} of {all}{of_them}")
}

pub fn rule(held: &Held, trust: &Trust) -> Message {
    Message::default()
        .with(Block::Heading { text: held.rule.asks.to_owned() })
        .with(Block::Text { markdown: held.rule.why.to_owned() })
        .with(Block::Fields {
            fields: vec![
                ("Rule".to_owned(), format!("`{}`", held.rule.id)),
                ("Set to".to_owned(), set_to(held)),
                ("Found relevant".to_owned(), precision(held, trust).trim_start_matches(" · ").to_owned()),
            ],
        })
}

fn set_to(held: &Held) -> String {
    match held.mode {
        Mode::On => format!("on, {}", held.grade.name()),
        mode => mode.name().to_owned(),
    }
}

fn precision(held: &Held, trust: &Trust) -> String {
    match trust.rules.get(held.rule.id).copied().unwrap_or_default() {
        (_, 0) => " · nobody judged it yet".to_owned(),
        (yes, all) => {
            let sinks = if trust.sinks(held.rule.id) { ", so it weighs less" } else { "" };
            format!(" · relevant in {yes} of {all}{sinks}")
        }
    }
}
