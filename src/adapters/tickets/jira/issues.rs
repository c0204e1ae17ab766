//! What do these keys say? Asked in batches; every key comes back once, as a ticket or with the reason why not.

use super::client::Client;
use super::read;
use crate::domain::ticket::{TicketsFound, Unreadable};
use crate::domain::trouble::Fault;
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Issues of one request: what Cloud allows, and what a Data Center's search answers in one page.
const BATCH: usize = 100;

const HIDDEN: &str = "does not exist or is hidden from Slipway's account";

pub async fn tickets(client: &Client, keys: &[String], field: Option<&str>) -> Result<TicketsFound, Fault> {
    let keys: Vec<&String> = keys.iter().collect::<BTreeSet<_>>().into_iter().collect();
    let asked = keys.chunks(BATCH).map(|batch| batch_of(client, batch, field));
    let mut all = TicketsFound::default();
    for found in join_all(asked).await {
        let found = found?;
        all.tickets.extend(found.tickets);
        all.unreadable.extend(found.unreadable);
    }
    Ok(all)
}

async fn batch_of(client: &Client, keys: &[&String], field: Option<&str>) -> Result<TicketsFound, Fault> {
    let fields: Vec<&str> = read::FIELDS.into_iter().chain(field).collect();
    let (path, body) = match client.is_cloud() {
        true => ("issue/bulkfetch", json!({ "issueIdsOrKeys": keys, "fields": fields, "fieldsByKeys": false })),
        // Without validation a key that does not exist is left out, instead of the whole answer.
        false => {
            let listed = keys.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(",");
            let jql = format!("issuekey in ({listed})");
            ("search", json!({ "jql": jql, "fields": fields, "maxResults": keys.len(), "validateQuery": false }))
        }
    };
    let answer: Value = client.search(path, &body).await?;
    let issues = answer["issues"].as_array().cloned().unwrap_or_default();
    let errors = answer["issueErrors"].as_array().cloned().unwrap_or_default();
    Ok(sorted_out(client, keys, issues, &errors, field))
}

fn sorted_out(
    client: &Client,
    keys: &[&String],
    issues: Vec<Value>,
    errors: &[Value],
    field: Option<&str>,
) -> TicketsFound {
    let mut by_key: BTreeMap<String, Value> =
        issues.into_iter().map(|issue| (issue["key"].as_str().unwrap_or_default().to_owned(), issue)).collect();
    let mut found = TicketsFound::default();
    let mut left: Vec<&String> = Vec::new();
    for key in keys {
        match by_key.remove(key.as_str()) {
            Some(issue) => found.tickets.push(read::ticket(&issue, key, client.link(key), field)),
            None => left.push(key),
        }
    }
    // An issue that was moved answers under its new key. Which one was asked for is certain only where one of each is left.
    if let ([asked], [new]) = (left.as_slice(), by_key.keys().cloned().collect::<Vec<_>>().as_slice()) {
        let issue = by_key.remove(new).unwrap_or_default();
        found.tickets.push(read::ticket(&issue, asked, client.link(new), field));
        left.clear();
    }
    let moved: Vec<&str> = by_key.keys().map(String::as_str).collect();
    let why = |key: &str| {
        let error = errors.iter().find(|error| error["id"] == key)?;
        Some(format!("could not be read ({})", error["errorMessage"].as_str()?.trim_end_matches('.')))
    };
    let hidden = match moved.as_slice() {
        [] => HIDDEN.to_owned(),
        moved => format!("{HIDDEN}, or is one of those that were moved: {}", moved.join(", ")),
    };
    found.unreadable.extend(
        left.into_iter().map(|key| Unreadable { key: key.clone(), why: why(key).unwrap_or_else(|| hidden.clone()) }),
    );
    found
}
