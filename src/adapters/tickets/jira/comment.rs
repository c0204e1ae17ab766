//! How does a text stand on a ticket once, however often it is put there? As a comment that ends in our mark.

use super::client::Client;
use super::markup;
use crate::domain::trouble::Fault;
use reqwest::Method;
use serde_json::{Value, json};

/// Comments of one page.
const PAGE: usize = 100;
/// A ticket with more is not looked through further: another comment does less harm than an hour of reading.
const MOST: usize = 2_000;

pub async fn publish(client: &Client, key: &str, marker: &str, markdown: &str) -> Result<String, Fault> {
    let mark = format!("slipway:{marker}");
    let body = match client.is_cloud() {
        true => markup::adf(markdown, &mark),
        false => Value::from(markup::wiki(markdown, &mark)),
    };
    let path = format!("issue/{key}/comment");
    let written = match ours(client, &path, &mark).await? {
        Some(comment) if comment["body"] == body => comment,
        Some(comment) => {
            let path = format!("{path}/{}", comment["id"].as_str().unwrap_or_default());
            client.send(Method::PUT, &path, &json!({ "body": body })).await?
        }
        None => client.send(Method::POST, &path, &json!({ "body": body })).await?,
    };
    let id = written["id"].as_str().unwrap_or_default();
    Ok(format!("{}?focusedCommentId={id}", client.link(key)))
}

/// The comment that carries the mark, newest first.
async fn ours(client: &Client, path: &str, mark: &str) -> Result<Option<Value>, Fault> {
    let mut begin = 0;
    loop {
        let page: Value = client.get(&format!("{path}?startAt={begin}&maxResults={PAGE}&orderBy=-created")).await?;
        let comments = page["comments"].as_array().cloned().unwrap_or_default();
        let count = comments.len();
        // The mark ends where a blank or the end of a text follows: `note/7` is not `note/71`.
        let carries = |comment: &Value| {
            texts(&comment["body"]).iter().any(|text| text.split_whitespace().any(|word| word == mark))
        };
        if let Some(found) = comments.into_iter().find(carries) {
            return Ok(Some(found));
        }
        begin += count;
        let total = page["total"].as_u64().and_then(|total| usize::try_from(total).ok()).unwrap_or(0);
        if count == 0 || begin >= total || begin >= MOST {
            return Ok(None);
        }
    }
}

/// Every text of a body, in either markup.
fn texts(body: &Value) -> Vec<String> {
    match body {
        Value::String(text) => vec![text.replace(['{', '}', '|'], " ")],
        Value::Array(parts) => parts.iter().flat_map(texts).collect(),
        Value::Object(node) => {
            let own = node.get("text").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(node.get("content").map(texts).unwrap_or_default()).collect()
        }
        _ => Vec::new(),
    }
}
