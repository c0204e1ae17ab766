//! Which runs does a line really need? Neighbours of one style are one; spaces at the edge of a style belong outside it.

use super::nest::{Mark, nest};
use super::{Run, Style};

/// Runs as they are written: merged, without spaces at either end, emphasis only around words.
pub fn tidy(runs: Vec<Run>) -> Vec<Run> {
    let mut split: Vec<Run> = runs.into_iter().flat_map(edges).collect();
    let styles: Vec<Option<Style>> = split.iter().map(|run| is_words(run).then_some(run.style)).collect();
    for (index, run) in split.iter_mut().enumerate().filter(|(index, _)| styles[*index].is_none()) {
        let before = styles[..index].iter().rev().find_map(|style| *style).unwrap_or_default();
        let after = styles[index..].iter().find_map(|style| *style).unwrap_or_default();
        run.style = before.and(after).emphasis();
    }
    loosen(&mut split, &styles);
    trim(merged(split))
}

/// Where marks cross, one is closed and opened again; never right beside a space, where it would be no mark.
fn loosen(runs: &mut [Run], words: &[Option<Style>]) {
    loop {
        let styles: Vec<Style> = runs.iter().map(|run| run.style.emphasis()).collect();
        let steps = nest(&styles);
        let mut changed = false;
        for (index, run) in runs.iter_mut().enumerate().filter(|(index, _)| words[*index].is_none()) {
            let beside = !steps[index].opens.is_empty() || !steps[index + 1].closes.is_empty();
            if beside && run.style != Style::default() {
                (run.style, changed) = (Style::default(), true);
            }
        }
        if !changed {
            return;
        }
    }
}

/// Code spans and links in which a mark of emphasis stands are not emphasised by it: a platform may end it there.
pub fn sheltered(mut runs: Vec<Run>, sign: impl Fn(Mark) -> char) -> Vec<Run> {
    for run in runs.iter_mut().filter(|run| run.is_whole()) {
        let has =
            |mark| run.text.contains(sign(mark)) || run.link.as_deref().is_some_and(|link| link.contains(sign(mark)));
        let (bold, italic, strike) = (has(Mark::Bold), has(Mark::Italic), has(Mark::Strike));
        run.style.bold &= !bold;
        run.style.italic &= !italic;
        run.style.strike &= !strike;
    }
    tidy(runs)
}

/// Neighbours of one style as one; two code spans side by side stay two.
pub fn merged(runs: Vec<Run>) -> Vec<Run> {
    let mut merged: Vec<Run> = Vec::new();
    for run in runs {
        match merged.last_mut() {
            Some(last) if last.style == run.style && !last.is_whole() && !run.is_whole() => {
                last.text.push_str(&run.text)
            }
            _ => merged.push(run),
        }
    }
    merged
}

fn is_words(run: &Run) -> bool {
    run.is_whole() || !run.text.trim().is_empty()
}

/// A run as up to three: the spaces before it, its words, the spaces after it.
fn edges(run: Run) -> Vec<Run> {
    let core = run.text.trim();
    if run.is_whole() || core.is_empty() || core.len() == run.text.len() {
        return vec![run];
    }
    let from = run.text.len() - run.text.trim_start().len();
    let (before, after) = (&run.text[..from], &run.text[from + core.len()..]);
    let parts = [before, core, after].into_iter().filter(|part| !part.is_empty());
    parts.map(|part| Run::new(part, run.style)).collect()
}

pub fn trim(mut runs: Vec<Run>) -> Vec<Run> {
    while runs.last().is_some_and(|run| !is_words(run)) {
        runs.pop();
    }
    let blank = runs.iter().take_while(|run| !is_words(run)).count();
    runs.drain(..blank);
    if let Some(last) = runs.last_mut().filter(|run| !run.is_whole()) {
        last.text.truncate(last.text.trim_end().len());
    }
    if let Some(first) = runs.first_mut().filter(|run| !run.is_whole()) {
        first.text = first.text.trim_start().to_owned();
    }
    runs
}
