//! What does a person read in a message? Its text without any markup, and whom it would have pinged.

use super::state::{BOT_USER, Message, World};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

/// Everything a message shows, in order; words are separated by one space.
pub fn text_of(world: &World, message: &Message) -> String {
    let mut shown: Vec<String> = Vec::new();
    if message.blocks.is_empty() {
        shown.push(mrkdwn(world, &message.text));
    }
    shown.extend(message.blocks.iter().map(|block| block_text(world, block)));
    if !message.blocks.is_empty() && !message.files.is_empty() {
        shown.push(mrkdwn(world, &message.text));
    }
    for file in message.files.iter().filter_map(|id| world.files.get(id)) {
        shown.push(format!("{} ({})", file.title, file.name));
    }
    shown.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every text below a view or a list of blocks.
pub fn view_text(world: &World, blocks: &Value) -> String {
    let shown: Vec<String> = blocks.as_array().into_iter().flatten().map(|block| block_text(world, block)).collect();
    shown.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn block_text(world: &World, block: &Value) -> String {
    match block["type"].as_str().unwrap_or_default() {
        "markdown" => commonmark(block["text"].as_str().unwrap_or_default()),
        "image" => format!("{} {}", text(world, &block["title"]), block["alt_text"].as_str().unwrap_or_default()),
        "rich_text" | "table" => rich(world, block),
        _ => {
            let fields = ["label", "text", "fields", "elements", "element", "hint", "accessory"];
            fields.iter().map(|field| text(world, &block[*field])).collect::<Vec<_>>().join(" ")
        }
    }
}

fn text(world: &World, value: &Value) -> String {
    match value {
        Value::Array(values) => values.iter().map(|value| text(world, value)).collect::<Vec<_>>().join(" "),
        Value::Object(_) => match value["type"].as_str().unwrap_or_default() {
            "mrkdwn" => mrkdwn(world, value["text"].as_str().unwrap_or_default()),
            "plain_text" => emoji(value["text"].as_str().unwrap_or_default()),
            "image" => value["alt_text"].as_str().unwrap_or_default().to_owned(),
            "plain_text_input" => value["initial_value"].as_str().unwrap_or_default().to_owned(),
            "static_select" => text(world, &value["initial_option"]["text"]),
            _ => text(world, &value["text"]),
        },
        _ => String::new(),
    }
}

/// Rich text and tables: every `text` below, links by their text, people by their name.
fn rich(world: &World, value: &Value) -> String {
    match value {
        Value::Array(values) => values.iter().map(|value| rich(world, value)).collect::<Vec<_>>().join(" "),
        Value::Object(fields) => match fields.get("type").and_then(Value::as_str) {
            Some("rich_text_section" | "rich_text_preformatted" | "rich_text_quote") => {
                let parts = fields["elements"].as_array().into_iter().flatten();
                parts.map(|part| rich(world, part)).collect()
            }
            Some("text" | "raw_text") => fields["text"].as_str().unwrap_or_default().to_owned(),
            Some("link") => fields.get("text").unwrap_or(&fields["url"]).as_str().unwrap_or_default().to_owned(),
            Some("user") => format!("@{}", name(world, fields["user_id"].as_str().unwrap_or_default())),
            _ => ["elements", "rows"].iter().filter_map(|key| fields.get(*key)).map(|it| rich(world, it)).collect(),
        },
        _ => String::new(),
    }
}

fn commonmark(source: &str) -> String {
    let mut shown = String::new();
    for event in Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) => shown.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::Rule => shown.push(' '),
            Event::Start(Tag::Item) => shown.push_str(" • "),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock | TagEnd::TableCell,
            ) => {
                shown.push(' ');
            }
            Event::Html(html) | Event::InlineHtml(html) => shown.push_str(&html),
            _ => {}
        }
    }
    shown
}

/// Stands for a piece of code while the marks around it are read; nobody types it.
const CODE: char = '\u{e000}';

