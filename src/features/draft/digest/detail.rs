//! What does a commit's body add to its title? Its first informative sentence or two, without templates and trailers.

use super::plain::{plain, shortened};
use std::borrow::Cow;

/// Characters a detail may have.
const LONGEST: usize = 280;

/// The first paragraph that says something, at most two sentences; empty if there is none. `merge` bodies start with the
/// title of the request, which is not repeated.
pub fn detail(body: &str, title: &str, merge: bool) -> String {
    let body = without_comments(body);
    let mut paragraph: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in body.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced || is_boilerplate(line) || repeats(line, title, merge) {
            continue;
        }
        if line.is_empty() {
            if says_something(&paragraph) {
                break;
            }
            paragraph.clear();
            continue;
        }
        let bullet = line.trim_start_matches(['*', '-', '+', '•', '>', ' ']);
        if bullet.len() != line.len() && says_something(&paragraph) {
            break;
        }
        paragraph.push(plain(bullet));
    }
    if !says_something(&paragraph) {
        return String::new();
    }
    let said = sentences(&paragraph.join(" "));
    // "Before this change:" announces something that is not there any more.
    let whole = if said.ends_with(':') { said.rsplit_once(". ").map_or("", |(whole, _)| whole) } else { &said };
    shortened(whole, LONGEST)
}

fn says_something(paragraph: &[String]) -> bool {
    paragraph.iter().map(|line| line.split_whitespace().count()).sum::<usize>() >= 4
}

fn repeats(line: &str, title: &str, merge: bool) -> bool {
    let key = |text: &str| super::subject::Subject::parse(text).title.to_lowercase();
    // A line can only repeat the title if it holds its last word; taking every line apart would take longest of all.
    let last = title.rsplit(' ').next().unwrap_or(title);
    !line.is_empty()
        && (merge || line.len() < 120)
        && super::breaking::contains_ignoring_case(line, last)
        && key(line.trim_start_matches(['*', '-', ' '])) == title.to_lowercase()
}

/// Trailers, template headings, check lists, links alone, and what bots write.
fn is_boilerplate(line: &str) -> bool {
    const STARTS: [&str; 40] = [
        "signed-off-by",
        "co-authored-by",
        "co-developed-by",
        "reviewed-by",
        "acked-by",
        "tested-by",
        "reported-by",
        "approved-by",
        "cc:",
        "change-id",
        "see merge request",
        "fixes #",
        "fixes:",
        "closes #",
        "closes:",
        "resolves #",
        "close #",
        "fix #",
        "refs #",
        "ref #",
        "refs:",
        "ref:",
        "related to",
        "issue:",
        "pr-url",
        "release-notes:",
        "release note:",
        "this reverts commit",
        "cherry picked from",
        "(cherry picked",
        "git-svn-id",
        "differential revision",
        "bumps [",
        "updates the requirements",
        "- [release notes]",
        "- [changelog]",
        "- [commits]",
        "---",
        "===",
        "dependabot",
    ];
    let lower = line.to_lowercase();
    STARTS.iter().any(|start| lower.starts_with(start))
        || line.starts_with('#')
        || line.starts_with("- [ ]")
        || line.starts_with("- [x]")
        || line.starts_with("- [X]")
        || line.starts_with("* [ ]")
        || line.starts_with("* [x]")
        || line.starts_with('|')
        || line.starts_with('<')
        || line.starts_with("![")
        || (lower.starts_with("http") && !line.contains(' '))
        || (line.starts_with("**") && line.ends_with("**"))
        || (line.ends_with(':') && line.split_whitespace().count() <= 4)
}

fn without_comments(body: &str) -> Cow<'_, str> {
    if !body.contains("<!--") {
        return Cow::Borrowed(body);
    }
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(start) = rest.find("<!--") {
        out.push_str(&rest[..start]);
        match rest[start..].find("-->") {
            Some(end) => rest = &rest[start + end + 3..],
            None => return Cow::Owned(out),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The first sentence, and the second while both stay short.
fn sentences(text: &str) -> String {
    let mut end = 0;
    for (count, (at, _)) in text.match_indices(". ").enumerate() {
        let abbreviation = ["e.g", "i.e", "etc", "vs", "cf"].iter().any(|short| text[..at].ends_with(short));
        if abbreviation {
            continue;
        }
        end = at + 1;
        if at > 90 || count >= 1 {
            return text[..end].to_owned();
        }
    }
    if end > 0 && text.len() > LONGEST { text[..end].to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_and_trailers_are_skipped() {
        let body = "<!-- please fill in\nthis template -->\n## Description\n- [x] I read the guide\n\nRefunds are sent once, even if the \
                    gateway answers late. A second answer is ignored. Third sentence.\n\nSigned-off-by: Somebody <s@example.com>";
        assert_eq!(
            detail(body, "Add refunds", false),
            "Refunds are sent once, even if the gateway answers late. A second answer is ignored."
        );
    }

    #[test]
    fn a_body_that_adds_nothing_gives_nothing() {
        assert_eq!(detail("Add refunds\n\nCloses #12\nCo-authored-by: A <a@b>", "Add refunds", true), "");
        assert_eq!(detail("Bumps [x](y) from 1 to 2.\n- [Commits](z)", "Bump x", false), "");
    }
}
