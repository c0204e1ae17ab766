//! Which release does a tag name, and which one came before it?
//!
//! A tag is read as a line of releases and a version: `api/v1.2.0` is version 1.2.0 of the line `api/`, `web-3.1` is 3.1 of
//! `web`, `REL_16_BETA1` is a pre-release of 16 of `rel`, `2024-05-01` a version made of a date. Versions are ordered as
//! Semantic Versioning 2.0.0, section 11, orders them, with two additions tags need: any number of numbers, and suffixes
//! that come after a release (`-1`, `-hotfix2`, `.post1`).

use std::cmp::Ordering;

/// A tag that names a version, and the commit it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub tag: String,
    pub sha: String,
    /// Seconds since 1970 when the tag was made, or its commit where the tag has no date.
    pub at: i64,
    pub version: Version,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    line: String,
    numbers: Vec<u64>,
    stage: Stage,
}

/// Before, at or after the plain version; the order of the variants is the order of releases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Before(Vec<Part>),
    Plain,
    After(Vec<Part>),
}

/// Numbers come before words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Word(String),
}

/// Releases of the same line before `version`, newest version first. A final release is compared with final releases only;
/// tags on the commit itself are left out.
pub fn before<'a>(releases: &'a [Release], version: &Version, sha: &str) -> Vec<&'a Release> {
    let mut earlier: Vec<&Release> = releases
        .iter()
        .filter(|release| release.sha != sha && release.version.precedes(version))
        .filter(|release| release.version.is_final() || !version.is_final())
        .collect();
    earlier.sort_by(|a, b| b.version.order().cmp(&a.version.order()).then_with(|| b.at.cmp(&a.at)));
    earlier
}

/// The highest version on a commit, a final one if there is any.
pub fn highest_at<'a>(releases: &'a [Release], sha: &str) -> Option<&'a Release> {
    let here = releases.iter().filter(|release| release.sha == sha);
    here.max_by(|a, b| (a.version.is_final(), a.version.order()).cmp(&(b.version.is_final(), b.version.order())))
}

impl Version {
    /// Nothing when the tag names no version (`stable`, `build-a1b2`).
    pub fn parse(tag: &str) -> Option<Self> {
        let bytes = tag.as_bytes();
        let starts = (0..bytes.len()).filter(|&at| {
            bytes[at].is_ascii_digit() && (at == 0 || !(bytes[at - 1].is_ascii_digit() || is_within_version(bytes, at)))
        });
        starts.into_iter().find_map(|start| {
            let (numbers, rest) = numbers(&tag[start..])?;
            let stage = stage(rest, numbers.len())?;
            if numbers.len() == 1 && !may_be_alone(&tag[..start], &stage) {
                return None;
            }
            let line = line(&tag[..start]);
            (!is_of_builds(&line)).then_some(Self { line, numbers, stage })
        })
    }

    pub fn is_final(&self) -> bool {
        !matches!(self.stage, Stage::Before(_))
    }

    /// The version this pre-release leads to.
    pub fn finished(&self) -> Self {
        Self { stage: Stage::Plain, ..self.clone() }
    }

    fn precedes(&self, other: &Self) -> bool {
        self.line == other.line && self.order().cmp(&other.order()) == Ordering::Less
    }

    /// `1.2` and `1.2.0` are the same version.
    fn order(&self) -> (&[u64], &Stage) {
        let end = self.numbers.iter().rposition(|number| *number != 0).map_or(0, |last| last + 1);
        (&self.numbers[..end], &self.stage)
    }
}

/// Is the digit at `at` a later number of a version that began before it (the 2 of `1.2`)?
fn is_within_version(bytes: &[u8], at: usize) -> bool {
    at >= 2 && matches!(bytes[at - 1], b'.') && bytes[at - 2].is_ascii_digit()
}

