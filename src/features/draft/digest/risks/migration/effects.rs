//! What does a migration do to tables that hold data? SQL, and the calls of the frameworks that write it.

use super::super::super::plain;
use super::super::super::reading::FileReading;
use super::super::found::coded;
use crate::domain::digest::Evidence;
use crate::domain::pattern::{pattern, patterns};
use regex::{Regex, RegexSet};
use std::collections::HashSet;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    DropTable,
    DropColumn,
    Truncate,
    DeleteAll,
    DeleteSome,
    Rename,
    Retype,
    NotNull,
    AddRequired,
    IndexLock,
    ConstraintLock,
    CreateTable,
    AddColumn,
    Other,
}

/// One effect, on what, and where it is written.
#[derive(Debug, Clone)]
pub struct Seen {
    pub effect: Effect,
    pub table: String,
    pub column: String,
    pub evidence: Evidence,
}

impl Effect {
    pub fn destroys(self) -> bool {
        matches!(self, Self::DropTable | Self::DropColumn | Self::Truncate | Self::DeleteAll)
    }
    pub fn needs_care(self) -> bool {
        matches!(
            self,
            Self::DeleteSome
                | Self::Rename
                | Self::Retype
                | Self::NotNull
                | Self::AddRequired
                | Self::IndexLock
                | Self::ConstraintLock
        )
    }
}

impl Seen {
    /// `drops column `users.legacy_id``
    pub fn words(&self) -> String {
        let full = match (self.table.is_empty(), self.column.is_empty()) {
            (true, _) => self.column.clone(),
            (false, true) => self.table.clone(),
            (false, false) => format!("{}.{}", self.table, self.column),
        };
        let on = if self.table.is_empty() { String::new() } else { format!(" on {}", coded(&self.table)) };
        match self.effect {
            Effect::DropTable => format!("drops table {}", coded(&full)),
            Effect::DropColumn => format!("drops column {}", coded(&full)),
            Effect::Truncate => format!("empties {}", coded(&full)),
            Effect::DeleteAll => format!("deletes all rows of {}", coded(&full)),
            Effect::DeleteSome => format!("deletes rows of {}", coded(&full)),
            Effect::Rename => format!("renames {}", coded(&full)),
            Effect::Retype => format!("changes the type of {}", coded(&full)),
            Effect::NotNull => format!("makes {} required", coded(&full)),
            Effect::AddRequired => format!("adds required column {} without a default", coded(&full)),
            Effect::IndexLock => format!("builds an index{on} in a way that blocks writes"),
            Effect::ConstraintLock => format!("adds a checked constraint{on}"),
            Effect::CreateTable => format!("adds table {}", coded(&full)),
            Effect::AddColumn => format!("adds column {}", coded(&full)),
            Effect::Other => "changes the schema".to_owned(),
        }
    }
}

