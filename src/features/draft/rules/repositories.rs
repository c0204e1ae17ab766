//! Which repository, which versions, and every commit, pull request and ticket in between?

use super::story::Story;
use crate::domain::draft::Field;
use serde_json::{Value, json};

/// One entry, complete: long lists elsewhere in the note point here.
pub fn repositories(story: &Story<'_>, _: &Field) -> Option<Value> {
    let digest = story.digest;
    let mut commits: Vec<String> = Vec::new();
    for fact in &digest.facts {
        if let Some(sha) = fact.id.parts().1.strip_prefix("c:") {
            commits.push(format!("{sha} {}", fact.text.trim()));
        }
    }
    if commits.is_empty() {
        commits = digest.items.iter().flat_map(|item| &item.commits).cloned().collect();
    }
    Some(json!([{
        "repository": digest.range.repo,
        "from": story.from(),
        "to": story.to(),
        "commits": commits,
        "pull_requests": digest.pull_requests,
        "tickets": digest.tickets,
        "summary": sentence(story),
    }]))
}

/// What this repository contributes, in one sentence without citations: it stands beside its own list of commits.
fn sentence(story: &Story<'_>) -> String {
    let items = story.substantial();
    match items.as_slice() {
        [] => String::new(),
        [first, rest @ ..] => {
            let title = super::phrase::short(&first.title, 160);
            let title = title.trim_end_matches('.');
            match rest.len() {
                0 => format!("{title}."),
                n => format!("{title}, and {}.", super::phrase::count(n, "further change")),
            }
        }
    }
}