/// Slack's own markup as it is read: no marks, links by their text, code as it stands.
pub fn mrkdwn(world: &World, source: &str) -> String {
    // Code stands for itself and may stand inside of other marks: kept aside while those are read.
    let mut codes: Vec<String> = Vec::new();
    let mut kept = String::new();
    let mut rest = source;
    while !rest.is_empty() {
        let fence = if rest.starts_with("```") { "```" } else { "`" };
        if rest.starts_with('`')
            && let Some(end) = rest[fence.len()..].find(fence).filter(|end| *end > 0)
        {
            codes.push(unescaped(&links(world, &rest[fence.len()..fence.len() + end])));
            kept.push(CODE);
            rest = &rest[fence.len() + end + fence.len()..];
            continue;
        }
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let next = rest[first..].find('`').map_or(rest.len(), |at| first + at);
        kept.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    let quoted = |line: &str| line.strip_prefix("> ").or(line.strip_prefix('>')).unwrap_or(line).to_owned();
    let kept = kept.split('\n').map(quoted).collect::<Vec<_>>().join("\n");
    let shown = unescaped(&emoji(&unmarked(&links(world, &kept)))).replace('\u{200b}', "");
    let mut codes = codes.into_iter();
    let whole = shown.split(CODE).enumerate().map(|(part, text)| match part {
        0 => text.to_owned(),
        _ => codes.next().unwrap_or_default() + text,
    });
    whole.collect()
}

/// `<https://…|text>` as its text, `<@U…>` as a name.
fn links(world: &World, source: &str) -> String {
    let mut shown = String::new();
    let mut rest = source;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else { break };
        shown.push_str(&rest[..start]);
        let inside = &rest[start + 1..start + end];
        let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
        let told = match (target.chars().next(), label) {
            (Some('@'), _) => format!("@{}", name(world, &target[1..])),
            (Some('#'), _) => {
                let known = world.channels.get(&target[1..]).map(|channel| channel.name.clone());
                format!("#{}", known.unwrap_or_else(|| target[1..].to_owned()))
            }
            (Some('!'), None) => format!("@{}", &target[1..]),
            (_, Some(label)) => label.to_owned(),
            _ => target.to_owned(),
        };
        shown.push_str(&told);
        rest = &rest[start + end + 1..];
    }
    shown + rest
}

fn name(world: &World, id: &str) -> String {
    world.users.get(id).map_or_else(|| id.to_owned(), |user| user.name.clone())
}

/// Without `*bold*`, `_italic_` and `~struck~`: marks that stand at the edge of a word, in pairs on one line.
fn unmarked(source: &str) -> String {
    let letters: Vec<char> = source.chars().collect();
    let mut gone = vec![false; letters.len()];
    let edge = |at: Option<usize>| {
        let letter = at.and_then(|at| letters.get(at));
        letter.is_none_or(|letter| !letter.is_alphanumeric())
    };
    for mark in ['*', '_', '~'] {
        let mut from = 0;
        while let Some(start) = (from..letters.len()).find(|at| letters[*at] == mark) {
            from = start + 1;
            let opens = edge(start.checked_sub(1)) && letters.get(start + 1).is_some_and(|next| !next.is_whitespace());
            if !opens {
                continue;
            }
            let line =
                letters[start..].iter().position(|letter| *letter == '\n').map_or(letters.len(), |at| start + at);
            let closes = (start + 2..line)
                .find(|at| letters[*at] == mark && !letters[at - 1].is_whitespace() && edge(Some(at + 1)));
            if let Some(end) = closes {
                (gone[start], gone[end]) = (true, true);
                from = end + 1;
            }
        }
    }
    letters.iter().zip(gone).filter(|(_, gone)| !gone).map(|(letter, _)| *letter).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The few names of pictures that we may use.
fn emoji(text: &str) -> String {
    let known = [(":white_check_mark:", "✅"), (":warning:", "⚠️"), (":x:", "❌"), (":hourglass_flowing_sand:", "⏳")];
    known.iter().fold(text.to_owned(), |text, (name, picture)| text.replace(name, picture))
}

/// Whom a message would ping.
pub fn pings(text: &str, blocks: &[Value]) -> Vec<String> {
    let mut texts = vec![text.to_owned()];
    blocks.iter().for_each(|block| collect(block, &mut texts));
    let mut found = Vec::new();
    for text in texts {
        for start in ["<!channel", "<!here", "<!everyone", "<!subteam", "<@"] {
            found.extend(text.match_indices(start).map(|(at, _)| {
                let whom: String = text[at..].chars().take_while(|letter| *letter != '>').collect();
                whom
            }));
        }
    }
    found.retain(|whom| !whom.starts_with(&format!("<@{BOT_USER}")));
    found
}

/// Plain text pings nobody; everything else may.
fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => match fields.get("type").and_then(Value::as_str) {
            Some("plain_text") => {}
            Some("mrkdwn" | "markdown") => texts.push(fields["text"].as_str().unwrap_or_default().to_owned()),
            Some("user") => texts.push(format!("<@{}>", fields["user_id"].as_str().unwrap_or_default())),
            Some("broadcast") => texts.push(format!("<!{}>", fields["range"].as_str().unwrap_or_default())),
            _ => fields.values().for_each(|value| collect(value, texts)),
        },
        _ => {}
    }
}

/// The buttons of a message: block, element.
pub fn buttons(message: &Message) -> Vec<(Value, Value)> {
    let mut found = Vec::new();
    for block in &message.blocks {
        let items = block["elements"].as_array().into_iter().flatten().chain(std::iter::once(&block["accessory"]));
        found.extend(items.filter(|item| item["type"] == "button").map(|item| (block.clone(), item.clone())));
    }
    found
}
