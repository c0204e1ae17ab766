//! It is small enough to be understood.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::review::Grade;
use crate::features::phrase::{count, thousands};
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "change-size",
    asks: "It is small enough to be understood",
    why: "The more goes out at once, the longer the search for the part that hurts, and the more a rollback takes with it.",
    grade: Grade::Caution,
    read: options::<ChangeSize>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ChangeSize {
    commits: usize,
    files: usize,
    /// Added and removed.
    lines: u32,
}

impl Default for ChangeSize {
    fn default() -> Self {
        Self { commits: 50, files: 200, lines: 5_000 }
    }
}

impl Check for ChangeSize {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.revision.modules.is_empty() {
            return Checked::NotAsked;
        }
        let seen = &facts.revision.seen;
        let lines = seen.added + seen.removed;
        let mut over = Vec::new();
        if seen.commits > self.commits {
            over.push(format!("{} (at most {})", count(seen.commits, "commit"), thousands(self.commits)));
        }
        if seen.files_total > self.files {
            over.push(format!("{} (at most {})", count(seen.files_total, "file"), thousands(self.files)));
        }
        if lines > self.lines {
            over.push(format!(
                "{} (at most {})",
                count(lines as usize, "changed line"),
                thousands(self.lines as usize)
            ));
        }
        if over.is_empty() {
            return Checked::Met;
        }
        let what = format!("It has {}.", crate::features::phrase::list(&over));
        let instead =
            "Release a part of it first; what only prepares (flags, columns that nothing reads) can go ahead.";
        let found = Found::new("size", what, instead).value("commits", seen.commits).value("files", seen.files_total);
        Checked::of(vec![found.value("lines", lines)])
    }
}
