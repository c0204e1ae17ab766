//! What does an issue say: its state, who works on it, and when it counts as done?

use crate::domain::ticket::{Criterion, Stage, Ticket};
use serde::Deserialize;
use serde_json::Value;

pub const FIELDS: &str = "fragment issue on Issue { title body url state stateReason \
    assignees(first: 20) { nodes { login } } labels(first: 30) { nodes { name } } milestone { title } }";

/// Bytes of a body that are kept.
const BODY: usize = 8 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    title: String,
    body: String,
    url: String,
    state: String,
    state_reason: Option<String>,
    assignees: Nodes<Login>,
    labels: Option<Nodes<Named>>,
    milestone: Option<Titled>,
}

#[derive(Deserialize)]
struct Nodes<T> {
    nodes: Vec<Option<T>>,
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Titled {
    title: String,
}

/// `None` for what is not there.
pub fn ticket(key: &str, node: Value) -> Option<Ticket> {
    let node: Node = serde_json::from_value(node).ok()?;
    let done = node.state == "CLOSED" && node.state_reason.as_deref() != Some("NOT_PLANNED");
    let status = match (node.state.as_str(), node.state_reason.as_deref()) {
        ("CLOSED", Some("NOT_PLANNED")) => "closed as not planned",
        ("CLOSED", _) => "closed",
        _ => "open",
    };
    let labels: Vec<String> = node.labels.into_iter().flat_map(|all| all.nodes).flatten().map(|it| it.name).collect();
    let kind = ["bug", "enhancement", "feature"].into_iter().find(|kind| labels.iter().any(|label| label == kind));
    let body = node.body.replace("\r\n", "\n");
    Some(Ticket {
        key: key.to_owned(),
        title: node.title,
        acceptance: criteria(&body),
        description: body[..body.floor_char_boundary(BODY)].to_owned(),
        url: node.url,
        status: status.to_owned(),
        // GitHub has no state between; somebody who was given it works on it.
        stage: match (done, status, node.assignees.nodes.is_empty()) {
            (true, ..) => Stage::Done,
            (_, "open", true) => Stage::ToDo,
            (_, "open", false) => Stage::InProgress,
            _ => Stage::Unknown,
        },
        kind: kind.unwrap_or_default().to_owned(),
        assignees: node.assignees.nodes.into_iter().flatten().map(|one| one.login).collect(),
        fix_versions: node.milestone.into_iter().map(|milestone| milestone.title).collect(),
        links: Vec::new(),
        labels,
    })
}

/// The task list of the body.
fn criteria(body: &str) -> Vec<Criterion> {
    let task = |line: &str| {
        let rest = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start();
        let (met, text) = match rest.get(..3)? {
            "[ ]" => (false, &rest[3..]),
            "[x]" | "[X]" => (true, &rest[3..]),
            _ => return None,
        };
        let text = text.trim();
        (!text.is_empty()).then(|| Criterion { text: text.to_owned(), met: Some(met) })
    };
    body.lines().filter_map(task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_in_a_body_are_what_must_be_true() {
        let found = criteria("Please:\n- [ ] refunds are paid once\n  * [x] logged\n- no box\n- [ ]\n- [ximportant");
        let found: Vec<(&str, Option<bool>)> = found.iter().map(|one| (one.text.as_str(), one.met)).collect();
        assert_eq!(found, [("refunds are paid once", Some(false)), ("logged", Some(true))]);
    }
}
