//! Which commits say in a footer that they break something (`BREAKING CHANGE: …`)?

use super::super::intent::is_bump;
use super::super::reading::Reading;
use super::Sighting;

/// One sighting per footer; its text runs to the next blank line or trailer (Conventional Commits 1.0, items 8–12).
pub fn sightings(reading: &Reading) -> Vec<Sighting> {
    let mut found = Vec::new();
    for (index, commit) in reading.changes.commits.iter().enumerate() {
        // A version bump quotes somebody else's notes.
        if !contains_ignoring_case(&commit.body, "breaking") || is_bump(&reading.subjects[index].title) {
            continue;
        }
        for said in footers(&commit.body) {
            let text = if said.is_empty() { reading.subjects[index].title.clone() } else { said };
            found.push(Sighting { text, how: "footer `BREAKING CHANGE`".to_owned(), commit: Some(index), path: None });
        }
    }
    found
}

/// Is the ASCII text somewhere in the other, whatever its case?
pub fn contains_ignoring_case(text: &str, needle: &str) -> bool {
    let Some(first) = needle.bytes().next() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    (0..(text.len() + 1).saturating_sub(needle.len()))
        .any(|at| (text[at] == lower || text[at] == upper) && text[at..at + needle.len()].eq_ignore_ascii_case(needle))
}

fn footers(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(first) = after_marker(line) else { continue };
        let mut text = first.trim().to_owned();
        // A heading or a marker alone on its line is followed by its text.
        if text.is_empty() && lines.peek().is_some_and(|next| next.trim().is_empty()) {
            lines.next();
        }
        while let Some(next) = lines.peek().map(|next| next.trim()) {
            if next.is_empty() || is_trailer(next) || after_marker(next).is_some() || next.starts_with('#') {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(next.trim_start_matches(['*', '-', ' ']));
            lines.next();
        }
        if !denies(&text) {
            found.push(text);
        }
    }
    found
}

/// What follows `BREAKING CHANGE:` and its spellings at the start of a line.
fn after_marker(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches(['*', '-', '#', '>', ' ', '⚠', '\u{fe0f}', '💥', '[']);
    for marker in ["BREAKING CHANGES", "BREAKING CHANGE", "BREAKING-CHANGE", "BREAKING"] {
        if let Some(rest) =
            line.get(..marker.len()).filter(|start| start.eq_ignore_ascii_case(marker)).map(|_| &line[marker.len()..])
        {
            let rest = rest.trim_start_matches([']', '*']);
            let upper = line.starts_with("BREAKING");
            if let Some(said) = rest.strip_prefix(':') {
                return Some(said.trim_start_matches('*'));
            }
            return (rest.trim().is_empty() && upper).then_some("");
        }
    }
    None
}

fn is_trailer(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(key, _)| {
        key.contains('-')
            && key.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
            && key.starts_with(|c: char| c.is_ascii_uppercase())
    })
}

/// `BREAKING CHANGE: none` fills in a template.
fn denies(text: &str) -> bool {
    let lower = text.trim().trim_end_matches('.').to_lowercase();
    matches!(lower.as_str(), "none" | "no" | "n/a" | "na" | "nope" | "-" | "false" | "nothing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footer_runs_to_the_next_trailer() {
        let body =
            "Some words.\n\nBREAKING CHANGE: `v1` is gone;\nuse `v2`.\nSigned-off-by: A <a@b>\n\nBREAKING-CHANGE: two";
        assert_eq!(footers(body), ["`v1` is gone; use `v2`.", "two"]);
    }

    #[test]
    fn templates_that_deny_it_are_believed() {
        assert!(footers("BREAKING CHANGE: none").is_empty());
        assert!(footers("This is a non-breaking change.").is_empty());
        assert_eq!(footers("### BREAKING CHANGES\n\n- the flag is gone"), ["the flag is gone"]);
    }
}
