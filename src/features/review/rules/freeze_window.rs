//! Nothing goes out while the calendar is frozen.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::calendar::EntryKind;
use crate::domain::review::Grade;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "freeze-window",
    asks: "No freeze holds at that time",
    why: "A freeze is there because a failure then costs more, or fewer people can mend it.",
    grade: Grade::Block,
    read: options::<FreezeWindow>,
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FreezeWindow {}

impl Check for FreezeWindow {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.planned().is_none() {
            return Checked::no_time(facts);
        }
        let services = facts.services();
        let holds = facts.meanwhile(&[EntryKind::Freeze]).into_iter();
        let holds =
            holds.filter(|entry| entry.services.is_empty() || services.iter().any(|name| entry.holds_for(name)));
        let found = holds.map(|entry| {
            let what = format!("The freeze \"{}\" holds {}.", entry.title, facts.span(entry));
            let slot = if facts.note.id == 0 { String::new() } else { format!(": `/release slot {}`", facts.note.id) };
            let instead = format!(
                "Plan it after {}{slot}. If it cannot wait, whoever may override says why.",
                facts.moment(entry.until)
            );
            Found::new(format!("{}@{}", entry.title, entry.from.timestamp()), what, instead)
                .value("freeze", facts.span(entry))
        });
        Checked::of(found.collect())
    }
}
