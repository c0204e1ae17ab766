//! Which changelog fragments announce a breaking change?

use super::super::noise;
use super::super::reading::Reading;
use super::Sighting;
use crate::domain::change::Status;

/// `.changeset/*.md` with `major`; towncrier's `*.breaking.*` and `*.removal.*`; scriv and others by their heading.
pub fn sightings(reading: &Reading) -> Vec<Sighting> {
    let mut found = Vec::new();
    for file in &reading.files {
        let lower = file.path.to_ascii_lowercase();
        let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        if file.change.status == Status::Deleted || !noise::is_fragment(folders, name) {
            continue;
        }
        let lines: Vec<&str> = file.lines.iter().filter(|line| line.is_added()).map(|line| line.text.trim()).collect();
        let named = name.split('.').any(|part| {
            matches!(
                part,
                "breaking" | "removal" | "breaking-change" | "backward" | "breaking_change" | "incompatible" | "bc"
            )
        });
        let major = folders.ends_with(".changeset") && lines.iter().any(|line| line.ends_with(": major"));
        let headed = lines.iter().any(|line| {
            let line = line.trim_start_matches('#').trim().to_lowercase();
            matches!(
                line.as_str(),
                "breaking"
                    | "breaking changes"
                    | "removed"
                    | "release-note:breaking-change"
                    | "```release-note:breaking-change"
                    | "kind: breaking"
                    | "type: breaking"
                    | "breaking:"
            )
        });
        if named || major || headed {
            let text = text(&lines);
            let text = if text.is_empty() { format!("Announced by `{}`", file.path) } else { text };
            found.push(Sighting {
                text,
                how: "changelog fragment".to_owned(),
                commit: None,
                path: Some(file.path.to_owned()),
            });
        }
    }
    found
}

/// The fragment's sentences, without front matter, headings and keys.
fn text(lines: &[&str]) -> String {
    let mut inside = false;
    let mut words: Vec<&str> = Vec::new();
    for line in lines {
        if *line == "---" {
            inside = !inside;
            continue;
        }
        let skip = inside
            || line.is_empty()
            || line.starts_with('#')
            || line.starts_with("```")
            || line.starts_with("kind:")
            || line.starts_with("type:");
        if !skip {
            words.push(line.trim_start_matches(['*', '-', ' ']));
        }
    }
    words.join(" ")
}
