//! How does CommonMark become HTML that can do nothing? Raw HTML is text, images are words, only web links are links.

use crate::page::visible::visible;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use regex::Regex;
use std::sync::LazyLock;

/// Whose words are rendered, and what may be done with them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner<'a> {
    /// Links that start so are our own pages: made relative and opened in place.
    pub own: Option<&'a str>,
    /// A person typed it: addresses become links and line ends are kept.
    pub typed: bool,
}

/// Blocks of CommonMark (with tables, strike-through and task lists) as HTML.
pub fn html(text: &str, manner: Manner<'_>) -> String {
    let shown = visible(text);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut tamer = Tamer { manner, links: Vec::new(), in_code: false };
    let events: Vec<Event<'_>> = Parser::new_ext(&shown, options).flat_map(|event| tamer.tame(event)).collect();
    let mut page = String::with_capacity(shown.len() * 2);
    html::push_html(&mut page, events.into_iter());
    page
}

/// One line: escaped, with names in backticks set as code and nothing else interpreted.
pub fn line(text: &str) -> String {
    let shown = visible(text);
    let parts: Vec<&str> = shown.split('`').collect();
    let pairs = parts.len() % 2 == 1;
    let mut page = String::with_capacity(shown.len() + 16);
    for (index, part) in parts.iter().enumerate() {
        match (index % 2 == 1 && pairs, pairs) {
            (true, _) => page.push_str(&format!("<code>{}</code>", escape(part))),
            (false, true) => page.push_str(&escape(part)),
            (false, false) => {
                page.push_str(if index > 0 { "`" } else { "" });
                page.push_str(&escape(part));
            }
        }
    }
    page
}

pub fn escape(text: &str) -> String {
    let mut page = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            other => page.push(other),
        }
    }
    page
}

/// Goes through the events of one text and lets only harmless ones through.
struct Tamer<'a> {
    manner: Manner<'a>,
    /// For each open link or image: was its opening tag let through, and as what?
    links: Vec<Opened>,
    in_code: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Opened {
    Link,
    Words,
}

impl Tamer<'_> {
    fn tame<'e>(&mut self, event: Event<'e>) -> Vec<Event<'e>> {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => vec![Event::Text(raw)],
            Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
            Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
            Event::Start(Tag::Link { dest_url, link_type, .. }) => self.open_link(&dest_url, link_type),
            Event::Start(Tag::Image { .. }) => {
                self.links.push(Opened::Words);
                vec![Event::Text(CowStr::Borrowed("[image: "))]
            }
            Event::End(TagEnd::Link) => match self.links.pop() {
                Some(Opened::Link) => vec![Event::InlineHtml(CowStr::Borrowed("</a>"))],
                Some(Opened::Words) | None => Vec::new(),
            },
            Event::End(TagEnd::Image) => {
                self.links.pop();
                vec![Event::Text(CowStr::Borrowed("]"))]
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                self.in_code = true;
                vec![Event::Start(Tag::CodeBlock(kind))]
            }
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                vec![Event::End(TagEnd::CodeBlock)]
            }
            Event::SoftBreak if self.manner.typed => vec![Event::HardBreak],
            Event::Text(text) if self.manner.typed && !self.in_code && self.links.is_empty() => self.find_links(&text),
            other => vec![other],
        }
    }

    fn open_link<'e>(&mut self, address: &str, kind: LinkType) -> Vec<Event<'e>> {
        match (kind != LinkType::Email).then(|| anchor(address, self.manner.own)).flatten() {
            Some(opening) => {
                self.links.push(Opened::Link);
                vec![Event::InlineHtml(CowStr::from(opening))]
            }
            None => {
                self.links.push(Opened::Words);
                Vec::new()
            }
        }
    }

    /// Addresses a person typed without any brackets.
    fn find_links<'e>(&self, text: &str) -> Vec<Event<'e>> {
        let mut events = Vec::new();
        let mut rest = 0;
        for found in ADDRESS.find_iter(text) {
            let address = found.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '"']);
            let Some(opening) = anchor(address, self.manner.own) else { continue };
            events.push(Event::Text(CowStr::from(text[rest..found.start()].to_owned())));
            events.push(Event::InlineHtml(CowStr::from(format!("{opening}{}</a>", escape(address)))));
            rest = found.start() + address.len();
        }
        events.push(Event::Text(CowStr::from(text[rest..].to_owned())));
        events
    }
}

