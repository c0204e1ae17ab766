//! What changed, as a code host tells it over its API: where git cannot reach the host and there is no copy here.

use super::branches::{self, Graph, Node};
use super::diff::Diff;
use super::release::{self, Release, Version};
use super::{Git, gaps, patterns, words};
use crate::domain::change::{ChangeSet, Commit, FileChange, Gap, Nature, Range, RangeAsk, Status};
use crate::domain::service::{Remote, Source};
use crate::domain::trouble::{Fault, Trouble};
use crate::ports::code_host::{CodeHost, ComparedCommit, ComparedFile, Comparison, host_of};

/// A repository that only its host can tell of.
pub struct Afar<'a> {
    host: &'a dyn CodeHost,
    remote: &'a Remote,
    source: &'a Source,
}

impl<'a> Afar<'a> {
    /// `None` where nobody can be asked.
    pub fn of(git: &'a Git, source: &'a Source) -> Option<Self> {
        let remote = source.remote.as_ref()?;
        Some(Self { host: host_of(&git.hosts, remote)?, remote, source })
    }

    /// `None` where git has something to read.
    pub fn instead(git: &'a Git, source: &'a Source) -> Option<Self> {
        if git.mirrors.is_afar(&source.path) { Self::of(git, source) } else { None }
    }

    /// Does the host answer over its API?
    pub async fn answers(&self) -> bool {
        self.host.tags(&self.remote.name).await.is_ok()
    }

    pub async fn resolve(&self, ask: &RangeAsk) -> Result<Range, Trouble> {
        let named =
            |end: &'_ Option<String>| end.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        let to = named(&ask.to);
        let (from, chosen) = match named(&ask.from) {
            Some(from) => (from, String::new()),
            None => self.previous(to.as_deref()).await?,
        };
        let found = self.compare(&from, to.as_deref()).await?;
        let name = self.name();
        if found.from.sha == found.to.sha {
            return Err(match found.behind {
                0 => words::empty(name, &from, &found.to.name),
                _ => words::reversed(name, &from, &found.to.name),
            });
        }
        let (repo, commits, lost) = (name.to_owned(), found.ahead, found.behind);
        Ok(Range { repo, from: found.from, to: found.to, chosen, commits, lost })
    }

    pub async fn collect(&self, range: &Range) -> Result<ChangeSet, Trouble> {
        let (from, to) = (&range.from, &range.to);
        let mut found = self.compare(&from.name, Some(&to.name)).await?;
        if (&found.from.sha, &found.to.sha) != (&from.sha, &to.sha) {
            // A tag moved meanwhile; the range is what it was when it was found.
            found = self.compare(&from.sha, Some(&to.sha)).await?;
        }
        let mut gaps = vec![gaps::over_the_api(&self.remote.name)];
        if found.behind > 0 {
            gaps.push(gaps::apart_over_the_api(range));
        }
        if !found.are_all_files {
            gaps.push(gaps::first_files(found.files.len()));
        }
        if !self.source.paths.is_empty() {
            gaps.push(gaps::commits_of_all_folders(&self.source.paths));
        }
        let graph: Graph =
            found.commits.iter().map(|one| Node { sha: one.sha.clone(), parents: one.parents.clone() }).collect();
        let raw_bytes = found.commits.iter().map(|one| one.message.len()).sum::<usize>()
            + found.files.iter().filter_map(|file| file.patch.as_ref()).map(String::len).sum::<usize>();
        let mut commits: Vec<Commit> = found.commits.into_iter().map(commit).collect();
        patterns::settle(&mut commits);
        branches::attribute(&mut commits, &graph);
        let own = found.files.into_iter().filter(|file| is_in(&self.source.paths, file));
        let (files, diff) = read(own.collect());
        gaps.extend(diff);
        Ok(ChangeSet { range: range.clone(), commits, files, gaps, raw_bytes: raw_bytes as u64 })
    }

    fn name(&self) -> &str {
        self.remote.name.rsplit('/').next().unwrap_or(&self.remote.name)
    }

