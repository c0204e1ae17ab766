//! Which files differ, by the raw list in front of the patches?

use crate::domain::change::{FileChange, Nature, Status};

/// Reads `:100644 100755 SHA SHA R086`, then one or two paths, field by field; an empty field ends the list.
#[derive(Default)]
pub enum List {
    #[default]
    Entry,
    Path {
        status: Status,
        modes: (String, String),
    },
    NewPath {
        status: Status,
        modes: (String, String),
        old: String,
    },
    Over,
}

impl List {
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }

    /// The next field; gives the file that it completes.
    pub fn take(&mut self, bytes: &[u8]) -> Option<FileChange> {
        let text = || String::from_utf8_lossy(bytes).into_owned();
        let (next, complete) = match std::mem::take(self) {
            Self::Entry => (entry(&text()), None),
            Self::Path { status: status @ (Status::Renamed | Status::Copied), modes } => {
                (Self::NewPath { status, modes, old: text() }, None)
            }
            Self::Path { status, modes } => (Self::Entry, Some(file(text(), None, status, modes))),
            Self::NewPath { status, modes, old } => (Self::Entry, Some(file(text(), Some(old), status, modes))),
            Self::Over => (Self::Over, None),
        };
        *self = next;
        complete
    }
}

/// Anything but `:OLDMODE NEWMODE OLDSHA NEWSHA STATUS` ends the list.
fn entry(text: &str) -> List {
    let mut words = text.trim_start_matches(':').split(' ');
    let (Some(old), Some(new), Some(status)) = (words.next(), words.next(), words.nth(2)) else {
        return List::Over;
    };
    let status = match status.as_bytes().first() {
        Some(b'A') => Status::Added,
        Some(b'D') => Status::Deleted,
        Some(b'R') => Status::Renamed,
        Some(b'C') => Status::Copied,
        Some(b'T') => Status::TypeChanged,
        _ => Status::Modified,
    };
    List::Path { status, modes: (old.to_string(), new.to_string()) }
}

fn file(path: String, old_path: Option<String>, status: Status, modes: (String, String)) -> FileChange {
    let kind = if status == Status::Deleted { &modes.0 } else { &modes.1 };
    let nature = match kind.as_str() {
        "160000" => Nature::Submodule,
        "120000" => Nature::Symlink,
        _ => Nature::Text,
    };
    let is_there_twice = !matches!(status, Status::Added | Status::Deleted);
    let mode = (is_there_twice && modes.0 != modes.1).then_some(modes);
    FileChange { path, old_path, status, nature, added: 0, removed: 0, mode, hunks: Vec::new(), cut: false }
}