/// Effect, pattern, and words that take it back when they occur in the same statement. Groups: `t` table, `c` column.
const PATTERNS: &[(Effect, &str, &str)] = &[
    (Effect::DropTable, r#"\bDROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?P<t>[\w."`\[\]]+)"#, ""),
    (
        Effect::DropTable,
        r#"\b(?:drop_table|dropTable|dropTableIfExists|DropTable|Schema::drop|Schema::dropIfExists|drop_if_exists table|drop table)\s*\(?\s*(?:schema_name=\w+,\s*)?(?:name:\s*)?[:"'`](?P<t>\w+)"#,
        "",
    ),
    (Effect::DropTable, r#"\bDeleteModel\(\s*(?:name\s*=\s*)?["'](?P<t>\w+)"#, ""),
    (
        Effect::DropColumn,
        r#"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<t>[\w."`\[\]]+)\s[^;]*?\bDROP\s+(?:COLUMN\s+)(?:IF\s+EXISTS\s+)?(?P<c>[\w"`\[\]]+)"#,
        "",
    ),
    (
        Effect::DropColumn,
        r#"\b(?:remove_columns?|removeColumn|drop_column)\s*\(?\s*[:"'`](?P<t>\w+)["'`]?,\s*[:"'`](?P<c>\w+)"#,
        "",
    ),
    (Effect::DropColumn, r#"\b(?:dropColumn|dropColumns)\s*\(\s*\[?["'`](?P<c>\w+)"#, ""),
    (Effect::DropColumn, r#"\bDropColumn\(\s*name:\s*"(?P<c>\w+)",\s*table:\s*"(?P<t>\w+)""#, ""),
    (Effect::DropColumn, r#"\bRemoveField\(\s*model_name\s*=\s*["'](?P<t>\w+)["'],\s*name\s*=\s*["'](?P<c>\w+)"#, ""),
    (Effect::DropColumn, r#"<dropColumn\b[^>]*\bcolumnName="(?P<c>\w+)""#, ""),
    (Effect::DropTable, r#"<dropTable\b[^>]*\btableName="(?P<t>\w+)""#, ""),
    (
        Effect::Truncate,
        r#"\bTRUNCATE\s+(?:TABLE\s+)?(?:ONLY\s+)?(?P<t>[\w."`\[\]]+)\s*(?:,|;|$|CASCADE|RESTART|["')])"#,
        "",
    ),
    (Effect::DeleteAll, r#"\bDELETE\s+FROM\s+(?P<t>[\w."`\[\]]+)"#, r"\b(?:WHERE|USING)\b"),
    (Effect::DeleteSome, r#"\bDELETE\s+FROM\s+(?P<t>[\w."`\[\]]+)[^;]*\b(?:WHERE|USING)\b"#, ""),
    (
        Effect::Rename,
        r#"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?P<t>[\w."`\[\]]+)\s+RENAME\s+(?:COLUMN\s+)?(?P<c>[\w"`\[\]]+)\s+TO\b"#,
        "",
    ),
    (Effect::Rename, r#"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?P<t>[\w."`\[\]]+)\s+RENAME\s+TO\b"#, ""),
    (
        Effect::Rename,
        r#"\b(?:rename_column|renameColumn|rename_table|renameTable)\s*\(?\s*[:"'`](?P<t>\w+)["'`]?,\s*[:"'`](?P<c>\w+)"#,
        "",
    ),
    (
        Effect::Rename,
        r#"\bRenameField\(\s*model_name\s*=\s*["'](?P<t>\w+)["'],\s*old_name\s*=\s*["'](?P<c>\w+)["']"#,
        "",
    ),
    (Effect::Rename, r#"\bRenameModel\(\s*old_name\s*=\s*["'](?P<t>\w+)["']"#, ""),
    (
        Effect::Retype,
        r#"\bALTER\s+TABLE\s+(?:ONLY\s+)?(?P<t>[\w."`\[\]]+)\s[^;]*?\bALTER\s+(?:COLUMN\s+)?(?P<c>[\w"`\[\]]+)\s+(?:SET\s+DATA\s+)?TYPE\b"#,
        "",
    ),
    (Effect::Retype, r#"\bALTER\s+TABLE\s+(?P<t>[\w."`\[\]]+)\s[^;]*?\bMODIFY\s+(?:COLUMN\s+)?(?P<c>[\w"`\[\]]+)"#, ""),
    (Effect::Retype, r#"\bchange_column\s*\(?\s*[:"'](?P<t>\w+)["']?,\s*[:"'](?P<c>\w+)"#, ""),
    (Effect::Retype, r#"\balter_column\s*\(\s*["'](?P<t>\w+)["'],\s*["'](?P<c>\w+)["'][^;]{0,300}?\btype_\s*="#, ""),
    (
        Effect::NotNull,
        r#"\bALTER\s+TABLE\s+(?:ONLY\s+)?(?P<t>[\w."`\[\]]+)\s[^;]*?\bALTER\s+(?:COLUMN\s+)?(?P<c>[\w"`\[\]]+)\s+SET\s+NOT\s+NULL"#,
        "",
    ),
    (Effect::NotNull, r#"\bchange_column_null\s*\(?\s*[:"'](?P<t>\w+)["']?,\s*[:"'](?P<c>\w+)["']?,\s*false"#, ""),
    (
        Effect::AddRequired,
        r#"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<t>[\w."`\[\]]+)\s+ADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<c>[\w"`\[\]]+)[^;,]*\bNOT\s+NULL"#,
        r"\b(?:DEFAULT|GENERATED|(?:BIG|SMALL)?SERIAL)\b",
    ),
    (Effect::AddRequired, r#"\badd_column\s*\(?\s*:(?P<t>\w+),\s*:(?P<c>\w+)[^\n]*null:\s*false"#, r"\bdefault:"),
    (
        Effect::IndexLock,
        r#"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:[\w."`\[\]]+\s+)?ON\s+(?:ONLY\s+)?(?P<t>[\w."`\[\]]+)"#,
        r"CONCURRENTLY",
    ),
    (Effect::IndexLock, r#"(?m)^\s*add_index\s*\(?\s*[:"'](?P<t>\w+)[^\n]*"#, r"concurrently"),
    (Effect::IndexLock, r#"\bop\.create_index\(\s*[^,]+,\s*["'](?P<t>\w+)"#, r"postgresql_concurrently"),
    (
        Effect::ConstraintLock,
        r#"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<t>[\w."`\[\]]+)\s[^;]*?\bADD\s+(?:CONSTRAINT\s+[\w"`\[\]]+\s+)?(?:FOREIGN\s+KEY|CHECK)"#,
        r"NOT\s+VALID",
    ),
    (Effect::ConstraintLock, r#"\badd_foreign_key\s*\(?\s*[:"'](?P<t>\w+)[^\n]*"#, r"validate:\s*false"),
    (
        Effect::CreateTable,
        r#"\bCREATE\s+(?:TEMP(?:ORARY)?\s+|UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<t>[\w."`\[\]]+)"#,
        "",
    ),
    (
        Effect::CreateTable,
        r#"\b(?:create_table|createTable|CreateTable|Schema::create|create table)\s*\(?\s*(?:name:\s*)?[:"'`](?P<t>\w+)"#,
        "",
    ),
    (Effect::CreateTable, r#"\bCreateModel\(\s*name\s*=\s*["'](?P<t>\w+)"#, ""),
    (
        Effect::AddColumn,
        r#"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?P<t>[\w."`\[\]]+)\s[^;]*?\bADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<c>[\w"`\[\]]+)"#,
        "",
    ),
    (Effect::AddColumn, r#"\badd_column\s*\(?\s*[:"'](?P<t>\w+)["']?,\s*(?:[:"']|sa\.Column\(\s*["'])(?P<c>\w+)"#, ""),
    (Effect::AddColumn, r#"\bAddField\(\s*model_name\s*=\s*["'](?P<t>\w+)["'],\s*name\s*=\s*["'](?P<c>\w+)"#, ""),
    (
        Effect::Other,
        r#"(?i)\b(?:UPDATE\s+[\w."`]+\s+SET|RunPython\(|RunSQL\(|AlterField\(|op\.execute|INSERT\s+INTO|ALTER\s+(?:TABLE|TYPE)|CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|VIEW|TRIGGER|TYPE|EXTENSION)|DROP\s+(?:INDEX|VIEW|FUNCTION|TRIGGER|CONSTRAINT|TYPE))"#,
        "",
    ),
];

static SHAPES: LazyLock<Vec<(Regex, Option<Regex>)>> = LazyLock::new(|| {
    let compiled = |source: &str| pattern(&format!("(?i){source}"));
    PATTERNS
        .iter()
        .map(|(_, shape, unless)| (compiled(shape), (!unless.is_empty()).then(|| compiled(unless))))
        .collect()
});
static ANY: LazyLock<RegexSet> =
    LazyLock::new(|| patterns(&PATTERNS.iter().map(|(_, shape, _)| format!("(?i){shape}")).collect::<Vec<_>>()));

/// The effects of these lines of a migration, in order. Tables made in the same migration hold no data yet: nothing that
/// happens to them needs care. A table that is dropped and given a rebuilt one's name is not lost.
pub fn effects(file: &FileReading, lines: &[usize]) -> Vec<Seen> {
    let mut text = String::new();
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for index in lines {
        starts.push((text.len(), *index));
        text.push_str(without_comment(file, file.lines[*index].text));
        text.push('\n');
    }
    let mut seen: Vec<(usize, Seen)> = Vec::new();
    for pattern in ANY.matches(&text) {
        let (effect, _, _) = PATTERNS[pattern];
        let (shape, unless) = &SHAPES[pattern];
        for found in shape.captures_iter(&text) {
            let whole = found.get(0).expect("group 0 is the match itself");
            let statement = statement(&text, whole.start(), whole.end());
            if unless.as_ref().is_some_and(|unless| unless.is_match(statement)) {
                continue;
            }
            let group = |name| found.name(name).map_or(String::new(), |part| bare(part.as_str()));
            let at = starts
                .partition_point(|(start, _)| *start <= found.name("c").map_or(whole.start(), |part| part.start()))
                .saturating_sub(1);
            let evidence = file.evidence(&file.lines[starts[at].1]);
            seen.push((whole.start(), Seen { effect, table: group("t"), column: group("c"), evidence }));
        }
    }
    seen.sort_by_key(|(at, _)| *at);
    settle(seen.into_iter().map(|(_, seen)| seen).collect(), &text)
}

fn without_comment<'a>(file: &FileReading, text: &'a str) -> &'a str {
    if file.language.name == "SQL" { text.split(" --").next().unwrap_or(text) } else { text }
}

/// From the match to the end of its statement: the next `;`, or for calls the end of their line.
fn statement(text: &str, start: usize, end: usize) -> &str {
    let rest = &text[end..];
    let stop = rest.find([';', '"']).into_iter().chain(rest.find("\n\n")).min().unwrap_or(rest.len()).min(400);
    &text[start..text.floor_char_boundary(end + stop)]
}

fn bare(name: &str) -> String {
    plain::plain(name.trim_matches(['"', '`', '[', ']', '\'', '.'])).replace(['"', '`', '[', ']'], "")
}

fn settle(seen: Vec<Seen>, text: &str) -> Vec<Seen> {
    let made: HashSet<String> =
        seen.iter().filter(|seen| seen.effect == Effect::CreateTable).map(|seen| seen.table.to_lowercase()).collect();
    let lower = text.to_lowercase();
    let rebuilt = |table: &str| {
        let table = table.to_lowercase();
        lower.contains(&format!("rename to \"{table}\""))
            || lower.contains(&format!("rename to {table}"))
            || lower.contains(&format!("rename to `{table}`"))
    };
    seen.into_iter()
        .filter(|seen| seen.effect == Effect::CreateTable || !made.contains(&seen.table.to_lowercase()))
        .filter(|seen| seen.effect != Effect::DropTable || !rebuilt(&seen.table))
        .collect()
}
