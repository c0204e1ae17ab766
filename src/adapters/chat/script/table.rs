//! How does a table read where there are none? Narrow ones as aligned columns, wide ones as a list, one row an item.

use super::{Kind, Line, Mark, Run, Style, code};
use pulldown_cmark::Alignment;

/// Columns a phone shows of a code block before it wraps.
const NARROW: usize = 40;

#[derive(Debug, Default)]
pub struct Table {
    alignments: Vec<Alignment>,
    /// The first is the head.
    rows: Vec<Vec<Vec<Run>>>,
    row: Vec<Vec<Run>>,
}

impl Table {
    pub fn new(alignments: Vec<Alignment>) -> Self {
        Self { alignments, ..Self::default() }
    }

    pub fn cell(&mut self, runs: Vec<Run>) {
        self.row.push(runs);
    }

    pub fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    pub fn lines(self) -> Vec<Line> {
        let widths = self.widths();
        let linked = self.rows.iter().flatten().flatten().any(|run| run.link.is_some());
        let total: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        if linked || total > NARROW || self.rows.len() < 2 { self.list() } else { self.columns(&widths) }
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let wide =
            |column: usize| self.rows.iter().filter_map(move |row| row.get(column)).map(|cell| wide(&text(cell)));
        (0..columns).map(|column| wide(column).max().unwrap_or_default()).collect()
    }

    fn columns(&self, widths: &[usize]) -> Vec<Line> {
        let mut lines: Vec<String> = self.rows.iter().map(|row| self.aligned(row, widths)).collect();
        let rule: Vec<String> = widths.iter().map(|wide| "─".repeat(*wide)).collect();
        lines.insert(1, rule.join("  "));
        code("", &lines.join("\n"))
    }

    fn aligned(&self, row: &[Vec<Run>], widths: &[usize]) -> String {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            let text = text(cell);
            let space = " ".repeat(width.saturating_sub(wide(&text)));
            match self.alignments.get(column) {
                Some(Alignment::Right) => format!("{space}{text}"),
                _ => format!("{text}{space}"),
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }

    /// `• **payments** · Owner: ledger team · State: done`
    fn list(self) -> Vec<Line> {
        let mut rows = self.rows.into_iter();
        let head: Vec<String> = rows.next().unwrap_or_default().iter().map(|cell| text(cell)).collect();
        let rows: Vec<Vec<Vec<Run>>> = rows.collect();
        if rows.is_empty() {
            return vec![item(vec![Run::new(head.join(" · "), Style::BOLD)])];
        }
        rows.into_iter().map(|row| item(row_runs(&head, row))).collect()
    }
}

fn row_runs(head: &[String], row: Vec<Vec<Run>>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (column, cell) in row.into_iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let name = head.get(column).filter(|name| !name.is_empty());
        if !runs.is_empty() {
            runs.push(Run::plain(" · "));
        }
        match name {
            Some(name) if column > 0 => {
                runs.push(Run::plain(format!("{name}: ")));
                runs.extend(cell);
            }
            _ => {
                runs.extend(cell.into_iter().map(|run| Run { style: Style { bold: column == 0, ..run.style }, ..run }))
            }
        }
    }
    runs
}

fn item(runs: Vec<Run>) -> Line {
    Line { mark: Some(Mark::Bullet), depth: 1, kind: Kind::Text, ..Line::of(super::tidy::tidy(runs)) }
}

fn text(cell: &[Run]) -> String {
    cell.iter().map(|run| run.text.as_str()).collect()
}

/// Columns a text takes in a fixed-width font: Hangul, Han, kana and emoji take two.
fn wide(text: &str) -> usize {
    text.chars().map(|letter| if is_wide(letter) { 2 } else { 1 }).sum()
}

fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}')
}
