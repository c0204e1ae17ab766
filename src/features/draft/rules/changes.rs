//! What changed, for people: breaking first, then what users notice, the rest folded into one line?

use super::phrase::{cited, count, entry, inner, list, name, short, tame, thousands};
use super::story::{Story, folded, ids};
use crate::domain::digest::{Intent, Item};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// Headings in order, and how many entries each shows before the rest is counted.
const HEADINGS: [(&str, Intent, usize); 7] = [
    ("Security", Intent::Security, 20),
    ("Features", Intent::Feature, 20),
    ("Fixes", Intent::Fix, 20),
    ("Performance", Intent::Performance, 10),
    ("Deprecations", Intent::Deprecation, 10),
    ("Reverts", Intent::Revert, 5),
    ("Other changes", Intent::Other, 8),
];

/// Dependency updates named in the line that counts them.
const NAMED: usize = 4;
/// Changed lines from which a refactoring deserves a line of its own.
const HEAVY: u32 = 300;

/// Markdown under bold headings; a list without headings when there is little to say.
pub fn changes(story: &Story<'_>, _: &Field) -> Option<Value> {
    let items = &story.digest.items;
    let folded: Vec<&Item> = items.iter().filter(|item| folded(item.intent)).collect();
    if items.len() <= 3 && story.digest.breaking.is_empty() {
        let lines: Vec<String> = items.iter().map(|item| format!("- {}", line(item, true))).collect();
        return super::text(lines.join("\n"));
    }
    let mut parts: Vec<String> = breaking(story).into_iter().collect();
    for (heading, intent, shown) in HEADINGS {
        let under: Vec<&Item> =
            items.iter().filter(|item| item.intent == intent && !told_as_breaking(story, item)).collect();
        if !under.is_empty() {
            parts.push(format!("**{heading}**\n\n{}", lines(story, &under, shown)));
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

/// Does the item stand among the breaking changes already?
fn told_as_breaking(story: &Story<'_>, item: &Item) -> bool {
    let own: Vec<FactId> =
        item.commits.iter().map(|sha| story.fact(FactId::commit(sha))).chain([item.id.clone()]).collect();
    story
        .digest
        .breaking
        .iter()
        .any(|breaking| breaking.text.contains(&item.title) && breaking.facts.iter().any(|fact| own.contains(fact)))
}

fn lines(story: &Story<'_>, items: &[&Item], most: usize) -> String {
    let items = distinct(items);
    let shown = by_area(&items[..items.len().min(most)]);
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
        let place = if areas.is_empty() { String::new() } else { format!(" in {}", places(&areas)) };
        lines.push(format!(
            "- and {} more{place}, listed under Repositories{}",
            thousands(rest.len()),
            cited(&story.range())
        ));
    }
    lines.join("\n")
}

/// Items of the same title (`Merge dev into main`) are told once; they stand under Repositories one by one.
fn distinct<'a>(items: &[&'a Item]) -> Vec<&'a Item> {
    let mut titles = std::collections::HashSet::new();
    items.iter().copied().filter(|item| titles.insert(item.title.as_str())).collect()
}

/// ``a`, `b`, `c` and 7 other areas``
fn places(areas: &[String]) -> String {
    match areas.len() {
        0..=4 => list(areas),
        n => format!("{} and {} other areas", areas[..3].join(", "), n - 3),
    }
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
    let numbers = item.pull_requests.iter().take(3).map(|number| format!("#{number}"));
    let tickets = item.tickets.iter().filter(|key| !is_own_number(key, item)).take(3).map(|key| issue(key));
    let keys: Vec<String> = numbers.chain(tickets).collect();
    let keys = if keys.is_empty() { String::new() } else { format!(" ({})", keys.join(", ")) };
    entry(&format!("{title}{keys}"), &ids(item))
}

/// `PAY-311` speaks for itself; `#12` might be taken for a pull request.
fn issue(key: &str) -> String {
    if key.starts_with('#') { format!("issue {key}") } else { key.to_owned() }
}

fn is_own_number(key: &str, item: &Item) -> bool {
    key.strip_prefix('#').is_some_and(|key| item.pull_requests.iter().any(|number| number.to_string() == key))
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
    let mut lines = vec![format!("- {}{}", list(&counts), cited(&story.range()))];
    lines.extend(bumps(items));
    let heavy = items.iter().filter(|item| item.intent == Intent::Refactor && item.weight >= HEAVY).take(2);
    lines.extend(heavy.map(|item| format!("- {}", line(item, true))));
    Some(format!("**Behind the scenes**\n\n{}", lines.join("\n")))
}

/// The first dependency updates by name, in one line.
fn bumps(items: &[&Item]) -> Option<String> {
    let bumps: Vec<&&Item> = items.iter().filter(|item| item.intent == Intent::Dependency).collect();
    if bumps.is_empty() {
        return None;
    }
    let mut named: Vec<String> = bumps.iter().take(NAMED).map(|item| inner(&short(&item.title, 90))).collect();
    if bumps.len() > NAMED {
        named.push(format!("{} more", thousands(bumps.len() - NAMED)));
    }
    let cites: Vec<FactId> = bumps.iter().take(NAMED).flat_map(|item| ids(item)).collect();
    Some(format!("- Dependencies: {}", entry(&named.join("; "), &cites)))
}
