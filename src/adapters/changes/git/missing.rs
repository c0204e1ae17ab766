//! Which files of a change cannot be read, because this clone does not hold their contents?
//!
//! A partial clone, or one whose largest files were left out, has every name and not every content. One missing content ends
//! `git diff` before it has printed anything, because it looks for renames first; so what is missing is found and left out.

use super::diff::{Diff, List};
use super::{Git, run};
use crate::domain::change::FileChange;
use crate::domain::trouble::Trouble;
use std::collections::HashSet;
use std::path::Path;

/// More paths than this are not left out one by one; the change is then known by name only.
const MOST: usize = 2_000;

/// The changed files whose contents are missing, as far as names and modes tell of them; nothing where there are too many.
///
/// # Errors
/// As [`run::stream`].
pub async fn files(
    git: &Git,
    repository: &Path,
    from: &str,
    to: &str,
    paths: &[String],
) -> Result<Vec<FileChange>, Trouble> {
    let mut args =
        vec!["diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=none", from, to, "--"];
    args.extend(paths.iter().map(String::as_str));
    let (ended, raw) = run::attempt(git, repository, &args, "").await?;
    if !ended.well {
        return Ok(Vec::new());
    }
    let listed = listed(&raw);
    let names: Vec<&str> = listed.iter().flat_map(|(_, names)| names.iter().map(String::as_str)).collect();
    let asked = names.join("\n") + "\n";
    let (_, answer) = run::attempt(git, repository, &["cat-file", "--batch-check", "--buffer"], &asked).await?;
    let answer = String::from_utf8_lossy(&answer);
    let missing: HashSet<&str> = answer.lines().filter_map(|line| line.strip_suffix(" missing")).collect();
    let mut files: Vec<FileChange> = listed
        .into_iter()
        .filter(|(_, names)| names.iter().any(|name| missing.contains(name.as_str())))
        .map(|(file, _)| FileChange { cut: true, ..file })
        .collect();
    if files.len() > MOST {
        files.clear();
    }
    Ok(files)
}

/// The arguments that leave these files out of a diff that `paths` bound.
pub fn left_out(files: &[FileChange], paths: &[String]) -> Vec<String> {
    let excluded = files.iter().map(|file| format!(":(top,exclude,literal){}", file.path));
    let mut bounds = if paths.is_empty() { vec![":(top)".to_owned()] } else { paths.to_vec() };
    bounds.extend(excluded);
    bounds
}

/// Adds the files that were left out, known by name only, where git would have listed them.
pub fn put_back(diff: &mut Diff, files: Vec<FileChange>) {
    if !files.is_empty() {
        diff.files.extend(files);
        diff.files.sort_by(|left, right| left.path.cmp(&right.path));
    }
}

/// Each file with the object names of its contents on both sides; those of nothing and of submodules aside.
fn listed(raw: &[u8]) -> Vec<(FileChange, Vec<String>)> {
    let mut list = List::default();
    let mut names = Vec::new();
    let mut found = Vec::new();
    for field in raw.split(|byte| *byte == 0).filter(|field| !field.is_empty()) {
        if field.starts_with(b":") && matches!(list, List::Entry) {
            names = contents(&String::from_utf8_lossy(field));
        }
        if let Some(file) = list.take(field) {
            found.push((file, std::mem::take(&mut names)));
        }
    }
    found
}

/// `:100644 160000 OLD NEW M`: the names of what is a file, not of commits of submodules.
fn contents(entry: &str) -> Vec<String> {
    let words: Vec<&str> = entry.trim_start_matches(':').split(' ').collect();
    let [old_mode, new_mode, old, new, ..] = words.as_slice() else { return Vec::new() };
    [(old_mode, old), (new_mode, new)]
        .into_iter()
        .filter(|(mode, name)| **mode != "160000" && name.bytes().any(|digit| digit != b'0'))
        .map(|(_, name)| (*name).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_contents_come_with_their_files() {
        let raw = b":100644 100644 aa bb M\0src/a.rs\0:000000 100644 00 cc A\0b\0:160000 160000 dd ee M\0sub\0";
        let found: Vec<(String, Vec<String>)> =
            listed(raw).into_iter().map(|(file, names)| (file.path, names)).collect();
        let expected: [(&str, &[&str]); 3] = [("src/a.rs", &["aa", "bb"]), ("b", &["cc"]), ("sub", &[])];
        assert_eq!(found.len(), expected.len());
        for ((path, names), (wanted, wanted_names)) in found.iter().zip(expected) {
            assert_eq!(
                (path.as_str(), names.iter().map(String::as_str).collect::<Vec<_>>().as_slice()),
                (wanted, wanted_names)
            );
        }
    }
}
