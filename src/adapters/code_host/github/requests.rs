//! Which pull requests brought these commits? Asked in batches: first which, then what they say.

use crate::adapters::github::{Github, owner_and_name};
use crate::domain::change::{Author, Commit};
use crate::domain::pull_request::{PullRequest, Review, Verdict};
use crate::domain::trouble::Fault;
use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// Commits or requests of one query.
const BATCH: usize = 50;
/// Bytes of a body that are kept.
const BODY: usize = 8 * 1024;

/// Merged ones whose commits are in the list, newest merge first.
///
/// GitHub connects a commit with its request a while after the merge. So numbers that subjects name are looked up as well, and
/// count when the request's merge commit is among these.
pub async fn of(github: &Github, repository: &str, commits: &[Commit]) -> Result<Vec<PullRequest>, Fault> {
    let brought = brought(github, repository, commits).await?;
    let mut numbers: BTreeSet<u64> = brought.keys().copied().collect();
    numbers.extend(commits.iter().flat_map(|commit| commit.pull_requests.iter().copied()));
    let numbers: Vec<u64> = numbers.into_iter().collect();
    let asked = numbers.chunks(BATCH).map(|batch| details(github, repository, batch));
    let places: HashMap<&str, usize> =
        commits.iter().enumerate().map(|(at, commit)| (commit.sha.as_str(), at)).collect();
    let mut found = Vec::new();
    for node in try_join_all(asked).await?.into_iter().flatten() {
        let mut shas = brought.get(&node.number).cloned().unwrap_or_default();
        shas.extend(node.merge_commit.iter().map(|commit| commit.oid.clone()));
        let mut shas: Vec<String> = shas.into_iter().filter(|sha| places.contains_key(sha.as_str())).collect();
        shas.sort_by_key(|sha| places.get(sha.as_str()).copied());
        if node.merged && !shas.is_empty() {
            found.push(request(node, repository, shas));
        }
    }
    found.sort_by_key(|request| std::cmp::Reverse((request.merged_at, request.number)));
    Ok(found)
}

/// The commits of each request, as GitHub connects them.
async fn brought(
    github: &Github,
    repository: &str,
    commits: &[Commit],
) -> Result<BTreeMap<u64, BTreeSet<String>>, Fault> {
    let asked = commits.chunks(BATCH).map(|batch| connected(github, repository, batch));
    let mut brought: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for (sha, number) in try_join_all(asked).await?.into_iter().flatten() {
        brought.entry(number).or_default().insert(sha);
    }
    Ok(brought)
}

async fn connected(github: &Github, repository: &str, batch: &[Commit]) -> Result<Vec<(String, u64)>, Fault> {
    let mut parts = String::new();
    for (at, commit) in batch.iter().enumerate() {
        let _ = write!(
            parts,
            "c{at}: object(oid: \"{}\") {{ ... on Commit {{ associatedPullRequests(first: 10) {{ nodes {{ number merged baseRepository {{ nameWithOwner }} }} }} }} }} ",
            commit.sha
        );
    }
    let mut answer = ask(github, repository, &parts, "").await?;
    let mut found = Vec::new();
    for (at, commit) in batch.iter().enumerate() {
        let nodes = answer[format!("c{at}")]["associatedPullRequests"]["nodes"].take();
        for node in nodes.as_array().into_iter().flatten() {
            let here = node["baseRepository"]["nameWithOwner"]
                .as_str()
                .is_none_or(|name| name.eq_ignore_ascii_case(repository));
            if let (Some(number), Some(true), true) = (node["number"].as_u64(), node["merged"].as_bool(), here) {
                found.push((commit.sha.clone(), number));
            }
        }
    }
    Ok(found)
}

const REQUEST: &str = "fragment request on PullRequest { number title body url merged mergedAt headRefName \
    author { login } mergeCommit { oid } labels(first: 30) { nodes { name } } \
    latestReviews(first: 30) { nodes { state author { login } } } \
    closingIssuesReferences(first: 20) { nodes { number repository { nameWithOwner } } } }";

/// A number that is an issue's, or nobody's, is left out.
async fn details(github: &Github, repository: &str, numbers: &[u64]) -> Result<Vec<Node>, Fault> {
    let mut parts = String::new();
    for number in numbers {
        let _ = write!(parts, "p{number}: pullRequest(number: {number}) {{ ...request }} ");
    }
    let mut answer = ask(github, repository, &parts, REQUEST).await?;
    let nodes = numbers.iter().map(|number| answer[format!("p{number}")].take()).filter(|node| !node.is_null());
    nodes.map(|node| serde_json::from_value(node).map_err(|error| Fault::Malformed(error.to_string()))).collect()
}

async fn ask(github: &Github, repository: &str, parts: &str, fragment: &str) -> Result<Value, Fault> {
    let (owner, name) = owner_and_name(repository);
    let query = format!(
        "query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {parts}}} }} {fragment}"
    );
    let mut data = github.query(repository, &query, &json!({ "owner": owner, "name": name })).await?;
    Ok(data["repository"].take())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    number: u64,
    title: String,
    body: String,
    url: String,
    merged: bool,
    merged_at: Option<chrono::DateTime<chrono::Utc>>,
    head_ref_name: String,
    author: Option<Login>,
    merge_commit: Option<Oid>,
    labels: Option<Nodes<Label>>,
    latest_reviews: Option<Nodes<Reviewed>>,
    closing_issues_references: Option<Nodes<Issue>>,
}

#[derive(Deserialize)]
struct Nodes<T> {
    nodes: Vec<Option<T>>,
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

#[derive(Deserialize)]
struct Oid {
    oid: String,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct Reviewed {
    state: String,
    author: Option<Login>,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    repository: Home,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Home {
    name_with_owner: String,
}

/// Somebody whose account is gone.
const NOBODY: &str = "ghost";

fn request(node: Node, repository: &str, commits: Vec<String>) -> PullRequest {
    let login = |author: Option<Login>| author.map_or_else(|| NOBODY.to_owned(), |author| author.login);
    fn all<T>(nodes: Option<Nodes<T>>) -> impl Iterator<Item = T> {
        nodes.into_iter().flat_map(|nodes| nodes.nodes).flatten()
    }
    let reviews = all(node.latest_reviews).filter_map(|review| {
        let verdict = match review.state.as_str() {
            "APPROVED" => Verdict::Approved,
            "CHANGES_REQUESTED" => Verdict::ChangesRequested,
            "COMMENTED" => Verdict::Commented,
            "DISMISSED" => Verdict::Dismissed,
            _ => return None,
        };
        Some(Review { by: login(review.author), verdict })
    });
    let issue = |issue: Issue| match issue.repository.name_with_owner.eq_ignore_ascii_case(repository) {
        true => format!("#{}", issue.number),
        false => format!("{}#{}", issue.repository.name_with_owner, issue.number),
    };
    PullRequest {
        number: node.number,
        title: node.title,
        body: body(&node.body),
        url: node.url,
        author: Author { name: login(node.author), email: String::new() },
        merged_at: node.merged_at,
        labels: all(node.labels).map(|label| label.name).collect(),
        reviews: reviews.collect(),
        branch: node.head_ref_name,
        issues: all(node.closing_issues_references).map(issue).collect(),
        commits,
    }
}

/// Without the comments that templates leave, and not longer than we keep.
fn body(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let kept = kept.replace("\r\n", "\n");
    let kept = kept.trim();
    kept[..kept.floor_char_boundary(BODY)].to_owned()
}
