//! What is not in the context, said in lines?

use super::choose::Step;
use super::entries::Entry;
use crate::domain::digest::{Digest, Noise, NoiseKind};
use std::collections::HashSet;

/// Lines for people: items without their title, ids not told, noise that was not read, gaps.
pub fn left_out(digest: &Digest, entries: &[Entry], steps: &[Step]) -> Vec<String> {
    let mut lines: Vec<String> = items(entries, steps).into_iter().collect();
    lines.extend(ids(entries, steps));
    lines.extend(digest.noise.iter().map(noise));
    let unread = digest.seen.files_by_name.saturating_sub(digest.noise.iter().map(|noise| noise.paths.len()).sum());
    if unread > 0 {
        lines.push(format!("{} known by name and size only", counted(unread, "more file")));
    }
    lines.extend(digest.gaps.iter().map(|gap| super::clean::line(&gap.sentence)));
    lines
}

fn items(entries: &[Entry], steps: &[Step]) -> Option<String> {
    let titled = steps.iter().filter(|step| matches!(step, Step::Title(_))).count();
    let all = entries.iter().filter(|entry| !entry.title.is_empty()).count();
    (titled < all)
        .then(|| format!("{} of {all} by their ids and a few words only, or not at all", counted(all - titled, "item")))
}

fn ids(entries: &[Entry], steps: &[Step]) -> Option<String> {
    let told = steps.iter().filter_map(|step| match step {
        Step::Id(at, id) => Some(entries[*at].ids[*id].text.as_str()),
        _ => None,
    });
    let told: HashSet<&str> = told.collect();
    let mut missing: Vec<&str> = Vec::new();
    for id in entries.iter().flat_map(|entry| &entry.ids).map(|id| id.text.as_str()) {
        if !told.contains(id) && !missing.contains(&id) {
            missing.push(id);
        }
    }
    let some = missing.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more = if missing.len() > 5 { ", …" } else { "" };
    (!missing.is_empty()).then(|| format!("{}: {some}{more}", counted(missing.len(), "id")))
}

/// `noise: Cargo.lock (lock file, 900 lines)`
fn noise(noise: &Noise) -> String {
    let mut names = noise.paths.iter().take(2).map(|path| super::clean::line(path)).collect::<Vec<_>>().join(", ");
    if noise.paths.len() > 2 {
        names = format!("{names} and {}", counted(noise.paths.len() - 2, "more file"));
    }
    format!("noise: {names} ({}, {})", kind(noise.kind), counted((noise.added + noise.removed) as usize, "line"))
}

fn kind(kind: NoiseKind) -> &'static str {
    match kind {
        NoiseKind::LockFile => "lock file",
        NoiseKind::Generated => "generated",
        NoiseKind::Vendored => "vendored",
        NoiseKind::Minified => "minified",
        NoiseKind::Whitespace => "white space only",
        NoiseKind::Moved => "moved",
        NoiseKind::Binary => "binary",
        NoiseKind::Snapshot => "snapshot",
        NoiseKind::Changelog => "changelog",
    }
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
