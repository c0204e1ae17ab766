//! Two revisions of a real repository beside each other, as GitHub tells it: from where both parted, a hundred commits a page,
//! three hundred files at most and all of them on the first, and no patch of a file that changed too much.

use super::rest::least;
use super::state::Repository;
use serde_json::{Value, json};
use std::process::Command;

/// Lines of a patch that is told.
const PATCH: usize = 20_000;
const ROUTE: &str = "/repos/{owner}/{repo}/compare/{basehead}";

/// `None` when there is no such revision.
pub fn between(repository: &Repository, basehead: &str, page: usize) -> Option<Value> {
    let basehead = decoded(basehead);
    let (from, to) = basehead.split_once("...")?;
    let (from, to) = (commit_of(repository, from)?, commit_of(repository, to)?);
    let git = |args: &[&str]| git(repository, args).unwrap_or_default();
    let base = git(&["merge-base", &from, &to]).trim().to_owned();
    let count = |range: String| git(&["rev-list", "--count", &range]).trim().parse::<usize>().unwrap_or_default();
    let (ahead, behind) = (count(format!("{from}..{to}")), count(format!("{to}..{from}")));
    let shas = git(&["rev-list", "--reverse", "--topo-order", &format!("{from}..{to}")]);
    let commits = shas.lines().skip((page - 1) * 100).take(100).map(|sha| commit(repository, sha, &["commits", "[]"]));
    let files = if page == 1 { files(repository, &base, &to) } else { Vec::new() };
    let status = match (ahead, behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let over = json!({
        "base_commit": commit(repository, &from, &["base_commit"]), "merge_base_commit": commit(repository, &base, &["merge_base_commit"]),
        "status": status, "ahead_by": ahead, "behind_by": behind, "total_commits": ahead,
        "commits": commits.collect::<Vec<_>>(), "files": files,
    });
    Some(least("GET", ROUTE, 200, &[], over))
}

fn commit(repository: &Repository, sha: &str, into: &[&str]) -> Value {
    let told = git(repository, &["show", "-s", "--format=%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B", sha]);
    let told = told.unwrap_or_default();
    let fields: Vec<&str> = told.split('\0').collect();
    let person = |at: usize| json!({ "name": fields[at], "email": fields[at + 1], "date": fields[at + 2] });
    let parents: Vec<Value> = fields[0]
        .split(' ')
        .filter(|sha| !sha.is_empty())
        .map(|sha| json!({ "sha": sha, "url": "https://api.github.example/" }))
        .collect();
    let written = json!({ "author": person(1), "committer": person(4), "message": fields[7].trim() });
    let written = least("GET", ROUTE, 200, &[into, &["commit"]].concat(), written);
    least("GET", ROUTE, 200, into, json!({ "sha": sha, "commit": written, "parents": parents }))
}

fn files(repository: &Repository, base: &str, to: &str) -> Vec<Value> {
    let counts = git(repository, &["diff", "-M", "--numstat", "-z", base, to]).unwrap_or_default();
    let names = git(repository, &["diff", "-M", "--name-status", "-z", base, to]).unwrap_or_default();
    let (mut names, mut counts) = (names.split('\0'), counts.split('\0'));
    let mut files = Vec::new();
    while let Some(status) = names.next().filter(|status| !status.is_empty()) {
        let renamed = status.starts_with('R').then(|| names.next().unwrap_or_default());
        let path = names.next().unwrap_or_default();
        let count = counts.next().unwrap_or_default();
        if renamed.is_some() {
            counts.nth(1);
        }
        let mut numbers = count.split('\t').map(|number| number.parse::<u64>().unwrap_or_default());
        let (added, removed) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        let paths: Vec<&str> = renamed.into_iter().chain([path]).collect();
        let patch = git(repository, &[&["diff", "-M", base, to, "--"], paths.as_slice()].concat()).unwrap_or_default();
        let mut over = json!({
            "filename": path, "additions": added, "deletions": removed, "changes": added + removed,
            "status": match status.chars().next() { Some('A') => "added", Some('D') => "removed", Some('R') => "renamed", _ => "modified" },
        });
        if let Some(old) = renamed {
            over["previous_filename"] = json!(old);
        }
        if let Some(at) = patch.find("\n@@ ").filter(|_| patch.lines().count() <= PATCH) {
            over["patch"] = json!(patch[at + 1..].trim_end_matches('\n'));
        }
        files.push(least("GET", ROUTE, 200, &["files", "[]"], over));
    }
    files.truncate(300);
    files
}

fn commit_of(repository: &Repository, name: &str) -> Option<String> {
    let found = git(repository, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])?;
    Some(found.trim().to_owned())
}

fn git(repository: &Repository, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(repository.git.as_ref()?).args(args).output().expect("git runs");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn decoded(text: &str) -> String {
    let url = reqwest::Url::parse(&format!("http://x/?v={}", text.replace('+', "%2B"))).expect("an address");
    url.query_pairs().next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
