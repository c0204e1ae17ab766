//! How does Markdown read in Jira: as a document on Cloud, as wiki markup on Data Center?

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use serde_json::{Value, json};

/// An Atlassian document with the mark as its last line.
pub fn adf(markdown: &str, mark: &str) -> Value {
    let mut document = Document { open: vec![node("doc")], marks: Vec::new() };
    for event in Parser::new(markdown) {
        document.take(event);
    }
    let mut content = document.close();
    let small = json!({ "type": "text", "text": mark, "marks": [{ "type": "code" }] });
    content.push(json!({ "type": "paragraph", "content": [small] }));
    json!({ "type": "doc", "version": 1, "content": content })
}

fn node(kind: &str) -> Value {
    json!({ "type": kind, "content": [] })
}

struct Document {
    /// From the whole to the innermost that has begun.
    open: Vec<Value>,
    marks: Vec<Value>,
}

impl Document {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begin(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                // Code bears no other mark but a link.
                let link = self.marks.iter().find(|mark| mark["type"] == "link").cloned();
                let marks: Vec<Value> = link.into_iter().chain([json!({ "type": "code" })]).collect();
                self.put(json!({ "type": "text", "text": text.as_ref(), "marks": marks }));
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.put(json!({ "type": "hardBreak" })),
            Event::Rule => self.put(json!({ "type": "rule" })),
            // What is no Markdown is text.
            Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            _ => {}
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.open.push(node("paragraph")),
            Tag::Heading { level, .. } => {
                self.open.push(json!({ "type": "heading", "attrs": { "level": number(level) }, "content": [] }));
            }
            Tag::BlockQuote(_) => self.open.push(node("blockquote")),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(language) if !language.is_empty() => language.to_string(),
                    _ => "text".to_owned(),
                };
                self.open.push(json!({ "type": "codeBlock", "attrs": { "language": language }, "content": [] }));
            }
            Tag::List(Some(first)) => {
                self.open.push(json!({ "type": "orderedList", "attrs": { "order": first }, "content": [] }));
            }
            Tag::List(None) => self.open.push(node("bulletList")),
            Tag::Item => self.open.push(node("listItem")),
            Tag::Strong => self.marks.push(json!({ "type": "strong" })),
            Tag::Emphasis => self.marks.push(json!({ "type": "em" })),
            Tag::Strikethrough => self.marks.push(json!({ "type": "strike" })),
            Tag::Link { dest_url, .. } => {
                self.marks.push(json!({ "type": "link", "attrs": { "href": dest_url.as_ref() } }));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link => drop(self.marks.pop()),
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::List(_)
            | TagEnd::Item => {
                let done = self.open.pop().unwrap_or_default();
                self.put(done);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let in_code = self.open.last().is_some_and(|open| open["type"] == "codeBlock");
        let text = if in_code { text.strip_suffix('\n').unwrap_or(text) } else { text };
        if text.is_empty() {
            return;
        }
        let mut node = json!({ "type": "text", "text": text });
        if !self.marks.is_empty() && !in_code {
            node["marks"] = json!(self.marks);
        }
        self.put(node);
    }

    /// Text that stands in no paragraph, as in a tight list, gets one: a document wants that.
    fn put(&mut self, node: Value) {
        let inline = matches!(node["type"].as_str(), Some("text" | "hardBreak"));
        let Some(open) = self.open.last_mut() else { return };
        let takes_text = matches!(open["type"].as_str(), Some("paragraph" | "heading" | "codeBlock"));
        let Some(content) = open["content"].as_array_mut() else { return };
        if !inline || takes_text {
            content.push(node);
            return;
        }
        match content.last_mut().filter(|last| last["type"] == "paragraph") {
            Some(last) => last["content"].as_array_mut().into_iter().for_each(|content| content.push(node.clone())),
            None => content.push(json!({ "type": "paragraph", "content": [node] })),
        }
    }

    fn close(mut self) -> Vec<Value> {
        while self.open.len() > 1 {
            let done = self.open.pop().unwrap_or_default();
            self.put(done);
        }
        let content = self.open.pop().unwrap_or_default()["content"].take();
        content.as_array().cloned().unwrap_or_default()
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Wiki markup with the mark as its last line.
pub fn wiki(markdown: &str, mark: &str) -> String {
    let mut wiki = Wiki::default();
    for event in Parser::new(markdown) {
        wiki.take(event);
    }
    format!("{}\n\n{{{{{mark} }}}}", wiki.text.trim())
}

#[derive(Default)]
struct Wiki {
    text: String,
    /// Signs of the lists that have begun: `*`, `#`.
    lists: String,
    links: Vec<String>,
    in_code: bool,
}

impl Wiki {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => self.line(&format!("h{}. ", number(level))),
            Event::Start(Tag::Paragraph) if self.lists.is_empty() => self.line(""),
            Event::Start(Tag::BlockQuote(_)) => self.line("{quote}\n"),
            Event::Start(Tag::CodeBlock(_)) => {
                self.in_code = true;
                self.line("{noformat}\n");
            }
            Event::Start(Tag::List(first)) => self.lists.push(if first.is_some() { '#' } else { '*' }),
            Event::Start(Tag::Item) => {
                let signs = format!("{} ", self.lists);
                if !self.text.ends_with('\n') && !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.text.push_str(&signs);
            }
            Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => self.text.push('*'),
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => self.text.push('_'),
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.text.push('[');
                self.links.push(dest_url.to_string());
            }
            Event::End(TagEnd::Link) => {
                let to = self.links.pop().unwrap_or_default();
                self.text.push_str(&format!("|{to}]"));
            }
            Event::End(TagEnd::BlockQuote(_)) => self.line("{quote}"),
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                self.text.push_str("{noformat}");
            }
            Event::End(TagEnd::List(_)) => drop(self.lists.pop()),
            Event::Code(text) => self.text.push_str(&format!("{{{{{}}}}}", escaped(&text))),
            Event::Text(text) if self.in_code => self.text.push_str(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text.push_str(&escaped(&text)),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push_str("\\\\"),
            Event::Rule => self.line("----"),
            _ => {}
        }
    }

    fn line(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push_str(if self.text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        self.text.push_str(text);
    }
}

