//! At least two people operate it: one acts, one watches, and one of them can be ill.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::review::Grade;
use crate::features::phrase::{count, list};
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "two-operators",
    asks: "Enough people operate it",
    why: "Whoever types cannot watch at the same time, and one person alone can be called away in the middle.",
    grade: Grade::Danger,
    read: options::<TwoOperators>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TwoOperators {
    /// How many at least.
    least: usize,
    /// People who have left; their names do not count.
    left: Vec<String>,
}

impl Default for TwoOperators {
    fn default() -> Self {
        Self { least: 2, left: Vec::new() }
    }
}

impl Check for TwoOperators {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        let named = facts.operators();
        let has_left = |name: &&&str| self.left.iter().any(|left| super::super::facts::same_person(left, name));
        let gone: Vec<&str> = named.iter().filter(has_left).copied().collect();
        let there = named.len() - gone.len();
        if there >= self.least {
            return Checked::Met;
        }
        let mut what = match there {
            0 => "Nobody is named to operate it.".to_owned(),
            n => format!(
                "Only {} operates it: {}.",
                count(n, "person").replace("persons", "people"),
                list(&remaining(&named, &gone))
            ),
        };
        if there > 1 {
            what = what.replace(" operates", " operate");
        }
        if !gone.is_empty() {
            what.push_str(&format!(" {} left the team.", list(&gone)));
        }
        let instead = match (there, self.least - there) {
            (0, 1) => "Name somebody under `Operators` who can act and is there at that time.".to_owned(),
            (_, 1) => "Name one more under `Operators` who can act and is there at that time.".to_owned(),
            (0, all) => format!("Name {all} people under `Operators` who can act and are there at that time."),
            (_, more) => format!("Name {more} more under `Operators` who can act and are there at that time."),
        };
        let found = Found::new("operators", what, instead).section("operators");
        Checked::of(vec![found.value("named", there).value("asked for", self.least)])
    }
}

fn remaining<'a>(named: &[&'a str], gone: &[&str]) -> Vec<&'a str> {
    named.iter().filter(|name| !gone.contains(name)).copied().collect()
}
