//! The work behind it is done, by what its tickets say.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::fact::FactId;
use crate::domain::review::Grade;
use crate::domain::ticket::{Stage, Ticket};
use crate::features::phrase::some;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "tickets",
    asks: "Its tickets are done",
    why: "An open ticket means that somebody still has something to do, or that nobody looked.",
    grade: Grade::Caution,
    read: options::<Tickets>,
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Tickets {
    /// Tracker's words that count as done here: `Ready for release`.
    done: Vec<String>,
}

impl Check for Tickets {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        let all: Vec<&Ticket> = facts.revision.modules.iter().flat_map(|module| &module.background.tickets).collect();
        if all.is_empty() {
            let named = facts.revision.modules.iter().any(|module| !module.background.unreadable.is_empty());
            return if named {
                Checked::Unknown("its tickets could not be read".to_owned())
            } else {
                Checked::NotAsked
            };
        }
        let counts_as_done =
            |ticket: &Ticket| self.done.iter().any(|status| status.eq_ignore_ascii_case(&ticket.status));
        let is_open =
            |ticket: &&&Ticket| matches!(ticket.stage, Stage::ToDo | Stage::InProgress) && !counts_as_done(ticket);
        let open: Vec<&&Ticket> = all.iter().filter(is_open).collect();
        if open.is_empty() {
            return Checked::Met;
        }
        let told: Vec<String> = open.iter().map(|ticket| format!("{} ({})", ticket.key, ticket.status)).collect();
        let what = format!("{} {} not done.", some(&told, 3), if open.len() == 1 { "is" } else { "are" });
        let instead = "Finish it, close it, or take it out of this release.";
        let found = Found::new("open", what, instead).value("open", open.len()).value("of", all.len());
        Checked::of(vec![found.facts(open.iter().map(|ticket| FactId::ticket(&ticket.key)))])
    }
}
