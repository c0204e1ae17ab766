//! What does a channel look like on the screen? A page close enough to Discord's client to judge a message by eye.

use super::markdown::{Piece, Reader, Span, Style};
use super::state::{LOADING, Message, SUPPRESS_EMBEDS, State, timestamp};
use base64::Engine as _;
use serde_json::Value;
use std::fmt::Write as _;

/// A channel with its threads, as this person sees it.
pub fn page(state: &State, channel: u64, person: Option<u64>) -> String {
    let mut body = String::new();
    let seen = |message: &&Message| message.only.is_none() || message.only == person;
    for message in state.messages_in(channel).filter(seen) {
        body.push_str(&state.html(message));
        if let Some(thread) = state.channels.get(&message.id).filter(|thread| thread.id != channel && !thread.deleted) {
            let inside: String = state.messages_in(thread.id).filter(seen).map(|message| state.html(message)).collect();
            write!(body, "<section class=thread><h2>⌞ {}</h2>{inside}</section>", escaped(&thread.name))
                .expect("a text");
        }
    }
    let name = state.channels.get(&channel).map_or("", |channel| channel.name.as_str());
    format!(
        "<!doctype html><meta charset=utf-8><title>{name}</title><style>{STYLE}</style><h1># {name}</h1><main>{body}</main>"
    )
}

impl State {
    fn html(&self, message: &Message) -> String {
        let author = &self.users[&message.author];
        let tag = if author.bot { "<b class=tag>APP</b>" } else { "" };
        let edited = if message.edited { "<small> (edited)</small>" } else { "" };
        let mut inside = self.markdown(&message.content, true);
        if message.flags & LOADING != 0 {
            inside = format!("<p><i>{} is thinking…</i></p>", escaped(&author.name));
        }
        inside.push_str(edited);
        let embeds = message.embeds.iter().filter(|_| message.flags & SUPPRESS_EMBEDS == 0);
        inside.extend(embeds.map(|embed| self.embed(message, embed)));
        let shown: Vec<String> = message.embeds.iter().map(|embed| embed["image"]["url"].to_string()).collect();
        for file in &message.attachments {
            if shown.iter().any(|url| url.contains(&format!("/{}/", file.id))) {
                continue;
            }
            let alt = escaped(file.description.as_deref().unwrap_or_default());
            if file.media_type.starts_with("image/") {
                write!(inside, "<img class=picture alt=\"{alt}\" src=\"{}\">", data_url(file)).expect("a text");
            } else {
                let size = file.bytes.len();
                write!(
                    inside,
                    "<div class=file><b>{}</b><small>{size} bytes · {alt}</small></div>",
                    escaped(&file.name)
                )
                .expect("a text");
            }
        }
        inside.extend(message.components.iter().map(row));
        if message.only.is_some() {
            inside.push_str("<small class=only>👁 Only you can see this · <u>Dismiss message</u></small>");
        }
        let class = if message.only.is_some() { "message whisper" } else { "message" };
        let time = &timestamp(message.id)[11..16];
        let letter = escaped(&author.name.chars().next().unwrap_or(' ').to_string());
        format!(
            "<article class=\"{class}\"><i class=avatar>{letter}</i><div><header><b>{}</b>{tag}<small> {time}</small></header>{inside}</div></article>",
            escaped(&author.name)
        )
    }

    fn embed(&self, message: &Message, embed: &Value) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let colour = embed["color"].as_u64().map_or("#4e5058".to_owned(), |colour| format!("#{colour:06x}"));
        let mut inside = String::new();
        if let Some(author) = embed["author"]["name"].as_str() {
            write!(inside, "<div class=author>{}</div>", escaped(author)).expect("a text");
        }
        let title = text(&embed["title"]);
        if !title.is_empty() {
            let names = |id: &str| self.name_of(id);
            let title = spans(&Reader { names: &names, links: false }.spans(&title));
            let link = embed["url"].as_str().map_or("", |_| " class=link");
            write!(inside, "<h3{link}>{title}</h3>").expect("a text");
        }
        inside.push_str(&self.markdown(&text(&embed["description"]), true));
        let fields: String = embed["fields"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|field| {
                let class = if field["inline"] == true { "field inline" } else { "field" };
                let name = self.markdown(&text(&field["name"]), false);
                format!("<div class=\"{class}\"><b>{name}</b>{}</div>", self.markdown(&text(&field["value"]), true))
            })
            .collect();
        write!(inside, "<div class=fields>{fields}</div>").expect("a text");
        for part in ["image", "thumbnail"] {
            let Some(url) = embed[part]["url"].as_str() else { continue };
            let file = message.attachments.iter().find(|file| url.contains(&format!("/{}/", file.id)));
            if let Some(file) = file {
                let alt = escaped(file.description.as_deref().unwrap_or_default());
                write!(inside, "<img class={part} alt=\"{alt}\" src=\"{}\">", data_url(file)).expect("a text");
            }
        }
        if let Some(footer) = embed["footer"]["text"].as_str() {
            write!(inside, "<footer>{}</footer>", escaped(footer)).expect("a text");
        }
        format!("<div class=embed style=\"border-color:{colour}\">{inside}</div>")
    }

    fn markdown(&self, text: &str, links: bool) -> String {
        let names = |id: &str| self.name_of(id);
        let pieces = Reader { names: &names, links }.pieces(text);
        pieces.iter().map(piece).collect()
    }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Line(inside) if inside.is_empty() => "<p>&nbsp;</p>".to_owned(),
        Piece::Line(inside) => format!("<p>{}</p>", spans(inside)),
        Piece::Heading(level, inside) => format!("<h{level} class=md>{}</h{level}>", spans(inside)),
        Piece::Small(inside) => format!("<p class=small>{}</p>", spans(inside)),
        Piece::Quote(inside) => format!("<blockquote>{}</blockquote>", spans(inside)),
        Piece::Item { depth, mark, spans: inside } => {
            format!("<p class=item style=\"margin-left:{}em\"><i>{mark}</i>{}</p>", depth * 2, spans(inside))
        }
        Piece::Block { text, .. } => format!("<pre>{}</pre>", escaped(text)),
    }
}

