//! Which pages are there? A channel, a thread beside it, a name to choose, a door to knock at.

use super::Web;
use super::door::{Visitor, cookie, is_token, login_page};
use super::names;
use super::posted::Posted;
use super::problem::Problem;
use super::record::{Record, id, number};
use super::session::{Session, random};
use super::view::{self, Shown, settle};
use crate::page::html;
use crate::ports::chat::Completion;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use minijinja::value::Serde;
use minijinja::{Value, context};
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::sync::Arc;

/// Messages of a channel on one page.
const PAGE: usize = 60;
/// Messages of a thread in its pane.
const THREAD: usize = 200;
/// Completions shown.
const COMPLETIONS: usize = 9;

#[derive(Debug, Default, Deserialize)]
pub struct Where {
    /// Messages before this one.
    before: Option<String>,
    /// The page this message stands on.
    at: Option<String>,
    /// Put into the composer, for links that suggest a command.
    text: Option<String>,
}

pub async fn front(State(web): State<Arc<Web>>) -> Result<Redirect, Problem> {
    let first = web.options.channels.first().ok_or_else(|| Problem::not_found("A channel"))?;
    Ok(Redirect::to(&format!("/c/{first}")))
}

pub async fn channel(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path(channel): Path<String>,
    Query(asked): Query<Where>,
) -> Result<Response, Problem> {
    room(&web, &visitor, &channel, None, &asked).await
}

pub async fn thread(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path((channel, root)): Path<(String, String)>,
    Query(asked): Query<Where>,
) -> Result<Response, Problem> {
    let found = web.board.record_of(&root).await?.filter(|record| record.channel == channel && record.heard);
    let root = match found {
        Some(record) if record.root.is_none() => record,
        Some(reply) => {
            let root = reply.root.map(id).unwrap_or_default();
            return Ok(Redirect::to(&format!("/c/{channel}/t/{root}#{}", id(reply.number))).into_response());
        }
        None => return Err(Problem::not_found("That thread")),
    };
    room(&web, &visitor, &channel, Some(root), &asked).await
}

async fn room(
    web: &Web,
    visitor: &Visitor,
    channel: &str,
    root: Option<Record>,
    asked: &Where,
) -> Result<Response, Problem> {
    if !web.has_channel(channel) {
        return Err(Problem::not_found(&format!("The channel `{channel}`")));
    }
    // Read before the messages: what changes in between arrives twice rather than never.
    let after = web.board.latest().await?;
    let at = asked.at.as_deref().and_then(number).map(|at| at.saturating_add(PAGE as u64 / 2));
    let before = asked.before.as_deref().and_then(number).or(at);
    let (messages, more) = list(web, visitor, channel, None, before).await?;
    let pane = match &root {
        None => Value::UNDEFINED,
        Some(root) => pane(web, visitor, channel, root).await?,
    };
    web.board.mark_read(&visitor.person, channel).await?;
    let mut channels = Vec::new();
    for name in &web.options.channels {
        let unread = name != channel && web.board.is_unread(&visitor.person, name).await?;
        channels.push(context! { name, unread, current => name == channel });
    }
    let body = web.render(
        "chat.html",
        context! {
            channel, channels, messages => Serde(messages), more, pane, after, csrf => visitor.csrf.as_str(),
            person => Serde(&visitor.person),
            named_by_proxy => visitor.named_by_proxy, bot_name => web.options.bot_name.as_str(), earlier => before.is_some(),
            event => random(12), reply_event => random(12), text => asked.text.as_deref(), script => *view::SCRIPT_STAMP,
        },
    );
    Ok(html(body))
}

/// Messages and this person's whispers, as one list by time.
async fn list(
    web: &Web,
    visitor: &Visitor,
    channel: &str,
    root: Option<u64>,
    before: Option<u64>,
) -> Result<(Vec<Shown>, bool), Problem> {
    let limit = if root.is_some() { THREAD } else { PAGE };
    let (records, more) = web.board.page(channel, root, before, limit).await?;
    let first = records.first().map_or(0, |record| record.number);
    let mut shown: Vec<Shown> = records.iter().map(|record| view::shown(web, record)).collect();
    let whispers = web.board.whispers(&visitor.person, channel).await?;
    let here = whispers.iter().filter(|whisper| {
        whisper.root == root && (!more || whisper.number > first) && before.is_none_or(|before| whisper.number < before)
    });
    shown.extend(here.map(|whisper| view::whispered(web, whisper)));
    shown.sort_by(|one, other| one.id.len().cmp(&other.id.len()).then(one.id.cmp(&other.id)));
    settle(&mut shown);
    Ok((shown, more))
}

async fn pane(web: &Web, visitor: &Visitor, channel: &str, root: &Record) -> Result<Value, Problem> {
    let (messages, more) = list(web, visitor, channel, Some(root.number), None).await?;
    Ok(context! { root => Serde(view::shown(web, root)), messages => Serde(messages), more, id => id(root.number) })
}

/// `POST /c/{channel}/read`: the page was looked at.
pub async fn read(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    posted: Posted,
) -> Result<StatusCode, Problem> {
    if web.has_channel(&channel) {
        web.board.mark_read(&posted.visitor.person, &channel).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
pub struct Typed {
    words: String,
}

/// `GET /complete?words=…`: what may follow `/release`.
pub async fn complete(
    State(web): State<Arc<Web>>,
    Query(typed): Query<Typed>,
) -> Result<Json<Vec<Completion>>, Problem> {
    let words: String = typed.words.chars().take(500).collect();
    let mut completions = web.intake()?.complete(&words).await;
    completions.truncate(COMPLETIONS);
    Ok(Json(completions))
}

pub async fn name(State(web): State<Arc<Web>>, Extension(visitor): Extension<Visitor>) -> Response {
    name_page(&web, &visitor, &visitor.person.name, "")
}

fn name_page(web: &Web, visitor: &Visitor, name: &str, problem: &str) -> Response {
    let name = if name == names::UNNAMED { "" } else { name };
    html(web.render(
        "name.html",
        context! { name, problem, csrf => visitor.csrf.as_str(), fixed => visitor.named_by_proxy },
    ))
}

pub async fn rename(State(web): State<Arc<Web>>, posted: Posted) -> Response {
    if posted.visitor.named_by_proxy {
        return Problem::unfit("Your name comes from the proxy you signed in with. Change it there.").into_response();
    }
    match names::choose(posted.get("name")) {
        Ok(name) => enter(&web, &posted.visitor.session.renamed(&name, web.clock.now())),
        Err(problem) if posted.json_wanted => Problem::unfit(problem).into_response(),
        Err(problem) => name_page(&web, &posted.visitor, posted.get("name"), &problem),
    }
}

/// `POST /login`: the access token and a name.
pub async fn login(
    State(web): State<Arc<Web>>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let fields = form.map(|Form(fields)| fields).unwrap_or_default();
    let get = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let Some(token) = &web.options.token else { return Ok(Redirect::to("/").into_response()) };
    if !is_token(get("token").trim(), token.expose_secret()) {
        let page = login_page(&web, "That is not the access token. Ask whoever runs Slipway.");
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    }
    web.signer().await?;
    let name = names::choose(get("name")).unwrap_or_else(|_| names::UNNAMED.to_owned());
    Ok(enter(&web, &Session::new(&name, web.clock.now())))
}

fn enter(web: &Web, session: &Session) -> Response {
    let headers = [(LOCATION, HeaderValue::from_static("/")), (SET_COOKIE, cookie(web, session))];
    (StatusCode::SEE_OTHER, headers).into_response()
}
