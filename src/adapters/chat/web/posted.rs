//! What did a form carry? Reads a POST of any kind within its limit, and refuses it without the session's token.

use super::Web;
use super::door::Visitor;
use super::problem::{Problem, wants_json};
use crate::domain::message::Attachment;
use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use futures::StreamExt;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Words fit in this many bytes.
pub const WORDS_LIMIT: usize = 1 << 20;
/// Words with attachments fit in this many.
pub const FILES_LIMIT: usize = 10 << 20;
/// Bodies over a limit are read on to here, so that the browser hears our sentence instead of a broken connection.
const PATIENCE: usize = 64 << 20;
const MOST_FILES: usize = 10;

/// A POST that was sent by this session's own page.
pub struct Posted {
    pub visitor: Visitor,
    pub fields: Vec<(String, String)>,
    pub files: Vec<Attachment>,
    /// A script sent it and wants JSON back.
    pub json_wanted: bool,
}

impl Posted {
    /// The first value under a name; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }
    /// The same, `None` when empty.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }
    /// The id the page gave this event, under the person who sent it; a repeat carries the same one.
    pub fn event(&self) -> Result<String, Problem> {
        let id = self.get("id");
        let fits = (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !fits {
            return Err(Problem::unfit("The form came without its id. Reload the page and send it again."));
        }
        Ok(format!("web:{}:{id}", self.visitor.person.id))
    }
}

impl FromRequest<Arc<Web>> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Problem> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let visitor = visitor.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "Open the page first, then send."))?;
        let headers = request.headers().clone();
        let (fields, files) = read(request, web).await?;
        let posted = Self { visitor, fields, files, json_wanted: wants_json(&headers) };
        let header_token = headers.get("x-csrf").and_then(|token| token.to_str().ok());
        let token = header_token.unwrap_or_else(|| posted.get("csrf"));
        if !bool::from(token.as_bytes().ct_eq(posted.visitor.csrf.as_bytes())) {
            let sentence = "This page belongs to an earlier session, so nothing was done. Reload it and send again.";
            return Err(Problem::new(StatusCode::FORBIDDEN, sentence));
        }
        Ok(posted)
    }
}

type Read = (Vec<(String, String)>, Vec<Attachment>);

/// Fields and files of a body, whatever it is written in.
pub async fn read(request: Request, web: &Arc<Web>) -> Result<Read, Problem> {
    let kind = content_type(request.headers());
    let (parts, body) = request.into_parts();
    let limit = if kind == "multipart/form-data" { FILES_LIMIT + 64 * 1024 } else { WORDS_LIMIT };
    let bytes = whole(body, limit).await?;
    match kind.as_str() {
        "application/json" => Ok((json_fields(&bytes)?, Vec::new())),
        "application/x-www-form-urlencoded" => {
            let request = Request::from_parts(parts, Body::from(bytes));
            let form = Form::<Vec<(String, String)>>::from_request(request, web).await;
            Ok((form.map_err(|_| unreadable())?.0, Vec::new()))
        }
        "multipart/form-data" => multipart(Request::from_parts(parts, Body::from(bytes)), web).await,
        _ => Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send a form or JSON; this was neither.")),
    }
}

fn content_type(headers: &HeaderMap) -> String {
    let text = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn whole(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| unreadable())?;
        seen += chunk.len();
        if seen <= limit {
            kept.extend_from_slice(&chunk);
        } else if seen > PATIENCE {
            break;
        }
    }
    if seen <= limit {
        return Ok(kept.into());
    }
    let megabytes = limit >> 20;
    let sentence = format!("That is larger than {megabytes} MB, so it was not sent. Send less at once.");
    Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, sentence))
}

fn json_fields(bytes: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
    let fields = object.into_iter().filter_map(|(key, value)| match value {
        serde_json::Value::String(text) => Some((key, text)),
        serde_json::Value::Null => None,
        other => Some((key, other.to_string())),
    });
    Ok(fields.collect())
}

async fn multipart(request: Request, web: &Arc<Web>) -> Result<Read, Problem> {
    let mut parts = Multipart::from_request(request, web).await.map_err(|_| unreadable())?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            None => fields.push((name, part.text().await.map_err(|_| unreadable())?)),
            Some(file) => {
                let kind = part.content_type().unwrap_or("application/octet-stream").to_owned();
                let bytes = part.bytes().await.map_err(|_| unreadable())?;
                if !(file.is_empty() && bytes.is_empty()) {
                    files.push(attachment(&file, &kind, bytes.to_vec()));
                }
            }
        }
    }
    if files.len() > MOST_FILES {
        return Err(Problem::unfit(format!(
            "{} files are more than the {MOST_FILES} that fit in one message.",
            files.len()
        )));
    }
    let words = fields.iter().map(|(key, value): &(String, String)| key.len() + value.len()).sum::<usize>();
    if words > WORDS_LIMIT {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The text is larger than 1 MB. Attach it as a file instead.",
        ));
    }
    Ok((fields, files))
}

/// A file as people see it: its name without folders, its type only if it looks like one.
fn attachment(name: &str, kind: &str, bytes: Vec<u8>) -> Attachment {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name: String = crate::page::visible::visible(name).chars().filter(|c| !c.is_control()).take(120).collect();
    let name = if name.is_empty() { "file".to_owned() } else { name };
    let typed = kind.len() <= 80 && kind.split_once('/').is_some() && kind.bytes().all(|b| b.is_ascii_graphic());
    let media_type = if typed { kind.to_ascii_lowercase() } else { "application/octet-stream".to_owned() };
    Attachment { alt: name.clone(), name, media_type, bytes }
}

fn unreadable() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "The form could not be read to its end. Send it again.")
}
