//! What does a document in Atlassian's format say (Cloud)?
//!
//! Lenient: a node of a type we do not know gives its text and that of everything in it.

use crate::adapters::tickets::jira::read::lines::{Kind, Line, Lines};
use chrono::DateTime;
use serde_json::Value;

pub fn lines(document: &Value) -> Vec<Line> {
    let mut lines = Lines::default();
    block(document, 0, &mut lines);
    lines.all()
}

/// `depth` is that of the list the node stands in.
fn block(node: &Value, depth: usize, lines: &mut Lines) {
    match kind(node) {
        "heading" => {
            lines.gap();
            let level = node["attrs"]["level"].as_u64().unwrap_or(1).clamp(1, 6);
            lines.push(Kind::Heading(u8::try_from(level).unwrap_or(1)), &inline(node));
        }
        "bulletList" | "orderedList" => list(node, depth + 1, lines),
        "taskList" | "decisionList" => tasks(node, depth + 1, lines),
        "codeBlock" => lines.code(&inline(node)),
        "table" => {
            lines.gap();
            children(node).for_each(|row| lines.push(Kind::Text, &cells(row)));
            lines.gap();
        }
        "expand" | "nestedExpand" => {
            lines.push(Kind::Text, text_of(&node["attrs"]["title"]));
            children(node).for_each(|child| block(child, depth, lines));
        }
        "rule" => lines.gap(),
        _ if holds_blocks(node) => children(node).for_each(|child| block(child, depth, lines)),
        _ => {
            inline(node).split('\n').for_each(|line| lines.push(Kind::Text, line));
            lines.gap();
        }
    }
}

fn list(node: &Value, depth: usize, lines: &mut Lines) {
    for item in children(node) {
        let mut first = true;
        for child in children(item) {
            match kind(child) {
                "bulletList" | "orderedList" => list(child, depth + 1, lines),
                "taskList" | "decisionList" => tasks(child, depth + 1, lines),
                _ if holds_blocks(child) || kind(child) == "codeBlock" => block(child, depth, lines),
                _ => {
                    for line in inline(child).split('\n') {
                        lines.push(if first { Kind::Item(depth) } else { Kind::Text }, line);
                        first = false;
                    }
                }
            }
        }
        // What is there besides children: an item of a type we do not know.
        lines.push(Kind::Item(depth), text_of(&item["text"]));
    }
    if depth == 1 {
        lines.gap();
    }
}

/// A task is ticked or not; a decision is a line.
fn tasks(node: &Value, depth: usize, lines: &mut Lines) {
    for item in children(node) {
        match kind(item) {
            "taskList" => tasks(item, depth + 1, lines),
            "taskItem" | "blockTaskItem" => {
                let met = item["attrs"]["state"] == "DONE";
                lines.push(Kind::Box { met, depth }, &inline(item).replace('\n', " "));
            }
            _ => lines.push(Kind::Item(depth), &inline(item).replace('\n', " ")),
        }
    }
    if depth == 1 {
        lines.gap();
    }
}

fn cells(row: &Value) -> String {
    if children(row).next().is_none() {
        return inline(row);
    }
    children(row).map(|cell| inline(cell).replace('\n', " ")).collect::<Vec<_>>().join(" | ")
}

/// Everything a node says on one line, or on several where it breaks them itself.
fn inline(node: &Value) -> String {
    let attrs = &node["attrs"];
    let own = match kind(node) {
        "text" => linked(node),
        "hardBreak" => "\n".to_owned(),
        "mention" | "status" | "placeholder" => text_of(&attrs["text"]).to_owned(),
        "emoji" => first_of(attrs, &["text", "shortName"]),
        "date" => date(&attrs["timestamp"]),
        "inlineCard" | "blockCard" | "embedCard" => text_of(&attrs["url"]).to_owned(),
        "media" | "mediaInline" => match text_of(&attrs["alt"]) {
            "" => "[attachment]".to_owned(),
            alt => format!("[attachment: {alt}]"),
        },
        _ => [text_of(&node["text"]), text_of(&attrs["text"])].join(" ").trim().to_owned(),
    };
    // Blocks within a line, such as a cell's paragraphs, must not run together.
    let between = if holds_blocks(node) { "\n" } else { "" };
    let inner = children(node).map(inline).collect::<Vec<_>>().join(between);
    match (own.is_empty(), inner.is_empty()) {
        (_, true) => own,
        (true, false) => inner,
        (false, false) => format!("{own} {inner}"),
    }
}

/// A text with the address it links to, unless that is what it says.
fn linked(node: &Value) -> String {
    let text = text_of(&node["text"]);
    let marks = node["marks"].as_array().into_iter().flatten();
    let href = marks.filter(|mark| mark["type"] == "link").find_map(|mark| mark["attrs"]["href"].as_str());
    match href {
        Some(href) if href != text.trim() && href.starts_with("http") => format!("{text} ({href})"),
        _ => text.to_owned(),
    }
}

fn date(timestamp: &Value) -> String {
    let millis = timestamp.as_i64().or_else(|| timestamp.as_str()?.parse().ok());
    let date = millis.and_then(DateTime::from_timestamp_millis);
    date.map_or_else(|| text_of(timestamp).to_owned(), |date| date.format("%Y-%m-%d").to_string())
}

