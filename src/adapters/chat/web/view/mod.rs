//! How does a message look? Turns what is stored into what the templates draw; every kind of block has its drawing.

mod piece;

pub use piece::style;

use super::Web;
use super::door::Visitor;
use super::record::{Body, Record, Whisper, id};
use crate::domain::message::{Form, Input};
use crate::page::{initials, tint};
use chrono::{DateTime, Utc};
use minijinja::value::Serde;
use minijinja::{Value, context};
use piece::{Piece, pieces, typed};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::LazyLock;

pub const SCRIPT: &str = include_str!("../chat.js");

/// Changes with the script, which browsers keep for ever.
pub static SCRIPT_STAMP: LazyLock<u32> = LazyLock::new(|| crc32fast::hash(SCRIPT.as_bytes()));

pub const TEMPLATES: &[(&str, &str)] = &[
    ("icon.html", include_str!("../templates/icon.html")),
    ("chat.html", include_str!("../templates/chat.html")),
    ("message.html", include_str!("../templates/message.html")),
    ("composer.html", include_str!("../templates/composer.html")),
    ("form.html", include_str!("../templates/form.html")),
    ("form_page.html", include_str!("../templates/form_page.html")),
    ("confirm.html", include_str!("../templates/confirm.html")),
    ("problem.html", include_str!("../templates/problem.html")),
    ("login.html", include_str!("../templates/login.html")),
    ("name.html", include_str!("../templates/name.html")),
    ("step.html", include_str!("../templates/step.html")),
];

/// A message as `message.html` draws it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    pub id: String,
    pub channel: String,
    pub root: Option<String>,
    who: String,
    bot: bool,
    tint: u32,
    initials: String,
    /// RFC 3339; the page turns it into the reader's own time.
    at: String,
    clock: String,
    day: String,
    edited: bool,
    whisper: bool,
    replies: u32,
    last_reply: Option<String>,
    pieces: Vec<Piece>,
    /// Set where the list shows a new day.
    pub day_label: Option<String>,
    /// Stands right under an earlier message of the same author, without a head of its own.
    pub joined: bool,
}

pub fn shown(web: &Web, record: &Record) -> Shown {
    let (who, bot, pieces) = match &record.body {
        Body::Told { message } => (web.options.bot_name.clone(), true, pieces(web, record.number, message)),
        Body::Typed { person, text, files } => (person.name.clone(), false, typed(web, record.number, text, files)),
    };
    Shown {
        root: record.root.map(id),
        replies: record.replies,
        last_reply: record.last_reply.map(|at| at.to_rfc3339()),
        edited: record.edited.is_some() && !bot,
        ..frame(record.number, &record.channel, who, bot, record.at, pieces)
    }
}

pub fn whispered(web: &Web, whisper: &Whisper) -> Shown {
    let pieces = pieces(web, whisper.number, &whisper.message);
    Shown {
        root: whisper.root.map(id),
        whisper: true,
        ..frame(whisper.number, &whisper.channel, web.options.bot_name.clone(), true, whisper.at, pieces)
    }
}

fn frame(number: u64, channel: &str, who: String, bot: bool, at: DateTime<Utc>, pieces: Vec<Piece>) -> Shown {
    Shown {
        id: id(number),
        channel: channel.to_owned(),
        root: None,
        tint: tint(&who),
        initials: initials(&who),
        who,
        bot,
        at: at.to_rfc3339(),
        clock: at.format("%H:%M").to_string(),
        day: at.format("%Y-%m-%d").to_string(),
        edited: false,
        whisper: false,
        replies: 0,
        last_reply: None,
        pieces,
        day_label: None,
        joined: false,
    }
}

/// Days get a line of their own; what one author says within five minutes stands under one head.
pub fn settle(list: &mut [Shown]) {
    let mut last: Option<(String, String, bool, DateTime<Utc>)> = None;
    for shown in list {
        let at = DateTime::parse_from_rfc3339(&shown.at).map_or(DateTime::UNIX_EPOCH, |at| at.with_timezone(&Utc));
        let same_day = last.as_ref().is_some_and(|(day, ..)| *day == shown.day);
        shown.day_label = (!same_day).then(|| at.format("%A, %-d %B").to_string());
        shown.joined = same_day
            && !shown.whisper
            && last.as_ref().is_some_and(|(_, who, bot, before)| {
                *who == shown.who && *bot == shown.bot && (at - *before).num_minutes() < 5
            });
        last = (!shown.whisper).then(|| (shown.day.clone(), shown.who.clone(), shown.bot, at)).or(last);
    }
}

/// One message on its own, as live updates send it.
pub fn fragment(web: &Web, visitor: &Visitor, message: &Shown) -> String {
    web.render(
        "message.html",
        context! { message => Serde(message), csrf => visitor.csrf.as_str(), bot_name => web.options.bot_name.as_str() },
    )
}

/// A form as `form.html` draws it, with what did not fit beside each field.
pub fn form(form: &Form, complaints: &HashMap<String, String>) -> Value {
    let fields = form.fields.iter().map(|field| {
        let (input, max, options) = match &field.input {
            Input::Line { max } => ("line", *max, Vec::new()),
            Input::Paragraph { max } => ("paragraph", *max, Vec::new()),
            Input::Choice { options } => ("choice", 0, options.clone()),
        };
        context! {
            name => field.name.as_str(), label => field.label.as_str(), hint => field.hint.as_str(),
            value => field.value.as_str(),
            required => field.required, complaint => complaints.get(&field.name).map(String::as_str), input, max, options,
        }
    });
    context! { title => form.title.as_str(), submit => form.submit.as_str(), fields => fields.collect::<Vec<Value>>() }
}
