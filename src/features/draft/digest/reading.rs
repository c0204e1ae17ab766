//! What does the diff say, line by line? The change once parsed, for every step that reads lines.

use super::language::{Language, language};
use super::risks::RemovedItem;
use super::role::{Role, role};
use super::side_by_side::side_by_side;
use super::subject::Subject;
use super::topics::{Topic, Topics, next_line};
use super::{moved, noise, outside, plain};
use crate::domain::background::Background;
use crate::domain::change::{ChangeSet, FileChange};
use crate::domain::digest::{Evidence, NoiseKind, Outside};
use crate::domain::pull_request::PullRequest;
use crate::domain::secret;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A change with its lines parsed, noise named and moved lines marked. Borrowed from the [`ChangeSet`].
pub struct Reading<'a> {
    pub changes: &'a ChangeSet,
    /// The subjects of `changes.commits`, taken apart once.
    pub subjects: Vec<Subject>,
    pub files: Vec<FileReading<'a>>,
    /// Indexes into `changes.commits` of the commits that touched a path, newest first.
    pub touched_by: HashMap<&'a str, Vec<usize>>,
    /// What others know about it.
    pub background: &'a Background,
    /// The same as lines that can be cited.
    pub outside: Outside,
    /// Public items that left for good, once somebody has asked for them.
    pub removed_items: OnceLock<Vec<RemovedItem>>,
}

pub struct FileReading<'a> {
    pub change: &'a FileChange,
    pub path: &'a str,
    /// The last part of the path.
    pub name: &'a str,
    pub language: Language,
    pub role: Role,
    pub noise: Option<NoiseKind>,
    pub lines: Vec<Line<'a>>,
    /// What any of its lines may be about.
    pub topics: Topics,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Context,
    Added,
    Removed,
}

#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub sign: Sign,
    /// Line in the new file, in the old one for removed lines, 1-based.
    pub number: u32,
    /// Index of its hunk.
    pub hunk: u32,
    /// Without the sign.
    pub text: &'a str,
    /// The whole line is a comment or blank.
    pub silent: bool,
    /// Belongs to test code inside a file that also runs in production.
    pub test: bool,
    /// Stands, alike, on the other side of the change too.
    pub moved: bool,
    /// What it may be about, by its words.
    pub topics: Topics,
}

impl<'a> Reading<'a> {
    pub fn of(changes: &'a ChangeSet, background: &'a Background) -> Self {
        let read = side_by_side(changes.files.len(), |at| {
            let file = FileReading::of(&changes.files[at]);
            let windows = moved::Windows::of(&file.lines);
            (file, windows)
        });
        let (mut files, windows): (Vec<FileReading<'a>>, Vec<moved::Windows>) = read.into_iter().unzip();
        moved::mark(&mut files, &windows);
        for file in &mut files {
            if file.noise.is_none() {
                file.noise = noise::by_lines(file);
            }
        }
        let mut touched_by: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, commit) in changes.commits.iter().enumerate() {
            for path in &commit.paths {
                touched_by.entry(path).or_default().push(index);
            }
        }
        let subjects = changes.commits.iter().map(|commit| Subject::parse(&commit.subject)).collect();
        let outside = outside::outside(background, &changes.range);
        Self { changes, subjects, files, touched_by, background, outside, removed_items: OnceLock::new() }
    }

    /// The pull request of that number, where the code host knows it.
    pub fn request(&self, number: u64) -> Option<&'a PullRequest> {
        self.background.requests.iter().find(|request| request.number == number)
    }

    /// Files that run in production and are read, not only named: what most risks look at.
    pub fn production(&self) -> impl Iterator<Item = &FileReading<'a>> {
        self.files.iter().filter(|file| file.noise.is_none() && file.role == Role::Production)
    }
}

impl<'a> FileReading<'a> {
    fn of(change: &'a FileChange) -> Self {
        let path = change.path.as_str();
        let language = language(path);
        let noise = noise::by_name(change);
        let lines = parse(change, language);
        let mut topics = Topics::default();
        lines.iter().for_each(|line| topics |= line.topics);
        let name = path.rsplit('/').next().unwrap_or(path);
        Self { change, path, name, language, role: role(path), noise, lines, topics }
    }

