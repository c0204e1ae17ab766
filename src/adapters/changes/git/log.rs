//! What does `git log` say, commit by commit?

use super::branches::{Graph, Node};
use super::patterns;
use super::pieces::Pieces;
use crate::domain::change::{Author, Commit};
use chrono::{DateTime, Utc};

/// What is read of one field: enough for any message people write, and for the footers of the longest.
const FIELD: usize = 64 * 1024;

/// What is kept of one message.
const BODY: usize = 8 * 1024;

/// What is kept of all messages together.
const BODIES: usize = 32 * 1024 * 1024;

/// How many paths are kept for all commits together.
const PATHS: usize = 250_000;

/// The format that [`Log`] reads. It begins with a NUL so that a commit stands after an empty field, which no path is.
const FORMAT: &str = "--format=%x00%H%x00%P%x00%aN%x00%aE%x00%ct%x00%s%x00%b";

/// The arguments for all commits of `revisions` (`A..B`, or `B` for everything behind it), with paths or without.
/// `paths` bound it, none mean all.
pub fn arguments<'a>(revisions: &'a str, with_paths: bool, paths: &'a [String]) -> Vec<&'a str> {
    let mut args = vec![
        "log",
        "-z",
        FORMAT,
        "--encoding=UTF-8",
        "--use-mailmap",
        "--no-color",
        "--no-decorate",
        "--no-notes",
        "--no-show-signature",
        "--no-ext-diff",
        "--no-textconv",
        "--no-diff-merges",
        "--no-renames",
        "--no-relative",
        "--ignore-submodules=none",
        "-O/dev/null",
        "--root",
    ];
    args.push(if with_paths { "--name-only" } else { "--no-patch" });
    args.extend(bounded(paths));
    args.extend([revisions, "--"]);
    args.extend(paths.iter().map(String::as_str));
    args
}

/// How history is walked where folders bound it: commits beside them are left out, merges stay where they brought work on
/// them. Git then names other parents than the commits were made with; those are in the whole graph.
pub fn bounded(paths: &[String]) -> &'static [&'static str] {
    if paths.is_empty() { &[] } else { &["--full-history", "--simplify-merges", "--show-pulls"] }
}

/// Reads the log as it streams in.
#[derive(Default)]
pub struct Log {
    pieces: Pieces,
    field: Field,
    raw: Raw,
    pub commits: Vec<Commit>,
    pub graph: Graph,
    bodies: usize,
    paths: usize,
    /// Messages of which only the beginning was kept.
    pub cut_bodies: usize,
    /// Commits whose paths were not kept any more.
    pub without_paths: usize,
    last_without_paths: usize,
}

/// Which field comes next.
#[derive(Default, Clone, Copy)]
enum Field {
    #[default]
    Start,
    Sha,
    Parents,
    Name,
    Email,
    At,
    Subject,
    Body,
    FirstPath,
    Path,
}

/// A commit as git gave it so far.
#[derive(Default)]
struct Raw {
    sha: String,
    parents: Vec<String>,
    name: String,
    email: String,
    at: DateTime<Utc>,
    subject: String,
}

impl Log {
    pub fn feed(&mut self, mut chunk: &[u8]) {
        let mut pieces = std::mem::take(&mut self.pieces);
        while let Some(piece) = pieces.next(&mut chunk, 0, FIELD) {
            self.take(piece.bytes);
        }
        self.pieces = pieces;
    }

    fn take(&mut self, bytes: &[u8]) {
        let text = || String::from_utf8_lossy(bytes);
        self.field = match self.field {
            Field::Start => Field::Sha,
            Field::Sha => {
                self.raw = Raw { sha: text().into_owned(), ..Raw::default() };
                Field::Parents
            }
            Field::Parents => {
                self.raw.parents = text().split_ascii_whitespace().map(str::to_owned).collect();
                Field::Name
            }
            Field::Name => {
                self.raw.name = text().into_owned();
                Field::Email
            }
            Field::Email => {
                self.raw.email = text().into_owned();
                Field::At
            }
            Field::At => {
                let seconds = text().parse().unwrap_or_default();
                self.raw.at = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
                Field::Subject
            }
            Field::Subject => {
                self.raw.subject = text().into_owned();
                Field::Body
            }
            Field::Body => {
                self.commit(&text());
                Field::FirstPath
            }
            Field::FirstPath | Field::Path if bytes.is_empty() => Field::Sha,
            // Git ends the message with a line break before the first path.
            Field::FirstPath => self.path(bytes.strip_prefix(b"\n").unwrap_or(bytes)),
            Field::Path => self.path(bytes),
        };
    }

