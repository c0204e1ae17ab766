//! What did the writer mean by `**` that CommonMark leaves as it is? `**"굵게"**은` is bold to everybody but its rules.
//!
//! CommonMark does not let `**` close between punctuation and a letter. Where words take no space around them, as in
//! Korean, models write that in every other sentence.

use super::Run;
use super::tidy::merged;

/// Stands for an asterisk that the writer escaped: it is one, whatever is around it.
pub const ESCAPED: char = '\u{1}';

/// Pairs of `**` left in plain runs become emphasis; escaped asterisks become asterisks.
pub fn bold(runs: Vec<Run>) -> Vec<Run> {
    let runs = merged(runs);
    let pairs = pairs(&runs);
    let mut found = Vec::new();
    let (mut inside, mut next) = (false, 0);
    for (index, run) in runs.into_iter().enumerate() {
        let mut rest = 0;
        let mut push = |text: &str, inside: bool| {
            if !text.is_empty() {
                let mut piece = Run { text: text.replace(ESCAPED, "*"), ..run.clone() };
                piece.style.bold |= inside;
                found.push(piece);
            }
        };
        while let Some(&(_, at)) = pairs.get(next).filter(|(of, _)| *of == index) {
            push(&run.text[rest..at], inside);
            (rest, inside, next) = (at + 2, !inside, next + 1);
        }
        push(&run.text[rest..], inside);
    }
    found
}

/// Where the marks that make pairs stand: run and byte, opening and closing in turn.
fn pairs(runs: &[Run]) -> Vec<(usize, usize)> {
    let mut marks = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for (index, run) in runs.iter().enumerate().filter(|(_, run)| !run.is_whole()) {
        for (at, _) in run.text.match_indices("**") {
            let closes = at == 0 && index > 0 || run.text[..at].ends_with(|letter: char| !letter.is_whitespace());
            let after = &run.text[at + 2..];
            let opens = after.is_empty() && index + 1 < runs.len() || after.starts_with(|l: char| !l.is_whitespace());
            match open {
                Some(opening) if closes && opening != (index, at.saturating_sub(2)) => {
                    marks.extend([opening, (index, at)]);
                    open = None;
                }
                _ if opens => open = Some((index, at)),
                _ => {}
            }
        }
    }
    marks
}
