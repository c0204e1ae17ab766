//! Is what was asked for done, as the tracker sees it?

use super::super::reading::Reading;
use super::found::{coded, count, joined, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::fact::FactId;
use crate::domain::ticket::{Stage, Ticket};

/// Medium for tickets that are not done or wait for others; low for criteria that nobody ticked.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let tickets = &reading.background.tickets;
    let open: Vec<&Ticket> =
        tickets.iter().filter(|ticket| matches!(ticket.stage, Stage::ToDo | Stage::InProgress)).collect();
    let mut found = Vec::new();
    if !open.is_empty() {
        let named: Vec<String> =
            open.iter().map(|ticket| format!("{} ({})", coded(&ticket.key), plain(&ticket.status))).collect();
        let (tickets, are) = (count(open.len(), "ticket", "tickets"), if open.len() == 1 { "is" } else { "are" });
        let title = format!("{tickets} of this change {are} not done: {}", joined(&named));
        let meaning = match open.len() {
            1 => "Its code goes out with this. Ask its assignee whether the rest may follow later, or hold it back.",
            _ => {
                "Their code goes out with this. Ask their assignees whether the rest may follow later, or hold it back."
            }
        };
        found.push(told(Severity::Medium, title, meaning, &open));
    }
    for ticket in tickets {
        let blockers: Vec<String> = ticket
            .links
            .iter()
            .filter(|link| is_needed(&link.how) && matches!(link.stage, Stage::ToDo | Stage::InProgress))
            .map(|link| coded(&link.key))
            .collect();
        if !blockers.is_empty() {
            let title =
                format!("{} waits for {}, which {} not done", coded(&ticket.key), joined(&blockers), are(&blockers));
            let meaning = "What it needs may not be there yet. Ask before this goes out.";
            found.push(told(Severity::Medium, title, meaning, &[ticket]));
        }
    }
    let unticked: Vec<&Ticket> =
        tickets.iter().filter(|ticket| ticket.stage == Stage::Done && missed(ticket) > 0).collect();
    if !unticked.is_empty() {
        let named: Vec<String> = unticked
            .iter()
            .map(|ticket| format!("{} ({} of {})", coded(&ticket.key), missed(ticket), ticket.acceptance.len()))
            .collect();
        let title = format!("Acceptance criteria are not ticked although the ticket is done: {}", joined(&named));
        let meaning = "Somebody forgot to tick them, or they are not met.";
        found.push(told(Severity::Low, title, meaning, &unticked));
    }
    found
}

fn told(severity: Severity, title: String, meaning: &str, tickets: &[&Ticket]) -> Risk {
    let facts = tickets.iter().map(|ticket| FactId::ticket(&ticket.key)).collect();
    Risk { facts, ..risk(RiskKind::Ticket, severity, title, meaning) }
}

fn missed(ticket: &Ticket) -> usize {
    ticket.acceptance.iter().filter(|criterion| criterion.met == Some(false)).count()
}

fn is_needed(how: &str) -> bool {
    let how = how.to_lowercase();
    ["blocked by", "depends on", "requires", "waits for"].iter().any(|words| how.contains(words))
}

fn are(names: &[String]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}

fn plain(text: &str) -> String {
    super::super::plain::shortened(&super::super::plain::plain(text), 40)
}
