//! What goes out, how large is it, what will people notice, and what is the risk?

use super::phrase::{brief, cited, count, counted, inner, list, short, thousands, told};
use super::story::{Story, ids};
use crate::domain::digest::{Intent, Item, Severity};
use crate::domain::draft::Field;
use serde_json::Value;

/// Two to four sentences.
pub fn summary(story: &Story<'_>, _: &Field) -> Option<Value> {
    let sentences = [Some(size(story)), breaks(story), noticed(story), risk(story)];
    super::text(sentences.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// The size of each module's change, then what matters most of all of them.
pub fn together(story: &Story<'_>) -> String {
    let material = story.material;
    let sizes = material.modules.iter().map(|read| Some(size(&Story::of_module(material, read))));
    sizes.chain([breaks(story), noticed(story), risk(story)]).flatten().collect::<Vec<_>>().join(" ")
}

/// Why the work is done: the titles of what changes, and the range.
pub fn purpose(story: &Story<'_>, _: &Field) -> Option<Value> {
    let items: Vec<&Item> = story.substantial().into_iter().chain(&story.digest.items).take(2).collect();
    let first = items.first()?;
    let mut sentences = vec![told(&first.title, &ids(first))];
    if let Some(second) = items.get(1).filter(|second| second.id != first.id) {
        sentences.push(told(&second.title, &ids(second)));
    }
    sentences.push(size(story));
    super::text(sentences.join(" "))
}

pub fn size(story: &Story<'_>) -> String {
    let digest = story.digest;
    let range = &digest.range;
    let what = if story.is_first() {
        format!("{} goes out for the first time, at {}", story.service(), story.to())
    } else {
        format!("{} goes from {} to {}", story.service(), story.from(), story.to())
    };
    let mut parts = count(range.commits, "commit");
    if digest.authors.len() > 1 {
        parts.push_str(&format!(" by {}", counted(digest.authors.len(), "person", "people")));
    }
    if !digest.pull_requests.is_empty() {
        parts.push_str(&format!(" in {}", count(digest.pull_requests.len(), "pull request")));
    }
    let seen = &digest.seen;
    let lines = match (seen.added, seen.removed) {
        (0, 0) => String::new(),
        (added, removed) => format!(" (+{} −{})", thousands(added as usize), thousands(removed as usize)),
    };
    format!("{what}: {parts}, {}{lines}{}.", count(seen.files_total, "file"), cited(&story.range()))
}

fn breaks(story: &Story<'_>) -> Option<String> {
    let announced = story.announced();
    let (all, what) = match announced.as_slice() {
        [] => (story.removed(), ("removal from the code may break", "removals from the code may break")),
        _ => (announced, ("change breaks", "changes break")),
    };
    let first = all.first()?;
    let text = inner(&short(&first.text, 160));
    let ids = std::slice::from_ref(&first.id);
    Some(match all.len() {
        1 => told(&format!("One {} existing use: {text}", what.0), ids),
        many => told(&format!("{} {} existing use, first of all: {text}", thousands(many), what.1), ids),
    })
}

fn noticed(story: &Story<'_>) -> Option<String> {
    let visible = story.visible();
    let Some(first) = visible.iter().find(|item| item.intent == Intent::Security).or(visible.first()) else {
        return quiet(story);
    };
    let text = inner(&brief(&first.title, 120));
    let second = visible.iter().find(|item| item.id != first.id);
    Some(match (visible.len(), second) {
        (1, _) | (_, None) => told(&format!("What users will notice: {text}"), &ids(first)),
        (_, Some(second)) => {
            let both = format!("What users will notice first: {text}; {}", inner(&brief(&second.title, 120)));
            told(&both, &[first.id.clone(), second.id.clone()])
        }
    })
}

/// Nothing is marked as a feature or a fix: what is it, then?
fn quiet(story: &Story<'_>) -> Option<String> {
    let substantial = story.substantial();
    if let Some(first) = substantial.first() {
        let text = format!("The largest change: {}", inner(&brief(&first.title, 120)));
        return Some(told(&text, &ids(first)));
    }
    let names = super::changes::folded_counts(&story.digest.items.iter().collect::<Vec<_>>());
    (!names.is_empty()).then(|| format!("Nothing a user would notice: {}{}.", list(&names), cited(&story.range())))
}

fn risk(story: &Story<'_>) -> Option<String> {
    if story.is_quiet() {
        return None;
    }
    let risks = story.told_risks();
    if story.is_blind() {
        let text = "The contents of the changed files could not be read, so this note cannot tell what is risky";
        return Some(told(text, &story.range()));
    }
    let Some(first) = risks.first() else {
        let lead = if breaks(story).is_some() { "Besides that, no" } else { "No" };
        let text = format!("{lead} risk worth a warning was found {}", story.where_looked());
        return (!story.is_tiny()).then(|| told(&text, &story.range()));
    };
    let high = risks.iter().filter(|risk| risk.severity == Severity::High).count();
    let lead = match high {
        0 => "The main risk".to_owned(),
        1 => "The high risk".to_owned(),
        many => format!("{} high risks, first of all", thousands(many)),
    };
    Some(told(&format!("{lead}: {}", first.title), std::slice::from_ref(&first.id)))
}
