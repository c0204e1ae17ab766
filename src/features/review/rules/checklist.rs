//! The checklist is there, and complete for the type of work.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::review::Grade;
use crate::features::phrase::count;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "checklist",
    asks: "The checklist is complete",
    why: "What everybody knows is what gets forgotten at night; a list is read, memory is not.",
    grade: Grade::Caution,
    read: options::<Checklist>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Checklist {
    /// Lines before and after, at least.
    least_before: usize,
    least_after: usize,
    /// Words of which one line has to have all, whatever is released: `tell support`.
    always: Vec<String>,
}

impl Default for Checklist {
    fn default() -> Self {
        Self { least_before: 1, least_after: 1, always: Vec::new() }
    }
}

impl Check for Checklist {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        let mut found = Vec::new();
        let mut lines = Vec::new();
        for (key, when, least) in [("before", "before", self.least_before), ("after", "after", self.least_after)] {
            let own = facts.list(key);
            if own.len() < least {
                let what = format!("The checklist {when} it has {}; {least} is the least.", count(own.len(), "line"));
                let instead = format!("Write down what has to be true {when} it, one line each.");
                found.push(
                    Found::new(when, what, instead).section(key).value("lines", own.len()).value("asked for", least),
                );
            }
            lines.extend(own);
        }
        for asked in facts.asked_lines.iter().chain(&self.always) {
            if !lines.iter().any(|line| has_words(line, asked)) {
                let what = format!("The checklist lacks: {asked}.");
                let instead = "Add the line, or say in the note why it does not apply.".to_owned();
                found.push(Found::new(asked.clone(), what, instead).section("before"));
            }
        }
        Checked::of(found)
    }
}

/// Most of the asked words, so that people may word it their way.
fn has_words(line: &str, asked: &str) -> bool {
    let words = |text: &str| crate::retrieval::terms::terms(text);
    let (line, asked) = (words(line), words(asked));
    let shared = asked.iter().filter(|word| line.contains(word)).count();
    !asked.is_empty() && shared * 10 >= asked.len() * 6
}