/// What would begin a macro, a link or an image is a sign like any other.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '{' | '}' | '[' | ']' | '!' | '|' | '*' | '_') {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "# Web v3.2\n\nRefunds are **shown**, see [the page](https://shop.example).\n\n- one `refund`\n- two {panel}\n\n1. first\n\n```\nlet x = 1;\n```";

    #[test]
    fn a_note_is_a_document_on_cloud() {
        let document = adf(NOTE, "slipway:note/7");
        let kinds: Vec<&str> =
            document["content"].as_array().expect("content").iter().filter_map(|node| node["type"].as_str()).collect();
        assert_eq!(kinds, ["heading", "paragraph", "bulletList", "orderedList", "codeBlock", "paragraph"]);
        let item = &document["content"][2]["content"][0];
        assert_eq!((item["type"].as_str(), item["content"][0]["type"].as_str()), (Some("listItem"), Some("paragraph")));
        assert_eq!(document["content"][1]["content"][1]["marks"][0]["type"], "strong");
        assert_eq!(document["content"][4]["content"][0]["text"], "let x = 1;");
        assert_eq!(document["content"][5]["content"][0]["text"], "slipway:note/7");
    }

    #[test]
    fn and_wiki_markup_on_data_center_in_which_nothing_of_ours_is_a_macro() {
        assert_eq!(
            wiki(NOTE, "slipway:note/7"),
            "h1. Web v3.2\n\nRefunds are *shown*, see [the page|https://shop.example].\n* one {{refund}}\n* two \\{panel\\}\n# first\n\n{noformat}\nlet x = 1;\n{noformat}\n\n{{slipway:note/7 }}"
        );
    }
}