fn spans(all: &[Span]) -> String {
    all.iter()
        .map(|span| match span {
            Span::Text(text) => escaped(text),
            Span::Code(text) => format!("<code>{}</code>", escaped(text)),
            Span::Chip(text) => format!("<span class=chip>{}</span>", escaped(text)),
            Span::Link { text, .. } => format!("<a>{}</a>", spans(text)),
            Span::Styled(style, inside) => {
                let tag = match style {
                    Style::Strong => "strong",
                    Style::Emphasis => "em",
                    Style::Underline => "u",
                    Style::Strike => "s",
                    Style::Spoiler => "mark",
                };
                format!("<{tag}>{}</{tag}>", spans(inside))
            }
        })
        .collect()
}

fn row(row: &Value) -> String {
    let parts = row["components"].as_array().into_iter().flatten().map(|part| {
        if part["type"] == 3 {
            return format!(
                "<span class=select>{} ▾</span>",
                escaped(part["placeholder"].as_str().unwrap_or("Make a selection"))
            );
        }
        let style = part["style"].as_u64().unwrap_or(2);
        let off = if part["disabled"] == true { " off" } else { "" };
        let more = if style == 5 { " ↗" } else { "" };
        format!(
            "<span class=\"button s{style}{off}\">{}{more}</span>",
            escaped(part["label"].as_str().unwrap_or_default())
        )
    });
    format!("<div class=row>{}</div>", parts.collect::<String>())
}

fn data_url(file: &super::state::Attachment) -> String {
    format!("data:{};base64,{}", file.media_type, base64::engine::general_purpose::STANDARD.encode(&file.bytes))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "
body{margin:0;background:#313338;color:#dbdee1;font:16px/1.375 'gg sans','Noto Sans','Helvetica Neue',Helvetica,Arial,sans-serif;max-width:900px}
h1{font-size:16px;border-bottom:1px solid #26282c;margin:0;padding:12px 16px;color:#f2f3f5}
main{padding:8px 0}.message{display:flex;padding:6px 16px;gap:16px}.message>div{min-width:0;flex:1}.whisper{background:#5865f214}
.avatar{flex:none;width:40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;text-align:center;line-height:40px;font-style:normal}
header b{color:#f2f3f5;font-weight:500}small{font-size:12px;color:#949ba4}.tag{background:#5865f2;color:#fff!important;font-size:10px;border-radius:4px;padding:1px 5px;margin-left:4px}
p{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}.small{font-size:13px;color:#949ba4}.item{padding-left:1.6em;position:relative}.item i{position:absolute;left:.4em;font-style:normal}
h1.md{border:0;padding:0;font-size:24px;margin:8px 0}h2.md{font-size:20px;margin:8px 0;color:#f2f3f5}h3.md{font-size:16px;margin:8px 0;color:#f2f3f5}
blockquote{margin:0;border-left:4px solid #4e5058;padding-left:12px}pre{background:#2b2d31;border:1px solid #1e1f22;border-radius:4px;padding:8px;margin:6px 0;font:14px/1.3 Consolas,'DejaVu Sans Mono',monospace;white-space:pre-wrap}
code{background:#2b2d31;border-radius:3px;padding:2px 3px;font:13.6px Consolas,'DejaVu Sans Mono',monospace}.embed code,.embed pre{background:#1e1f22}a{color:#00a8fc}.chip{background:#5865f24d;color:#c9cdfb;border-radius:3px;padding:0 2px}
.embed{background:#2b2d31;border-left:4px solid;border-radius:4px;padding:8px 16px 16px 12px;margin-top:4px;max-width:504px;font-size:14px;line-height:18px}
.embed h3{font-size:16px;color:#f2f3f5;margin:8px 0 0;font-weight:600}.embed h3.link{color:#00a8fc}.author{font-weight:600;margin-top:8px}.embed>p:first-of-type{margin-top:8px}
.fields{display:grid;grid-template-columns:repeat(3,1fr);gap:8px}.fields:empty{display:none}.field{grid-column:1/-1;margin-top:8px}.field.inline{grid-column:auto}.field b{color:#f2f3f5;font-size:14px}
footer{font-size:12px;margin-top:8px;color:#dbdee1}.image,.picture{display:block;max-width:400px;border-radius:4px;margin-top:12px}.thumbnail{max-width:80px}
.file{background:#2b2d31;border:1px solid #26282c;border-radius:8px;padding:12px;margin-top:4px;max-width:432px}.file b{display:block;color:#00a8fc;font-weight:400}
.row{display:flex;gap:8px;margin-top:8px;flex-wrap:wrap}.button{border-radius:3px;padding:5px 16px;color:#fff;font-size:14px;background:#4e5058}.s1{background:#5865f2}.s3{background:#248046}.s4{background:#da373c}.off{opacity:.5}
.select{background:#1e1f22;border-radius:4px;padding:8px 12px;min-width:300px;color:#949ba4;font-size:14px}.only{display:block;margin-top:4px}.thread{margin:4px 16px 8px 72px;border-left:2px solid #4e5058}.thread h2{font-size:14px;margin:0;padding:4px 12px;color:#00a8fc}
u{text-decoration:underline}mark{background:#1e1f22;color:#dbdee1}
";
