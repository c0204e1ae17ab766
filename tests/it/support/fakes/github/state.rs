//! What stands on this GitHub: repositories with their pull requests, issues, checks, deployments and releases, and who may
//! see them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Default)]
pub struct State {
    pub repositories: BTreeMap<String, Repository>,
    /// What a repository was called before.
    pub renamed: BTreeMap<String, String>,
    pub next_id: u64,
}

#[derive(Clone, Default)]
pub struct Repository {
    pub id: u64,
    pub name: String,
    /// Its tags and commits are those of this real repository, if it has one.
    pub git: Option<PathBuf>,
    pub pulls: BTreeMap<u64, Pull>,
    pub issues: BTreeMap<u64, Issue>,
    /// By commit.
    pub checks: BTreeMap<String, Vec<Check>>,
    pub deployments: Vec<Deployment>,
    pub releases: Vec<Release>,
    /// By number of the issue or pull request.
    pub comments: BTreeMap<u64, Vec<Comment>>,
    /// Nobody with our token may see it.
    pub hidden: bool,
}

#[derive(Clone, Default)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub branch: String,
    pub author: String,
    pub merged: bool,
    pub merge_commit: String,
    /// Commits that GitHub has connected with it already.
    pub commits: Vec<String>,
    pub labels: Vec<String>,
    /// Who said what: `("lee", "APPROVED")`.
    pub reviews: Vec<(String, String)>,
    pub closes: Vec<u64>,
}

#[derive(Clone, Default)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub closed: Option<&'static str>,
    pub assignees: Vec<String>,
    pub labels: Vec<String>,
}

#[derive(Clone)]
pub struct Check {
    pub id: u64,
    pub name: String,
    pub status: &'static str,
    pub conclusion: Option<&'static str>,
    pub summary: String,
}

#[derive(Clone)]
pub struct Deployment {
    pub environment: String,
    pub sha: String,
    pub reference: String,
    pub at: String,
    pub state: &'static str,
}

#[derive(Clone)]
pub struct Release {
    pub id: u64,
    pub tag: String,
    pub body: String,
    pub draft: bool,
}

#[derive(Clone)]
pub struct Comment {
    pub id: u64,
    pub body: String,
}

/// A tag as git has it: its name, its own object, and the commit it stands on.
pub struct Tagged {
    pub name: String,
    pub object: String,
    pub commit: String,
    pub annotated: bool,
}

impl State {
    pub fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// A repository, made when named for the first time.
    pub fn repository(&mut self, name: &str) -> &mut Repository {
        if !self.repositories.contains_key(name) {
            let id = self.id();
            let new = Repository { id, name: name.to_owned(), ..Repository::default() };
            self.repositories.insert(name.to_owned(), new);
        }
        self.repositories.get_mut(name).expect("it was just made")
    }

    pub fn seen(&self, name: &str) -> Option<&Repository> {
        let found = self.repositories.values().find(|one| one.name.eq_ignore_ascii_case(name));
        found.filter(|one| !one.hidden)
    }

    pub fn by_id(&self, id: u64) -> Option<&Repository> {
        self.repositories.values().find(|one| one.id == id && !one.hidden)
    }

    pub fn renames(&mut self, from: &str, to: &str) {
        let mut repository = self.repositories.remove(from).expect("it is there");
        repository.name = to.to_owned();
        self.repositories.insert(to.to_owned(), repository);
        self.renamed.insert(from.to_owned(), to.to_owned());
    }
}

impl Repository {
    /// A merged pull request; more of it is set on what this returns.
    pub fn merges(&mut self, number: u64, title: &str, sha: &str) -> &mut Pull {
        let pull = Pull {
            number,
            title: title.to_owned(),
            branch: format!("feature/{number}"),
            author: "dev".to_owned(),
            merged: true,
            merge_commit: sha.to_owned(),
            commits: vec![sha.to_owned()],
            ..Pull::default()
        };
        self.pulls.insert(number, pull);
        self.pulls.get_mut(&number).expect("it was just put there")
    }

    pub fn opens(&mut self, number: u64, title: &str) -> &mut Issue {
        let issue = Issue { number, title: title.to_owned(), ..Issue::default() };
        self.issues.insert(number, issue);
        self.issues.get_mut(&number).expect("it was just put there")
    }

    pub fn checked(&mut self, sha: &str, name: &str, conclusion: &'static str, summary: &str) {
        let checks = self.checks.entry(sha.to_owned()).or_default();
        let id = checks.len() as u64 + 1;
        checks.push(Check {
            id,
            name: name.to_owned(),
            status: "completed",
            conclusion: Some(conclusion),
            summary: summary.to_owned(),
        });
    }

    pub fn tags(&self) -> Vec<Tagged> {
        let Some(git) = &self.git else { return Vec::new() };
        let listed = run(
            git,
            &["for-each-ref", "--format=%(refname:strip=2) %(objecttype) %(objectname) %(*objectname)", "refs/tags"],
        );
        let tag = |line: &str| {
            let mut words = line.split(' ');
            let (name, kind, object) = (words.next()?, words.next()?, words.next()?);
            let annotated = kind == "tag";
            let commit = if annotated { words.next()? } else { object };
            Some(Tagged { name: name.to_owned(), object: object.to_owned(), commit: commit.to_owned(), annotated })
        };
        listed.lines().filter_map(tag).collect()
    }

    /// Is this one of its commits? Without a real repository every name is.
    pub fn has(&self, sha: &str) -> bool {
        self.git.as_ref().is_none_or(|git| {
            let there =
                Command::new("git").arg("-C").arg(git).args(["cat-file", "-e", &format!("{sha}^{{commit}}")]).output();
            there.expect("git runs").status.success()
        })
    }
}

fn run(git: &Path, args: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(git).args(args).output().expect("git runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
