//! Which words does the diff itself offer: headings, flags, keys, comments, names?

use super::lexicon::{Lexicon, Source};
use crate::domain::change::{ChangeSet, FileChange};
use crate::domain::digest::Digest;
use std::collections::HashSet;

/// Added text read of one file, and of all files together, in bytes: what comes after adds little and takes time.
const FILE_BYTES: usize = 48 * 1024;
const ALL_BYTES: usize = 2 * 1024 * 1024;

/// Reads the added lines of every file that is not noise.
pub fn read(changes: &ChangeSet, digest: &Digest, lexicon: &mut Lexicon) {
    let noise: HashSet<&str> = digest.noise.iter().flat_map(|noise| &noise.paths).map(String::as_str).collect();
    let mut left = ALL_BYTES;
    for file in changes.files.iter().filter(|file| !noise.contains(file.path.as_str())) {
        lexicon.read(&file.path, Source::Path);
        left -= read_file(file, lexicon, FILE_BYTES.min(left));
    }
}

/// Returns how many bytes were read.
fn read_file(file: &FileChange, lexicon: &mut Lexicon, limit: usize) -> usize {
    let prose = is_prose(&file.path);
    let keys = is_keys(&file.path);
    let mut read = 0;
    for line in file.hunks.iter().flat_map(|hunk| hunk.body.lines()).filter_map(|line| line.strip_prefix('+')) {
        if read + line.len() > limit {
            break;
        }
        read += line.len();
        read_line(line.trim_start(), prose, keys, lexicon);
    }
    read
}

fn read_line(line: &str, prose: bool, keys: bool, lexicon: &mut Lexicon) {
    for flag in
        line.split(|letter: char| !(letter.is_alphanumeric() || letter == '-')).filter(|word| word.starts_with("--"))
    {
        lexicon.read(flag, Source::Setting);
    }
    if prose {
        let source = if line.starts_with('#') { Source::Heading } else { Source::Prose };
        lexicon.read(line, source);
    } else if COMMENTS.iter().any(|sign| line.starts_with(sign)) {
        lexicon.read(line, Source::Comment);
    } else if let Some((key, value)) = line.split_once(':').filter(|_| keys) {
        lexicon.read(key, Source::Setting);
        lexicon.read(value, Source::Code);
    } else {
        lexicon.read(line, Source::Code);
    }
}

const COMMENTS: [&str; 6] = ["//", "# ", "/*", "* ", "\"\"\"", "-- "];

fn is_prose(path: &str) -> bool {
    ends_with_any(path, &[".md", ".markdown", ".rst", ".adoc", ".txt"])
}

fn is_keys(path: &str) -> bool {
    ends_with_any(path, &[".yaml", ".yml", ".json"])
}

fn ends_with_any(path: &str, endings: &[&str]) -> bool {
    let path = path.to_ascii_lowercase();
    endings.iter().any(|ending| path.ends_with(ending))
}
