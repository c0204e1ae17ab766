//! Which commits belong to one pull request? Only a flat list is known: numbers, titles, neighbours and authors tell.

use super::subject::Subject;
use crate::domain::change::Commit;
use std::collections::HashMap;

/// Commits that are one thing.
#[derive(Debug, Clone)]
pub struct Group {
    /// The commit that speaks for it: the merge, the squash, or the commit itself.
    pub lead: usize,
    pub number: Option<u64>,
    /// The raw title: of the pull request where the merge tells it.
    pub title: String,
    /// Indexes of its commits, newest first.
    pub members: Vec<usize>,
}

/// How far below a merge its commits are looked for, and how many may follow it directly.
const NEAR: usize = 60;
const RUN: usize = 12;

/// Groups in the order of their leads. Merges of branches without a pull request are in none.
pub fn groups(commits: &[Commit], subjects: &[Subject]) -> Vec<Group> {
    let mut owner: Vec<Option<usize>> = vec![None; commits.len()];
    let mut groups: Vec<Group> = Vec::new();
    let mut by_number: HashMap<u64, usize> = HashMap::new();
    for (index, commit) in commits.iter().enumerate() {
        let number = main_number(commit);
        let known = number.and_then(|number| by_number.get(&number).copied());
        if let Some(at) = known {
            groups[at].members.push(index);
            owner[index] = Some(at);
            if commit.is_merge && !commits[groups[at].lead].is_merge && is_request_merge(commit) {
                groups[at].lead = index;
                groups[at].title = title(commit);
            }
        } else if number.is_some() || !is_branch_merge(commit) {
            owner[index] = Some(groups.len());
            if let Some(number) = number {
                by_number.insert(number, groups.len());
            }
            groups.push(Group { lead: index, number, title: title(commit), members: vec![index] });
        }
    }
    adopt(commits, subjects, &mut groups, &mut owner);
    fold_alike(subjects, &mut groups);
    groups.retain(|group| !group.members.is_empty());
    groups
}

/// The pull request a commit is: the number its subject names, else the only one it has.
fn main_number(commit: &Commit) -> Option<u64> {
    let named = |number: &u64| {
        let subject = &commit.subject;
        let digits = number.to_string();
        subject.match_indices(&digits).any(|(at, _)| {
            let before = subject[..at].chars().next_back();
            let after = subject[at + digits.len()..].chars().next();
            matches!(before, Some('#' | '!' | '-' | ' ')) && !after.is_some_and(|c| c.is_ascii_digit())
        })
    };
    // `Revert "Add retries (#12)" (#15)` is number 15: the last one named.
    commit.pull_requests.iter().rfind(|number| named(number)).or_else(|| commit.pull_requests.first()).copied()
}

fn is_branch_merge(commit: &Commit) -> bool {
    let subject = commit.subject.trim_start();
    let words = [
        "Merge branch",
        "Merge remote-tracking",
        "Merge tag",
        "Merge commit",
        "Merge refs/",
        "Merge from",
        "Merge pull request",
        "Merged in",
        "Merge upstream",
    ];
    commit.is_merge
        && (words.iter().any(|word| subject.starts_with(word)) || subject.starts_with("Merge "))
        && commit.pull_requests.is_empty()
}

fn is_request_merge(commit: &Commit) -> bool {
    commit.is_merge && commit.subject.trim_start().starts_with("Merge")
}

/// The title of a request: the first body line of a merge that only names branches, else the subject.
fn title(commit: &Commit) -> String {
    let subject = commit.subject.trim();
    if !is_request_merge(commit) || subject.starts_with("Merged PR") {
        return subject.to_owned();
    }
    let said = commit.body.lines().map(str::trim).find(|line| {
        !line.is_empty()
            && !line.starts_with("See merge request")
            && !line.starts_with("Approved-by")
            && !line.starts_with("* ")
            && !line.starts_with('#')
    });
    said.map_or_else(|| branch_words(subject), str::to_owned)
}