static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"https?://[^\s<>"`]+"#).expect("the pattern is a constant"));

/// The opening tag for an address, if it is one that may be a link.
fn anchor(address: &str, own: Option<&str>) -> Option<String> {
    if let Some(path) = own.and_then(|own| address.strip_prefix(own)).filter(|path| path.starts_with('/')) {
        return (!path.starts_with("//")).then(|| format!("<a href=\"{}\">", escape(path)));
    }
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    let web = lower.starts_with("http://") || lower.starts_with("https://");
    web.then(|| format!("<a href=\"{}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">", escape(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        html(text, Manner { own: None, typed: true })
    }
    fn told(text: &str) -> String {
        html(text, Manner { own: Some("http://127.0.0.1:8787"), typed: false })
    }

    #[test]
    fn raw_html_is_shown_as_it_was_typed() {
        for probe in ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<div>\n\n# x\n\n</div>"] {
            let page = told(probe);
            for tag in ["<script", "<img", "<div"] {
                assert!(!page.contains(tag), "{probe} became {page}");
            }
            assert!(page.contains("&lt;"), "{probe} became {page}");
        }
    }

    #[test]
    fn only_web_links_are_links_and_they_tell_nothing_to_their_target() {
        assert_eq!(
            told("[a](https://example.org/?a=1&b=2)"),
            "<p><a href=\"https://example.org/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a</a></p>\n"
        );
        for probe in [
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](data:text/html,x)",
            "[a](//evil.example)",
            "[a](/press)",
            "<javascript:alert(1)>",
            "[a](vbscript:x)",
            "[a][b]\n\n[b]: file:///etc/passwd",
        ] {
            assert!(!told(probe).contains("href"), "{probe} became {}", told(probe));
        }
        assert!(!told("[a](https://example.org/\"onclick=alert(1))").contains("\"onclick"));
    }

    #[test]
    fn our_own_pages_open_in_place() {
        assert_eq!(told("[note](http://127.0.0.1:8787/n/7)"), "<p><a href=\"/n/7\">note</a></p>\n");
        assert!(told("[note](http://127.0.0.1:8787//evil.example)").contains("<p>note</p>"));
        assert!(told("[note](http://127.0.0.1:87871/n/7)").contains("rel="), "another port is another place");
    }

    #[test]
    fn an_image_becomes_its_description() {
        assert_eq!(told("![a *cat*](https://example.org/t.png)"), "<p>[image: a <em>cat</em>]</p>\n");
    }

    #[test]
    fn an_address_a_person_typed_is_a_link_and_one_of_the_bot_is_not() {
        let page = said("see https://example.org/a?b=c&d. Thanks");
        assert!(page.contains("<a href=\"https://example.org/a?b=c&amp;d\""), "{page}");
        assert!(page.ends_with("</a>. Thanks</p>\n"), "{page}");
        assert!(!told("see https://example.org").contains("<a "));
        assert!(!said("`https://example.org`").contains("<a "));
        assert!(!said("    https://example.org").contains("<a "));
    }

    #[test]
    fn line_ends_people_typed_are_kept() {
        assert!(said("a\nb").contains("<br />"));
        assert!(!told("a\nb").contains("<br />"));
    }

    #[test]
    fn a_line_sets_names_as_code_and_nothing_else() {
        assert_eq!(line("drops `a<b` *now*"), "drops <code>a&lt;b</code> *now*");
        assert_eq!(line("one ` alone"), "one ` alone");
        assert_eq!(line("x\u{202e}y"), "x‹U+202E›y");
    }
}
