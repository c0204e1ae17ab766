//! Which files are migrations, and which of their lines go forward, which back?

use super::super::super::reading::{FileReading, Line};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// What a whole file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Up,
    Down,
    /// Both directions, or one that implies the other.
    Both,
}

/// The lines of a migration by direction; each is an index into the file's lines.
pub struct Parts {
    pub up: Vec<usize>,
    pub down: Vec<usize>,
    /// A marker or method for the way back is there, however empty.
    pub has_down: bool,
    /// Written in a form that the framework can run backwards by itself (Rails `change`, Django operations).
    pub automatic: bool,
}

static NUMBERED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:[VURB]?\d[\d._]*_|\d{3,}|[0-9a-f]{10,14}_|m\d{6,})"));

/// Is this file a step of a database's history? Told by its folder and its name together.
pub fn is_migration(file: &FileReading) -> bool {
    let language = file.language.name;
    let folder = file.under(&[
        "migrations",
        "migration",
        "migrate",
        "versions",
        "changelog",
        "changelogs",
        "migrations_sql",
        "sql",
    ]);
    let strict = file.under(&["migrations", "migration", "migrate"]);
    let parent = file.path.rsplit('/').nth(1).unwrap_or("");
    let numbered = NUMBERED.is_match(file.name);
    match language {
        "SQL" => {
            strict
                || file.ends(&[".up.sql", ".down.sql"])
                || folder && numbered
                || file.name.contains("__") && numbered
                || NUMBERED.is_match(parent) && matches!(file.name, "up.sql" | "down.sql")
        }
        "Python" => {
            file.name != "__init__.py"
                && (file.under(&["migrations"]) && numbered
                    || file.under(&["versions"]) && (file.under(&["alembic", "migrations"]) || numbered))
        }
        "Ruby" => file.path.contains("migrate/") && numbered,
        "JavaScript" | "TypeScript" | "PHP" | "C#" | "Elixir" | "Java" | "Kotlin" | "Go" => {
            strict && numbered && !file.name.contains("Designer") && !file.name.contains("Snapshot")
        }
        "XML" | "YAML" => {
            file.under(&["changelog", "changelogs", "liquibase"])
                && file.lines.iter().any(|line| line.text.contains("changeSet"))
        }
        _ => false,
    }
}

/// What people call it: the file, or its folder where every file has the same name.
pub fn name(file: &FileReading) -> String {
    let parent = file.path.rsplit('/').nth(1).unwrap_or("");
    match file.name {
        "up.sql" | "down.sql" | "migration.sql" if !parent.is_empty() => parent.to_owned(),
        name => name.to_owned(),
    }
}

pub fn part(file: &FileReading) -> Part {
    let name = file.name.to_ascii_lowercase();
    let undo = name.starts_with('u') && name[1..].starts_with(|c: char| c.is_ascii_digit()) && name.contains("__");
    if name.ends_with(".down.sql") || name == "down.sql" || name.ends_with("_down.sql") || undo {
        Part::Down
    } else if name.ends_with(".up.sql") || name == "up.sql" || name.ends_with("_up.sql") {
        Part::Up
    } else {
        Part::Both
    }
}

/// Splits the added lines by the markers and methods of the frameworks.
pub fn parts(file: &FileReading) -> Parts {
    let mut parts = Parts { up: Vec::new(), down: Vec::new(), has_down: false, automatic: false };
    let mut down = part(file) == Part::Down;
    for (index, line) in file.lines.iter().enumerate() {
        match direction(line.text) {
            Some(Direction::Down) => {
                down = true;
                parts.has_down = true;
            }
            Some(Direction::Up) => down = false,
            Some(Direction::Either) => {
                down = false;
                parts.automatic = true;
            }
            None => {}
        }
        if !counts(line) {
            continue;
        }
        if down { parts.down.push(index) } else { parts.up.push(index) }
    }
    parts
}

fn counts(line: &Line) -> bool {
    line.is_added() && !line.silent
}

enum Direction {
    Up,
    Down,
    Either,
}

/// `-- migrate:down` (dbmate), `-- +goose Down`, `-- +migrate Down`, `--//@UNDO` (MyBatis), `<rollback>` (Liquibase), and
/// the methods `down`, `downgrade`, `Down` of Rails, Alembic, Knex, TypeORM, Sequelize, Laravel, Ecto and EF.
fn direction(text: &str) -> Option<Direction> {
    let line = text.trim().to_ascii_lowercase();
    if line.starts_with("--") {
        let marker = line.trim_start_matches(['-', ' ', '+', '/']);
        return match marker {
            _ if marker.starts_with("migrate:down")
                || marker.starts_with("goose down")
                || marker.starts_with("migrate down")
                || marker.starts_with("@undo") =>
            {
                Some(Direction::Down)
            }
            _ if marker.starts_with("migrate:up")
                || marker.starts_with("goose up")
                || marker.starts_with("migrate up") =>
            {
                Some(Direction::Up)
            }
            _ => None,
        };
    }
    if line.contains("<rollback") || line == "rollback:" || line.starts_with("- rollback") {
        return Some(Direction::Down);
    }
    if line.contains("</rollback>") {
        return Some(Direction::Up);
    }
    let method = ["def ", "async ", "exports.", "function ", "void ", "export ", "public ", "down", "up", "func "]
        .iter()
        .any(|start| line.starts_with(start));
    if !method {
        return if line.starts_with("operations = [") { Some(Direction::Either) } else { None };
    }
    let words: Vec<&str> = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let is = |names: &[&str]| words.iter().take(6).any(|word| names.contains(word));
    if is(&["down", "downgrade"]) {
        Some(Direction::Down)
    } else if is(&["up", "upgrade"]) {
        Some(Direction::Up)
    } else if line.starts_with("def change") {
        Some(Direction::Either)
    } else {
        None
    }
}
