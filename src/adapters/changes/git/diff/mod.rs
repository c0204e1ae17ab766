//! What does `git diff` say, file by file and hunk by hunk?
//!
//! The diff is asked for with its raw list in front: every file with its modes, status and unquoted names, each ended by
//! NUL. The patches follow in the same order, so nothing has to be guessed from quoted headers.

mod call;
mod list;

pub use call::arguments;

use super::pieces::{Piece, Pieces};
use crate::domain::change::{FileChange, Hunk, Nature};
pub use list::List;
use std::borrow::Cow;

/// What is kept of one file's hunks.
const FILE: usize = 64 * 1024;

/// What is kept of all hunks together.
const TOTAL: usize = 24 * 1024 * 1024;

/// What is kept of one line.
const LINE: usize = 4 * 1024;

/// What is kept of one path.
const PATH: usize = 64 * 1024;

/// Reads the diff as it streams in.
#[derive(Default)]
pub struct Diff {
    pieces: Pieces,
    list: List,
    /// The files that differ, in git's order. Complete once the first patch has come.
    pub files: Vec<FileChange>,
    /// The patch that is being read.
    patch: Patch,
    kept: usize,
    /// Lines of which only the beginning was kept.
    pub cut_lines: usize,
    /// Indexes of files of which only the beginning was kept.
    pub cut_files: Vec<usize>,
    /// Files of which nothing was kept because everything together was too much.
    pub bare_files: usize,
}

/// Where in the patches we are.
#[derive(Default)]
struct Patch {
    /// How many files have had a header; the current one is the last of them.
    begun: usize,
    /// A file that became a link, or the reverse, has two headers: one patch removes, one adds.
    is_first_of_two: bool,
    /// Lines of the old and of the new file that the hunk still owes.
    owed: (u32, u32),
    /// Bytes kept of this file.
    kept: usize,
}

impl Diff {
    pub fn feed(&mut self, mut chunk: &[u8]) {
        let mut pieces = std::mem::take(&mut self.pieces);
        loop {
            let is_patch = self.list.is_over();
            let (delimiter, limit) = if is_patch { (b'\n', LINE) } else { (0, PATH) };
            let Some(piece) = pieces.next(&mut chunk, delimiter, limit) else { break };
            if is_patch { self.line(&piece) } else { self.files.extend(self.list.take(piece.bytes)) }
        }
        self.pieces = pieces;
    }

    /// How many files' patches have begun.
    pub fn begun(&self) -> usize {
        self.patch.begun
    }

    fn line(&mut self, line: &Piece<'_>) {
        if self.patch.owed != (0, 0) {
            self.content(line);
        } else if line.bytes.starts_with(b"@@ ") {
            self.hunk(line.bytes);
        } else if line.bytes.starts_with(b"diff --git ") {
            self.header();
        } else if line.bytes.starts_with(b"Binary files ")
            && let Some(file) = self.current()
        {
            file.nature = Nature::Binary;
        }
    }

    fn current(&mut self) -> Option<&mut FileChange> {
        self.files.get_mut(self.patch.begun.checked_sub(1)?)
    }

    fn header(&mut self) {
        if std::mem::take(&mut self.patch.is_first_of_two) {
            return;
        }
        self.patch.begun += 1;
        self.patch.kept = 0;
        let mode = self.current().and_then(|file| file.mode.as_ref());
        self.patch.is_first_of_two = mode.is_some_and(|(old, new)| old.get(..3) != new.get(..3));
    }

    /// `@@ -1,2 +3,4 @@ fn pay()`
    fn hunk(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let Some((ranges, context)) = text.strip_prefix("@@ -").and_then(|rest| rest.split_once(" @@")) else { return };
        let Some((old, new)) = ranges.split_once(" +") else { return };
        let ((old_start, old_lines), (new_start, new_lines)) = (span(old), span(new));
        self.patch.owed = (old_lines, new_lines);
        let context = context.trim().to_string();
        if self.may_keep(context.len() + std::mem::size_of::<Hunk>())
            && let Some(file) = self.current()
        {
            file.hunks.push(Hunk { old_start, new_start, context, body: String::new() });
        }
    }

    fn content(&mut self, line: &Piece<'_>) {
        let (old, new) = self.patch.owed;
        let (old_gone, new_gone) = match line.bytes.first() {
            Some(b'+') => (0, 1),
            Some(b'-') => (1, 0),
            // `\ No newline at end of file` is not a line of the file.
            Some(b'\\') => return,
            _ => (1, 1),
        };
        self.patch.owed = (old.saturating_sub(old_gone), new.saturating_sub(new_gone));
        let Some(file) = self.current() else { return };
        file.added += u32::from(new_gone > old_gone);
        file.removed += u32::from(old_gone > new_gone);
        if self.may_keep(line.bytes.len() + 1) {
            self.cut_lines += usize::from(line.cut);
            self.keep(line);
        }
        if self.patch.owed == (0, 0)
            && let Some(hunk) = self.current().and_then(|file| file.hunks.last_mut())
        {
            hunk.body.shrink_to_fit();
        }
    }

    /// Is there room for so many bytes? Once there is not, nothing more of this file is kept, so that what is kept is its
    /// beginning.
    fn may_keep(&mut self, bytes: usize) -> bool {
        let (kept, total, index) = (self.patch.kept, self.kept, self.patch.begun.saturating_sub(1));
        let Some(file) = self.files.get_mut(index) else { return false };
        if file.cut {
            return false;
        }
        if kept + bytes > FILE || total + bytes > TOTAL {
            file.cut = true;
            if file.hunks.is_empty() {
                self.bare_files += 1
            } else {
                self.cut_files.push(index)
            }
            return false;
        }
        self.patch.kept += bytes;
        self.kept += bytes;
        true
    }

    fn keep(&mut self, line: &Piece<'_>) {
        let Some(hunk) = self.current().and_then(|file| file.hunks.last_mut()) else { return };
        // Nearly every line is text, and that is told sooner than what else it might be.
        let text = std::str::from_utf8(line.bytes).map_or_else(|_| String::from_utf8_lossy(line.bytes), Cow::Borrowed);
        // A cut in the middle of a character leaves a mark that was not in the file.
        let text = if line.cut { text.trim_end_matches(char::REPLACEMENT_CHARACTER) } else { &text };
        // Git may leave the space of an empty context line away.
        hunk.body.push_str(if text.is_empty() { " " } else { text });
        hunk.body.push('\n');
    }
}

/// `12,3` is three lines from 12 on; `12` is one.
fn span(text: &str) -> (u32, u32) {
    let (start, lines) = text.split_once(',').unwrap_or((text, "1"));
    (start.parse().unwrap_or_default(), lines.parse().unwrap_or_default())
}
