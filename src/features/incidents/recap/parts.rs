//! Which part of a report says what? Headings, bold labels and `label: text` lines, whatever mark they use.

use regex::Regex;
use std::sync::LazyLock;

/// A part of a report under its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// In lower case, without marks: `lessons learned`. Empty before the first label.
    pub label: String,
    pub text: String,
}

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let heading = r"#{1,6}\s+(?P<heading>[^#\n]{2,80}?)\s*#*";
    let bold = r"(?:[-*]\s+)?\*\*(?P<bold>[^*\n]{2,50}?):?\*\*\s*:?(?P<after>.*)";
    let plain = r"(?P<plain>(?i:summary|impact|root cause|cause|trigger|resolution|fix|mitigation|lessons?(?: learn(?:ed|t)?)?|action items?|what happened|reason for outage|affected services|요약|영향|원인|조치|교훈|재발 ?방지(?: 대책)?))\s*[:：]\s*(?P<rest>.*)";
    Regex::new(&format!("^(?:{heading}|{bold}|{plain})$")).expect("the pattern is ours")
});

/// `… renewed it. Lesson: watch …`: a label in the middle of a line begins a part too.
static WITHIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"([.!?。])\s+((?i:impact|root cause|cause|trigger|resolution|fix|lessons?(?: learn(?:ed|t)?)?|영향|원인|조치|교훈)\s*[:：])").expect("ours")
});

pub fn parts(text: &str) -> Vec<Part> {
    let text = WITHIN.replace_all(text, "$1\n$2");
    let mut found = vec![Part { label: String::new(), text: String::new() }];
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let label = if in_code { None } else { LABEL.captures(line.trim()) };
        match label {
            None => {
                if let Some(part) = found.last_mut() {
                    part.text.push_str(line);
                    part.text.push('\n');
                }
            }
            Some(label) => {
                let get = |name| label.name(name).map(|found| found.as_str());
                let name = get("heading").or(get("bold")).or(get("plain")).unwrap_or_default();
                let rest = get("after").or(get("rest")).unwrap_or_default();
                let name = name.trim().trim_end_matches(':').to_lowercase();
                found.push(Part { label: name, text: format!("{rest}\n") });
            }
        }
    }
    found.retain(|part| !part.label.is_empty() || !part.text.trim().is_empty());
    found
}

/// The text as its sentences, list items and lines, without marks. What is quoted as code or in tables is left out.
pub fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code || line.starts_with('|') || line.starts_with("<!--") {
            continue;
        }
        let is_item = line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ") || numbered(line);
        if line.is_empty() || is_item || line.starts_with('#') {
            split(&std::mem::take(&mut paragraph), &mut found);
        }
        let bare = line.trim_start_matches(['-', '*', '+', '#', '>', ' ']);
        let bare = if numbered(line) {
            bare.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == ' ')
        } else {
            bare
        };
        let bare = bare.strip_prefix("[ ]").or(bare.strip_prefix("[x]")).unwrap_or(bare);
        if !bare.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(bare.trim());
        }
    }
    split(&paragraph, &mut found);
    found
}

fn numbered(line: &str) -> bool {
    let figures = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&figures) && line[figures..].starts_with(". ")
}

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"!?\[([^\]]*)\]\([^)]*\)|<(https?://[^|>]+)\|([^>]+)>").expect("ours"));
static END: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[.!?。]['\x22)]?\s+").expect("ours"));
/// Dots after which a sentence goes on.
const GO_ON: [&str; 8] = ["e.g", "i.e", "etc", "vs", "approx", "cf", "no", "st"];

fn split(paragraph: &str, found: &mut Vec<String>) {
    let text = LINK.replace_all(paragraph, "$1$3").replace("**", "").replace('`', "").replace("__", "");
    let mut start = 0;
    for end in END.find_iter(&text) {
        let before = &text[start..end.start()];
        let last = before
            .rsplit(|letter: char| letter.is_whitespace() || letter == '(')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let next = text[end.end()..].chars().next();
        if GO_ON.contains(&last.as_str())
            || (last.len() == 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic()))
            || next.is_some_and(char::is_lowercase)
        {
            continue;
        }
        push(&text[start..end.end()], found);
        start = end.end();
    }
    push(&text[start..], found);
}

fn push(sentence: &str, found: &mut Vec<String>) {
    let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    if sentence.chars().filter(|letter| letter.is_alphabetic()).count() >= 2 {
        found.push(sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_all_marks_are_found() {
        let labels = |text: &str| {
            parts(text).into_iter().map(|part| (part.label, part.text.trim().to_owned())).collect::<Vec<_>>()
        };
        let pair = |label: &str, text: &str| (label.to_owned(), text.to_owned());
        assert_eq!(labels("# Title\n\n## Summary\nIt fell."), [pair("title", ""), pair("summary", "It fell.")]);
        assert_eq!(
            labels("- **Impact**: Nobody could log in\n- **Resolution**:\n  - restarted"),
            [pair("impact", "Nobody could log in"), pair("resolution", "- restarted")]
        );
        assert_eq!(
            labels("All is down.\nRoot cause: a typo\n원인: 설정 오류"),
            [pair("", "All is down."), pair("root cause", "a typo"), pair("원인", "설정 오류")]
        );
        assert_eq!(labels("```\n# not a heading\n```"), [pair("", "```\n# not a heading\n```")]);
    }

    #[test]
    fn sentences_lose_their_marks_and_code_is_no_sentence() {
        let text = "We saw `oom`, e.g. on [node 3](https://x.example). It was\nbad.\n- [ ] Add a limit\n1. Restart it\n```\nlog line. More.\n```\n| a | b |";
        assert_eq!(sentences(text), ["We saw oom, e.g. on node 3.", "It was bad.", "Add a limit", "Restart it"]);
    }
}
