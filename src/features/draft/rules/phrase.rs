//! How are counts, lists, citations and other people's words put into a sentence?

use crate::domain::fact::FactId;
use crate::features::draft::check::sentences::{bracket, sentences};

pub use crate::features::phrase::{count, counted, list, some, thousands};

/// ` [pr:#812] [risk:2]`
pub fn cited(ids: &[FactId]) -> String {
    ids.iter().map(|id| format!(" [{id}]")).collect()
}

/// A text as whole sentences, each of which cites `ids`.
pub fn told(text: &str, ids: &[FactId]) -> String {
    let text = tame(text);
    let each: Vec<String> = sentences(&text)
        .into_iter()
        .map(|sentence| {
            let end = if sentence.ends_with(['!', '?', '…']) { "" } else { "." };
            format!("{}{}{end}", sentence.trim_end_matches('.'), cited(ids))
        })
        .collect();
    each.join(" ")
}

/// An entry of a list: as `told`, without the last full stop.
pub fn entry(text: &str, ids: &[FactId]) -> String {
    let told = told(text, ids);
    told.strip_suffix('.').map_or_else(|| told.clone(), str::to_owned)
}

/// Other people's words made safe to stand in a sentence: one line, no open code span, no open bracket.
pub fn tame(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.matches('`').count() % 2 == 1 {
        text = text.replace('`', "");
    }
    let open = text.match_indices(['[', '(']).any(|(at, _)| bracket(&text, at).is_none());
    if open || text.matches(']').count() > text.matches('[').count() {
        text = text.replace(['[', ']'], "");
    }
    text
}

/// At most `most` characters, cut between words with `…`.
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    for word in text.split(' ') {
        if kept.chars().count() + word.chars().count() + 2 > most {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    tame(&format!("{}…", whole(&kept)))
}

/// Without the words and signs that only lead on to what was cut off: nothing ends in `and…`.
fn whole(kept: &str) -> &str {
    const LEADING_ON: [&str; 18] = [
        "and", "or", "to", "for", "of", "in", "on", "with", "the", "a", "an", "by", "from", "as", "when", "that",
        "into", "at",
    ];
    let mut kept = kept;
    loop {
        kept = kept.trim_end_matches([',', ';', ':', '-', '–', '.', '(', ' ', '&', '+']);
        match kept.rsplit_once(' ') {
            Some((before, last)) if LEADING_ON.contains(&last.to_lowercase().as_str()) => kept = before,
            _ => return kept,
        }
    }
}

/// At most `most` characters of a title, cut where a clause ends if one ends in its second half, else between words.
pub fn brief(title: &str, most: usize) -> String {
    const CLAUSES: [&str; 14] = [
        " instead of ",
        " so that ",
        " because ",
        " in order ",
        " which ",
        " when ",
        " while ",
        " to ",
        " for ",
        " by ",
        ", ",
        " and ",
        " in ",
        " (",
    ];
    if title.chars().count() <= most {
        return title.to_owned();
    }
    // What stands in brackets at the end explains; the title is whole without it.
    if let Some((bare, _)) =
        title.rsplit_once(" (").filter(|(bare, rest)| rest.ends_with(')') && bare.chars().count() >= 12)
    {
        return brief(bare, most);
    }
    let fits = |at: &usize| {
        let length = title[..*at].chars().count();
        length <= most && length * 2 >= most && title[..*at].matches('`').count().is_multiple_of(2)
    };
    match CLAUSES.iter().filter_map(|clause| title.rfind(clause)).filter(fits).max() {
        Some(at) => title[..at].to_owned(),
        None => short(title, most),
    }
}

/// A title for the middle of a sentence: its first word is made small when it is an article, or a verb everybody starts titles with.
pub fn inner(title: &str) -> String {
    const FIRST: [&str; 75] = [
        "The",
        "A",
        "An",
        "Add",
        "Added",
        "Adds",
        "Allow",
        "Always",
        "Avoid",
        "Bump",
        "Change",
        "Check",
        "Clean",
        "Cleanup",
        "Correct",
        "Create",
        "Deprecate",
        "Disable",
        "Do",
        "Don't",
        "Drop",
        "Enable",
        "Ensure",
        "Expose",
        "Extend",
        "Fix",
        "Fixed",
        "Fixes",
        "Handle",
        "Implement",
        "Improve",
        "Include",
        "Increase",
        "Introduce",
        "Make",
        "Migrate",
        "Move",
        "Prevent",
        "Reduce",
        "Refactor",
        "Accept",
        "Public",
        "Submit",
        "Updates",
        "Removed",
        "Removes",
        "Improved",
        "Switch",
        "Update:",
        "Apply",
        "Bring",
        "Build",
        "Cache",
        "Document",
        "Finish",
        "Keep",
        "Merge",
        "Optimize",
        "Pin",
        "Require",
        "Serialize",
        "Skip",
        "Split",
        "Upgrade",
        "Remove",
        "Rename",
        "Replace",
        "Restore",
        "Return",
        "Revert",
        "Set",
        "Show",
        "Support",
        "Update",
        "Use",
    ];
    let title = title.trim().trim_end_matches('.');
    match title.split_once(' ') {
        Some((first, rest)) if FIRST.contains(&first) => format!("{} {rest}", first.to_lowercase()),
        _ => title.to_owned(),
    }
}

/// `payments` in backticks; a name that is in backticks already stays.
pub fn name(text: &str) -> String {
    if text.contains('`') { text.to_owned() } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_as_people_write_them() {
        assert_eq!((count(1, "commit"), count(0, "commit"), count(1204, "commit")).0, "1 commit");
        assert_eq!(count(1_234_567, "line"), "1,234,567 lines");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(some(&["a", "b", "c", "d"], 2), "a, b and 2 more");
    }

    #[test]
    fn every_sentence_of_a_told_text_cites() {
        let ids = [FactId::pull_request(1)];
        assert_eq!(told("One. Two", &ids), "One [pr:#1]. Two [pr:#1].");
        assert_eq!(entry("Fix `a", &ids), "Fix a [pr:#1]");
        assert_eq!(told("An open [ bracket", &ids), "An open  bracket [pr:#1].");
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        assert_eq!(short("Make refunds idempotent across all regions", 24), "Make refunds idempotent…");
        assert_eq!(brief("Serve orders from the replica instead of the primary", 40), "Serve orders from the replica");
        assert_eq!(short("Retry refunds and charges of the night", 20), "Retry refunds…", "nothing ends in `and…`");
        assert_eq!(brief("Type and unit labels (as proposed in 39)", 30), "Type and unit labels");
        assert_eq!(inner("Add `x` support."), "add `x` support");
        assert_eq!(inner("Kubernetes 1.29"), "Kubernetes 1.29");
    }
}