    /// The lines that may be about a topic.
    pub fn about(&self, topic: Topic) -> impl Iterator<Item = &Line<'a>> {
        let lines: &[Line] = if self.topics.has(topic) { &self.lines } else { &[] };
        lines.iter().filter(move |line| line.topics.has(topic))
    }

    pub fn added(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(|line| line.sign == Sign::Added && !line.silent)
    }
    pub fn removed(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(|line| line.sign == Sign::Removed && !line.silent)
    }
    pub fn changed(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(|line| line.sign != Sign::Context && !line.silent)
    }

    /// The added line of this number in the new file.
    pub fn added_at(&self, number: u32) -> Option<&Line<'a>> {
        self.lines.iter().find(|line| line.sign == Sign::Added && line.number == number)
    }

    /// The line as evidence: cleaned, masked and short enough to quote.
    pub fn evidence(&self, line: &Line) -> Evidence {
        Evidence { path: plain::path(self.path), line: line.number, quote: quote(line.text) }
    }
    /// The whole file as evidence.
    pub fn whole(&self, what: &str) -> Evidence {
        Evidence { path: plain::path(self.path), line: 0, quote: quote(what) }
    }
    /// Does the path lie in a folder of one of these names? Case does not count.
    pub fn under(&self, folders: &[&str]) -> bool {
        let parents = self.path.rsplit_once('/').map_or("", |(parents, _)| parents);
        parents.split('/').any(|part| folders.iter().any(|folder| part.eq_ignore_ascii_case(folder)))
    }
    /// Does the name end like one of these? Case does not count.
    pub fn ends(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| {
            self.name.len() >= ending.len()
                && self.name.as_bytes()[self.name.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
        })
    }
}

impl Line<'_> {
    pub fn is_added(&self) -> bool {
        self.sign == Sign::Added
    }
}

/// A line as it may be quoted: visible characters only, secrets masked, at most 160 characters.
pub fn quote(text: &str) -> String {
    plain::shortened(&plain::plain(&secret::masked(text)), 160)
}

fn parse(change: &FileChange, language: Language) -> Vec<Line<'_>> {
    // Most lines are longer than this, so there is room for nearly all at once.
    let bytes: usize = change.hunks.iter().map(|hunk| hunk.body.len()).sum();
    let mut lines = Vec::with_capacity(bytes / 32);
    let mut test = false;
    let rust = language.name == "Rust";
    for (hunk, part) in change.hunks.iter().enumerate() {
        let (mut old, mut new) = (part.old_start, part.new_start);
        let mut block_comment = false;
        test |= rust && starts_tests(&part.context);
        let mut body = part.body.as_str();
        while let Some((raw, topics)) = next_line(&mut body) {
            let (sign, text) = match raw.as_bytes().first() {
                Some(b'+') => (Sign::Added, &raw[1..]),
                Some(b'-') => (Sign::Removed, &raw[1..]),
                Some(b' ') => (Sign::Context, &raw[1..]),
                // `\ No newline at end of file`, and the empty piece after the last newline.
                _ => continue,
            };
            let text = text.strip_suffix('\r').unwrap_or(text);
            let number = if sign == Sign::Removed { old } else { new };
            old += u32::from(sign != Sign::Added);
            new += u32::from(sign != Sign::Removed);
            test |= rust && topics.has(Topic::Test) && starts_tests(text);
            let silent = silent(language, text, &mut block_comment);
            lines.push(Line { sign, number, hunk: hunk as u32, text, silent, test, moved: false, topics });
        }
    }
    lines
}

/// As the library does it, but most white space is ASCII and need not be decoded.
fn trim_start(text: &str) -> &str {
    text.trim_ascii_start().trim_start()
}

/// From here on a Rust file holds its unit tests, by convention at its end.
fn starts_tests(text: &str) -> bool {
    text.contains("#[cfg(test)]") || text.starts_with("mod tests") || text.contains("#[test]")
}

/// Is the line blank or a comment? `inside` remembers a block comment (`/* … */`, `"""…"""`) between lines.
fn silent(language: Language, text: &str, inside: &mut bool) -> bool {
    let trimmed = trim_start(text);
    if *inside {
        *inside = !(trimmed.contains("*/") || trimmed.contains("\"\"\""));
        return true;
    }
    if trimmed.is_empty() {
        return true;
    }
    if trimmed.starts_with("/*") && language.comments == super::language::Comments::Slash && !trimmed.contains("*/") {
        *inside = true;
        return true;
    }
    if language.name == "Python" && trimmed.starts_with("\"\"\"") {
        *inside = trimmed.trim_end().len() == 3 || !trimmed[3..].contains("\"\"\"");
        return true;
    }
    language.is_comment(trimmed)
}