    async fn compare(&self, from: &str, to: Option<&str>) -> Result<Comparison, Trouble> {
        let found = self.host.compare(&self.remote.name, from, to).await;
        found.map_err(|fault| match fault {
            Fault::NotFound => words::not_compared(&self.remote.name, from, to),
            Fault::Refused(refusal) => Trouble::Refused(refusal),
            fault => Trouble::Outside { service: self.remote.host.clone(), fault },
        })
    }

    /// The release before the end, or the newest where nobody named an end.
    async fn previous(&self, to: Option<&str>) -> Result<(String, String), Trouble> {
        let tags = self.host.tags(&self.remote.name).await;
        let tags = tags.map_err(|fault| Trouble::Outside { service: self.remote.host.clone(), fault })?;
        let releases: Vec<Release> = tags
            .into_iter()
            .filter(|tag| self.source.takes_tag(&tag.name))
            .filter_map(|tag| {
                let (version, at) = (Version::parse(&tag.name)?, tag.at.map_or(0, |at| at.timestamp()));
                Some(Release { tag: tag.name, sha: tag.sha, at, version })
            })
            .collect();
        let end = to.and_then(|to| releases.iter().find(|release| release.tag == to));
        let found = match end {
            Some(end) => release::before(&releases, &end.version, &end.sha).first().copied(),
            // What is at the head of the main branch came after the newest release.
            None => releases.iter().filter(|release| release.version.is_final()).max_by_key(|release| release.at),
        };
        let found = found.ok_or_else(|| words::no_start_afar(&self.remote.name))?;
        let tag = words::quoted(&found.tag);
        let chosen = match to.filter(|_| end.is_some()) {
            Some(to) => format!("{tag} was taken as the start: it is the release tag before {}.", words::quoted(to)),
            None => format!("{tag} was taken as the start: it is the newest release tag."),
        };
        Ok((found.tag.clone(), chosen))
    }
}

fn commit(told: ComparedCommit) -> Commit {
    let (subject, body) = told.message.split_once('\n').unwrap_or((&told.message, ""));
    let (subject, body) = (subject.trim(), body.trim());
    let mentions = patterns::mentions(subject, body);
    Commit {
        sha: told.sha,
        author: told.author,
        co_authors: patterns::co_authors(body),
        at: told.at,
        subject: subject.to_owned(),
        body: body.to_owned(),
        is_merge: told.parents.len() > 1,
        pull_requests: mentions.pull_requests,
        tickets: mentions.tickets,
        paths: Vec::new(),
    }
}

fn is_in(folders: &[String], file: &ComparedFile) -> bool {
    let within = |path: &str| {
        folders.iter().any(|folder| {
            path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    folders.is_empty() || within(&file.path) || file.old_path.as_deref().is_some_and(within)
}

/// Reads the patches as git would have printed them, within the same limits.
fn read(told: Vec<ComparedFile>) -> (Vec<FileChange>, Vec<Gap>) {
    let mut diff = Diff::default();
    for file in &told {
        let (status, old) = match file.status {
            Status::Added => ('A', None),
            Status::Deleted => ('D', None),
            Status::Renamed => ('R', file.old_path.as_deref()),
            Status::Copied => ('C', file.old_path.as_deref()),
            _ => ('M', None),
        };
        diff.feed(format!(":100644 100644 0 0 {status}\0").as_bytes());
        for path in old.into_iter().chain([file.path.as_str()]) {
            diff.feed(format!("{path}\0").as_bytes());
        }
    }
    diff.feed(b"\0");
    for file in &told {
        diff.feed(format!("diff --git a/{0} b/{0}\n", file.path).as_bytes());
        diff.feed(file.patch.as_deref().unwrap_or_default().as_bytes());
        diff.feed(b"\n");
    }
    let mut unread = 0;
    for (file, told) in diff.files.iter_mut().zip(&told) {
        // Without a patch it is binary, or too large to be told.
        if told.patch.is_none() && told.added + told.removed > 0 {
            file.cut = true;
            unread += 1;
        } else if told.patch.is_none() && matches!(told.status, Status::Added | Status::Deleted | Status::Modified) {
            file.nature = Nature::Binary;
        }
        (file.added, file.removed) = (told.added, told.removed);
    }
    let mut gaps = gaps::of_diff(&diff);
    gaps.extend(gaps::without_patch(unread));
    (diff.files, gaps)
}
