//! Which commits that only the start of a range has are really missing at its end, and which came over under another id?

use super::patterns::title_key;
use super::place::{Here, pathspecs};
use super::run;
use crate::domain::trouble::Trouble;
use std::collections::HashSet;

/// Beyond these numbers (commits only the start has, commits only the end has) nothing is compared: git would have to read
/// every one of their diffs.
const COMPARED: (usize, usize) = (1_000, 10_000);

/// Is a range small enough to tell what came over under another id?
pub fn is_compared(apart: usize, commits: usize) -> bool {
    apart <= COMPARED.0 && commits <= COMPARED.1
}

/// How many of the `apart` commits that only `from` has brought something that `to` lacks. Those whose change `to` has under
/// another id (the same patch, the same title or request, or named by a `cherry picked from` line) do not count, nor do merges and
/// commits that only set a version or concern tests, documents and pipelines.
///
/// # Errors
/// As [`run::stream`]. That git cannot compare is no error: then all count.
pub async fn really(here: &Here<'_>, from: &str, to: &str, apart: usize, commits: usize) -> Result<usize, Trouble> {
    if apart == 0 || !is_compared(apart, commits) {
        return Ok(apart);
    }
    let both = format!("{from}...{to}");
    let only = |side: &'static str, extra: &'static [&'static str]| {
        let mut args = vec!["log", "-z", "--no-show-signature", "--no-merges", "--format=%H%n%s%n%b", side];
        args.extend(extra);
        args
    };
    let paths = pathspecs(here.source);
    let bounds = || [both.as_str(), "--"].into_iter().chain(paths.iter().map(String::as_str));
    let mut args = only("--left-only", &["--cherry-pick"]);
    args.extend(bounds());
    let (ended, mut left) = run::attempt(here.git, here.path, &args, "").await?;
    if !ended.well {
        // Contents that are missing here cannot be compared; titles still can.
        args.retain(|arg| *arg != "--cherry-pick");
        let (ended, plain) = run::attempt(here.git, here.path, &args, "").await?;
        if !ended.well {
            return Ok(apart);
        }
        left = plain;
    }
    let left = messages(&left);
    if left.is_empty() {
        return Ok(0);
    }
    let mut args = only("--right-only", &[]);
    args.extend(bounds());
    let (ended, right) = run::attempt(here.git, here.path, &args, "").await?;
    let right = if ended.well { messages(&right) } else { Vec::new() };
    let titles: HashSet<String> = right.iter().map(|message| title_key(&message.subject)).collect();
    let picked: HashSet<&str> = right.iter().flat_map(|message| picked_from(&message.body)).collect();
    let requests: HashSet<&str> = right.iter().flat_map(|message| numbers(&message.subject)).collect();
    let names: HashSet<&str> = right.iter().map(|message| message.sha.as_str()).collect();
    let came_over = |message: &Message| {
        Some(title_key(&message.subject)).is_some_and(|key| !key.is_empty() && titles.contains(&key))
            || picked.contains(message.sha.as_str())
            || numbers(&message.subject).any(|number| requests.contains(number))
            || picked_from(&message.body).any(|sha| names.contains(sha))
    };
    Ok(left.iter().filter(|message| !came_over(message) && !stays_behind(&message.subject)).count())
}

struct Message {
    sha: String,
    subject: String,
    body: String,
}

fn messages(log: &[u8]) -> Vec<Message> {
    let text = String::from_utf8_lossy(log);
    let message = |entry: &str| {
        let mut parts = entry.trim_start().splitn(3, '\n');
        let (sha, subject) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Message { sha, subject, body: parts.next().unwrap_or_default().to_owned() })
    };
    text.split('\0').filter_map(message).collect()
}

/// `28369` in `Cherry pick of #28369 for 3.4 (#28411)`: the requests a subject names.
fn numbers(subject: &str) -> impl Iterator<Item = &str> {
    subject
        .match_indices('#')
        .map(|(at, _)| &subject[at + 1..])
        .map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())])
        .filter(|digits| !digits.is_empty())
}

/// `(cherry picked from commit …)`, as `git cherry-pick -x` writes it.
fn picked_from(body: &str) -> impl Iterator<Item = &str> {
    body.lines()
        .filter_map(|line| line.trim().strip_prefix("(cherry picked from commit "))
        .filter_map(|rest| rest.strip_suffix(')'))
}

/// Does a commit of a release branch belong to that branch alone: its versions, its tests, its pipelines?
fn stays_behind(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    let kind = lower.split([':', '(']).next().unwrap_or("");
    matches!(kind, "test" | "tests" | "ci" | "docs" | "doc" | "chore") || sets_a_version(subject)
}

/// `Release 1.2.3`, `Bump version to 3.4.7 on release-3.4 branch`, `v1.2.3`: every release branch has its own.
fn sets_a_version(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    let words = ["release", "version", "prepare", "bump", "changelog", "tag", "cut"];
    let first = lower.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("");
    let numbered = lower.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| matches!(c, '(' | ')' | '"' | '\'' | '`' | ':' | ',' | 'v'));
        word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.')
    });
    let plain_bump = lower.starts_with("bump version") || lower.starts_with("chore(release)");
    numbered && (words.contains(&first) && first != "bump" || plain_bump || lower.split_whitespace().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_that_set_a_version_are_told_from_work() {
        for version in
            ["Release 1.2.3", "Bump version to 3.4.7 on release-3.4 branch (#12)", "v1.2.3", "chore(release): 1.2.0"]
        {
            assert!(stays_behind(version), "{version}");
        }
        for work in
            ["Bump serde from 1.0.1 to 1.0.2", "Hotfix", "Release the lock on timeout", "Use 1.5 s between retries"]
        {
            assert!(!stays_behind(work), "{work}");
        }
    }
}
