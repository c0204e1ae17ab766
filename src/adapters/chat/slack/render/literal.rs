//! Which words would Slack read as emphasis although they are text? They are set as code.

use crate::adapters::chat::script::{Run, Style};

/// The runs of a line, with each such word as code. A lone mark that nothing closes is left as it is.
pub fn risky(runs: Vec<Run>) -> Vec<Run> {
    let mut runs = runs;
    for mark in ['*', '_', '~', '`'] {
        if is_paired(&runs, mark) {
            runs = runs.into_iter().flat_map(|run| coded(run, mark)).collect();
        }
    }
    runs
}

/// Could one of these characters, somewhere in the line, open what a later one closes?
fn is_paired(runs: &[Run], mark: char) -> bool {
    // Our own marks open and close as well: a line that has both is never safe.
    let own = runs.iter().any(|run| match mark {
        '*' => run.style.bold,
        '_' => run.style.italic,
        '~' => run.style.strike,
        _ => run.style.code && run.link.is_none(),
    });
    let mut open = false;
    for run in runs.iter().filter(|run| !run.is_whole()) {
        for (opens, closes) in edges(&run.text, mark) {
            if closes && open || own && (opens || closes) {
                return true;
            }
            open |= opens;
        }
    }
    false
}

/// For each such character, or several in a row: is it at a word's start, is it at a word's end?
fn edges(text: &str, mark: char) -> impl Iterator<Item = (bool, bool)> {
    let inner = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() && letter.is_ascii());
    let starts = text.match_indices(mark).filter(move |(at, _)| !text[..*at].ends_with(mark));
    starts.map(move |(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = text[at..].trim_start_matches(mark);
        let after = rest.chars().next();
        // Of several, an inner one has a mark beside it, which is no letter.
        let several = text[at..].len() - rest.len() > mark.len_utf8();
        // A run's end may touch another run.
        let opens = (several || !inner(before)) && after.is_none_or(|letter| !letter.is_whitespace());
        let closes = (several || !inner(after)) && before.is_none_or(|letter| !letter.is_whitespace());
        // Backticks need no edge.
        (opens || mark == '`', closes || mark == '`')
    })
}

/// A run in pieces: words with the mark at an edge as code, all else as it was.
fn coded(run: Run, mark: char) -> Vec<Run> {
    if run.is_whole() || !run.text.contains(mark) {
        return vec![run];
    }
    let words = run.text.split_inclusive(char::is_whitespace).flat_map(|word| {
        let bare = word.trim_end();
        [bare, &word[bare.len()..]]
    });
    let mut pieces: Vec<Run> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let code = edges(word, mark).any(|(opens, closes)| opens || closes);
        match pieces.last_mut() {
            Some(last) if !code && !last.style.code => last.text.push_str(word),
            _ => pieces.push(Run::new(word, Style { code, ..run.style })),
        }
    }
    pieces
}
