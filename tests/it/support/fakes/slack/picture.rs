//! What does a message look like? A small page in the manner of Slack, for people who judge it.

use super::state::{Message, World};
use super::visible;
use serde_json::Value;

/// A page with these messages of a channel, oldest first; a person opens it in a browser.
pub fn picture(world: &World, messages: &[Message]) -> String {
    let shown: String = messages.iter().map(|message| whole(world, message)).collect();
    format!("<!doctype html><meta charset=\"utf-8\"><title>Slack</title><style>{STYLE}</style><main>{shown}</main>")
}

const STYLE: &str = "
body{margin:0;background:#fff;font:15px/1.46 Lato,'Helvetica Neue',Arial,sans-serif;color:#1d1c1d}
main{max-width:720px;padding:16px}
article{display:grid;grid-template-columns:36px 1fr;gap:8px;padding:8px 0}
.face{width:36px;height:36px;border-radius:8px;background:#4a154b;color:#fff;display:grid;place-items:center;font-weight:700}
.who{font-weight:900}.app{background:#e8e8e8;color:#616061;font-size:10px;padding:0 3px;border-radius:2px;margin:0 4px}
.at,.note{color:#616061;font-size:12px}
.only{background:#fef8e6}
h3{font-size:18px;margin:4px 0}hr{border:0;border-top:1px solid #ddd;margin:12px 0}
pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:8px;white-space:pre-wrap;font:12px/1.5 Menlo,Consolas,monospace;margin:4px 0}
code{background:#f8f8f8;border:1px solid #ddd;border-radius:3px;padding:1px 3px;color:#e01e5a;font:12px Menlo,Consolas,monospace}
pre code{border:0;padding:0;color:inherit}
.context{color:#616061;font-size:13px;margin:4px 0}.section{margin:4px 0;white-space:pre-wrap}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px}
button{background:#fff;border:1px solid #bbb;border-radius:4px;padding:5px 12px;margin:4px 8px 4px 0;font:700 13px inherit;color:#1d1c1d}
button.primary{background:#007a5a;border-color:#007a5a;color:#fff}button.danger{background:#fff;border-color:#e01e5a;color:#e01e5a}
blockquote{border-left:4px solid #ddd;margin:4px 0;padding-left:12px}table{border-collapse:collapse}td,th{border:1px solid #ddd;padding:4px 8px}
a{color:#1264a3}.file{border:1px solid #ddd;border-radius:8px;padding:8px 12px;margin:4px 0}
.markdown{white-space:normal}.replies{color:#1264a3;font-size:13px}
";

fn whole(world: &World, message: &Message) -> String {
    let who = world.users.get(&message.user).map_or(message.user.as_str(), |user| user.name.as_str());
    let app = if message.bot { "<span class=\"app\">APP</span>" } else { "" };
    let only = if message.only.is_some() { "<div class=\"note\">👁 Only visible to you</div>" } else { "" };
    let body: String = if message.blocks.is_empty() {
        format!("<div class=\"section\">{}</div>", marked(world, &message.text))
    } else {
        message.blocks.iter().map(|block| shown(world, block)).collect()
    };
    let files: String = message
        .files
        .iter()
        .filter_map(|id| world.files.get(id))
        .map(|file| format!("<div class=\"file\">📄 <b>{}</b> {}</div>", escaped(&file.title), escaped(&file.name)))
        .collect();
    let edited = if message.edited.is_some() { " <span class=\"note\">(edited)</span>" } else { "" };
    format!(
        "<article{}><div class=\"face\">{}</div><div>{only}<span class=\"who\">{}</span>{app}<span class=\"at\"> {}</span>{body}{files}{edited}</div></article>",
        if message.only.is_some() { " class=\"only\"" } else { "" },
        escaped(&who.chars().take(1).collect::<String>()),
        escaped(who),
        escaped(&message.ts),
    )
}

fn shown(world: &World, block: &Value) -> String {
    let list = |field: &str| block[field].as_array().cloned().unwrap_or_default();
    match block["type"].as_str().unwrap_or_default() {
        "header" => format!("<h3>{}</h3>", plain(&block["text"])),
        "divider" => "<hr>".to_owned(),
        "section" => {
            let text = if block["text"].is_null() { String::new() } else { text(world, &block["text"]) };
            let fields: String =
                list("fields").iter().map(|field| format!("<div>{}</div>", text_of(world, field))).collect();
            let grid = if fields.is_empty() { String::new() } else { format!("<div class=\"fields\">{fields}</div>") };
            let beside = if block["accessory"].is_null() { String::new() } else { element(world, &block["accessory"]) };
            format!("<div class=\"section\">{text}{grid}{beside}</div>")
        }
        "context" => {
            let parts: Vec<String> = list("elements").iter().map(|item| text_of(world, item)).collect();
            format!("<div class=\"context\">{}</div>", parts.join(" &nbsp; "))
        }
        "actions" => list("elements").iter().map(|item| element(world, item)).collect(),
        "markdown" => {
            let mut html = String::new();
            let options = pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_STRIKETHROUGH;
            let source = block["text"].as_str().unwrap_or_default();
            pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new_ext(source, options));
            format!("<div class=\"markdown\">{html}</div>")
        }
        "image" => format!("<div class=\"file\">🖼 {}</div>", escaped(block["alt_text"].as_str().unwrap_or_default())),
        "table" => {
            let cell = |cell: &Value| {
                format!(
                    "<td>{}</td>",
                    escaped(&visible::view_text(world, &serde_json::json!([{"type": "table", "rows": [[cell]]}])))
                )
            };
            let row = |row: &Value| {
                format!("<tr>{}</tr>", row.as_array().into_iter().flatten().map(cell).collect::<String>())
            };
            format!("<table>{}</table>", list("rows").iter().map(row).collect::<String>())
        }
        _ => {
            format!("<div class=\"section\">{}</div>", escaped(&visible::view_text(world, &serde_json::json!([block]))))
        }
    }
}

fn text(world: &World, value: &Value) -> String {
    text_of(world, value)
}

fn text_of(world: &World, value: &Value) -> String {
    match value["type"].as_str().unwrap_or_default() {
        "mrkdwn" => marked(world, value["text"].as_str().unwrap_or_default()),
        "image" => escaped(value["alt_text"].as_str().unwrap_or_default()),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> String {
    escaped(value["text"].as_str().unwrap_or_default())
}

fn element(_world: &World, item: &Value) -> String {
    let style = item["style"].as_str().unwrap_or_default();
    let asks = if item["confirm"].is_null() { "" } else { " …" };
    format!("<button class=\"{style}\">{}{asks}</button>", plain(&item["text"]))
}

/// Slack's markup as HTML: fences, code, quotes, bold, italics, strikes and links.
fn marked(world: &World, source: &str) -> String {
    let parts: Vec<&str> = source.split("```").collect();
    let mut html = String::new();
    for (at, part) in parts.iter().enumerate() {
        let fenced = at % 2 == 1 && at + 1 < parts.len();
        if fenced {
            html.push_str(&format!("<pre>{}</pre>", part.trim_matches('\n')));
            continue;
        }
        for line in part.split_inclusive('\n') {
            match line.strip_prefix("&gt;").or_else(|| line.strip_prefix('>')) {
                Some(quoted) => {
                    html.push_str(&format!("<blockquote>{}</blockquote>", inline(world, quoted.trim_end())))
                }
                None => html.push_str(&inline(world, line)),
            }
        }
    }
    html
}

fn inline(world: &World, line: &str) -> String {
    let rule = |pattern: &str| regex::Regex::new(pattern).expect("a pattern of ours");
    let mut codes = Vec::new();
    let kept = rule("`([^`]+)`").replace_all(line, |found: &regex::Captures<'_>| {
        codes.push(found[1].to_owned());
        format!("\u{1}{}\u{2}", codes.len() - 1)
    });
    let linked = rule(r"<(https?://[^|>]+)\|([^>]*)>").replace_all(&kept, "\u{3}a href=\"$1\"\u{4}$2\u{3}/a\u{4}");
    let linked = rule(r"<(https?://[^>]+)>").replace_all(&linked, "\u{3}a href=\"$1\"\u{4}$1\u{3}/a\u{4}");
    let named = rule(r"<([@#!][^>]+)>")
        .replace_all(&linked, |found: &regex::Captures<'_>| visible::mrkdwn(world, &format!("<{}>", &found[1])));
    let bold = rule(r"(^|[^\w*])\*(\S(?:[^*\n]*\S)?)\*($|[^\w*])").replace_all(&named, "$1<b>$2</b>$3");
    let italic = rule(r"(^|[^\w_])_(\S(?:[^_\n]*\S)?)_($|[^\w_])").replace_all(&bold, "$1<i>$2</i>$3");
    let struck = rule(r"(^|[^\w~])~(\S(?:[^~\n]*\S)?)~($|[^\w~])").replace_all(&italic, "$1<s>$2</s>$3");
    let whole = struck.replace('\u{3}', "<").replace('\u{4}', ">");
    rule("\u{1}(\\d+)\u{2}")
        .replace_all(&whole, |found: &regex::Captures<'_>| {
            let at: usize = found[1].parse().expect("digits");
            format!("<code>{}</code>", codes[at])
        })
        .into_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
