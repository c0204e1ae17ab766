//! What must a reader know before the items: the range, what breaks, what is risky, what others say?

use super::clean;
use super::tokens;
use crate::domain::digest::{Digest, Severity, Wanted};
use crate::domain::fact::FactId;
use std::cmp::Reverse;
use std::fmt::Write;

/// Part of the budget for breaking changes and, after them, risks.
const SHARE: f64 = 0.24;
/// Part of the budget for what others say; with what breaking changes and risks left of theirs.
const OUTSIDE_SHARE: f64 = 0.16;
/// Characters of one line.
const LONGEST: usize = 150;

/// Header, breaking changes and risks, and sentences on what did not fit.
#[derive(Debug)]
pub struct Head {
    pub text: String,
    pub left_out: Vec<String>,
}

pub fn head(digest: &Digest, module: Option<&str>, budget: usize) -> Head {
    let mut text = header(digest, module);
    let mut left_out = Vec::new();
    let mut room = (budget as f64 * SHARE) as usize;
    let breaking: Vec<String> =
        digest.breaking.iter().map(|breaking| line(&breaking.id.0, "", &breaking.text)).collect();
    list(&mut text, "Breaking changes", "breaking changes", breaking, &mut room, &mut left_out);
    let mut risks: Vec<_> = digest.risks.iter().collect();
    risks.sort_by_key(|risk| Reverse(risk.severity));
    let risks = risks.into_iter().map(|risk| line(&risk.id.0, severity(risk.severity), &risk.title)).collect();
    list(&mut text, "Risks", "risks", risks, &mut room, &mut left_out);
    let mut room = room + (budget as f64 * OUTSIDE_SHARE) as usize;
    let outside = &digest.outside;
    let facts = outside.checks.iter().chain(&outside.live).chain(&outside.affected);
    let facts = facts.map(|fact| line(&fact.id.0, "", &fact.text)).collect();
    list(&mut text, "Around it", "lines about checks, environments and services", facts, &mut room, &mut left_out);
    let tickets = outside.tickets.iter().map(ticket).collect();
    list(&mut text, "Tickets", "tickets by title", tickets, &mut room, &mut left_out);
    Head { text, left_out }
}

fn header(digest: &Digest, module: Option<&str>) -> String {
    let (range, seen) = (&digest.range, &digest.seen);
    let as_cited = |kind: &str| {
        let id = FactId(kind.to_owned());
        module.map_or(id.clone(), |module| id.of_module(module)).0
    };
    format!(
        "# {} {}\n{} commits, {} files (+{} -{}), {} authors. \
         Cite #N as [{}], KEY-N as [{}], a SHA as [{}], risks and breaking changes by their id.\n",
        shortened(&clean::line(module.unwrap_or(&range.repo))),
        shortened(&clean::line(&range.label())),
        seen.commits,
        seen.files_total,
        seen.added,
        seen.removed,
        digest.authors.len(),
        as_cited("pr:#N"),
        as_cited("t:KEY-N"),
        as_cited("c:SHA"),
    )
}

/// `PAY-311 Refunds twice (Done). Accepted when: …`
fn ticket(wanted: &Wanted) -> String {
    let title = shortened(&clean::line(&wanted.title));
    let accepted = wanted
        .criteria
        .first()
        .map(|criterion| format!(". Accepted when: {}", shortened(&clean::line(&criterion.text))));
    format!("{} {title} ({}){}", wanted.key, clean::line(&wanted.status), accepted.unwrap_or_default())
}

fn line(id: &str, severity: &str, text: &str) -> String {
    format!("{id}{severity} {}", shortened(&clean::line(text)))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::High => " high:",
        Severity::Medium => " medium:",
        Severity::Low => " low:",
    }
}

/// Adds those lines that fit into `room` tokens and says how many did not.
fn list(text: &mut String, title: &str, name: &str, lines: Vec<String>, room: &mut usize, left_out: &mut Vec<String>) {
    let (mut told, all) = (0, lines.len());
    for line in lines {
        let price = tokens::count(&line) + 1;
        if price > *room {
            break;
        }
        if told == 0 {
            let _ = writeln!(text, "## {title}");
        }
        let _ = writeln!(text, "{line}");
        *room -= price;
        told += 1;
    }
    if told < all {
        left_out.push(format!("{} of {all} {name}", all - told));
    }
}

/// The beginning, up to a blank.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_string(),
        Some((end, _)) => {
            let end = text[..end].rfind(' ').unwrap_or(end);
            format!("{}…", &text[..end])
        }
    }
}