/// May one number behind this prefix be a version? `v2-rc1`, `web-7` and `release7` are, the ends of `a1b2` are not.
fn may_be_alone(prefix: &str, stage: &Stage) -> bool {
    let word = prefix.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_word = word.chars().all(|c| c.is_ascii_alphabetic());
    word.is_empty() || word.eq_ignore_ascii_case("v") || (is_word && *stage == Stage::Plain)
}

/// `v`, `V` and separators at the end say nothing about the line: `1.0` follows `v0.9`.
fn line(prefix: &str) -> String {
    let prefix = prefix.to_ascii_lowercase();
    let bare = prefix.strip_suffix('v').filter(|rest| !rest.ends_with(|c: char| c.is_ascii_alphanumeric()));
    bare.unwrap_or(&prefix).trim_end_matches(['-', '_', '.']).to_string()
}

/// `nightly-77` and `build-1203` count builds, not releases.
fn is_of_builds(line: &str) -> bool {
    let last = line.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    ["nightly", "weekly", "canary", "snapshot", "dev", "edge", "build", "ci"].contains(&last)
}

/// Numbers separated by `.` or `_`, or by `-` when they are a date.
fn numbers(text: &str) -> Option<(Vec<u64>, &str)> {
    let mut numbers = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        numbers.push(rest[..end].parse().ok()?);
        rest = &rest[end..];
        let is_date = numbers.len() < 3 && (1990..2200).contains(&numbers[0]);
        let separators: &[char] = if is_date { &['.', '_', '-'] } else { &['.', '_'] };
        match rest.strip_prefix(separators) {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => return Some((numbers, rest)),
        }
    }
}

const BEFORE: &[&str] = &[
    "alpha",
    "a",
    "beta",
    "b",
    "rc",
    "cr",
    "c",
    "pre",
    "preview",
    "prerelease",
    "dev",
    "snapshot",
    "nightly",
    "canary",
    "milestone",
    "m",
    "next",
    "test",
    "ea",
    "insiders",
];
const PLAIN: &[&str] = &["final", "ga", "release", "stable", "lts"];
const AFTER: &[&str] = &["hotfix", "patch", "post", "p", "sp", "r", "rev", "update", "u"];

/// What follows the numbers; nothing when it does not look like the end of a version.
fn stage(rest: &str, numbers: usize) -> Option<Stage> {
    let rest = rest.split_once('+').map_or(rest, |(version, _build)| version);
    if rest.is_empty() {
        return Some(Stage::Plain);
    }
    let separated = rest.starts_with(['-', '.', '_']);
    let parts = parts(rest)?;
    let (first, tail) = parts.split_first()?;
    match first {
        Part::Number(_) if tail.is_empty() && rest.starts_with('-') && numbers > 1 => Some(Stage::After(parts)),
        Part::Number(_) => None,
        Part::Word(word) if PLAIN.contains(&word.as_str()) && separated => Some(Stage::Plain),
        Part::Word(word) if AFTER.contains(&word.as_str()) && (separated || word == "p") => Some(Stage::After(parts)),
        Part::Word(word) if BEFORE.contains(&word.as_str()) => Some(Stage::Before(parts)),
        // Semantic Versioning: whatever stands after a hyphen is a pre-release.
        Part::Word(_) if rest.starts_with('-') && numbers > 1 => Some(Stage::Before(parts)),
        Part::Word(_) => None,
    }
}

