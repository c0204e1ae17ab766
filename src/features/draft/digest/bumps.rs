//! How are many version bumps told in one line? One item per ecosystem once there are more than a few.

use super::plain;
use crate::domain::digest::{Intent, Item};
use crate::domain::fact::FactId;
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// Up to this many bumps of one ecosystem keep an item each.
const FEW: usize = 3;

/// Gathers bumps of the same ecosystem; other items pass unchanged and in order.
pub fn gathered(items: Vec<(Item, Vec<&str>)>, item_of: &mut HashMap<usize, FactId>) -> Vec<Item> {
    let mut kept = Vec::new();
    let mut bumps: BTreeMap<&'static str, Vec<Item>> = BTreeMap::new();
    for (item, paths) in items {
        if item.intent == Intent::Dependency && (is_bot(&item) || super::intent::is_bump(&item.title)) {
            bumps.entry(ecosystem(&paths, &item)).or_default().push(item);
        } else {
            kept.push(item);
        }
    }
    for (ecosystem, bumps) in bumps {
        if bumps.len() <= FEW {
            kept.extend(bumps);
            continue;
        }
        let ids: HashSet<FactId> = bumps.iter().map(|item| item.id.clone()).collect();
        let one = one(ecosystem, bumps);
        for id in item_of.values_mut().filter(|id| ids.contains(id)) {
            *id = one.id.clone();
        }
        kept.push(one);
    }
    kept
}

fn one(ecosystem: &str, bumps: Vec<Item>) -> Item {
    let count = bumps.len();
    let mut names: Vec<String> = bumps.iter().filter_map(|item| bumped(&item.title)).collect();
    let mut known = HashSet::new();
    names.retain(|name| known.insert(name.to_lowercase()));
    let mut bumps = bumps.into_iter();
    let mut one = bumps.next().expect("only called with more than `FEW` bumps");
    for item in bumps {
        one.pull_requests.extend(item.pull_requests);
        one.tickets.extend(item.tickets);
        one.commits.extend(item.commits);
        one.weight += item.weight;
        for author in item.authors {
            if !one.authors.contains(&author) {
                one.authors.push(author);
            }
        }
    }
    one.title = format!("Update {ecosystem} dependencies in {count} changes");
    one.detail = plain::shortened(&names.join(", "), 240);
    one.area = "dependencies".to_owned();
    one
}

static BUMPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:bumps?|update|upgrade|pin)\s+(?:the\s+)?(?:dependency\s+|module\s+|rust crate\s+)?(\S+)")
});

/// What follows the verb where no single dependency is named.
const OF_NO_NAME: [&str; 16] = [
    "to",
    "all",
    "ci",
    "dependencies",
    "deps",
    "the",
    "group",
    "some",
    "go",
    "rust",
    "npm",
    "packages",
    "versions",
    "non-major",
    "actions",
    "dependency",
];

fn bumped(title: &str) -> Option<String> {
    BUMPED
        .captures(title)
        .map(|found| found[1].trim_matches('`').to_owned())
        .filter(|name| name.len() > 1 && !OF_NO_NAME.contains(&name.to_lowercase().as_str()))
}

fn is_bot(item: &Item) -> bool {
    !item.authors.is_empty()
        && item.authors.iter().all(|author| {
            let name = author.name.to_lowercase();
            name.ends_with("[bot]")
                || ["dependabot", "renovate", "greenkeeper", "pyup", "snyk"].iter().any(|bot| name.contains(bot))
        })
}

fn ecosystem(paths: &[&str], item: &Item) -> &'static str {
    const NAMES: [(&str, &str); 20] = [
        ("cargo.toml", "Rust"),
        ("cargo.lock", "Rust"),
        ("go.mod", "Go"),
        ("go.sum", "Go"),
        ("package.json", "npm"),
        ("package-lock.json", "npm"),
        ("yarn.lock", "npm"),
        ("pnpm-lock.yaml", "npm"),
        ("requirements.txt", "Python"),
        ("pyproject.toml", "Python"),
        ("poetry.lock", "Python"),
        ("uv.lock", "Python"),
        ("gemfile", "Ruby"),
        ("gemfile.lock", "Ruby"),
        ("pom.xml", "JVM"),
        ("build.gradle", "JVM"),
        ("composer.json", "PHP"),
        ("dockerfile", "image"),
        ("chart.yaml", "Helm"),
        ("build.gradle.kts", "JVM"),
    ];
    let first = paths.iter().find_map(|path| {
        let lower = path.to_ascii_lowercase();
        if lower.starts_with(".github/") {
            return Some("workflow");
        }
        let name = lower.rsplit('/').next().unwrap_or("");
        NAMES.iter().find(|(file, _)| *file == name).map(|(_, ecosystem)| *ecosystem)
    });
    first.unwrap_or(if item.title.contains("github.com/") || item.title.contains("golang.org/") {
        "Go"
    } else {
        "other"
    })
}
