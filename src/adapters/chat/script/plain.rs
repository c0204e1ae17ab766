//! How does a text read where nothing is formatted: in a notification, to a screen reader?

use super::{Kind, Line, Mark};

/// The lines without marks of emphasis; links as their words.
pub fn plain(lines: &[Line]) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        text.push_str(if index > 0 { "\n" } else { "" });
        text.push_str(&"  ".repeat(line.depth.saturating_sub(1)));
        match line.mark {
            Some(Mark::Bullet) => text.push_str("• "),
            Some(Mark::Number(number)) => text.push_str(&format!("{number}. ")),
            Some(Mark::Task(done)) => text.push_str(if done { "☑ " } else { "☐ " }),
            None => {}
        }
        if line.kind != Kind::Rule {
            text.push_str(&line.text());
        }
    }
    text
}
