//! What do several modules come to together?

use crate::domain::change::{ChangeSet, Gap, Range, Revision};
use crate::domain::digest::{Area, Digest, Outside, Seen};
use crate::features::draft::Read;
use crate::features::draft::rules::phrase::list;
use std::cmp::Reverse;
use std::collections::HashSet;

/// One digest over all modules, whose ids name their module already. What is told first of one module is told before what
/// is told later of any: items by visibility and weight, risks by kind. `changes` are those of the modules, in their order.
pub fn joined(modules: &[Read], changes: &[ChangeSet]) -> Digest {
    let commits = commits(modules, changes);
    let digests = || modules.iter().map(|read| &read.digest);
    let mut items: Vec<_> = digests().flat_map(|digest| digest.items.iter().cloned()).collect();
    items.sort_by_key(|item| (!item.intent.user_visible(), Reverse(item.weight)));
    let mut risks: Vec<_> = modules.iter().flat_map(risks).collect();
    risks.sort_by_key(|risk| risk.kind);
    Digest {
        range: range(modules, commits),
        items,
        areas: modules.iter().flat_map(areas).collect(),
        risks,
        breaking: modules.iter().flat_map(breaking).collect(),
        noise: digests().flat_map(|digest| digest.noise.iter().cloned()).collect(),
        seen: seen(digests(), commits),
        authors: once(digests().flat_map(|digest| &digest.authors)),
        // Numbers of two repositories are not the same thing; whoever counts them counts both.
        pull_requests: digests().flat_map(|digest| digest.pull_requests.iter().copied()).collect(),
        tickets: once(digests().flat_map(|digest| &digest.tickets)),
        gaps: modules.iter().flat_map(gaps).collect(),
        outside: outside(modules),
        facts: digests().flat_map(|digest| digest.facts.iter().cloned()).collect(),
    }
}

/// How many there are; one that touches several modules of a monorepo counts once.
fn commits(modules: &[Read], changes: &[ChangeSet]) -> usize {
    let of_each: usize = modules.iter().map(|read| read.digest.range.commits).sum();
    let read: Vec<&str> =
        changes.iter().flat_map(|change| change.commits.iter().map(|commit| commit.sha.as_str())).collect();
    let once: HashSet<&str> = read.iter().copied().collect();
    of_each.saturating_sub(read.len() - once.len())
}

/// `web v3.2 and api v8.1`; a tag that says the module's name already says it alone.
fn range(modules: &[Read], commits: usize) -> Range {
    let end = |of: fn(&Range) -> &Revision| {
        let named = modules.iter().map(|read| {
            let (name, end) = (&read.service.name, &of(&read.digest.range).name);
            if end.to_lowercase().contains(&name.to_lowercase()) { end.clone() } else { format!("{name} {end}") }
        });
        Revision { name: list(&named.collect::<Vec<_>>()), sha: String::new(), at: None }
    };
    let repositories = once(modules.iter().map(|read| &read.digest.range.repo));
    Range {
        repo: repositories.join(", "),
        from: end(|range| &range.from),
        to: end(|range| &range.to),
        chosen: String::new(),
        commits,
        lost: modules.iter().map(|read| read.digest.range.lost).sum(),
    }
}

/// Under their module's name, because titles no longer stand beside the repository they are about.
fn risks(read: &Read) -> impl Iterator<Item = crate::domain::digest::Risk> {
    let name = read.service.name.clone();
    read.digest.risks.iter().cloned().map(move |mut risk| {
        risk.title = format!("`{name}`: {}", risk.title);
        risk
    })
}

fn breaking(read: &Read) -> impl Iterator<Item = crate::domain::digest::Breaking> {
    let name = read.service.name.clone();
    read.digest.breaking.iter().cloned().map(move |mut breaking| {
        breaking.text = format!("`{name}`: {}", breaking.text);
        breaking
    })
}

fn areas(read: &Read) -> impl Iterator<Item = Area> {
    let name = &read.service.name;
    read.digest.areas.iter().map(move |area| Area { name: format!("{name}/{}", area.name), ..area.clone() })
}

fn gaps(read: &Read) -> impl Iterator<Item = Gap> {
    let name = &read.service.name;
    read.digest.gaps.iter().map(move |gap| Gap { sentence: format!("`{name}`: {}", gap.sentence) })
}

fn seen<'a>(digests: impl Iterator<Item = &'a Digest>, commits: usize) -> Seen {
    digests.map(|digest| &digest.seen).fold(Seen::default(), |sum, seen| Seen {
        files_total: sum.files_total + seen.files_total,
        files_read: sum.files_read + seen.files_read,
        files_by_name: sum.files_by_name + seen.files_by_name,
        commits,
        added: sum.added + seen.added,
        removed: sum.removed + seen.removed,
    })
}

fn outside(modules: &[Read]) -> Outside {
    let all = || modules.iter().map(|read| &read.digest.outside);
    Outside {
        checks: all().flat_map(|outside| outside.checks.iter().cloned()).collect(),
        tickets: all().flat_map(|outside| outside.tickets.iter().cloned()).collect(),
        affected: all().flat_map(|outside| outside.affected.iter().cloned()).collect(),
        live: all().flat_map(|outside| outside.live.iter().cloned()).collect(),
    }
}

fn once<'a, T: Clone + PartialEq + 'a>(all: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for one in all {
        if !kept.contains(one) {
            kept.push(one.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{Author, Commit};
    use crate::features::draft::rules::tests::several;

    fn commit(sha: &str) -> Commit {
        Commit {
            sha: sha.to_owned(),
            author: Author { name: String::new(), email: String::new() },
            co_authors: Vec::new(),
            at: chrono::DateTime::UNIX_EPOCH,
            subject: String::new(),
            body: String::new(),
            is_merge: false,
            pull_requests: Vec::new(),
            tickets: Vec::new(),
            paths: Vec::new(),
        }
    }

    #[test]
    fn a_commit_of_two_folders_counts_once_and_what_was_not_read_counts_still() {
        let mut modules = several().modules;
        let changes: Vec<ChangeSet> = modules
            .iter_mut()
            .zip([(3, ["a", "b"]), (2, ["b", "c"])])
            .map(|(read, (commits, shas))| {
                read.digest.range.commits = commits;
                let (range, commits) = (read.digest.range.clone(), shas.into_iter().map(commit).collect());
                ChangeSet { range, commits, files: Vec::new(), gaps: Vec::new(), raw_bytes: 0 }
            })
            .collect();
        let joined = joined(&modules, &changes);
        assert_eq!((joined.range.commits, joined.seen.commits), (4, 4), "a, b, c, and one that was not read");
    }
}