    fn commit(&mut self, body: &str) {
        let raw = std::mem::take(&mut self.raw);
        let mentions = patterns::mentions(&raw.subject, body);
        let body = body.trim();
        let kept = &body[..body.floor_char_boundary(BODY.min(BODIES.saturating_sub(self.bodies)))];
        self.bodies += kept.len();
        self.cut_bodies += usize::from(kept.len() < body.len());
        let sha = raw.sha.clone();
        self.commits.push(Commit {
            sha: raw.sha,
            author: Author { name: raw.name, email: raw.email },
            co_authors: patterns::co_authors(body),
            at: raw.at,
            subject: raw.subject,
            body: kept.to_string(),
            is_merge: raw.parents.len() > 1,
            pull_requests: mentions.pull_requests,
            tickets: mentions.tickets,
            paths: Vec::new(),
        });
        self.graph.push(Node { sha, parents: raw.parents });
    }

    fn path(&mut self, bytes: &[u8]) -> Field {
        let number = self.commits.len();
        if let Some(commit) = self.commits.last_mut() {
            if self.paths < PATHS {
                commit.paths.push(String::from_utf8_lossy(bytes).into_owned());
                self.paths += 1;
            } else if self.last_without_paths != number {
                self.last_without_paths = number;
                self.without_paths += 1;
            }
        }
        Field::Path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &[u8], size: usize) -> Log {
        let mut log = Log::default();
        stream.chunks(size).for_each(|chunk| log.feed(chunk));
        log
    }

    #[test]
    fn commits_paths_and_odd_bytes_survive_any_chunks() {
        let stream = b"\0a1\0p1\0Ann\0ann@shop.example\x0060\0Pay (#7)\0PAY-311\n\nCo-authored-by: Bo <bo@shop.example>\0\nsrc/a b.rs\0\
            \xff.bin\0\0b2\0p1 p2\0Bo\0bo@shop.example\x00120\0Merge \xe9\0\0\0c3\0\0Bo\0b\x00180\0First\0\0\n\n\0";
        for size in [1, 2, 3, 7, 64, 4096] {
            let commits = read(stream, size).commits;
            let [pay, merge, first] = commits.as_slice() else { panic!("three commits, not {commits:?}") };
            assert_eq!((pay.sha.as_str(), pay.subject.as_str(), pay.is_merge), ("a1", "Pay (#7)", false));
            assert_eq!(pay.at.timestamp(), 60);
            assert_eq!(pay.paths, ["src/a b.rs", "\u{fffd}.bin"]);
            assert_eq!((&pay.pull_requests[..], &pay.tickets[..]), (&[7][..], &["PAY-311".to_string()][..]));
            assert_eq!(pay.co_authors[0].name, "Bo");
            assert_eq!((merge.subject.as_str(), merge.is_merge, merge.paths.len()), ("Merge \u{fffd}", true, 0));
            assert_eq!((first.sha.as_str(), first.body.as_str()), ("c3", ""));
            assert_eq!(first.paths, ["\n"], "a file whose name is a line break");
        }
    }

    #[test]
    fn long_messages_keep_their_beginning_and_their_footers_meaning() {
        let body = format!("{}\n\nPAY-9\nCo-authored-by: Bo <bo@shop.example>", "é".repeat(BODY));
        let log = read(format!("\0a1\0p\0A\0a\x0060\0Long\0{body}\0").as_bytes(), 1000);
        assert_eq!(log.commits[0].body.len(), BODY);
        assert_eq!(log.commits[0].tickets, ["PAY-9"]);
        assert_eq!(log.commits[0].co_authors.len(), 1);
        assert_eq!(log.cut_bodies, 1);
    }
}
