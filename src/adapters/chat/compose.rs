//! What does each kind of block say, in words that mean the same on every platform?
//!
//! A state is always a mark and a word: who sees no colour, or hears the text read, misses nothing.

use crate::adapters::chat::script::{Base, Kind, Line, Run, Style, named, read, tidy};
use crate::domain::message::{Attachment, Step, StepState, Tone};

/// `🛑 **Danger** · …`; a plain callout needs no word for it.
pub fn callout(tone: Tone, markdown: &str, base: Base<'_>) -> Vec<Line> {
    let mut lines = read(markdown, base);
    let Some((mark, word)) = tone_words(tone) else { return lines };
    let mut runs = vec![Run::plain(format!("{mark} ")), Run::new(word, Style::BOLD)];
    match lines.first_mut().filter(|line| line.kind == Kind::Text && line.mark.is_none() && line.quote == 0) {
        Some(line) => {
            runs.push(Run::plain(" · "));
            runs.append(&mut line.runs);
            line.runs = tidy(runs);
        }
        None => lines.insert(0, Line::of(runs)),
    }
    lines
}

fn tone_words(tone: Tone) -> Option<(&'static str, &'static str)> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some(("✅", "Good")),
        Tone::Caution => Some(("⚠️", "Caution")),
        Tone::Danger => Some(("🛑", "Danger")),
    }
}

/// `✓ Done: Read the change`; the step that runs stands out.
pub fn progress(steps: &[Step]) -> Vec<Line> {
    let line = |step: &Step| {
        let (mark, word) = match step.state {
            StepState::Waiting => ("○", "Waiting"),
            StepState::Running => ("▸", "Running"),
            StepState::Done => ("✓", "Done"),
            StepState::Skipped => ("–", "Skipped"),
        };
        let mut runs = vec![Run::plain(format!("{word}: "))];
        runs.extend(named(&step.text));
        if step.state == StepState::Running {
            runs.iter_mut().for_each(|run| run.style.bold = true);
        }
        runs.insert(0, Run::plain(format!("{mark} ")));
        Line::of(tidy(runs))
    };
    steps.iter().map(line).collect()
}

/// `**Service:** payments`, a line each.
pub fn fields(fields: &[(String, String)], base: Base<'_>) -> Vec<Line> {
    fields.iter().flat_map(|(name, value)| field(name, value, base)).collect()
}

pub fn field(name: &str, value: &str, base: Base<'_>) -> Vec<Line> {
    let mut lines = read(value, base);
    let name = Run::new(name_of(name), Style::BOLD);
    match lines.first_mut().filter(|line| line.kind == Kind::Text && line.mark.is_none() && line.quote == 0) {
        Some(line) => {
            let mut runs = vec![Run { text: format!("{}:", name.text), ..name }, Run::plain(" ")];
            runs.append(&mut line.runs);
            line.runs = tidy(runs);
        }
        None => lines.insert(0, Line::of(vec![name])),
    }
    lines
}

pub fn name_of(name: &str) -> String {
    crate::adapters::chat::script::unnamed(name)
}

/// What stands in the text for a file that stands elsewhere. For an image it is what a person hears who cannot see it.
pub fn attachment(attachment: &Attachment) -> Vec<Line> {
    let mut runs = vec![Run::plain("📎 "), Run::new(name_of(&attachment.name), Style::CODE)];
    if !attachment.alt.is_empty() && attachment.alt != attachment.name {
        runs.push(Run::plain(" · "));
        runs.extend(named(&attachment.alt));
    }
    vec![Line::of(tidy(runs))]
}

/// A heading that is too long for a platform's own: a bold line.
pub fn heading(text: &str) -> Vec<Line> {
    let mut runs = named(text);
    runs.iter_mut().for_each(|run| run.style.bold = true);
    vec![Line { kind: Kind::Heading(2), ..Line::of(tidy(runs)) }]
}

/// What is folded away elsewhere stands under its summary here, which its own heading need not repeat.
pub fn folded(summary: &str, markdown: &str, base: Base<'_>) -> Vec<Line> {
    let mut lines = read(markdown, base);
    let said = lines.first().filter(|line| matches!(line.kind, Kind::Heading(_))).map(Line::text);
    if said.is_some_and(|said| said == name_of(summary)) {
        lines.remove(0);
    }
    lines
}

/// Small print has no room for blank lines.
pub fn footnote(markdown: &str, base: Base<'_>) -> Vec<Line> {
    let small = |line: Line| match line.kind {
        Kind::Text | Kind::Heading(_) => Line { kind: Kind::Small, gap: false, ..line },
        _ => Line { gap: false, ..line },
    };
    read(markdown, base).into_iter().map(small).collect()
}
