//! What changed, one line per thing? Commits folded into their pull requests, titles cleaned, versions bumps gathered.

use super::area::area_of;
use super::intent::intent;
use super::reading::Reading;
use super::reverts::{Reverts, reverts};
use super::role::{Role, role};
use super::subject::Subject;
use super::{bumps, detail, groups, labels, plain};
use crate::domain::change::{Author, Commit, Gap};
use crate::domain::digest::{Intent, Item};
use crate::domain::fact::FactId;
use crate::domain::pull_request::PullRequest;
use groups::Group;
use std::collections::{BTreeMap, HashMap};

/// Items with what the later steps want to know about how they came to be.
pub struct Folded {
    /// User-visible first, then by what it means to people.
    pub items: Vec<Item>,
    pub gaps: Vec<Gap>,
    /// Which item a commit went into, by index into the commits; none for branch merges and reverted changes.
    pub item_of: HashMap<usize, FactId>,
    /// Commits that were taken back within the range.
    pub reverts: Reverts,
}

/// Folds the commits of a change into items. Every commit that is not a mere branch merge, nor reverted within the range,
/// is in exactly one of them.
pub fn items(reading: &Reading) -> Folded {
    let commits = &reading.changes.commits;
    let reverts = reverts(reading);
    let lines = lines_of_commits(reading);
    let groups =
        groups::groups(commits, &reading.subjects).into_iter().filter(|group| !reverts.cancelled.contains(&group.lead));
    let mut item_of = HashMap::new();
    let mut items: Vec<(Item, Vec<&str>)> = Vec::new();
    let mut scores: HashMap<FactId, u32> = HashMap::new();
    for group in groups {
        let (item, paths) = item(reading, &group, &lines);
        scores.insert(item.id.clone(), importance(reading, &group, &item));
        item_of.extend(group.members.iter().map(|member| (*member, item.id.clone())));
        items.push((item, paths));
    }
    let mut items = bumps::gathered(items, &mut item_of);
    // Stable: what matters the same stays newest first.
    let score = |item: &Item| scores.get(&item.id).copied().unwrap_or_default();
    items.sort_by_key(|item| (rank(item.intent), std::cmp::Reverse(score(item)), std::cmp::Reverse(item.weight)));
    Folded { items, gaps: reverts.gap().into_iter().collect(), item_of, reverts }
}

fn rank(intent: Intent) -> u8 {
    match intent {
        _ if intent.user_visible() => 0,
        Intent::Other => 1,
        Intent::Refactor => 2,
        Intent::Dependency => 3,
        Intent::Build | Intent::Documentation => 4,
        _ => 5,
    }
}

fn item<'a>(reading: &Reading<'a>, group: &Group, lines: &[u32]) -> (Item, Vec<&'a str>) {
    let commits = &reading.changes.commits;
    let lead = &commits[group.lead];
    let request = group.number.and_then(|number| reading.request(number));
    let title = best_title(reading, group);
    let subject = if title == lead.subject { reading.subjects[group.lead].clone() } else { Subject::parse(&title) };
    let members: Vec<&Commit> = group.members.iter().map(|index| &commits[*index]).collect();
    let mut paths: Vec<&str> =
        group.members.iter().flat_map(|index| commits[*index].paths.iter().map(String::as_str)).collect();
    paths.sort_unstable();
    paths.dedup();
    let owned: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let intent = match request.and_then(|request| labels::intent(&request.labels)) {
        Some(labelled) if subject.kind.is_empty() => labelled,
        _ => group_intent(&subject, &title, &owned, &members),
    };
    let short = lead.short();
    let number = group.number;
    let item = Item {
        id: number.map_or_else(|| FactId::commit(short), FactId::pull_request),
        area: if subject.scope.is_empty() || subject.scope == "*" {
            main_area(reading, &paths)
        } else {
            subject.scope.clone()
        },
        title: plain::shortened(&subject.title, 200),
        intent,
        authors: authors(&members),
        pull_requests: numbers(number, &members),
        tickets: tickets(reading, request, &members),
        commits: members.iter().map(|commit| commit.short().to_owned()).collect(),
        detail: request
            .map(|request| detail::detail(&request.body, &subject.title, false))
            .filter(|detail| !detail.is_empty())
            .unwrap_or_else(|| detail::detail(&lead.body, &subject.title, lead.is_merge)),
        weight: group.members.iter().map(|index| lines[*index]).sum(),
    };
    (item, paths)
}

/// The request's title, unless it says little (`Update x`, a branch's name) and one of its commits says more: the first with a
/// conventional type, else the longest.
fn best_title(reading: &Reading, group: &Group) -> String {
    let asked = group.number.and_then(|number| reading.request(number));
    let given = asked.map_or(&group.title, |request| &request.title);
    if group.members.len() < 2 {
        return given.clone();
    }
    let own = Subject::parse(given);
    let words = own.title.split_whitespace().count();
    let vague = own.kind.is_empty()
        && (words <= 1
            || words <= 3
                && ["update ", "fix ", "fixes ", "patch "]
                    .iter()
                    .any(|verb| own.title.to_lowercase().starts_with(verb)));
    if !vague {
        return given.clone();
    }
    let commits = &reading.changes.commits;
    let said = |index: &&usize| {
        let subject = &reading.subjects[**index];
        !commits[**index].is_merge && subject.title.split_whitespace().count() > words
    };
    let typed = group.members.iter().filter(said).find(|index| !reading.subjects[**index].kind.is_empty());
    let longest =
        || group.members.iter().filter(said).max_by_key(|index| reading.subjects[**index].title.len().min(80));
    typed.or_else(longest).map_or_else(|| given.clone(), |index| commits[*index].subject.clone())
}

