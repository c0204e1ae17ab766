//! In which words does a reader learn what happened to an answer?

use crate::domain::trouble::Fault;
use crate::prompt::Complaint;

/// ``model `small` did not answer within 60 s``
pub fn fault(model: &str, fault: &Fault) -> String {
    format!("model `{model}` {fault}")
}

/// ``model `small` did not accept the configured key a moment ago and was not asked``
pub fn resting(model: &str, why: &str) -> String {
    format!("model `{model}` {why} a moment ago and was not asked")
}

pub fn exhausted(cap: u64) -> String {
    format!("the daily limit of {cap} tokens is used up")
}

/// ``model `small` did not answer within 60 s; model `large` wrote `body` ``
pub fn replaced(troubles: &[String], writer: &str, what: &str) -> String {
    format!("{}; {writer} wrote `{what}`", troubles.join("; "))
}

pub fn model(name: &str) -> String {
    format!("model `{name}`")
}

/// What was wrong with a field after its second try: ``the `rollback` of model `small` is longer than 1000 characters; rules wrote it``.
pub fn given_up(model: &str, complaint: &Complaint) -> String {
    if complaint.field.is_empty() {
        format!("the answer of model `{model}` {}; rules wrote it", complaint.problem)
    } else {
        format!("`{}` by model `{model}` {}; rules wrote it", complaint.field, complaint.problem)
    }
}

pub fn cut(model: &str, tokens: u32) -> String {
    format!("the answer of model `{model}` was cut off at {tokens} tokens")
}

pub fn garbage(model: &str) -> String {
    format!("the answer of model `{model}` was not the JSON object that was asked for")
}

pub fn cleaned(model: &str, count: usize) -> String {
    let things = if count == 1 { "link, image, tag or mention was" } else { "links, images, tags or mentions were" };
    format!("{count} {things} taken out of what model `{model}` wrote")
}
