//! Between which letters of a line may it be cut?

use crate::adapters::chat::script::{Kind, Line, Run, trim, width};

/// How good a place is, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seam {
    /// Between two letters of a word, a link or a code span: only for one that is longer than a page.
    Letter,
    /// At a space inside of a link or a code span.
    Inner,
    Space,
    Sentence,
}

/// A place in a line: run and byte.
pub type At = (usize, usize);

impl Line {
    /// What stands before the place.
    pub fn start(&self, (run, byte): At) -> Self {
        let cut = &self.runs[run];
        let piece = (byte > 0).then(|| Run { text: cut.text[..byte].to_owned(), ..cut.clone() });
        let runs: Vec<Run> = self.runs[..run].iter().cloned().chain(piece).collect();
        let runs = if self.is_code() { runs } else { trim(runs) };
        Self { quote: self.quote, depth: self.depth, mark: self.mark, gap: self.gap, kind: self.kind.clone(), runs }
    }

    /// Takes away what stands before the place. The rest continues it: no mark, no blank line.
    pub fn take_start(&mut self, at: At) -> Self {
        let start = self.start(at);
        let (run, byte) = at;
        self.runs[run].text.drain(..byte);
        self.runs.drain(..run);
        if self.runs[0].text.is_empty() {
            self.runs.remove(0);
        }
        (self.mark, self.gap) = (None, false);
        match &mut self.kind {
            Kind::Code { first, .. } => *first = false,
            _ => self.runs = trim(std::mem::take(&mut self.runs)),
        }
        start
    }
}

/// Places at least as good as `least` within the first `room` letters, in order. Where there are none of that kind, the
/// worse kinds are not looked for, except that [`Seam::Inner`] falls back to letters.
pub fn seams(line: &Line, least: Seam, room: usize) -> impl Iterator<Item = (At, Seam)> {
    let spaces = at_spaces(line, least, room);
    let found = if spaces.is_empty() && least <= Seam::Inner { at_letters(line, room) } else { spaces };
    found.into_iter()
}

fn at_spaces(line: &Line, least: Seam, room: usize) -> Vec<(At, Seam)> {
    let mut found = Vec::new();
    let (mut seen, mut last) = (0, ' ');
    for (index, run) in line.runs.iter().enumerate() {
        for (byte, letter) in run.text.char_indices() {
            let seam = match letter.is_whitespace() {
                false => None,
                true if run.is_whole() => Some(Seam::Inner),
                true if ends_sentence(last) => Some(Seam::Sentence),
                true => Some(Seam::Space),
            };
            // Code keeps its spaces: they end the first half.
            let byte = if line.is_code() { byte + letter.len_utf8() } else { byte };
            let inside = (index, byte) > (0, 0) && (index + 1 < line.runs.len() || byte < run.text.len());
            if let Some(seam) = seam.filter(|seam| inside && *seam >= least && !last.is_whitespace()) {
                found.push(((index, byte), seam));
            }
            last = letter;
            seen += letter.len_utf16();
            if seen > room {
                return found;
            }
        }
    }
    found
}

fn ends_sentence(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '۔' | '؟')
}

fn at_letters(line: &Line, room: usize) -> Vec<(At, Seam)> {
    let mut found = Vec::new();
    let mut any = Vec::new();
    let (mut seen, mut before) = (0, None);
    for (index, run) in line.runs.iter().enumerate() {
        for (byte, letter) in run.text.char_indices() {
            if let Some(before) = before {
                any.push(((index, byte), Seam::Letter));
                if !is_joined(before, letter) {
                    found.push(((index, byte), Seam::Letter));
                }
            }
            before = Some(letter);
            seen += letter.len_utf16();
            if seen > room {
                // A letter with thousands of marks on it is cut like anything else.
                return if found.is_empty() { any } else { found };
            }
        }
    }
    if found.is_empty() { any } else { found }
}

/// Do two characters make one letter to the eye: a mark on its letter, the parts of an emoji or of a flag?
pub fn is_joined(before: char, after: char) -> bool {
    let mark = matches!(after,
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05bd}' | '\u{05bf}' | '\u{05c1}'..='\u{05c7}'
        | '\u{0610}'..='\u{061a}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{06d6}'..='\u{06ed}' | '\u{0900}'..='\u{0903}'
        | '\u{093a}'..='\u{094f}' | '\u{0e31}' | '\u{0e34}'..='\u{0e3a}' | '\u{0e47}'..='\u{0e4e}' | '\u{1160}'..='\u{11ff}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e01ef}');
    let flag = |letter: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&letter);
    mark || before == '\u{200d}' || flag(before) && flag(after)
}

/// The first words that fit, with an ellipsis if some do not.
pub fn shorten(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let line = Line::of(vec![Run::plain(text)]);
    let room = limit.saturating_sub(1);
    // Both look no further than there is room.
    let cut = match at_spaces(&line, Seam::Space, room).last() {
        Some((at, _)) if width(&text[..at.1]) * 2 >= room => at.1,
        _ => at_letters(&line, room).last().map_or(0, |(at, _)| at.1),
    };
    format!("{}…", text[..cut].trim_end())
}
