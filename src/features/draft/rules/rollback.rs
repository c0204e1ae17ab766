//! How does the service go back, in which order, and what stands in the way?

use super::phrase::{cited, count, name, told};
use super::published;
use super::story::{Story, WayBack};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// The first choice that the schema allows.
pub fn strategy(story: &Story<'_>, field: &Field) -> Option<Value> {
    let wishes: &[&str] = match (story.is_work(), story.way_back()) {
        (false, WayBack::None(_) | WayBack::Published) => &["ETC"],
        (false, WayBack::Infrastructure(_)) => &["BLUE_GREEN", "CANARY"],
        (false, WayBack::Careful(_) | WayBack::Breaking) => &["CANARY", "BLUE_GREEN", "REDEPLOY"],
        (false, WayBack::Configuration) => &["REDEPLOY_NO_BUILD", "REDEPLOY"],
        (false, WayBack::Migrations(_) | WayBack::Additions(_) | WayBack::Plain) => &["REDEPLOY"],
        (true, WayBack::None(_)) => &["RESTORE_BACKUP", "ETC"],
        (true, WayBack::Infrastructure(_)) => &["SWITCH_BACK", "REVERT_CONFIGURATION"],
        (true, _) => &["REVERT_CONFIGURATION"],
    };
    let allowed = field.schema.get("enum").and_then(Value::as_array);
    wishes
        .iter()
        .map(|wish| Value::from(*wish))
        .find(|wish| allowed.is_none_or(|allowed| allowed.contains(wish)))
        .or_else(|| field.default.clone())
}

/// Why this strategy, then numbered steps.
pub fn scenario(story: &Story<'_>, _: &Field) -> Option<Value> {
    let reason = reason(story);
    let steps = match story.way_back() {
        WayBack::None(risk) => forward(story, risk),
        WayBack::Published => published::way_back(story),
        _ => backward(story),
    };
    if let ([only], true) = (steps.as_slice(), story.is_tiny() || story.is_quiet()) {
        return super::text(only.clone());
    }
    let numbered: Vec<String> = steps.iter().enumerate().map(|(n, step)| format!("{}. {step}", n + 1)).collect();
    super::text(format!("{reason}\n\n{}", numbered.join("\n")).trim().to_owned())
}

fn reason(story: &Story<'_>) -> String {
    let from = story.from();
    match story.way_back() {
        WayBack::None(risk) if story.is_work() => {
            because(risk, "The way back is the backup, because this cannot be undone", "")
        }
        WayBack::None(risk) => {
            let more = match story.lasting().len() {
                0 | 1 => String::new(),
                n => format!(" (and {} more)", n - 1),
            };
            because(risk, &format!("Going back to {from} is not enough and may do harm"), &more)
        }
        WayBack::Migrations(risk) => {
            because(risk, &format!("{from} can be redeployed; the schema goes back after it, not before"), "")
        }
        WayBack::Additions(risk) => because(risk, &format!("{from} runs on the new schema too"), ""),
        WayBack::Infrastructure(risk) => because(
            risk,
            "Keep the old environment until the new one has proved itself, so that going back is a switch",
            "",
        ),
        WayBack::Careful(risk) => {
            because(risk, "Send a small share of traffic first, so that going back touches few", "")
        }
        WayBack::Breaking => {
            let ids: Vec<FactId> = story.digest.breaking.iter().take(3).map(|breaking| breaking.id.clone()).collect();
            format!("Send a small share of traffic first, because existing callers may break{}.", cited(&ids))
        }
        WayBack::Configuration => {
            let ids: Vec<FactId> = story.of_kind(RiskKind::Config).map(|risk| risk.id.clone()).collect();
            format!("Only configuration changes, so the previous artifact serves without a build{}.", cited(&ids))
        }
        WayBack::Published => published::reason(story),
        WayBack::Plain => String::new(),
    }
}

/// `Lead: title.`
fn because(risk: &Risk, lead: &str, tail: &str) -> String {
    told(&format!("{lead}: {}{tail}", lower(risk.title.trim_end_matches('.'))), std::slice::from_ref(&risk.id))
}

