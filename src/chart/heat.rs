//! How busy is each half of each day? One row for each kind of thing, a deeper colour for more, the number in each field.

use super::{escaped, png};
use crate::domain::review::Load;
use std::fmt::Write as _;

const LABEL: usize = 130;
const CELL: usize = 46;
const GAP: usize = 4;
const ROW: usize = 40;
const HEAD: usize = 64;
const FOOT: usize = 34;

/// From none to many; told apart by those who see no red or green too.
const SHADES: [&str; 5] = ["#eef0f4", "#fde3c8", "#fbb46a", "#e8743b", "#a8321c"];
const INK: [&str; 5] = ["#7a8394", "#5a3a12", "#3d2208", "#ffffff", "#ffffff"];

pub fn heat_map(title: &str, load: &Load) -> Option<Vec<u8>> {
    let halves = load.days.len() * 2;
    let width = LABEL + halves * (CELL + GAP) + 24;
    let height = HEAD + load.rows.len() * ROW + FOOT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"DejaVu Sans\">\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\
         <text x=\"16\" y=\"26\" font-size=\"15\" fill=\"#1a1e29\">{}</text>",
        escaped(title)
    );
    for (n, day) in load.days.iter().enumerate() {
        let x = LABEL + n * 2 * (CELL + GAP) + CELL + GAP / 2;
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"52\" font-size=\"12\" text-anchor=\"middle\" fill=\"#545d6e\">{}</text>",
            escaped(day)
        );
    }
    for (row, one) in load.rows.iter().enumerate() {
        let y = HEAD + row * ROW;
        let _ = write!(
            svg,
            "<text x=\"16\" y=\"{}\" font-size=\"13\" fill=\"#1a1e29\">{}</text>",
            y + 22,
            escaped(&one.name)
        );
        for (half, count) in one.counts.iter().enumerate() {
            let (x, shade) = (LABEL + half * (CELL + GAP), shade(*count));
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{}\" rx=\"5\" fill=\"{}\"/>\
                 <text x=\"{}\" y=\"{}\" font-size=\"13\" text-anchor=\"middle\" fill=\"{}\">{count}</text>",
                ROW - 6,
                SHADES[shade],
                x + CELL / 2,
                y + 22,
                INK[shade]
            );
        }
    }
    let _ = write!(
        svg,
        "<text x=\"16\" y=\"{}\" font-size=\"11\" fill=\"#687184\">Each day: until noon, after noon · {}</text></svg>",
        height - 12,
        escaped(&load.zone)
    );
    png(&svg)
}

fn shade(count: u32) -> usize {
    (count as usize).min(SHADES.len() - 1)
}

/// The same in words: what is not empty, day by day.
pub fn told(load: &Load) -> String {
    let mut days = Vec::new();
    for (n, day) in load.days.iter().enumerate() {
        let mut parts = Vec::new();
        for row in &load.rows {
            let (before, after) =
                (row.counts.get(2 * n).copied().unwrap_or(0), row.counts.get(2 * n + 1).copied().unwrap_or(0));
            match (before, after) {
                (0, 0) => {}
                (before, after) => parts.push(format!("{} {before} before and {after} after noon", row.name)),
            }
        }
        let parts = if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") };
        days.push(format!("{day}: {parts}"));
    }
    format!("Load by half days. {}.", days.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::review::LoadRow;

    #[test]
    fn a_picture_and_its_text_say_the_same() {
        let rows = vec![
            LoadRow { name: "deployment".to_owned(), counts: vec![0, 2, 9, 0] },
            LoadRow { name: "freeze & <co>".to_owned(), counts: vec![0, 0, 1, 1] },
        ];
        let load =
            Load { days: vec!["Thu 3 Dec".to_owned(), "Fri 4 Dec".to_owned()], rows, zone: "Europe/Berlin".to_owned() };
        let png = heat_map("Week 49", &load).expect("a picture");
        assert!(png.starts_with(b"\x89PNG") && png.len() > 2_000);
        assert_eq!(
            told(&load),
            "Load by half days. Thu 3 Dec: deployment 0 before and 2 after noon; Fri 4 Dec: deployment 9 before and 0 after noon, freeze & <co> 1 before and 1 after noon."
        );
    }
}
