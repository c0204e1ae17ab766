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
const TELLING: u32 = 24;

/// Three neighbouring lines of one sign, blank lines skipped: their hash and their indexes.
type Window = (u64, [u32; WINDOW]);

/// The windows of one file on both sides.
#[derive(Default)]
pub struct Windows {
    removed: Vec<Window>,
    added: Vec<Window>,
}

impl Windows {
    pub fn of(lines: &[Line]) -> Self {
        let mut windows = Self::default();
        let (mut removed, mut added) = (Run::default(), Run::default());
        let mut hunk = u32::MAX;
        for (index, line) in lines.iter().enumerate() {
            if line.sign == Sign::Context || line.hunk != hunk {
                (removed, added) = (Run::default(), Run::default());
                hunk = line.hunk;
            }
            match line.sign {
                Sign::Context => {}
                Sign::Removed => windows.removed.extend(removed.take(index, line.text)),
                Sign::Added => windows.added.extend(added.take(index, line.text)),
            }
        }
        windows
    }
}

/// The last lines of one sign that nothing has broken apart: hash, letters and index of each.
#[derive(Default)]
struct Run {
    last: [(u64, u32, u32); WINDOW],
    length: usize,
}

impl Run {
    /// The window that a further line completes.
    fn take(&mut self, index: usize, text: &str) -> Option<Window> {
        let text = text.trim_ascii().trim();
        if text.is_empty() {
            return None;
        }
        let letters = text.bytes().map(|byte| u32::from(byte.is_ascii_alphanumeric())).sum();
        self.last.rotate_left(1);
        self.last[WINDOW - 1] = (hash(text), letters, index as u32);
        self.length += 1;
        let [a, b, c] = self.last;
        (self.length >= WINDOW && a.1 + b.1 + c.1 >= TELLING).then(|| (hash((a.0, b.0, c.0)), [a.2, b.2, c.2]))
    }
}

/// Marks the lines on both sides of every move. `windows` are those of `files`, in their order.
pub fn mark(files: &mut [FileReading], windows: &[Windows]) {
    let read = || files.iter().zip(windows).filter(|(file, _)| file.noise.is_none()).map(|(_, windows)| windows);
    let most = read().map(|windows| windows.removed.len()).sum();
    let mut removed = Hashes::with_capacity_and_hasher(most, FixedState::default());
    removed.extend(read().flat_map(|windows| &windows.removed).map(|(hash, _)| *hash));
    if removed.is_empty() {
        return;
    }
    let added = read().flat_map(|windows| &windows.added).map(|(hash, _)| *hash);
    let both: Hashes = added.filter(|hash| removed.contains(hash)).collect();
    if both.is_empty() {
        return;
    }
    for (file, windows) in files.iter_mut().zip(windows) {
        for (_, at) in windows.removed.iter().chain(&windows.added).filter(|(hash, _)| both.contains(hash)) {
            at.iter().for_each(|index| file.lines[*index as usize].moved = true);
        }
    }
}

fn hash(value: impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}
