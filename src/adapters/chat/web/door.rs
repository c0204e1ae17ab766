//! May this request come in, and as whom? Host, origin, proxy header, access token, session: checked before any page.

use super::Web;
use super::problem::{Problem, tell, wants_json};
use super::session::Session;
use crate::domain::person::Person;
use crate::page;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use minijinja::context;
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// A request's answer must begin within this time.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Who asks.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub person: Person,
    pub csrf: String,
    pub session: Session,
    /// A proxy named them: the name is not theirs to change.
    pub named_by_proxy: bool,
    /// Their first page: the cookie goes out with it.
    fresh: bool,
}

/// The layer around every route, the note pages' included.
pub async fn guard(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let json_wanted = wants_json(request.headers());
    let (parts, body) = request.into_parts();
    let admitted = admit(&web, &parts).await;
    let mut request = Request::from_parts(parts, body);
    let response = match admitted {
        Err(refused) => *refused,
        Ok(None) => within(next.run(request)).await,
        Ok(Some(visitor)) => {
            let cookie = visitor.fresh.then(|| cookie(&web, &visitor.session));
            request.extensions_mut().insert(visitor);
            let mut response = within(next.run(request)).await;
            if let Some(cookie) = cookie.filter(|_| !response.headers().contains_key(SET_COOKIE)) {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
    };
    tell(&web, json_wanted, response)
}

async fn within(answer: impl Future<Output = Response>) -> Response {
    let late = "No answer within 30 seconds. What was sent may still arrive; look before sending it again.";
    match tokio::time::timeout(TIME_LIMIT, answer).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::GATEWAY_TIMEOUT, late).into_response(),
    }
}

/// `Ok(None)`: a file of the pages, or the login itself, which anybody may ask for. Refusals are whole responses.
async fn admit(web: &Web, request: &Parts) -> Result<Option<Visitor>, Box<Response>> {
    let refuse = |problem: Problem| Box::new(problem.into_response());
    check_host(web, &request.headers).map_err(refuse)?;
    if request.method == Method::POST {
        check_origin(web, &request.headers).map_err(refuse)?;
    }
    if request.uri.path().starts_with("/assets/") || request.uri.path() == "/login" {
        return Ok(None);
    }
    let signer = web.signer().await.map_err(|error| refuse(error.into()))?;
    let now = web.clock.now();
    let known = cookie_of(&request.headers, &web.cookie_name()).and_then(|cookie| signer.open(cookie, now));
    let visitor = |session: Session, fresh: bool| Visitor {
        person: session.person(),
        csrf: signer.csrf(&session),
        session,
        named_by_proxy: false,
        fresh,
    };
    if let Some(name) = proxied(web, request).map_err(refuse)? {
        let fresh = known.is_none();
        let mut visitor = visitor(known.unwrap_or_else(|| Session::new(&name, now)), fresh);
        visitor.person.id.clone_from(&name);
        visitor.person.name = name;
        visitor.named_by_proxy = true;
        return Ok(Some(visitor));
    }
    if let Some(session) = known {
        return Ok(Some(visitor(session, false)));
    }
    let comes_from_elsewhere = request.headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if request.method == Method::GET && comes_from_elsewhere {
        return Err(Box::new(step_inside(web, request)));
    }
    match &web.options.token {
        None => Ok(Some(visitor(Session::new(&super::names::of_this_machine(), now), true))),
        Some(token) => Err(Box::new(ask_for_token(web, request, token.expose_secret()))),
    }
}

fn check_host(web: &Web, headers: &HeaderMap) -> Result<(), Problem> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if web.options.knows_host(host) {
        return Ok(());
    }
    let sentence = format!("This server does not answer to `{host}`. Open `{}` instead.", web.options.base());
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, sentence))
}

/// A browser says which page a form came from; a page that is not ours may not send any.
fn check_origin(web: &Web, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let same_site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let ours = match headers.get(ORIGIN) {
        None => same_site,
        Some(_) => text("origin").and_then(|origin| origin.split_once("://")).is_some_and(|(_, host)| {
            text("host") == Some(host) || web.options.base().split_once("://").is_some_and(|(_, own)| own == host)
        }),
    };
    if ours {
        return Ok(());
    }
    let sentence =
        "The form was sent by another site's page, so nothing was done. Send it from this server's own page.";
    Err(Problem::new(StatusCode::FORBIDDEN, sentence))
}

/// The name a trusted proxy gives. Where a proxy is configured and no token, nobody enters without it.
fn proxied(web: &Web, request: &Parts) -> Result<Option<String>, Problem> {
    let Some((header, trusted)) = &web.options.identity_header else { return Ok(None) };
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
    let name = request.headers.get(header.as_str()).and_then(|name| name.to_str().ok()).map(str::trim);
    match name.filter(|name| !name.is_empty() && peer.is_some_and(|peer| trusted.contains(&peer))) {
        Some(name) => Ok(Some(name.chars().take(80).collect())),
        None if web.options.token.is_some() => Ok(None),
        None => {
            let sentence = format!(
                "Nobody vouched for you: the header `{header}` did not come from a trusted proxy. Open this server \
                 through the proxy."
            );
            Err(Problem::new(StatusCode::FORBIDDEN, sentence))
        }
    }
}

/// A link on a foreign page arrives without our strict cookie. One step inside the house, it is sent again.
fn step_inside(web: &Web, request: &Parts) -> Response {
    let to = request.uri.path_and_query().map_or("/", |path| path.as_str());
    page::html(web.render("step.html", context! { to }))
}

/// `?token=…` is turned into a cookie and leaves the address; anything else meets the login page.
fn ask_for_token(web: &Web, request: &Parts, token: &str) -> Response {
    let given = request.uri.query().and_then(|query| {
        query.split('&').find_map(|pair| pair.strip_prefix("token=")).map(|token| token.replace("%20", " "))
    });
    match given {
        Some(given) if is_token(&given, token) => {
            let session = Session::new(super::names::UNNAMED, web.clock.now());
            let headers = [(LOCATION, HeaderValue::from_static("/name")), (SET_COOKIE, cookie(web, &session))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Some(_) => {
            (StatusCode::UNAUTHORIZED, login_page(web, "That is not the access token. Ask whoever runs Slipway."))
                .into_response()
        }
        None if request.method == Method::GET && !wants_json(&request.headers) => {
            (StatusCode::UNAUTHORIZED, login_page(web, "")).into_response()
        }
        None => Problem::new(StatusCode::UNAUTHORIZED, "Your session has ended. Open the page again and sign in.")
            .into_response(),
    }
}

pub fn login_page(web: &Web, problem: &str) -> Response {
    page::html(web.render("login.html", context! { problem }))
}

/// Compared in constant time, so that answers do not tell how much of it was right.
pub fn is_token(given: &str, token: &str) -> bool {
    given.as_bytes().ct_eq(token.as_bytes()).into()
}

/// `Set-Cookie` for a session.
pub fn cookie(web: &Web, session: &Session) -> HeaderValue {
    let secure = if web.options.is_secure() { "; Secure" } else { "" };
    let sealed = web.sealed(session);
    let text = format!("{}={sealed}; Path=/; Max-Age=15552000; HttpOnly; SameSite=Strict{secure}", web.cookie_name());
    HeaderValue::try_from(text).expect("base64 and our own words are header characters")
}

fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = all.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