fn holds_blocks(node: &Value) -> bool {
    const INLINE: [&str; 11] = [
        "text",
        "hardBreak",
        "mention",
        "status",
        "placeholder",
        "emoji",
        "date",
        "inlineCard",
        "mediaInline",
        "inlineExtension",
        "media",
    ];
    children(node).any(|child| !INLINE.contains(&kind(child)))
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["content"].as_array().into_iter().flatten()
}

fn kind(node: &Value) -> &str {
    text_of(&node["type"])
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn first_of(attrs: &Value, names: &[&str]) -> String {
    names.iter().map(|name| text_of(&attrs[*name])).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::tickets::jira::read::lines::plain;
    use proptest::prelude::*;
    use serde_json::json;

    fn text(text: &str) -> Value {
        json!({ "type": "text", "text": text })
    }

    fn paragraph(content: Vec<Value>) -> Value {
        json!({ "type": "paragraph", "content": content })
    }

    #[test]
    fn a_whole_document_becomes_plain_lines() {
        let link = json!({ "type": "text", "text": "the plan", "marks": [{ "type": "link", "attrs": { "href": "https://x.example" } }] });
        let document = json!({ "type": "doc", "version": 1, "content": [
            { "type": "heading", "attrs": { "level": 2 }, "content": [text("Goal")] },
            paragraph(vec![text("See "), link, json!({ "type": "hardBreak" }), json!({ "type": "mention", "attrs": { "id": "1", "text": "@operator" } }), text(" "), json!({ "type": "emoji", "attrs": { "shortName": ":tada:", "text": "🎉" } })]),
            { "type": "bulletList", "content": [
                { "type": "listItem", "content": [paragraph(vec![text("One")]), { "type": "orderedList", "content": [{ "type": "listItem", "content": [paragraph(vec![text("Deeper")])] }] }] },
            ] },
            { "type": "taskList", "attrs": { "localId": "a" }, "content": [
                { "type": "taskItem", "attrs": { "localId": "b", "state": "DONE" }, "content": [text("Ticked")] },
                { "type": "taskItem", "attrs": { "localId": "c", "state": "OPEN" }, "content": [text("Open")] },
            ] },
            { "type": "codeBlock", "attrs": { "language": "sql" }, "content": [text("select 1;\n<b>2</b>")] },
            { "type": "panel", "attrs": { "panelType": "warning" }, "content": [paragraph(vec![text("<p>Mind the <b>gap</b></p>")])] },
            { "type": "table", "content": [
                { "type": "tableRow", "content": [{ "type": "tableHeader", "content": [paragraph(vec![text("Case")])] }, { "type": "tableHeader", "content": [paragraph(vec![text("Result")])] }] },
                { "type": "tableRow", "content": [{ "type": "tableCell", "content": [paragraph(vec![text("a")]), paragraph(vec![text("b")])] }, { "type": "tableCell", "content": [] }] },
            ] },
            { "type": "mediaSingle", "content": [{ "type": "media", "attrs": { "type": "file", "alt": "flow.png" } }] },
            { "type": "expand", "attrs": { "title": "More" }, "content": [paragraph(vec![json!({ "type": "date", "attrs": { "timestamp": "1764288000000" } })])] },
            { "type": "bodiedExtension", "attrs": { "extensionKey": "excerpt" }, "content": [paragraph(vec![text("Kept")])] },
        ] });
        assert_eq!(
            plain(&lines(&document)),
            "Goal\nSee the plan (https://x.example)\n@operator 🎉\n\n- One\n  - Deeper\n\n- [x] Ticked\n- [ ] Open\n\n    select 1;\n    <b>2</b>\n\nMind the gap\n\nCase | Result\na b |\n\n[attachment: flow.png]\n\nMore\n2025-11-28\n\nKept"
        );
    }

    fn anything() -> impl Strategy<Value = Value> {
        let kinds = proptest::sample::select(vec![
            "doc",
            "paragraph",
            "heading",
            "bulletList",
            "listItem",
            "taskList",
            "taskItem",
            "codeBlock",
            "table",
            "tableRow",
            "tableCell",
            "panel",
            "expand",
            "blockquote",
            "bodiedExtension",
            "unheardOf",
            "media",
            "date",
        ]);
        let leaf = "[a-z]{3,8}".prop_map(|word| text(&word));
        leaf.prop_recursive(6, 60, 5, move |inner| {
            (kinds.clone(), proptest::collection::vec(inner, 0..5))
                .prop_map(|(kind, content)| json!({ "type": kind, "content": content }))
        })
    }

    fn words(node: &Value, found: &mut Vec<String>) {
        found.extend(node["text"].as_str().map(str::to_owned));
        node["content"].as_array().into_iter().flatten().for_each(|child| words(child, found));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_is_lost_whatever_stands_in_what(document in anything()) {
            let (said, mut asked) = (plain(&lines(&document)), Vec::new());
            words(&document, &mut asked);
            for word in asked {
                prop_assert!(said.contains(&word), "{word} of {document} is not in {said}");
            }
        }
    }
}
