//! Which lines were only moved? Removed in one place of the change and added, alike, in another.
//!
//! Windows of three lines, white space aside, are hashed on the removed side and looked for on the added side. Three
//! lines of mere braces prove nothing, so a window must carry some letters.

use super::reading::{FileReading, Line, Sign};
use foldhash::fast::FixedState;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};

/// Hashes of windows. Every changed line is hashed once, so the hash is a fast one; of two that collide by chance a line
/// is taken for moved, which costs it a second look and nothing else.
type Hashes = HashSet<u64, FixedState>;

const WINDOW: usize = 3;
/// Letters and digits a window needs before two of them count as the same code.
const TELLING: usize = 24;

/// Marks the lines on both sides of every move.
pub fn mark(files: &mut [FileReading]) {
    let removed = windows_of(files, Sign::Removed);
    if removed.is_empty() {
        return;
    }
    let added = windows_of(files, Sign::Added);
    let both: Hashes = removed.intersection(&added).copied().collect();
    if both.is_empty() {
        return;
    }
    for file in files.iter_mut() {
        for sign in [Sign::Removed, Sign::Added] {
            let hits: Vec<usize> = windows(&file.lines, sign)
                .into_iter()
                .filter(|(hash, _)| both.contains(hash))
                .flat_map(|(_, at)| at)
                .collect();
            for index in hits {
                file.lines[index].moved = true;
            }
        }
    }
}

fn windows_of(files: &[FileReading], sign: Sign) -> Hashes {
    files
        .iter()
        .filter(|file| file.noise.is_none())
        .flat_map(|file| windows(&file.lines, sign))
        .map(|(hash, _)| hash)
        .collect()
}

/// Hashes of each three neighbouring lines of one sign, blank lines skipped, with the indexes of those lines.
fn windows(lines: &[Line], sign: Sign) -> Vec<(u64, [usize; WINDOW])> {
    let mut found = Vec::new();
    let mut run: Vec<(u64, usize, usize)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let broken =
            line.sign == Sign::Context || run.last().is_some_and(|(_, _, last)| lines[*last].hunk != line.hunk);
        if broken {
            run.clear();
        }
        let text = line.text.trim();
        if line.sign != sign || text.is_empty() {
            continue;
        }
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric).count();
        run.push((hash(text), letters, index));
        if let [.., a, b, c] = run.as_slice()
            && a.1 + b.1 + c.1 >= TELLING
        {
            found.push((hash((a.0, b.0, c.0)), [a.2, b.2, c.2]));
        }
    }
    found
}

fn hash(value: impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}
