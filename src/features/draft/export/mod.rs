//! A note where others read it: on a release, on a pull request, on a ticket, as a file. Put there again it stands there once.

pub mod command;
mod job;
mod words;

pub use job::EXPORT_JOB;

use crate::domain::note::Note;
use serde::{Deserialize, Serialize};

/// Where a note goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum To {
    /// The release of a tag, of each module or of the named one.
    Release {
        service: Option<String>,
        tag: Option<String>,
    },
    PullRequest {
        service: String,
        number: u64,
    },
    Ticket {
        key: String,
    },
}

/// What it is found by again.
fn marker(note: &Note) -> String {
    format!("note/{}", note.id)
}

/// As much as fits, ending where a section ends, and where the rest is.
fn bounded(markdown: &str, most: usize, url: &str) -> String {
    if markdown.len() <= most {
        return markdown.to_owned();
    }
    let tail = format!("\n\n[The rest of this note]({url})\n");
    let room = markdown.floor_char_boundary(most.saturating_sub(tail.len()));
    let end = markdown[..room].rfind("\n## ").or_else(|| markdown[..room].rfind("\n\n")).unwrap_or(room);
    format!("{}{tail}", markdown[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_ends_with_a_section_and_says_where_the_rest_is() {
        let note = format!("# Title\n\n## One\n\n{}\n\n## Two\n\n{}\n", "a".repeat(100), "b".repeat(100));
        assert_eq!(bounded(&note, 1_000, "https://x.example/n/7"), note);
        let cut = bounded(&note, 200, "https://x.example/n/7");
        assert!(cut.len() <= 200 && cut.contains("## One") && !cut.contains("## Two"), "{cut}");
        assert!(cut.ends_with("[The rest of this note](https://x.example/n/7)\n"));
    }
}
