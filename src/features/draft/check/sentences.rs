//! Where does one sentence of a Markdown text end and the next begin?

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 14] =
    ["e.g.", "i.e.", "vs.", "cf.", "approx.", "resp.", "incl.", "excl.", "fig.", "no.", "nr.", "dr.", "st.", "ca."];

/// Splits running text into sentences, each with the citations that follow it.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        if let Some(end) = skip(text, at) {
            at = end;
            continue;
        }
        let letter = text[at..].chars().next().expect("`at` is inside the text and on a boundary");
        let after = at + letter.len_utf8();
        if !ends(letter) {
            at = after;
            continue;
        }
        let stop = run_of_ends(text, after);
        if let Some(end) = boundary(text, start, at, stop) {
            push(&mut found, &text[start..end]);
            start = end;
            at = end;
        } else {
            at = stop;
        }
    }
    push(&mut found, &text[start..]);
    found
}

/// The end of the bracket that opens at `at`, both brackets included; `None` when it never closes.
pub fn bracket(text: &str, at: usize) -> Option<usize> {
    let open = text[at..].chars().next()?;
    let close = match open {
        '[' => ']',
        '(' => ')',
        _ => return None,
    };
    let mut depth = 0usize;
    for (offset, letter) in text[at..].char_indices() {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + offset + letter.len_utf8());
            }
        }
    }
    None
}

/// The end of the code span that opens at `at`.
pub fn code_span(text: &str, at: usize) -> Option<usize> {
    let ticks = text[at..].chars().take_while(|letter| *letter == '`').count();
    if ticks == 0 {
        return None;
    }
    let mark = "`".repeat(ticks);
    text[at + ticks..].find(&mark).map(|offset| at + ticks + offset + ticks)
}

/// Does this bracket look like a citation? `[pr:#12]`, `[risk:1, c:1a2b3c4]`, `[#12]`, `[PAY-311]`.
pub fn is_citation(bracket: &str) -> bool {
    let inside = bracket.trim_start_matches('[').trim_end_matches(']');
    let mut tokens = tokens(inside).peekable();
    tokens.peek().is_some() && tokens.all(looks_like_id)
}

/// What stands in a citation bracket, id by id.
pub fn tokens(inside: &str) -> impl Iterator<Item = &str> {
    inside
        .split([',', ';', ' '])
        .map(|token| token.trim().trim_matches(['[', ']']))
        .filter(|token| !token.is_empty() && !matches!(*token, "see" | "and" | "also"))
}

fn looks_like_id(token: &str) -> bool {
    const KINDS: [&str; 17] = [
        "c", "pr", "t", "f", "risk", "brk", "gap", "n", "range", "ci", "dep", "env", "work", "plan", "cert", "tpl",
        "team",
    ];
    match token.split_once(':') {
        // Before the last stroke stands the module: `web/pr:#12`.
        Some((kind, rest)) => KINDS.contains(&kind.rsplit('/').next().unwrap_or(kind)) && !rest.is_empty(),
        None => {
            token.strip_prefix('#').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        }
    }
}

/// The end of a code span or bracket that opens here: nothing inside ends a sentence.
fn skip(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes()[at] {
        b'`' => code_span(text, at).or(Some(at + 1)),
        b'[' | b'(' => bracket(text, at),
        _ => None,
    }
}

fn ends(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…' | '。' | '！' | '？')
}

fn run_of_ends(text: &str, from: usize) -> usize {
    let run = text[from..]
        .chars()
        .take_while(|letter| ends(*letter) || matches!(letter, '"' | '\'' | '”' | '»' | '*' | '_' | ')'));
    from + run.map(char::len_utf8).sum::<usize>()
}

/// Where the sentence ends whose last sign stands at `at..stop`, following citations included; `None` if it goes on.
fn boundary(text: &str, start: usize, at: usize, stop: usize) -> Option<usize> {
    let run = &text[at..stop];
    if run.starts_with(['。', '！', '？']) {
        return Some(following_citations(text, stop));
    }
    let rest = &text[stop..];
    let next = rest.trim_start().chars().next();
    match next {
        None => return Some(text.len()),
        Some(_) if !rest.starts_with(char::is_whitespace) => return None,
        Some('[') => {
            let end = following_citations(text, stop);
            if end > stop {
                return Some(end);
            }
        }
        Some(letter) if letter.is_lowercase() => return None,
        Some(_) => {}
    }
    let word =
        text[start..stop].rsplit(char::is_whitespace).next().unwrap_or_default().trim_start_matches(['(', '"', '\'']);
    let initial = word.len() == 2 && word.starts_with(|letter: char| letter.is_ascii_uppercase()) && word != "I.";
    let goes_on = initial || ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known));
    (!goes_on).then_some(stop)
}

/// Skips ` [pr:#12] [risk:1].` after a full stop.
fn following_citations(text: &str, from: usize) -> usize {
    let mut end = from;
    loop {
        let rest = text[end..].trim_start();
        let at = text.len() - rest.len();
        if !rest.starts_with('[') {
            return end;
        }
        match bracket(text, at) {
            Some(close) if is_citation(&text[at..close]) => {
                end = close + usize::from(text[close..].starts_with('.'));
            }
            _ => return end,
        }
    }
}

fn push<'a>(found: &mut Vec<&'a str>, sentence: &'a str) {
    let sentence = sentence.trim();
    if !sentence.is_empty() {
        found.push(sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_would_say_so() {
        assert_eq!(
            sentences(
                "Refunds are idempotent, e.g. twice is once [pr:#1]. It needs v2.4.0. [c:1a2b3c4] [risk:1] Wait... then go on. `a. B` stays. Ask J. Doe."
            ),
            [
                "Refunds are idempotent, e.g. twice is once [pr:#1].",
                "It needs v2.4.0. [c:1a2b3c4] [risk:1]",
                "Wait... then go on.",
                "`a. B` stays.",
                "Ask J. Doe."
            ]
        );
        assert_eq!(sentences("一つ。二つ。[pr:#1]"), ["一つ。", "二つ。[pr:#1]"]);
        assert_eq!(sentences("Set (see docs. Really) it. Done"), ["Set (see docs. Really) it.", "Done"]);
        assert_eq!(sentences("An open ` tick. Next ( one. Third"), ["An open ` tick.", "Next ( one.", "Third"]);
        assert_eq!(sentences(""), Vec::<&str>::new());
    }
}
