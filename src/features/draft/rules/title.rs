//! What is the one line above the note?

use super::phrase::{brief, cited, count, inner, short, tame};
use super::story::{Story, ids};
use crate::domain::digest::{Intent, Item};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// `payments v2.4.0: idempotent refunds; split ledger`, within the schema's limit.
pub fn title(story: &Story<'_>, field: &Field) -> Option<Value> {
    let most = field
        .schema
        .get("maxLength")
        .and_then(Value::as_u64)
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(100);
    let head = head(story);
    let room = most.saturating_sub(head.chars().count() + 2);
    let (what, ids) = what(story, room);
    let line = if what.is_empty() { head } else { format!("{head}: {what}") };
    super::text(format!("{}{}", one_line(&short(&line, most)), cited(&ids)))
}

/// Service and version; the service is not said twice when the tag names it.
pub fn head(story: &Story<'_>) -> String {
    let service = &story.name();
    let to = story.to();
    if story.is_several() {
        return to.to_owned();
    }
    if to.to_lowercase().contains(&service.to_lowercase()) { to.to_owned() } else { format!("{service} {to}") }
}

/// A title is one line and one sentence, whatever stood in the subject.
fn one_line(text: &str) -> String {
    tame(text).replace(". ", ", ").trim_end_matches('.').to_owned()
}

fn what(story: &Story<'_>, room: usize) -> (String, Vec<FactId>) {
    let candidates = candidates(story);
    let Some((first, id)) = candidates.first() else { return otherwise(story) };
    if let Some((second, other)) = candidates.get(1) {
        let half = room.saturating_sub(2) / 2;
        let first = brief(first, room.saturating_sub(second.chars().count() + 2).max(half));
        let second = brief(second, room.saturating_sub(first.chars().count() + 2));
        if second.chars().count() >= 16 || !second.ends_with('…') {
            return (format!("{first}; {second}"), vec![id.clone(), other.clone()]);
        }
    }
    (brief(first, room), vec![id.clone()])
}

/// What matters most, first: what its authors call breaking, then security, then what users notice in the digest's order,
/// then anything worth naming.
fn candidates(story: &Story<'_>) -> Vec<(String, FactId)> {
    let mut found: Vec<(String, FactId)> = Vec::new();
    let breaking = story.marked().into_iter().map(|breaking| (inner(&breaking.text), breaking.id.clone()));
    let mut items: Vec<&Item> = story.digest.items.iter().filter(|item| !super::story::folded(item.intent)).collect();
    items.sort_by_key(|item| std::cmp::Reverse(rank(item.intent)));
    let items = items.into_iter().map(|item| (inner(&item.title), ids(item).remove(0)));
    for (text, id) in breaking.take(1).chain(items) {
        let said = found.iter().any(|(other, _)| alike(other, &text));
        if !said && text.chars().count() >= 4 {
            found.push((text, id));
        }
        if found.len() == 2 {
            break;
        }
    }
    found
}

fn rank(intent: Intent) -> u8 {
    match intent {
        Intent::Security => 3,
        _ if intent.user_visible() => 2,
        _ => 1,
    }
}

/// Do two lines say the same in nearly the same words?
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    a.contains(&b) || b.contains(&a) || strsim::normalized_levenshtein(&a, &b) > 0.8
}

fn otherwise(story: &Story<'_>) -> (String, Vec<FactId>) {
    let items = &story.digest.items;
    let only = |intent: Intent| !items.is_empty() && items.iter().all(|item| item.intent == intent);
    let what = if only(Intent::Dependency) {
        "dependency updates".to_owned()
    } else if only(Intent::Documentation) {
        "documentation only".to_owned()
    } else if only(Intent::Tests) {
        "tests only".to_owned()
    } else {
        items.first().map_or_else(|| count(story.digest.range.commits, "commit"), |item| inner(&item.title))
    };
    (what, story.range())
}
