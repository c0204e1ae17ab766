//! What do people say in the body of a commit message, sentence by sentence?

use super::clean;

/// Sentences outside these lengths, in bytes, are fragments or walls.
const SHORTEST: usize = 16;
const LONGEST: usize = 260;

/// One sentence on one clean line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub text: String,
    /// Is it of the first paragraph?
    pub leads: bool,
    /// Is it of a length to be told as it is?
    pub tellable: bool,
}

/// Sentences and list entries of a body, without trailers, quotes, code blocks, templates and addresses.
pub fn of(body: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for (at, paragraph) in paragraphs(body).iter().enumerate() {
        let leads = at == 0;
        let mut rest = paragraph.as_str();
        while !rest.is_empty() {
            let end = rest.find(". ").map_or(rest.len(), |dot| dot + 1);
            let text = clean::line(&rest[..end]);
            let tellable = (SHORTEST..=LONGEST).contains(&text.len());
            sentences.push(Sentence { text, leads, tellable });
            rest = rest[end..].trim_start();
        }
    }
    sentences
}

/// Wrapped lines joined; each list entry is a paragraph of its own.
fn paragraphs(body: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let (mut fenced, mut open) = (false, false);
    for line in body.lines() {
        let text = line.trim();
        if text.starts_with("```") {
            fenced = !fenced;
        }
        if fenced || text.is_empty() || is_boilerplate(line) {
            open = false;
            continue;
        }
        let entry = text.strip_prefix("- ").or_else(|| text.strip_prefix("* "));
        match (entry, open, paragraphs.last_mut()) {
            (None, true, Some(last)) => {
                last.push(' ');
                last.push_str(text);
            }
            _ => paragraphs.push(entry.unwrap_or(text).to_string()),
        }
        open = true;
    }
    paragraphs
}

fn is_boilerplate(line: &str) -> bool {
    let text = line.trim();
    let trailer = text.split_once(':').is_some_and(|(key, _)| {
        key.to_ascii_lowercase().ends_with("-by")
            || matches!(key, "Change-Id" | "Cc" | "CC" | "Reviewers" | "Conflicts" | "# Conflicts")
    });
    let closes = ["fix", "fixes", "fixed", "close", "closes", "closed", "resolves"].iter().any(|verb| {
        text.len() > verb.len()
            && text.is_char_boundary(verb.len())
            && text[..verb.len()].eq_ignore_ascii_case(verb)
            && text[verb.len()..].starts_with(" #")
    });
    trailer
        || (closes && text.len() < 20)
        || line.starts_with("    ")
        || ["```", ">", "<", "http", "- [ ]", "- [x]", "---", "#\t"].iter().any(|sign| text.starts_with(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_falls_into_sentences_without_its_boilerplate() {
        let body = "The budget was never refilled. Now it\nis refilled every minute.\n\n* adds a retry ceiling\n* ok\n\n\
                    ```\nlet code = 1;\n```\nSigned-off-by: A Role <role@example.org>\n> somebody quoted this";
        let told = of(body).into_iter().filter(|sentence| sentence.tellable);
        let said: Vec<(String, bool)> = told.map(|sentence| (sentence.text, sentence.leads)).collect();
        assert_eq!(
            said,
            [
                ("The budget was never refilled.".to_string(), true),
                ("Now it is refilled every minute.".to_string(), true),
                ("adds a retry ceiling".to_string(), false),
            ]
        );
    }
}
