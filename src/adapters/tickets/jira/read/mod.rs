//! What does an issue say, as a ticket?

mod acceptance;
mod adf;
mod html;
mod inline;
mod lines;
mod wiki;

use crate::domain::ticket::{Stage, Ticket, TicketLink};
use lines::{Line, cut, plain};
use serde_json::Value;

/// Bytes of a description that are kept.
const DESCRIPTION: usize = 8 * 1024;

/// Fields a ticket is read from.
pub const FIELDS: [&str; 8] =
    ["summary", "description", "assignee", "status", "issuetype", "fixVersions", "labels", "issuelinks"];

/// `key` is the one asked for, which a moved issue no longer has; `field` holds its acceptance criteria.
pub fn ticket(issue: &Value, key: &str, url: String, field: Option<&str>) -> Ticket {
    let fields = &issue["fields"];
    let description = document(&fields["description"]);
    Ticket {
        key: key.to_owned(),
        title: text(&fields["summary"]),
        url,
        status: text(&fields["status"]["name"]),
        stage: stage(&fields["status"]),
        kind: text(&fields["issuetype"]["name"]),
        assignees: [text(&fields["assignee"]["displayName"])].into_iter().filter(|name| !name.is_empty()).collect(),
        acceptance: acceptance::acceptance(field.map_or(&Value::Null, |field| &fields[field]), &description),
        description: cut(&plain(&description), DESCRIPTION),
        fix_versions: all(&fields["fixVersions"]).map(|version| text(&version["name"])).collect(),
        links: all(&fields["issuelinks"]).filter_map(link).collect(),
        labels: all(&fields["labels"]).map(text).collect(),
    }
}

fn document(description: &Value) -> Vec<Line> {
    match description {
        Value::String(text) => wiki::lines(text),
        Value::Object(_) => adf::lines(description),
        _ => Vec::new(),
    }
}

/// Jira's three categories are the same on every site, whatever its statuses are called.
fn stage(status: &Value) -> Stage {
    match status["statusCategory"]["key"].as_str() {
        Some("new") => Stage::ToDo,
        Some("indeterminate") => Stage::InProgress,
        Some("done") => Stage::Done,
        _ => Stage::Unknown,
    }
}

fn link(link: &Value) -> Option<TicketLink> {
    let (how, issue) = match (&link["inwardIssue"], &link["outwardIssue"]) {
        (issue @ Value::Object(_), _) => (&link["type"]["inward"], issue),
        (_, issue @ Value::Object(_)) => (&link["type"]["outward"], issue),
        _ => return None,
    };
    let fields = &issue["fields"];
    let (how, key, title) = (text(how), text(&issue["key"]), text(&fields["summary"]));
    Some(TicketLink { how, key, title, stage: stage(&fields["status"]) })
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}