/// `Merge pull request #12 from acme/fix-login` says "fix login" where nobody wrote a title.
fn branch_words(subject: &str) -> String {
    let branch = subject.split_once(" from ").or_else(|| subject.split_once("Merged in ")).map_or("", |(_, rest)| rest);
    let branch = branch.split([' ', '(']).next().unwrap_or("");
    let name = branch.rsplit('/').next().unwrap_or(branch).replace(['-', '_'], " ");
    if name.trim().is_empty() { subject.to_owned() } else { name }
}

/// Gives commits without a number to the merge they came with. First those that carry the merge's own title; then the
/// unbroken run right below the merge, if one author wrote all of it and somebody else merged it or its words agree.
/// In doubt a commit stays on its own: shown twice is better than hidden under the wrong title.
fn adopt(commits: &[Commit], subjects: &[Subject], groups: &mut [Group], owner: &mut [Option<usize>]) {
    let merges: Vec<usize> = (0..groups.len())
        .filter(|at| groups[*at].number.is_some() && is_request_merge(&commits[groups[*at].lead]))
        .collect();
    for at in merges {
        let lead = groups[at].lead;
        let title = Subject::parse(&groups[at].title).title.to_lowercase();
        let below = lead + 1..(lead + 1 + NEAR).min(commits.len());
        let free = |index: usize, owner: &[Option<usize>]| {
            let alone = owner[index].is_some_and(|own| groups[own].number.is_none());
            alone && !commits[index].is_merge
        };
        let mut taken: Vec<usize> = below
            .clone()
            .filter(|index| free(*index, owner) && subjects[*index].title.to_lowercase() == title)
            .take(1)
            .collect();
        let run: Vec<usize> = below.take_while(|index| free(*index, owner)).collect();
        if came_together(commits, lead, &title, &run, &taken) {
            taken.extend(run.into_iter().filter(|index| !taken.contains(index)).collect::<Vec<_>>());
        }
        for index in taken {
            if let Some(own) = owner[index] {
                groups[own].members.clear();
            }
            owner[index] = Some(at);
            groups[at].members.push(index);
        }
        groups[at].members.sort_unstable();
    }
}

/// A commit without a number that carries the very title of another change is that change again, picked or merged twice.
fn fold_alike(subjects: &[Subject], groups: &mut [Group]) {
    let key = |group: &Group| -> Option<String> {
        let title = &subjects.get(group.lead)?.title;
        let own = group.members.contains(&group.lead);
        (own && title.split_whitespace().count() >= 4).then(|| title.to_lowercase())
    };
    let mut numbered: HashMap<String, usize> = HashMap::new();
    for (at, group) in groups.iter().enumerate().filter(|(_, group)| group.number.is_some()) {
        let titles =
            group.members.iter().filter_map(|member| subjects.get(*member)).map(|subject| subject.title.to_lowercase());
        for title in titles {
            numbered.entry(title).or_insert(at);
        }
    }
    for at in 0..groups.len() {
        let alone = groups[at].number.is_none() && groups[at].members.len() == 1;
        let Some(into) = key(&groups[at]).filter(|_| alone).and_then(|title| numbered.get(&title).copied()) else {
            continue;
        };
        let members = std::mem::take(&mut groups[at].members);
        groups[into].members.extend(members);
        groups[into].members.sort_unstable();
    }
}

fn came_together(commits: &[Commit], lead: usize, title: &str, run: &[usize], titled: &[usize]) -> bool {
    let Some(first) = run.first() else { return false };
    let author = &commits[*first].author.email;
    let one_author = run.iter().all(|index| &commits[*index].author.email == author);
    let merged_by_another = &commits[lead].author.email != author;
    let agrees = titled.iter().any(|index| run.contains(index))
        || run
            .iter()
            .any(|index| shared_words(&commits[*index].subject, &format!("{title} {}", commits[lead].subject)) >= 2);
    run.len() <= RUN && one_author && (merged_by_another || agrees)
}

fn shared_words(left: &str, right: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 3)
            .map(str::to_owned)
            .collect()
    };
    let right = words(right);
    words(left).iter().filter(|word| right.contains(word)).count()
}
