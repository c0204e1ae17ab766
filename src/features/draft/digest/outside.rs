//! What do others say about the change, one citable line each? Checks, tickets, what runs where, who may feel it.

use super::plain::{plain, shortened};
use crate::domain::background::Background;
use crate::domain::change::{Gap, Range};
use crate::domain::checks::{CheckRun, Checks, Coverage, Deployed, Outcome};
use crate::domain::digest::{Outside, Wanted};
use crate::domain::fact::{Fact, FactId};
use crate::domain::service::Affected;
use crate::domain::ticket::{Criterion, Ticket, Unreadable};

/// Criteria kept of one ticket.
const MOST_CRITERIA: usize = 12;
/// Names told one by one before the rest is counted.
const NAMED: usize = 6;

pub fn outside(background: &Background, range: &Range) -> Outside {
    Outside {
        checks: background.checks.as_ref().map(|checks| lines(checks, range)).unwrap_or_default(),
        tickets: background.tickets.iter().map(wanted).collect(),
        affected: background.affected.iter().map(affected).collect(),
        live: background.deployed.iter().map(live).collect(),
    }
}

/// Who did not answer, and which tickets could not be read.
pub fn gaps(background: &Background) -> Vec<Gap> {
    let mut gaps = background.gaps.clone();
    let mut reasons: Vec<(&str, Vec<&Unreadable>)> = Vec::new();
    for ticket in &background.unreadable {
        match reasons.iter_mut().find(|(why, _)| *why == ticket.why) {
            Some((_, tickets)) => tickets.push(ticket),
            None => reasons.push((&ticket.why, vec![ticket])),
        }
    }
    gaps.extend(reasons.into_iter().map(|(why, tickets)| Gap { sentence: unread(why, &tickets) }));
    gaps
}

/// ``Ticket `PAY-9` does not exist or is hidden from Slipway's account.``
fn unread(why: &str, tickets: &[&Unreadable]) -> String {
    let named: Vec<String> = tickets.iter().take(NAMED).map(|ticket| format!("`{}`", plain(&ticket.key))).collect();
    let more = tickets.len().saturating_sub(named.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let (noun, each) = if tickets.len() == 1 { ("Ticket", "") } else { ("Tickets", " (each)") };
    format!("{noun} {}{more}{each}: {}.", named.join(", "), plain(why))
}

/// What did not pass, run by run, then the counts that checks report, then how many passed.
fn lines(checks: &Checks, range: &Range) -> Vec<Fact> {
    let to = plain(&range.to.name);
    let mut texts: Vec<String> = Vec::new();
    let mut runs: Vec<&CheckRun> = checks.runs.iter().collect();
    runs.sort_by_key(|run| run.outcome);
    for run in &runs {
        let name = format!("`{}`", plain(&run.name).replace('`', "'"));
        match run.outcome {
            Outcome::Failed => texts.push(format!("{name} failed on `{to}`")),
            Outcome::Unfinished => texts.push(format!("{name} did not finish on `{to}`")),
            Outcome::Running => texts.push(format!("{name} is still running on `{to}`")),
            Outcome::Passed | Outcome::Skipped => {}
        }
        if let Some(tests) = run.tests {
            let parts = [(tests.passed, "passed"), (tests.failed, "failed"), (tests.skipped, "skipped")];
            let told: Vec<String> =
                parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
            texts.push(format!(
                "{name} ran {} tests: {}",
                tests.passed + tests.failed + tests.skipped,
                told.join(", ")
            ));
        }
        if let Some(coverage) = run.coverage {
            texts.push(format!("{name} measured {}", covered(coverage)));
        }
    }
    let passed = runs.iter().filter(|run| run.outcome == Outcome::Passed).count();
    if passed > 0 {
        let checks = if passed == 1 { "1 check".to_owned() } else { format!("{passed} checks") };
        texts.push(format!("{checks} passed on `{to}`"));
    }
    texts.into_iter().enumerate().map(|(n, text)| Fact { id: FactId::check(n + 1), text }).collect()
}

/// `81.2 % of lines covered, 0.4 points less than before`
fn covered(coverage: Coverage) -> String {
    let percent = format!("{:.1} % of lines covered", coverage.percent);
    match coverage.change {
        Some(change) if change <= -0.05 => format!("{percent}, {:.1} points less than before", -change),
        Some(change) if change >= 0.05 => format!("{percent}, {change:.1} points more than before"),
        Some(_) => format!("{percent}, as before"),
        None => percent,
    }
}

fn wanted(ticket: &Ticket) -> Wanted {
    let criterion = |criterion: &Criterion| Criterion { text: shortened(&plain(&criterion.text), 200), ..*criterion };
    Wanted {
        id: FactId::ticket(&ticket.key),
        key: plain(&ticket.key),
        title: shortened(&plain(&ticket.title), 200),
        status: plain(&ticket.status),
        stage: ticket.stage,
        criteria: ticket.acceptance.iter().take(MOST_CRITERIA).map(criterion).collect(),
    }
}

/// ``` `checkout` needs `payments` (`api`) and may feel this; `team-checkout` answers for it ```
fn affected(affected: &Affected) -> Fact {
    let through = |name: &str| if name.is_empty() { String::new() } else { format!(" (`{}`)", plain(name)) };
    let steps: Vec<String> =
        affected.path.iter().map(|step| format!("`{}`{}", plain(&step.service), through(&step.through))).collect();
    let owners: Vec<String> = affected.owners.iter().map(|owner| format!("`{}`", plain(owner))).collect();
    let owners = match owners.as_slice() {
        [] => "nobody is named as its owner".to_owned(),
        [one] => format!("{one} answers for it"),
        many => format!("{} answer for it", many.join(", ")),
    };
    let text =
        format!("`{}` needs {} and may feel this; {owners}", plain(&affected.service), steps.join(", which needs "));
    Fact { id: FactId::affected(&affected.service), text }
}

fn live(deployed: &Deployed) -> Fact {
    let environment = plain(&deployed.environment);
    let version = format!("`{}` ({})", plain(&deployed.name), deployed.sha.get(..7).unwrap_or(&deployed.sha));
    let day = deployed.at.format("%-d %B %Y, %H:%M UTC");
    let text = match deployed.state.as_str() {
        "success" | "active" => format!("`{environment}` runs {version} since {day}"),
        state => {
            format!("The last deployment to `{environment}`, {version} on {day}, is reported as `{}`", plain(state))
        }
    };
    Fact { id: FactId::environment(&environment), text }
}
