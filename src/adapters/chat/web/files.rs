//! How does an attachment leave the house harmlessly? As itself, in a sandbox, never as a page of ours.

use super::Web;
use super::door::Visitor;
use super::problem::Problem;
use super::record::{attachments, number};
use crate::domain::message::Attachment;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Images a page may show in place.
const IMAGES: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"];

pub async fn file(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Path((id, index, _name)): Path<(String, usize, String)>,
) -> Result<Response, Problem> {
    let gone = || Problem::not_found("That file");
    let attachment = find(&web, &visitor, &id, index).await?.ok_or_else(gone)?;
    let bytes = web.board.file(number(&id).ok_or_else(gone)?, index).await?.ok_or_else(gone)?;
    let shown = is_image(&attachment);
    let kind = if shown { attachment.media_type.as_str() } else { "application/octet-stream" };
    let how = if shown { "inline" } else { "attachment" };
    let headers = [
        (CONTENT_TYPE, header(kind)),
        (CONTENT_DISPOSITION, header(&format!("{how}; filename=\"{}\"", plain(&attachment.name)))),
        (CONTENT_SECURITY_POLICY, header("default-src 'none'; style-src 'unsafe-inline'; sandbox")),
        (X_CONTENT_TYPE_OPTIONS, header("nosniff")),
        (CACHE_CONTROL, header("private, max-age=0, must-revalidate")),
    ];
    Ok((headers, bytes).into_response())
}

pub fn is_image(attachment: &Attachment) -> bool {
    IMAGES.contains(&attachment.media_type.as_str())
}

async fn find(web: &Web, visitor: &Visitor, id: &str, index: usize) -> Result<Option<Attachment>, Problem> {
    if let Some(record) = web.board.record_of(id).await?.filter(|record| record.heard) {
        return Ok(record.attachments().get(index).map(|found| (*found).clone()));
    }
    let whisper = web.board.whisper_of(&visitor.person, id).await?;
    Ok(whisper.and_then(|whisper| attachments(&whisper.message).get(index).map(|found| (*found).clone())))
}

/// A file's name as a header can carry it.
pub fn plain(name: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    name.chars().map(|letter| if fits(letter) { letter } else { '_' }).collect()
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}
