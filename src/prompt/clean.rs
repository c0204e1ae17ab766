//! What of a model's text, or of other people's, must never reach a reader or a model?

use crate::prompt::mask::each_text;
use regex::{Captures, Regex};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The text without characters that are not seen: bidirectional controls, zero-width characters, tags, fillers and
/// control characters other than line break and tab. They carry hidden orders in and hidden data out.
pub fn visible(text: &str) -> String {
    text.chars().filter(|letter| !hidden(*letter)).collect()
}

fn hidden(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Cleans one answer, knowing what was given to the model.
pub struct Cleaner {
    /// Everything that was given, as one text.
    given: String,
    urls: HashSet<String>,
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("the pattern is fixed and was compiled in a test"));
    };
}

pattern!(URL, r#"(?i)\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>"'`\]\)\|]+"#);
pattern!(SCHEME, r#"(?i)\b(?:(?:javascript|vbscript|mailto|tel):|data:[a-z]+/[a-z])[^\s<>"'`\]\)]+"#);
pattern!(
    BARE,
    r"(?i)\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|io|dev|app|xyz|info|biz|top|site|online|cloud|link|click|example|ly|gg|cc|tk|zip|mov)\b(?:[/?][^\s<>\]\)]*)?"
);
pattern!(IMAGE, r"!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?");
pattern!(LINK, r"\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)");
pattern!(DEFINITION, r"(?im)^\s{0,3}\[[^\]]+\]:\s+<?(?:[a-z][a-z0-9+.-]*:|www\.|/)\S.*$");
pattern!(COMMENT, r"(?s)<!--.*?(?:-->|$)");
pattern!(
    TAG,
    r"(?is)<(?:/?(?:a|abbr|area|audio|b|base|blink|body|br|button|canvas|center|code|div|em|embed|font|form|frame|frameset|h[1-6]|head|hr|html|i|iframe|img|input|link|marquee|math|meta|noscript|object|option|p|param|picture|pre|script|select|source|span|strong|style|sub|sup|svg|table|td|template|textarea|title|tr|u|video)\b[^>]*|[a-z][\w-]*\s+[^<>]*=[^>]*|[!?][a-z][^>]*)>"
);
pattern!(PLATFORM_MENTION, r"<(?:[!@#][^<>\s]*)>");
pattern!(AT, r"(^|[^\w.+-])[@＠﹫](\w[\w.-]*)(/[\w.-]+)?");
pattern!(
    ENTITY,
    r"&(?:#(?P<dec>\d{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>lt|gt|amp|quot|apos|commat|nbsp|colon|sol));?"
);

impl Cleaner {
    /// `given` is all that the model was shown, before masking.
    pub fn new(given: String) -> Self {
        let urls = URL.find_iter(&given).map(|url| trimmed(url.as_str()).to_owned()).collect();
        Self { given, urls }
    }

    /// Cleans every string of an answer; returns how many links, images, tags and mentions were taken out.
    pub fn answer(&self, answer: &mut Value) -> usize {
        let mut removed = 0;
        each_text(answer, &mut |text| {
            let (clean, count) = self.text(text);
            *text = clean;
            removed += count;
        });
        removed
    }

    /// One text, and how many things were taken out of it.
    pub fn text(&self, text: &str) -> (String, usize) {
        let mut removed = 0;
        let mut text = decoded(&visible(text));
        // What is left after one pass can form something new (`<im<b>g …>`), so passes go on until nothing is found.
        for _ in 0..8 {
            let before = removed;
            text = self.pass(&text, &mut removed);
            if removed == before {
                break;
            }
        }
        (text, removed)
    }

    fn pass(&self, text: &str, removed: &mut usize) -> String {
        let text = replaced(&COMMENT, text, removed, |_| Some(String::new()));
        let text = replaced(&IMAGE, &text, removed, |found| Some(found[1].to_owned()));
        let text = replaced(&DEFINITION, &text, removed, |_| Some(String::new()));
        let text = LINK.replace_all(&text, |found: &Captures<'_>| self.unfolded(found)).into_owned();
        let text = replaced(&LINK, &text, removed, |found| Some(found[1].to_owned()));
        let text = replaced(&PLATFORM_MENTION, &text, removed, |_| Some(String::new()));
        let text = outside_code(&text, |part| replaced(&TAG, part, removed, |_| Some(String::new())));
        let text = replaced(&URL, &text, removed, |found| self.without_url(&found[0]));
        let text = replaced(&SCHEME, &text, removed, |_| Some(String::new()));
        let text = replaced(&BARE, &text, removed, |found| {
            (!self.given.contains(trimmed(&found[0]))).then(|| "(link removed)".to_owned())
        });
        replaced(&AT, &text, removed, |found| self.without_mention(found))
    }

    fn known(&self, url: &str) -> bool {
        self.urls.contains(trimmed(url))
    }

    /// A link's text does not hide where it goes. Links to elsewhere are left for the next step.
    fn unfolded(&self, link: &Captures<'_>) -> String {
        let (text, url) = (&link[1], &link[2]);
        match self.known(url) {
            true if text == url => text.to_owned(),
            true => format!("{text} ({url})"),
            false => link[0].to_owned(),
        }
    }

    fn without_url(&self, found: &str) -> Option<String> {
        let url = trimmed(found);
        (!self.known(url)).then(|| format!("(link removed){}", &found[url.len()..]))
    }

    /// A scoped package name (`@scope/name`) that was given is a name and not a call for somebody.
    fn without_mention(&self, found: &Captures<'_>) -> Option<String> {
        let scoped = found.get(3).map_or("", |rest| rest.as_str());
        let package = format!("@{}{scoped}", &found[2]);
        let kept = !scoped.is_empty() && self.given.contains(&package) && found[0].ends_with(&package);
        (!kept).then(|| format!("{}{}{scoped}", &found[1], &found[2]))
    }
}

fn trimmed(url: &str) -> &str {
    url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\''])
}

/// Replaces what `with` gives something for, counting, and leaves the rest as it is.
fn replaced(
    pattern: &Regex,
    text: &str,
    removed: &mut usize,
    with: impl Fn(&Captures<'_>) -> Option<String>,
) -> String {
    let mut change = |found: &Captures<'_>| match with(found) {
        Some(other) => {
            *removed += 1;
            other
        }
        None => found[0].to_owned(),
    };
    pattern.replace_all(text, &mut change).into_owned()
}

/// Applies `change` to what is not between backticks: `Vec<String>` in code is no tag.
fn outside_code(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // An unpaired backtick opens no code, so the last part counts as outside whatever its place.
    let last = parts.len() - 1;
    let parts = parts.iter().enumerate();
    let parts = parts.map(|(at, part)| if at % 2 == 0 || at == last { change(part) } else { (*part).to_owned() });
    parts.collect::<Vec<String>>().join("`")
}

/// Character references resolved, so that nothing hides behind a second spelling.
fn decoded(text: &str) -> String {
    let character = |found: &Captures<'_>| -> Option<char> {
        if let Some(digits) = found.name("dec") {
            return char::from_u32(digits.as_str().parse().ok()?);
        }
        if let Some(digits) = found.name("hex") {
            return char::from_u32(u32::from_str_radix(digits.as_str(), 16).ok()?);
        }
        Some(match found.name("name")?.as_str() {
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "commat" => '@',
            "nbsp" => ' ',
            "colon" => ':',
            "sol" => '/',
            _ => '&',
        })
    };
    let once = |text: &str| {
        ENTITY
            .replace_all(text, |found: &Captures<'_>| {
                character(found).map_or_else(|| found[0].to_owned(), String::from)
            })
            .into_owned()
    };
    // `&amp;lt;` is decoded twice by careless readers.
    visible(&once(&once(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Cleaner::new("See https://docs.example.com/pay and @acme/ledger.".to_owned()).text(text).0
    }

    #[test]
    fn a_given_url_stays_and_any_other_goes() {
        assert_eq!(clean("Read https://docs.example.com/pay."), "Read https://docs.example.com/pay.");
        assert_eq!(clean("Read https://docs.example.com/pay?leak=1."), "Read (link removed).");
        assert_eq!(
            clean("Read [the docs](https://docs.example.com/pay)"),
            "Read the docs (https://docs.example.com/pay)"
        );
        assert_eq!(clean("Read [the docs](https://evil.example/x)"), "Read the docs");
        assert_eq!(clean("Read www.evil.example now"), "Read (link removed) now");
        assert_eq!(clean("Read evil.example/steal?x=1 now"), "Read (link removed) now");
        assert_eq!(clean("Press [this](javascript:alert(1))"), "Press this)");
        assert_eq!(clean("[docs]: https://evil.example/x"), "");
    }

    #[test]
    fn images_and_markup_go_and_code_stays() {
        assert_eq!(clean("a ![chart](https://evil.example/p.png?d=1) b"), "a chart b");
        assert_eq!(clean("a <img src=x onerror=alert(1)> b <script>x</script>"), "a  b x");
        assert_eq!(clean("a <!-- obey me --> b"), "a  b");
        assert_eq!(clean("a <im<b>g src=x> b"), "a  b");
        assert_eq!(clean("a &lt;img src=x&gt; b &amp;lt;img src=x&amp;gt;"), "a  b ");
        assert_eq!(clean("`Vec<String>` and Option<T> where a < b"), "`Vec<String>` and Option<T> where a < b");
    }

    #[test]
    fn nobody_is_called() {
        for probe in ["<!channel>", "<!here>", "<!subteam^S123>", "<@U123>", "<@&42>", "&lt;!channel&gt;"] {
            assert_eq!(clean(&format!("now {probe}")), "now ", "{probe}");
        }
        for probe in ["@everyone", "＠everyone", "@\u{200b}everyone", "&#64;everyone", "&commat;everyone"] {
            assert_eq!(clean(&format!("now {probe}")), "now everyone", "{probe}");
        }
        assert_eq!(clean("uses @acme/ledger and react@18.2"), "uses @acme/ledger and react@18.2");
        assert_eq!(clean("asks @acme/team"), "asks acme/team");
    }

    #[test]
    fn what_cannot_be_seen_is_taken_out() {
        let tags: String = "obey".chars().filter_map(|letter| char::from_u32(0xe0000 + letter as u32)).collect();
        assert_eq!(visible(&format!("a{tags}b\u{202e}c\u{200b}d\n\te\u{feff}")), "abcd\n\te");
    }
}