/// How much a change means to people, from what its authors put into it: what breaks and what is about security first, then
/// features over fixes, raised by how much was said about it, tickets, several commits and size; internals sink.
fn importance(reading: &Reading, group: &Group, item: &Item) -> u32 {
    const INTERNAL: [&str; 16] = [
        "ci",
        "cicd",
        "test",
        "tests",
        "e2e",
        "build",
        "docs",
        "deps",
        "internal",
        "lint",
        "examples",
        "benchmarks",
        "hack",
        "tools",
        "dev",
        "website",
    ];
    let members = || group.members.iter().map(|index| (&reading.changes.commits[*index], &reading.subjects[*index]));
    let base = match item.intent {
        Intent::Security => 60,
        Intent::Feature => 40,
        Intent::Deprecation => 32,
        Intent::Performance => 30,
        Intent::Fix => 26,
        Intent::Revert => 20,
        _ => 10,
    };
    let breaks = members().any(|(commit, subject)| subject.bang || commit.body.contains("BREAKING"));
    let words: usize = members().map(|(commit, _)| commit.body.split_whitespace().take(300).count()).sum();
    let said = (words / 12).min(14) as u32;
    let tickets = (item.tickets.len() * 3).min(6) as u32;
    let several = (item.commits.len().saturating_sub(1) * 2).min(8) as u32;
    let size = (f64::from(item.weight + 1).ln() * 2.0).min(14.0) as u32;
    let sum = base + u32::from(breaks) * 100 + said + tickets + several + size;
    if INTERNAL.contains(&item.area.as_str()) { sum.saturating_sub(30) } else { sum }
}

/// The intent of the title; where it says nothing, the first telling one of its commits.
fn group_intent(subject: &Subject, title: &str, paths: &[String], members: &[&Commit]) -> Intent {
    let own = intent(subject, title, paths);
    if own != Intent::Other {
        return own;
    }
    members
        .iter()
        .filter(|commit| !commit.is_merge)
        .map(|commit| intent(&Subject::parse(&commit.subject), &commit.subject, &commit.paths))
        .find(|intent| *intent != Intent::Other)
        .unwrap_or(Intent::Other)
}

fn authors(members: &[&Commit]) -> Vec<Author> {
    let mut authors: Vec<Author> = Vec::new();
    let writers = members.iter().filter(|commit| members.len() == 1 || !commit.is_merge);
    for author in writers.flat_map(|commit| std::iter::once(&commit.author).chain(&commit.co_authors)) {
        let author = plain::author(author);
        if !authors.iter().any(|known| known.name == author.name) {
            authors.push(author);
        }
    }
    authors
}

fn numbers(own: Option<u64>, members: &[&Commit]) -> Vec<u64> {
    let mut numbers: Vec<u64> = own.into_iter().collect();
    for number in members.iter().flat_map(|commit| &commit.pull_requests) {
        if !numbers.contains(number) {
            numbers.push(*number);
        }
    }
    numbers
}

/// Those its commits name, and those of the tracker that its pull request names or closes.
fn tickets(reading: &Reading, request: Option<&PullRequest>, members: &[&Commit]) -> Vec<String> {
    let background = reading.background;
    let known = background.tickets.iter().map(|ticket| &ticket.key);
    let known = known.chain(background.unreadable.iter().map(|ticket| &ticket.key));
    let of_request = known.filter(|key| request.is_some_and(|request| names(request, key)));
    let of_commits = members.iter().flat_map(|commit| &commit.tickets);
    let mut keys: Vec<String> = Vec::new();
    for key in of_commits.chain(of_request).map(|key| plain::plain(key)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn names(request: &PullRequest, key: &str) -> bool {
    let said = |text: &str| {
        let (text, key) = (text.to_ascii_uppercase(), key.to_ascii_uppercase());
        text.match_indices(&key).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + key.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(|letter| letter.is_ascii_digit())
        })
    };
    let key_like = !key.contains('#');
    request.issues.iter().any(|issue| issue == key)
        || key_like && [&request.title, &request.branch, &request.body].into_iter().any(|text| said(text))
}

/// The area most of its lines lie in; production code counts before tests and documents.
fn main_area(reading: &Reading, paths: &[&str]) -> String {
    let mut areas: BTreeMap<String, usize> = BTreeMap::new();
    let production: Vec<&&str> = paths.iter().filter(|path| role(path) == Role::Production && !is_lock(path)).collect();
    let counted: Vec<&&str> = if production.is_empty() { paths.iter().collect() } else { production };
    for path in counted {
        *areas.entry(area_of(path, &reading.changes.range.repo)).or_default() += 1;
    }
    let best = areas.iter().max_by(|left, right| left.1.cmp(right.1).then_with(|| right.0.cmp(left.0)));
    best.map_or_else(|| plain::plain(&reading.changes.range.repo), |(name, _)| name.clone())
}

fn is_lock(path: &str) -> bool {
    super::noise::is_lock(&path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase())
}

/// Lines changed per commit: each file's lines, shared among the commits that touched it. Noise weighs nothing.
fn lines_of_commits(reading: &Reading) -> Vec<u32> {
    let mut lines = vec![0.0f64; reading.changes.commits.len()];
    for file in reading.files.iter().filter(|file| file.noise.is_none()) {
        let Some(touching) = reading.touched_by.get(file.path) else { continue };
        let share = f64::from(file.change.added + file.change.removed) / touching.len() as f64;
        for index in touching {
            lines[*index] += share;
        }
    }
    lines.into_iter().map(|share| share.round() as u32).collect()
}
