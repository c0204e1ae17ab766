//! Is there a way back from a migration?

use super::super::super::reading::{FileReading, Reading};
use super::effects::{Seen, effects};
use super::files::{Part, Parts, part, parts};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayBack {
    /// A down step with statements in it.
    Written,
    /// The framework derives it.
    Derived,
    /// There is none, or it is empty.
    Missing,
    /// It says that there is none (`raise ActiveRecord::IrreversibleMigration`, `RunPython` without a reverse).
    Refuses,
}

impl WayBack {
    pub fn exists(self) -> bool {
        matches!(self, Self::Written | Self::Derived)
    }
    /// The end of a title.
    pub fn after_deeds(self, destroys: bool) -> &'static str {
        match self {
            Self::Missing | Self::Refuses => " and has no way back",
            _ if destroys => "; its down step cannot bring the data back",
            _ => "",
        }
    }
    pub fn meaning(self) -> Option<String> {
        match self {
            Self::Missing => Some("There is no down step: going back means writing one or fixing forward.".to_owned()),
            Self::Refuses => Some("Its author marked it as not reversible: plan to fix forward.".to_owned()),
            Self::Written | Self::Derived => None,
        }
    }
}

/// The way back of a migration, and what it destroys of what was written since.
pub fn way_back(reading: &Reading, file: &FileReading, own: &Parts) -> (WayBack, Vec<Seen>) {
    let destroying = |file: &FileReading, lines: &[usize]| -> Vec<Seen> {
        effects(file, lines).into_iter().filter(|seen| seen.effect.destroys()).collect()
    };
    let says = |word: &str| file.lines.iter().any(|line| line.is_added() && line.text.contains(word));
    if says("IrreversibleMigration")
        || says("IrreversibleError")
        || says("raise NotImplementedError")
        || refuses_python(file)
    {
        return (WayBack::Refuses, Vec::new());
    }
    if own.has_down {
        let empty = own.down.iter().all(|index| is_empty(file.lines[*index].text));
        return if empty { (WayBack::Missing, Vec::new()) } else { (WayBack::Written, destroying(file, &own.down)) };
    }
    if own.automatic {
        return (WayBack::Derived, Vec::new());
    }
    let partner = reading
        .files
        .iter()
        .find(|other| part(other) == Part::Down && stem(other.path) == stem(file.path) && other.path != file.path);
    match partner {
        Some(down) if down.added().any(|line| !is_empty(line.text)) => {
            (WayBack::Written, destroying(down, &parts(down).down))
        }
        _ => (WayBack::Missing, Vec::new()),
    }
}

/// `RunPython(forwards)` and `RunSQL("…")` with one argument cannot be run backwards.
fn refuses_python(file: &FileReading) -> bool {
    let one_argument = |call: &str| {
        let inner = call.split_once('(').and_then(|(_, rest)| rest.trim_end_matches(',').strip_suffix(')'));
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(','))
    };
    file.language.name == "Python"
        && file
            .added()
            .map(|line| line.text.trim())
            .any(|text| text.starts_with("migrations.RunPython(") && one_argument(text))
}

/// A line of a down step that does nothing; a body may follow its head on the same line.
fn is_empty(text: &str) -> bool {
    let text = text.trim().trim_end_matches([',', ';']);
    let lower = text.to_ascii_lowercase();
    if lower.split_once("=>").is_some_and(|(_, body)| body.trim().len() > 2) {
        return false;
    }
    matches!(
        lower.as_str(),
        "" | "{" | "}" | "end" | "pass" | "return" | "(" | ")" | "})" | "select 1" | "begin" | "commit" | "];" | "]"
    ) || [
        "def ",
        "exports.",
        "async ",
        "public ",
        "function ",
        "protected ",
        "export ",
        "<rollback",
        "</",
        "rollback:",
        "#",
        "--",
        "//",
        "return promise.resolve",
        "\"\"\"",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
}

/// What an up and its down file have in common.
fn stem(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    let stem = lower
        .trim_end_matches(".sql")
        .trim_end_matches(".up")
        .trim_end_matches(".down")
        .trim_end_matches("_up")
        .trim_end_matches("_down");
    let stem = match stem {
        "up" | "down" => "",
        other => other
            .strip_prefix(['u', 'v'])
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or(other),
    };
    format!("{folder}/{stem}")
}
