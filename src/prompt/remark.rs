//! In which words does a reader learn what happened to an answer?

use crate::domain::trouble::Fault;
use crate::prompt::Complaint;

/// Letters of a complaint that a reader is told; the model is told all of them.
const TOLD: usize = 160;

/// ``model `small` did not answer within 60 s``. What the server said in its own words stays in the log: it is other
/// people's text.
pub fn fault(model: &str, fault: &Fault) -> String {
    match fault {
        Fault::NotFound => format!("the model server does not have model `{model}`"),
        Fault::Unauthorized => format!("the model server did not accept the configured key for model `{model}`"),
        Fault::Rejected { status, .. } => format!("model `{model}` refused the question ({status})"),
        Fault::Malformed(_) => format!("model `{model}` answered something unreadable"),
        fault => format!("model `{model}` {fault}"),
    }
}

/// ``model `small` was not asked again within a minute, because the model server does not have model `small` ``
pub fn resting(model: &str, why: &Fault) -> String {
    format!("model `{model}` was not asked again within a minute, because {}", fault(model, why))
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

/// What was wrong with a field after its second try: `` `rollback` by model `small` is missing; rules wrote it``.
pub fn given_up(model: &str, complaint: &Complaint) -> String {
    format!("`{}` by model `{model}` {}; rules wrote it", complaint.field, told(&complaint.problem))
}

/// What was wrong when nothing was left: fields fail alike, so the first few say enough.
pub fn useless(model: &str, complaints: &[Complaint]) -> String {
    let each = complaints.iter().take(3).map(|one| match one.field.as_str() {
        "" => format!("it {}", told(&one.problem)),
        field => format!("`{field}` {}", told(&one.problem)),
    });
    format!("the answer of model `{model}` could not be used: {}", each.collect::<Vec<_>>().join("; "))
}

/// Without what is quoted after a colon: those are the model's words, perhaps on somebody's order, and were refused.
fn told(problem: &str) -> String {
    let ours = problem.split(": \"").next().unwrap_or_default();
    let short: String = ours.chars().take(TOLD).collect();
    if short.len() < ours.len() { format!("{short}…") } else { short }
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
