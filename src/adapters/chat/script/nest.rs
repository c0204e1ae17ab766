//! Which marks of emphasis open and close around each run, so that they nest?

use super::Style;

/// What stands before a run: first what closes, innermost first, then what opens, outermost first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    pub closes: Vec<Mark>,
    pub opens: Vec<Mark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Bold,
    Italic,
    Strike,
}

const ALL: [Mark; 3] = [Mark::Bold, Mark::Italic, Mark::Strike];

impl Mark {
    fn on(self, style: Style) -> bool {
        match self {
            Self::Bold => style.bold,
            Self::Italic => style.italic,
            Self::Strike => style.strike,
        }
    }
}

/// One step before each run and one after the last. What lasts longest is opened first.
pub fn nest(styles: &[Style]) -> Vec<Step> {
    let mut open: Vec<Mark> = Vec::new();
    let mut steps = Vec::with_capacity(styles.len() + 1);
    for index in 0..=styles.len() {
        let style = styles.get(index).copied().unwrap_or_default();
        let keep = open.iter().position(|mark| !mark.on(style)).unwrap_or(open.len());
        let closes = open.drain(keep..).rev().collect();
        let mut opens: Vec<Mark> = ALL.into_iter().filter(|mark| mark.on(style) && !open.contains(mark)).collect();
        opens.sort_by_key(|mark| std::cmp::Reverse(lasts(*mark, styles.get(index..).unwrap_or_default())));
        open.extend(&opens);
        steps.push(Step { closes, opens });
    }
    steps
}

fn lasts(mark: Mark, styles: &[Style]) -> usize {
    styles.iter().take_while(|style| mark.on(**style)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITALIC: Style = Style { bold: false, italic: true, strike: false, code: false };
    const BOTH: Style = Style { bold: true, italic: true, strike: false, code: false };

    fn shown(styles: &[Style]) -> String {
        let letter = |mark: &Mark| match mark {
            Mark::Bold => 'b',
            Mark::Italic => 'i',
            Mark::Strike => 's',
        };
        let steps = nest(styles);
        let mut text = String::new();
        for (index, step) in steps.iter().enumerate() {
            text.extend(step.closes.iter().flat_map(|mark| ['/', letter(mark)]));
            text.extend(step.opens.iter().map(letter));
            text.push_str(if index < styles.len() { "." } else { "" });
        }
        text
    }

    #[test]
    fn marks_nest_and_what_lasts_longer_stands_outside() {
        assert_eq!(shown(&[Style::BOLD, BOTH, Style::BOLD]), "b.i./i./b");
        assert_eq!(shown(&[BOTH, ITALIC]), "ib./b./i");
        assert_eq!(shown(&[BOTH]), "bi./i/b");
    }

    #[test]
    fn what_crosses_is_closed_and_opened_again() {
        assert_eq!(shown(&[Style::BOLD, BOTH, ITALIC]), "b.i./i/bi./i");
    }
}
