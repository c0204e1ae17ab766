//! Which sentences tell a reader what could not be read?

use super::diff::Diff;
use super::log::Log;
use super::words::{counted, listed, quoted};
use crate::domain::change::{FileChange, Gap, Nature, Range};
use chrono::{DateTime, Utc};

/// What the log and its limits left out.
pub fn of_log(log: &Log, range: usize, with_paths: bool) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if !with_paths {
        gaps.push(format!("Which files each commit touched was not read; the range has {}.", commits(range)));
    }
    if log.without_paths > 0 {
        gaps.push(format!("Of {} the touched files were not read: there are too many.", commits(log.without_paths)));
    }
    if log.cut_bodies > 0 {
        gaps.push(format!("Of {} only the beginning of the message was read.", commits(log.cut_bodies)));
    }
    sentences(gaps)
}

/// What the diff and its limits left out.
pub fn of_diff(diff: &Diff) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let submodules = named(diff.files.iter().filter(|file| file.nature == Nature::Submodule));
    if !submodules.is_empty() {
        let plural = if submodules.len() == 1 { "" } else { "s" };
        gaps.push(format!("What changed inside the submodule{plural} {} was not read.", some(&submodules)));
    }
    let cut = named(diff.cut_files.iter().filter_map(|index| diff.files.get(*index)));
    if !cut.is_empty() {
        gaps.push(format!("Only the beginning of the changes to {} was read: they are too large.", some(&cut)));
    }
    if diff.bare_files > 0 {
        gaps.push(format!(
            "{} are known by name and counts only: the whole change is too large.",
            files(diff.bare_files)
        ));
    }
    match diff.cut_lines {
        0 => {}
        1 => gaps.push("One very long line was read only in its beginning.".to_string()),
        lines => gaps.push(format!("{} very long lines were read only in their beginning.", counted(lines))),
    }
    sentences(gaps)
}

pub fn shallow() -> Gap {
    let sentence = "The repository is a shallow clone: commits before its boundary were not read. `git fetch --unshallow` brings them.";
    Gap { sentence: sentence.to_string() }
}

pub fn broken_off(diff: &Diff) -> Gap {
    let unread = diff.files.len().saturating_sub(diff.begun().saturating_sub(1));
    let sentence = format!("The contents of {} could not be read: objects are missing or damaged.", files(unread));
    Gap { sentence }
}

/// Contents that this clone does not hold.
pub fn missing(unread: &[FileChange]) -> Gap {
    let names = named(unread.iter());
    Gap { sentence: format!("What changed in {} could not be read: objects are missing or damaged.", some(&names)) }
}

/// The start lies on a branch of its own.
pub fn apart(range: &Range, compared: bool) -> Gap {
    let (from, to) = (quoted(&range.from.name), quoted(&range.to.name));
    let more = if compared {
        format!("changes that were picked over to {from} before stand in this note again.")
    } else {
        "they are too many to compare, so some may have come over under another id.".to_string()
    };
    Gap { sentence: format!("{from} is not part of the history of {to}, it lies on a branch of its own; {more}") }
}

/// Work that only a tag holds is lost with the next release.
pub fn on_no_branch(tag: &str) -> Gap {
    let sentence = format!("The tag {} is on no branch, so the next release may not hold what it brings.", quoted(tag));
    Gap { sentence }
}

/// Somebody moved a release.
pub fn tag_moved(tag: &str, from: &str, to: &str) -> Gap {
    let short = |sha: &str| quoted(sha.get(..7).unwrap_or(sha));
    let sentence = format!(
        "The tag {} moved from {} to {} since it was last read; what was said of it before may be about other code.",
        quoted(tag),
        short(from),
        short(to)
    );
    Gap { sentence }
}

/// The host was not reached, and our copy is as it was.
pub fn older_copy(repository: &str, read_at: Option<DateTime<Utc>>, why: &str) -> Gap {
    let since = match read_at {
        Some(at) => format!("as it was at {} UTC", at.format("%Y-%m-%d %H:%M")),
        None => "as it was when it was last read".to_owned(),
    };
    Gap {
        sentence: format!(
            "{why}, so our copy of {} was read {since}; what came later is not in this note.",
            quoted(repository)
        ),
    }
}

/// Why there is no copy to read.
pub fn not_copied(why: &str) -> Gap {
    Gap { sentence: format!("{why}.") }
}

pub fn over_the_api(repository: &str) -> Gap {
    let repository = quoted(repository);
    let sentence =
        format!("{repository} was read over its host's API, not by git: which files each commit touched is not known.");
    Gap { sentence }
}

pub fn apart_over_the_api(range: &Range) -> Gap {
    let (from, to, lost) = (quoted(&range.from.name), quoted(&range.to.name), range.lost);
    let are = if lost == 1 { "1 commit that is".to_owned() } else { format!("{} commits that are", counted(lost)) };
    let sentence = format!(
        "{from} has {are} not in {to}. Files are compared with where both parted, so what leaves with them is not shown."
    );
    Gap { sentence }
}

pub fn first_files(shown: usize) -> Gap {
    Gap { sentence: format!("Only {} are known: the host names no more of them.", files(shown)) }
}

pub fn commits_of_all_folders(folders: &[String]) -> Gap {
    let sentence = format!(
        "The host does not say which commits touched {}, so those of the whole repository are listed.",
        listed(folders, "or")
    );
    Gap { sentence }
}

pub fn without_patch(unread: usize) -> Option<Gap> {
    let (told, them) = match unread {
        0 => return None,
        1 => ("One file is".to_owned(), "it"),
        many => (format!("{} are", files(many)), "them"),
    };
    Some(Gap { sentence: format!("{told} known by name and counts only: the host finds {them} too large.") })
}

pub fn renames_skipped() -> Gap {
    Gap { sentence: "Renamed files may be listed as removed and added: there are too many to compare.".to_string() }
}

fn sentences(gaps: Vec<String>) -> Vec<Gap> {
    gaps.into_iter().map(|sentence| Gap { sentence }).collect()
}

fn named<'a>(files: impl Iterator<Item = &'a FileChange>) -> Vec<&'a str> {
    files.map(|file| file.path.as_str()).collect()
}

/// The first three by name.
fn some(names: &[&str]) -> String {
    match names.len() {
        0..=3 => listed(names, "and"),
        all => {
            let first: Vec<String> = names[..3].iter().map(|name| quoted(name)).collect();
            format!("{} and {} more", first.join(", "), counted(all - 3))
        }
    }
}

fn commits(number: usize) -> String {
    if number == 1 { "one commit".to_string() } else { format!("{} commits", counted(number)) }
}

fn files(number: usize) -> String {
    if number == 1 { "one file".to_string() } else { format!("{} files", counted(number)) }
}
