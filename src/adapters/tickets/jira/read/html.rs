//! What does HTML say that somebody pasted into a ticket?

use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Only names HTML has: `List<String>` is not a tag.
const NAMES: &str = "a|abbr|article|aside|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|ol|p|pre|q|s|samp|script|section|small|span|strike|strong|style|sub|summary|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var|video";

static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)</?(?:{NAMES})(?:\s[^<>]*)?/?>|<!--|-->")));
static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)<li(?:\s[^<>]*)?>"));
static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)<h([1-6])(?:\s[^<>]*)?>"));
static BREAK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)<br\s*/?>|</(?:p|div|h[1-6]|li|tr|ul|ol|pre|blockquote|dt|dd|table|details|summary)\s*>")
});

/// Tags and comment marks go, what stands between them stays, and entities become what they stand for.
pub fn without_tags(text: &str) -> String {
    let bare = if text.contains(['<', '>']) { TAG.replace_all(text, "").into_owned() } else { text.to_owned() };
    let entities = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    match bare.contains('&') {
        true => entities.into_iter().fold(bare, |text, (entity, meant)| text.replace(entity, meant)),
        false => bare,
    }
}

/// HTML's blocks in the words of wiki markup, so that a list stays one.
pub fn as_wiki(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let text = ITEM.replace_all(text, "\n* ");
    let text = HEADING.replace_all(&text, "\nh$1. ");
    BREAK.replace_all(&text, "\n").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_what_only_looks_like_one_stays() {
        assert_eq!(without_tags("<p class=\"x\">One&nbsp;<b>two</b></p>"), "One two");
        assert_eq!(without_tags("a List<String> with 1 < 2 > 0"), "a List<String> with 1 < 2 > 0");
        assert_eq!(without_tags("<script>alert(1)</script>"), "alert(1)");
    }

    #[test]
    fn blocks_keep_their_shape() {
        assert_eq!(as_wiki("<h2>Goal</h2><ul><li>One</li><li>Two</li></ul>"), "\nh2. Goal\n<ul>\n* One\n\n* Two\n\n");
    }
}
