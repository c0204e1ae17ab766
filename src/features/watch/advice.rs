//! What to do about it, module by module: back, forward only, or leave it, each with the reason and what it would undo.

use super::replay::{Replay, short};
use crate::domain::digest::Risk;
use crate::domain::note::{Note, Released, Revision};
use crate::features::phrase::count;
use std::collections::BTreeSet;

/// What begins later than this after a change may have begun with another one.
const LATE: i64 = 7_200;

/// A line for each module that is unstable now; nothing is advised about the rest, nor about what is not told yet.
pub fn advice(note: &Note, revision: &Revision, told: &Replay, calls: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let unstable: BTreeSet<&str> = told.unstable_now().collect();
    if unstable.is_empty() {
        return Vec::new();
    }
    let Some(work) = &note.work else {
        let lines = revision.modules.iter().filter(|module| unstable.contains(module.service.as_str()));
        return lines.map(|module| of_module(module, revision, told, &unstable, &calls)).collect();
    };
    let scenario = revision.text("rollback_scenario").lines().next().unwrap_or_default().to_owned();
    let way = if scenario.is_empty() {
        "The note describes no way back.".to_owned()
    } else {
        format!("The note's way back: {scenario}")
    };
    vec![format!("Stop the work \"{}\" and decide now whether it goes back. {way}", work.what)]
}

fn of_module(
    module: &Released,
    revision: &Revision,
    told: &Replay,
    unstable: &BTreeSet<&str>,
    calls: &impl Fn(&str, &str) -> bool,
) -> String {
    let name = &module.service;
    let because = told.because(name);
    // What calls a service that is worse itself may only feel it.
    let origin = told.origin().filter(|origin| *origin != name);
    if let Some(origin) = origin.filter(|origin| unstable.contains(origin) && calls(name, origin)) {
        let goes_out = revision.modules.iter().any(|other| other.service == *origin);
        return if goes_out {
            let way = if lasting(revision, origin).is_some() { "wait for" } else { "goes back with" };
            format!("`{name}`: {way} `{origin}`, which it calls and which got worse too.")
        } else {
            format!(
                "`{name}`: look at `{origin}` first, which it calls and which is no part of this note; going back may not help."
            )
        };
    }
    if let Some(risk) = lasting(revision, name) {
        return format!(
            "`{name}`: forward only, although {because}. {} A way back would not undo that.",
            sentence(&risk.title)
        );
    }
    let from = &module.range.from.name;
    let with: Vec<String> = revision
        .modules
        .iter()
        .filter(|other| other.service != *name && calls(&other.service, name))
        .map(|other| format!("`{}`", other.service))
        .collect();
    let late = told.began(name).filter(|began| *began > LATE).map(|began| {
        format!(
            "`{name}`: look first at what else changed {} after it, when this began. If nothing did, roll",
            short(began).trim_start_matches('+')
        )
    });
    let roll = late.unwrap_or_else(|| format!("`{name}`: roll"));
    let with = if with.is_empty() {
        String::new()
    } else {
        format!(" {} went out with it and needs it: take it back first.", with.join(" and "))
    };
    format!("{roll} back to `{from}`, because {because}. That undoes {}.{with}", count(module.range.commits, "commit"))
}

/// What a module does that cannot be undone.
fn lasting<'a>(revision: &'a Revision, module: &str) -> Option<&'a Risk> {
    let of_module = |risk: &&Risk| risk.id.parts().0.is_none_or(|of| of == module);
    revision.risks.iter().filter(of_module).find(|risk| risk.reversible == Some(false))
}

fn sentence(title: &str) -> String {
    let title = title.trim_end_matches('.');
    format!("{title}.")
}
