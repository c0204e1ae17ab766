//! Which part of the system does a file belong to, in a word people would recognise?

use super::plain;
use super::reading::Reading;
use crate::domain::digest::Area;
use std::collections::BTreeMap;

/// More areas than this no longer help a reader; the smallest become `other`.
const MOST: usize = 24;

/// Folders that say how code is laid out, not what it does.
const GENERIC: [&str; 38] = [
    "src",
    "lib",
    "libs",
    "app",
    "apps",
    "packages",
    "pkg",
    "internal",
    "cmd",
    "crates",
    "services",
    "modules",
    "components",
    "main",
    "java",
    "kotlin",
    "scala",
    "resources",
    "com",
    "org",
    "io",
    "net",
    "dev",
    "source",
    "sources",
    "projects",
    "go",
    "python",
    "rust",
    "cpp",
    "server",
    "backend",
    "engine",
    "core",
    "js",
    "ts",
    "javascript",
    "api",
];

/// Files by area with their languages and counts, largest first; noise counts for nothing.
pub fn areas(reading: &Reading) -> Vec<Area> {
    let mut areas: BTreeMap<String, Area> = BTreeMap::new();
    for file in &reading.files {
        let name = area_of(file.path, &reading.changes.range.repo);
        let area = areas.entry(name.clone()).or_insert_with(|| empty(name));
        area.files.push(plain::path(file.path));
        if file.noise.is_none() {
            area.added += file.change.added;
            area.removed += file.change.removed;
            let language = file.language.name;
            if !language.is_empty() && !area.languages.iter().any(|known| known == language) {
                area.languages.push(language.to_owned());
            }
        }
    }
    let mut areas: Vec<Area> = areas.into_values().collect();
    areas.sort_by(|left, right| size(right).cmp(&size(left)).then_with(|| left.name.cmp(&right.name)));
    fold_small(&mut areas);
    areas
}

fn empty(name: String) -> Area {
    Area { name, files: Vec::new(), languages: Vec::new(), added: 0, removed: 0 }
}

fn size(area: &Area) -> u32 {
    area.added + area.removed
}

fn fold_small(areas: &mut Vec<Area>) {
    if areas.len() <= MOST {
        return;
    }
    let mut other = empty("other".to_owned());
    for area in areas.split_off(MOST - 1) {
        other.files.extend(area.files);
        other.added += area.added;
        other.removed += area.removed;
        for language in area.languages {
            if !other.languages.contains(&language) {
                other.languages.push(language);
            }
        }
    }
    areas.push(other);
}

/// The area of a path: `ci`, `docs`, `tests`, `charts`, or the first folder that is not mere layout. Files at the top
/// belong to the repository itself.
pub fn area_of(path: &str, repo: &str) -> String {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let first = folders.split('/').next().unwrap_or("");
    if matches!(first, ".github" | ".circleci" | ".buildkite" | ".gitlab" | ".azure")
        || matches!(name, ".gitlab-ci.yml" | "jenkinsfile" | ".travis.yml")
    {
        return "ci".to_owned();
    }
    if matches!(first, "docs" | "doc" | "documentation" | "website") || folders.is_empty() && name.ends_with(".md") {
        return "docs".to_owned();
    }
    if super::noise::is_lock(name) {
        return "dependencies".to_owned();
    }
    let meaningful = |folder: &&str| !folder.is_empty() && !GENERIC.contains(folder) && !folder.starts_with('.');
    let mut parts = folders.split('/').filter(meaningful);
    match parts.next() {
        Some(part) => plain::plain(part),
        None => by_stem(folders, name, repo),
    }
}

/// A file that lies in layout folders only: `src/billing.rs` is `billing`, `crates/core/main.rs` is `core`.
fn by_stem(folders: &str, name: &str, repo: &str) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let entry =
        matches!(stem, "" | "main" | "lib" | "mod" | "index" | "app" | "__init__" | "build" | "cargo" | "package");
    let folder = folders.rsplit('/').find(|folder| !matches!(*folder, "" | "src" | "lib" | "main" | "source"));
    match folder {
        _ if folders.is_empty() => plain::plain(repo),
        Some(folder) => plain::plain(folder.trim_start_matches('.')),
        None if entry => plain::plain(repo),
        None => plain::plain(stem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_belong_where_people_would_look() {
        for (path, area) in [
            ("src/billing/refund.py", "billing"),
            ("crates/printer/src/standard.rs", "printer"),
            ("crates/core/search.rs", "core"),
            ("src/pay.rs", "pay"),
            ("src/main.rs", "shop"),
            ("Makefile", "shop"),
            ("README.md", "docs"),
            (".github/workflows/ci.yml", "ci"),
            ("src/main/java/com/acme/billing/Invoice.java", "acme"),
            ("Cargo.lock", "dependencies"),
            ("charts/pay/values.yaml", "charts"),
        ] {
            assert_eq!(area_of(path, "shop"), area, "{path}");
        }
    }
}