/// `-rc.10` and `rc10` are both the word `rc` and the number 10.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for piece in text.split(['-', '.', '_']).filter(|piece| !piece.is_empty()) {
        let mut rest = piece;
        while let Some(first) = rest.chars().next() {
            let is_number = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            parts.push(match is_number {
                true => Part::Number(run.parse().ok()?),
                false if run.chars().all(|c| c.is_ascii_alphabetic()) => Part::Word(run.to_ascii_lowercase()),
                false => return None,
            });
            rest = after;
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(tag: &str) -> Version {
        Version::parse(tag).unwrap_or_else(|| panic!("`{tag}` names a version"))
    }

    fn releases(tags: &[&str]) -> Vec<Release> {
        let release = |(at, tag): (usize, &&str)| Release {
            tag: tag.to_string(),
            sha: format!("sha of {tag}"),
            at: i64::try_from(at).expect("tests have few tags"),
            version: version(tag),
        };
        tags.iter().enumerate().map(release).collect()
    }

    fn previous(tags: &[&str], of: &str) -> Vec<String> {
        before(&releases(tags), &version(of), &format!("sha of {of}"))
            .iter()
            .map(|release| release.tag.clone())
            .collect()
    }

    #[test]
    fn each_line_of_releases_has_its_own_past() {
        let tags = ["v1.0.0", "api/v1.1.0", "api/v1.2.0", "web-3.0", "web-3.1", "v1.9.0", "v1.10.0", "v2.0.0"];
        assert_eq!(previous(&tags, "api/v1.2.0"), ["api/v1.1.0"]);
        assert_eq!(previous(&tags, "web-3.1"), ["web-3.0"]);
        assert_eq!(previous(&tags, "v2.0.0"), ["v1.10.0", "v1.9.0", "v1.0.0"]);
        assert!(previous(&tags, "v1.0.0").is_empty());
    }

    #[test]
    fn a_final_release_follows_a_final_release_and_a_candidate_whatever_came() {
        let tags = ["v1.9.0", "v2.0.0-alpha.2", "v2.0.0-rc.9", "v2.0.0-rc.10", "v2.0.0", "v2.1.0-rc1"];
        assert_eq!(previous(&tags, "v2.0.0"), ["v1.9.0"]);
        assert_eq!(previous(&tags, "v2.0.0-rc.10")[..2], ["v2.0.0-rc.9", "v2.0.0-alpha.2"]);
        assert_eq!(previous(&tags, "v2.1.0-rc1")[0], "v2.0.0");
    }

    #[test]
    fn tags_are_written_in_many_ways() {
        assert_eq!(previous(&["0.9", "v1.0"], "v1.0"), ["0.9"]);
        assert_eq!(previous(&["REL_16_1", "REL_16_2", "REL_17_BETA1"], "REL_16_2"), ["REL_16_1"]);
        assert_eq!(previous(&["2024-04-30", "2024-05-01"], "2024-05-01"), ["2024-04-30"]);
        assert_eq!(previous(&["s3-client-1.9.0", "s3-client-1.10.0"], "s3-client-1.10.0"), ["s3-client-1.9.0"]);
        assert_eq!(previous(&["v1.2.3", "v1.2.3-hotfix1", "v1.2.4"], "v1.2.4"), ["v1.2.3-hotfix1", "v1.2.3"]);
        assert_eq!(previous(&["1.2.3-1", "1.2.3-2"], "1.2.3-2"), ["1.2.3-1"]);
        assert_eq!(previous(&["log4j-2.16.0", "log4j-2.17.0"], "log4j-2.17.0"), ["log4j-2.16.0"]);
        assert_eq!(previous(&["v1.0.0+a", "v1.1.0+b"], "v1.1.0+b"), ["v1.0.0+a"]);
        assert!(!version("v3.0.0-beta").is_final() && !version("3.0b2").is_final());
        assert!(version("1.2.3.Final").is_final() && version("v1.2.3-1").is_final());
    }

    #[test]
    fn names_without_a_version_are_no_releases() {
        for tag in [
            "stable",
            "build-a1b2",
            "build-1203",
            "api/nightly-77",
            "prod",
            "v",
            "nightly",
            "99999999999999999999999.1",
        ] {
            assert_eq!(Version::parse(tag), None, "{tag}");
        }
    }

    #[test]
    fn of_two_tags_on_one_commit_the_final_one_speaks() {
        let mut tags = releases(&["v2.0.0-rc.1", "v2.0.0", "v1.0.0"]);
        tags.iter_mut().for_each(|tag| tag.sha = "same".into());
        assert_eq!(highest_at(&tags, "same").map(|tag| tag.tag.as_str()), Some("v2.0.0"));
        assert_eq!(highest_at(&tags, "other"), None);
    }
}
