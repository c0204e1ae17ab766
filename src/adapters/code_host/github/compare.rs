//! What lies between two revisions, page by page?

use crate::adapters::github::Github;
use crate::domain::change::{Author, Revision, Status};
use crate::domain::trouble::Fault;
use crate::ports::code_host::{ComparedCommit, ComparedFile, Comparison};
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// Commits on a page.
const PAGE: usize = 100;
/// Files that GitHub names at most, all of them on the first page.
const FILES: usize = 300;

#[derive(Deserialize)]
struct Page {
    base_commit: Told,
    #[serde(default)]
    behind_by: usize,
    total_commits: usize,
    /// Oldest first.
    commits: Vec<Told>,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Told {
    sha: String,
    commit: Written,
    #[serde(default)]
    parents: Vec<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    sha: String,
}

#[derive(Deserialize)]
struct Written {
    message: String,
    author: Option<Person>,
    committer: Option<Person>,
}

#[derive(Default, Deserialize)]
struct Person {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    date: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    previous_filename: Option<String>,
    status: String,
    additions: u32,
    deletions: u32,
    patch: Option<String>,
}

#[derive(Deserialize)]
struct Home {
    default_branch: String,
}

/// The first page tells how many follow; those are asked side by side.
pub async fn between(github: &Github, repository: &str, from: &str, to: Option<&str>) -> Result<Comparison, Fault> {
    let head = match to {
        Some(to) => to.to_owned(),
        None => github.get::<Home>(repository, &format!("repos/{repository}")).await?.default_branch,
    };
    let address = format!("repos/{repository}/compare/{}...{}?per_page={PAGE}", plain(from), plain(&head));
    let first: Page = match github.get(repository, &address).await {
        Ok(page) => page,
        Err(fault) => return Err(told_apart(github, repository, fault).await),
    };
    let more = (2..=first.total_commits.div_ceil(PAGE)).map(|page| format!("{address}&page={page}"));
    let more = more.map(|address| async move { github.get::<Page>(repository, &address).await });
    let mut commits = first.commits;
    for page in futures::future::try_join_all(more).await? {
        commits.extend(page.commits);
    }
    let base = first.base_commit;
    let end = commits.last();
    Ok(Comparison {
        to: Revision {
            name: head,
            sha: end.map_or_else(|| base.sha.clone(), |end| end.sha.clone()),
            at: end.and_then(Told::at),
        },
        from: Revision { name: from.to_owned(), at: base.at(), sha: base.sha },
        ahead: first.total_commits,
        behind: first.behind_by,
        commits: commits.into_iter().rev().map(commit).collect(),
        are_all_files: first.files.len() < FILES,
        files: first.files.into_iter().map(file).collect(),
    })
}

/// A repository that can be read has no such revision.
async fn told_apart(github: &Github, repository: &str, fault: Fault) -> Fault {
    let is_there = matches!(fault, Fault::Refused(_))
        && github.get::<Home>(repository, &format!("repos/{repository}")).await.is_ok();
    if is_there { Fault::NotFound } else { fault }
}

impl Told {
    fn at(&self) -> Option<DateTime<Utc>> {
        self.commit.committer.as_ref().and_then(|person| person.date)
    }
}

fn commit(told: Told) -> ComparedCommit {
    let at = told.at().unwrap_or_default();
    let author = told.commit.author.unwrap_or_default();
    ComparedCommit {
        sha: told.sha,
        parents: told.parents.into_iter().map(|parent| parent.sha).collect(),
        author: Author { name: author.name, email: author.email },
        at,
        message: told.commit.message,
    }
}

fn file(file: File) -> ComparedFile {
    let status = match file.status.as_str() {
        "added" => Status::Added,
        "removed" => Status::Deleted,
        "renamed" => Status::Renamed,
        "copied" => Status::Copied,
        _ => Status::Modified,
    };
    ComparedFile {
        path: file.filename,
        old_path: file.previous_filename,
        status,
        added: file.additions,
        removed: file.deletions,
        patch: file.patch,
    }
}

/// A revision's name as a part of an address; names of tags hold `@` and `/`.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' | b'@' => plain.push(char::from(byte)),
            other => plain.push_str(&format!("%{other:02X}")),
        }
    }
    plain
}
