//! Where is a long text cut? Between blank lines, then line ends, then sentences, then words; inside a word only if it
//! is longer than a page. Nothing is lost, and each piece is well-formed, since lines are cut and not their dialect.

mod parts;
mod seam;
#[cfg(test)]
mod tests;

pub use parts::{Part, join, parts};
pub use seam::{is_joined, shorten};

use crate::adapters::chat::script::{Kind, Line, Tongue, cost, width, write};
use seam::{At, Seam, seams};
use std::collections::VecDeque;

/// What is left of a text. Pieces are taken from its front.
pub struct Rest {
    lines: VecDeque<Line>,
    /// The most a piece can ever hold.
    full: usize,
}

impl Rest {
    pub fn new(lines: Vec<Line>, full: usize) -> Self {
        Self { lines: lines.into(), full }
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The next lines that fit into `limit`; none if there is room only on a fresh page.
    pub fn take(&mut self, limit: usize, tongue: &impl Tongue) -> Vec<Line> {
        let limit = limit.min(self.full);
        let used = self.fitting(limit, tongue);
        if used.len() == self.lines.len() {
            return self.lines.drain(..).collect();
        }
        if let Some(count) = self.best(&used, limit) {
            return self.first(count);
        }
        // A line end and a blank line that may be quoted stand between.
        let room = used.last().map_or(limit, |used| limit.saturating_sub(used + 4));
        if let Some(start) = self.split(used.len(), room, tongue, Seam::Space) {
            let mut taken: Vec<Line> = self.lines.drain(..used.len()).collect();
            taken.push(start);
            return taken;
        }
        if !used.is_empty() {
            return self.first(used.len());
        }
        if limit < self.full {
            return Vec::new();
        }
        self.split(0, limit, tongue, Seam::Inner).or_else(|| self.lines.pop_front()).into_iter().collect()
    }

    /// For each of the first lines that fit together: how long the text is with it.
    fn fitting(&self, limit: usize, tongue: &impl Tongue) -> Vec<usize> {
        let mut used = Vec::new();
        let (mut sum, mut before) = (0, None);
        for line in &self.lines {
            // Longer than the limit even without marks: not worth writing.
            if line.runs.iter().map(|run| run.text.len() / 3).sum::<usize>() > limit {
                break;
            }
            sum += cost(before, line, tongue);
            if sum > limit {
                break;
            }
            used.push(sum);
            before = Some(line);
        }
        used
    }

    /// How many lines to take so that the cut falls at a blank line, or else at a line's end, past the middle.
    fn best(&self, used: &[usize], limit: usize) -> Option<usize> {
        let late = |count: &usize| used[count - 1] * 2 >= limit && !self.is_heading(count - 1);
        let blank = |count: &usize| {
            let next = &self.lines[*count];
            next.gap || matches!(next.kind, Kind::Code { first: true, .. } | Kind::Heading(_))
        };
        let counts = || (1..=used.len()).rev().filter(late);
        counts().find(blank).or_else(|| counts().next())
    }

    fn is_heading(&self, index: usize) -> bool {
        matches!(self.lines[index].kind, Kind::Heading(_))
    }

    /// The first lines, less a heading that would stand alone at the end.
    fn first(&mut self, count: usize) -> Vec<Line> {
        let heads = (0..count).rev().take_while(|index| self.is_heading(*index)).count();
        let count = if heads < count { count - heads } else { count };
        self.lines.drain(..count).collect()
    }

    /// Cuts the line at `index`: what fits of it is returned, the rest stays.
    fn split(&mut self, index: usize, room: usize, tongue: &impl Tongue, least: Seam) -> Option<Line> {
        let line = self.lines.get(index)?;
        let long = |seam: &(At, Seam)| cost(None, &line.start(seam.0), tongue);
        let seams: Vec<_> = seams(line, least, room).collect();
        let count = fitting(&seams, room, long);
        let fitting = &seams[..count];
        let late = |wanted: Seam| {
            let found = fitting.iter().rev().find(|(_, seam)| *seam >= wanted)?;
            (width(&line.start(found.0).text()) * 2 >= room).then_some(found)
        };
        let (at, _) = late(Seam::Sentence).or_else(|| late(Seam::Space)).or(fitting.last())?;
        Some(self.lines[index].take_start(*at))
    }
}

/// How many of the places fit. What stands before a place is written out to know, so the guess goes by proportion, and
/// what comes within a hundredth is good enough.
fn fitting(seams: &[(At, Seam)], room: usize, long: impl Fn(&(At, Seam)) -> usize) -> usize {
    let Some(last) = seams.last() else { return 0 };
    let (mut low, mut short) = (0, 0);
    let (mut high, mut much) = (seams.len(), long(last));
    if much <= room {
        return high;
    }
    while high - low > 1 && room - short > room / 100 {
        let step = (high - low) * (room - short) / (much - short).max(1);
        let middle = (low + step).clamp(low + 1, high - 1);
        match long(&seams[middle - 1]) {
            now if now <= room => (low, short) = (middle, now),
            now => (high, much) = (middle, now),
        }
    }
    low
}

/// The whole text as pieces of at most `limit`.
pub fn cut(lines: Vec<Line>, limit: usize, tongue: &impl Tongue) -> Vec<Vec<Line>> {
    let mut rest = Rest::new(lines, limit);
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        pieces.push(rest.take(limit, tongue));
    }
    pieces
}

/// The pieces as they are written.
pub fn cut_text(lines: Vec<Line>, limit: usize, tongue: &impl Tongue) -> Vec<String> {
    cut(lines, limit, tongue).iter().map(|lines| write(lines, tongue)).collect()
}