/// A risk's title inside a sentence: `Migration …` becomes `migration …`; names stay.
fn lower(title: &str) -> String {
    let first = title.split(' ').next().unwrap_or_default();
    let ordinary = first.len() > 1 && first[1..].chars().all(|letter| letter.is_ascii_lowercase());
    let mut letters = title.chars();
    match letters.next() {
        Some(letter) if ordinary => letter.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

/// Something cannot be undone: stop, keep serving, repair forward; data comes from the backup.
fn forward(story: &Story<'_>, risk: &Risk) -> Vec<String> {
    let lasting = story.lasting();
    let all: Vec<FactId> = lasting.iter().map(|risk| risk.id.clone()).collect();
    let ids = all.as_slice();
    let (from, to) = (story.from(), story.to());
    let what = match (risk.kind, lasting.len()) {
        (RiskKind::Migration, 1) => "the migration",
        (RiskKind::Migration, _) => "the first of the migrations",
        _ => "the schema change",
    };
    let mut steps =
        vec![told(&format!("Before {what} ran: stop the rollout and redeploy {from}; nothing is lost yet"), ids)];
    steps.extend(flags(story));
    steps.push(told(
        &format!("After it ran: do not redeploy {from} on the new schema; stop the rollout where it stands and decide by the signals below"),
        ids,
    ));
    steps.push(told(
        &format!("Repair forward: a fix on top of {to}, built and tested like any release; the branch for it is made from {to}"),
        ids,
    ));
    steps.push(told(
        &format!("Only if {from} must come back: first restore the backup taken before {what}; writes made since then are lost and must be replayed"),
        ids,
    ));
    steps.extend(undo(story, &[RiskKind::Config, RiskKind::Schedule, RiskKind::Infrastructure], "With it, restore"));
    steps.extend(others(story));
    steps.push(verify(story));
    steps
}

/// Everything can be undone: outside in, code before data.
fn backward(story: &Story<'_>) -> Vec<String> {
    let mut steps = flags(story);
    steps.extend(undo(story, &[RiskKind::Infrastructure, RiskKind::Permission], "Restore"));
    steps.extend(undo(story, &[RiskKind::Config], "Restore"));
    steps.push(redeploy(story));
    steps.extend(migrations(story));
    steps.extend(undo(story, &[RiskKind::Schedule], "Restore"));
    steps.extend(others(story));
    if !story.is_tiny() && !story.is_quiet() {
        steps.push(verify(story));
    }
    steps
}

fn redeploy(story: &Story<'_>) -> String {
    let from = story.from();
    let range = story.range();
    if story.is_first() {
        return told(&format!("There is no earlier version: take {} out of service", story.service()), &range);
    }
    let text = match story.way_back() {
        WayBack::Careful(_) | WayBack::Breaking => {
            format!("Take the share of traffic back to {from}; if all of it was moved, redeploy {from}")
        }
        WayBack::Infrastructure(_) => {
            format!("Switch traffic back to the environment that still runs {from}; redeploy {from} if it is gone")
        }
        WayBack::Configuration => format!("Redeploy the artifact of {from}; no build is needed"),
        _ if story.is_work() => format!("Apply the state of {from} again"),
        _ if story.is_tiny() || story.is_quiet() => {
            format!("Redeploy {from}; besides the code there is nothing to undo")
        }
        _ => format!("Redeploy {from}"),
    };
    told(&text, &range)
}

fn flags(story: &Story<'_>) -> Vec<String> {
    let flags: Vec<&Risk> = story.of_kind(RiskKind::FeatureFlag).collect();
    let ids: Vec<FactId> = flags.iter().map(|risk| risk.id.clone()).collect();
    match flags.as_slice() {
        [] => Vec::new(),
        [one] => vec![told(
            &format!("Turn the flag back first and look again; it may be enough ({})", lower(&one.title)),
            &ids,
        )],
        many => vec![told(
            &format!(
                "Turn the flags back first and look again; it may be enough ({} changed)",
                count(many.len(), "flag fact")
            ),
            &ids,
        )],
    }
}

fn migrations(story: &Story<'_>) -> Vec<String> {
    let down: Vec<&Risk> = story.of_kind(RiskKind::Migration).filter(|risk| risk.reversible != Some(false)).collect();
    let ids: Vec<FactId> = down.iter().map(|risk| risk.id.clone()).collect();
    let Some(first) = down.first() else { return Vec::new() };
    let what = match down.len() {
        1 => lower(&first.title),
        n => format!("{} and {} more", lower(&first.title), n - 1),
    };
    let to = story.to();
    let text = if down.iter().all(|risk| risk.severity == Severity::Low) {
        format!(
            "Leave the schema as it is; if the additions must go, run their down steps once no instance of {to} runs any more ({what})"
        )
    } else if down.iter().all(|risk| risk.reversible == Some(true)) {
        format!("Only when no instance of {to} runs any more: run the down steps, newest first ({what})")
    } else {
        format!(
            "Only when no instance of {to} runs any more: undo it by hand if it must go, because no down step was seen ({what})"
        )
    };
    vec![told(&text, &ids)]
}

/// `verb` is how the sentence begins.
fn undo(story: &Story<'_>, kinds: &[RiskKind], verb: &str) -> Vec<String> {
    let mut steps = Vec::new();
    for kind in kinds {
        let risks: Vec<&Risk> = story.of_kind(*kind).filter(|risk| risk.severity > Severity::Low).collect();
        let ids: Vec<FactId> = risks.iter().map(|risk| risk.id.clone()).collect();
        let what = match kind {
            RiskKind::Config => "the configuration of",
            RiskKind::Infrastructure => "the infrastructure definition of",
            RiskKind::Permission => "the permissions of",
            RiskKind::Schedule => "the schedules of",
            _ => continue,
        };
        let Some(first) = risks.first() else { continue };
        let detail = if risks.len() == 1 {
            lower(&first.title)
        } else {
            format!("{} and {} more", lower(&first.title), risks.len() - 1)
        };
        steps.push(told(&format!("{verb} {what} {} ({detail})", story.from()), &ids));
    }
    steps
}

/// What does not go back by itself: callers, lost commits, submodules.
fn others(story: &Story<'_>) -> Vec<String> {
    let mut steps = Vec::new();
    let callers: Vec<FactId> = story.digest.breaking.iter().map(|breaking| breaking.id.clone()).take(5).collect();
    if !callers.is_empty() {
        steps.push(told(
            "Tell callers that already moved to the new interface; they break when it goes away again",
            &callers,
        ));
    }
    for risk in story.of_kind(RiskKind::LostCommits) {
        let text = format!(
            "{} has commits that {} lacks; going back brings their effect back",
            name(story.from()),
            story.to()
        );
        steps.push(told(&text, std::slice::from_ref(&risk.id)));
    }
    let ids: Vec<FactId> = story.of_kind(RiskKind::Submodule).map(|risk| risk.id.clone()).collect();
    if !ids.is_empty() {
        steps.push(told("Check out submodules again: they move back with the code", &ids));
    }
    steps
}

fn verify(story: &Story<'_>) -> String {
    told("Done when error rate and latency are back where they were before the deployment", &story.range())
}
