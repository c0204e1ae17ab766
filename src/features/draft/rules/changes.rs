//! What changed, for people: breaking first, then what users notice, the rest folded into one line?

use super::phrase::{cited, count, entry, list, name, short, some, tame, thousands};
use super::story::{Story, folded, ids};
use crate::domain::digest::{Intent, Item};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// How many entries a heading shows before the rest is counted.
const SHOWN: usize = 12;

const HEADINGS: [(&str, &[Intent]); 7] = [
    ("Security", &[Intent::Security]),
    ("Features", &[Intent::Feature]),
    ("Fixes", &[Intent::Fix]),
    ("Performance", &[Intent::Performance]),
    ("Deprecations", &[Intent::Deprecation]),
    ("Reverts", &[Intent::Revert]),
    ("Other changes", &[Intent::Other]),
];

/// Markdown under bold headings; a list without headings when there is little to say.
pub fn changes(story: &Story<'_>, _: &Field) -> Option<Value> {
    let items = &story.digest.items;
    let folded: Vec<&Item> = items.iter().filter(|item| folded(item.intent)).collect();
    if items.len() <= 3 && story.digest.breaking.is_empty() {
        let lines: Vec<String> = items.iter().map(|item| format!("- {}", line(item, true))).collect();
        return super::text(lines.join("\n"));
    }
    let mut parts: Vec<String> = breaking(story).into_iter().collect();
    for (heading, intents) in HEADINGS {
        let under: Vec<&Item> = items.iter().filter(|item| intents.contains(&item.intent)).collect();
        if !under.is_empty() {
            parts.push(format!("**{heading}**\n\n{}", lines(story, &under)));
        }
    }
    parts.extend(behind(story, &folded));
    super::text(parts.join("\n\n"))
}

/// `14 dependency updates`, `3 documentation changes`, … in this order, only what there is.
pub fn folded_counts(items: &[&Item]) -> Vec<String> {
    const NAMES: [(Intent, &str); 6] = [
        (Intent::Refactor, "refactoring"),
        (Intent::Dependency, "dependency update"),
        (Intent::Build, "build and CI change"),
        (Intent::Documentation, "documentation change"),
        (Intent::Tests, "test change"),
        (Intent::Chore, "chore"),
    ];
    NAMES
        .iter()
        .filter_map(|(intent, one)| {
            let n = items.iter().filter(|item| item.intent == *intent).map(|item| weight(item)).sum();
            (n > 0).then(|| count(n, one))
        })
        .collect()
}

/// A folded item stands for as many changes as it has pull requests or commits, whichever tells more truly.
fn weight(item: &Item) -> usize {
    if item.intent == Intent::Dependency { item.pull_requests.len().max(1) } else { 1 }
}

fn breaking(story: &Story<'_>) -> Option<String> {
    let breaking = &story.digest.breaking;
    let lines: Vec<String> = breaking
        .iter()
        .map(|breaking| {
            let cites: Vec<FactId> =
                std::iter::once(breaking.id.clone()).chain(breaking.facts.iter().take(1).cloned()).collect();
            let text = tame(&short(breaking.text.trim_end_matches('.'), 400));
            format!("- {}", entry(&format!("{text} ({})", breaking.how), &cites))
        })
        .collect();
    (!lines.is_empty()).then(|| format!("**Breaking changes**\n\n{}", lines.join("\n")))
}

fn lines(story: &Story<'_>, items: &[&Item]) -> String {
    let shown = by_area(&items[..items.len().min(SHOWN)]);
    let several = shown.iter().any(|item| item.area != shown[0].area);
    let mut lines: Vec<String> = shown.iter().map(|item| format!("- {}", line(item, several))).collect();
    let rest = &items[shown.len()..];
    if !rest.is_empty() {
        let mut areas: Vec<String> = Vec::new();
        for item in rest.iter().filter(|item| !item.area.is_empty()) {
            let area = name(&item.area);
            if !areas.contains(&area) {
                areas.push(area);
            }
        }
        let place = if areas.is_empty() { String::new() } else { format!(" in {}", some(&areas, 4)) };
        lines.push(format!(
            "- and {} more{place}, listed under Repositories{}",
            thousands(rest.len()),
            cited(&story.range())
        ));
    }
    lines.join("\n")
}

/// Items of one area stand together; areas come in the order of their heaviest item.
fn by_area<'a>(items: &[&'a Item]) -> Vec<&'a Item> {
    let mut areas: Vec<&str> = Vec::new();
    for item in items {
        if !areas.contains(&item.area.as_str()) {
            areas.push(&item.area);
        }
    }
    areas.iter().flat_map(|area| items.iter().copied().filter(move |item| item.area == *area)).collect()
}

fn line(item: &Item, with_area: bool) -> String {
    let title = short(item.title.trim_end_matches('.'), 160);
    let title = if with_area && !item.area.is_empty() && !says(&title, &item.area) {
        format!("{}: {title}", item.area)
    } else {
        title
    };
    let tickets = if item.tickets.is_empty() { String::new() } else { format!(" ({})", some(&item.tickets, 3)) };
    entry(&format!("{title}{tickets}"), &ids(item))
}

/// Does the title name its area already?
fn says(title: &str, area: &str) -> bool {
    title.to_lowercase().contains(&area.to_lowercase())
}

/// The line for what runs behind the scenes.
fn behind(story: &Story<'_>, items: &[&Item]) -> Option<String> {
    let counts = folded_counts(items);
    if counts.is_empty() {
        return None;
    }
    if let [only] = items {
        return Some(format!("**Behind the scenes**\n\n- {}", line(only, true)));
    }
    let notable = items.iter().filter(|item| matches!(item.intent, Intent::Refactor | Intent::Build)).take(3);
    let mut lines = vec![format!("- {}{}", list(&counts), cited(&story.range()))];
    lines.extend(notable.map(|item| format!("- {}", line(item, true))));
    Some(format!("**Behind the scenes**\n\n{}", lines.join("\n")))
}
