//! What does git not say that the code host does? Which commits a pull request brought, and what its author wrote about it.

use crate::domain::background::Background;
use crate::domain::change::{ChangeSet, Commit};
use crate::domain::pull_request::PullRequest;
use std::collections::HashMap;

/// Gives each commit the number of the pull request that brought it, and the newest of them the request's own words, so that
/// everything that reads messages reads those too.
pub fn amend(changes: &mut ChangeSet, background: &Background) {
    let places: HashMap<String, usize> =
        changes.commits.iter().enumerate().map(|(at, commit)| (commit.sha.clone(), at)).collect();
    for request in &background.requests {
        let mut members: Vec<usize> = request.commits.iter().filter_map(|sha| places.get(sha).copied()).collect();
        members.sort_unstable();
        for at in &members {
            number(&mut changes.commits[*at], request.number);
        }
        if let Some(first) = members.first() {
            let commit = &mut changes.commits[*first];
            changes.raw_bytes += words(commit, request) as u64;
        }
    }
}

/// The request's number first: what else a message mentions is mentioned only.
fn number(commit: &mut Commit, number: u64) {
    commit.pull_requests.retain(|known| *known != number);
    commit.pull_requests.insert(0, number);
}

/// Adds what the request says and the message does not. Returns how many bytes.
fn words(commit: &mut Commit, request: &PullRequest) -> usize {
    let first = request.body.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let said = first.is_empty() || commit.body.contains(first) || commit.subject.contains(first);
    let before = commit.body.len();
    if commit.is_merge && commit.body.is_empty() {
        commit.body.clone_from(&request.title);
    }
    if !said {
        if !commit.body.is_empty() {
            commit.body.push_str("\n\n");
        }
        commit.body.push_str(&request.body);
    }
    commit.body.len() - before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{Author, Range, Revision};
    use chrono::DateTime;

    fn commit(sha: &str, subject: &str, body: &str) -> Commit {
        Commit {
            sha: sha.to_owned(),
            author: Author { name: "dev".to_owned(), email: String::new() },
            co_authors: Vec::new(),
            at: DateTime::UNIX_EPOCH,
            subject: subject.to_owned(),
            body: body.to_owned(),
            is_merge: false,
            pull_requests: Vec::new(),
            tickets: Vec::new(),
            paths: Vec::new(),
        }
    }

    fn amended(commits: Vec<Commit>, body: &str, brought: &[&str]) -> Vec<Commit> {
        let end = Revision { name: "v1".to_owned(), sha: String::new(), at: None };
        let range =
            Range { repo: String::new(), from: end.clone(), to: end, chosen: String::new(), commits: 0, lost: 0 };
        let mut changes = ChangeSet { range, commits, files: Vec::new(), gaps: Vec::new(), raw_bytes: 0 };
        let request = PullRequest {
            number: 12,
            title: "Retry refunds".to_owned(),
            body: body.to_owned(),
            url: String::new(),
            author: Author { name: "dev".to_owned(), email: String::new() },
            merged_at: None,
            labels: Vec::new(),
            reviews: Vec::new(),
            branch: String::new(),
            issues: Vec::new(),
            commits: brought.iter().map(|sha| (*sha).to_owned()).collect(),
        };
        amend(&mut changes, &Background { requests: vec![request], ..Background::default() });
        changes.commits
    }

    #[test]
    fn rebased_commits_get_their_number_and_the_newest_the_words_of_the_request() {
        let commits =
            vec![commit("b", "retry twice (see #3)", ""), commit("a", "add the loop", ""), commit("x", "else", "")];
        let commits = amended(commits, "The gateway drops one call in a thousand.", &["a", "b"]);
        let numbers: Vec<&[u64]> = commits.iter().map(|commit| commit.pull_requests.as_slice()).collect();
        assert_eq!(numbers, [&[12][..], &[12], &[]]);
        assert_eq!(commits[0].body, "The gateway drops one call in a thousand.");
        assert_eq!(commits[1].body, "");
    }

    #[test]
    fn a_squash_that_carries_the_words_already_does_not_say_them_twice() {
        let squash = commit("a", "Retry refunds (#12)", "The gateway drops calls.\n\nSecond paragraph.");
        let commits = amended(vec![squash.clone()], "The gateway drops calls.\n\nSecond paragraph.", &["a"]);
        assert_eq!(commits[0].body, squash.body);
    }
}
