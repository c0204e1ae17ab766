//! Which tags are there, and on which commits do they stand?

use crate::adapters::github::{Github, owner_and_name};
use crate::domain::change::Author;
use crate::domain::trouble::Fault;
use crate::ports::code_host::Tag;
use serde_json::{Value, json};

const QUERY: &str = "query($owner: String!, $name: String!, $after: String) { repository(owner: $owner, name: $name) { \
    refs(refPrefix: \"refs/tags/\", first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { name \
    target { oid ... on Tag { tagger { name email date } target { oid } } ... on Commit { committedDate } } } } } }";

/// Every tag; one call for each hundred.
pub async fn all(github: &Github, repository: &str) -> Result<Vec<Tag>, Fault> {
    let (owner, name) = owner_and_name(repository);
    let (mut tags, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "owner": owner, "name": name, "after": after });
        let data = github.query(repository, QUERY, &variables).await?;
        let refs = &data["repository"]["refs"];
        tags.extend(refs["nodes"].as_array().into_iter().flatten().filter_map(tag));
        after = refs["pageInfo"]["endCursor"].clone();
        if refs["pageInfo"]["hasNextPage"] != true || after.is_null() {
            return Ok(tags);
        }
    }
}

fn tag(node: &Value) -> Option<Tag> {
    let target = &node["target"];
    // An annotated tag points to its commit, a plain one is on it.
    let sha = target["target"]["oid"].as_str().or_else(|| target["oid"].as_str())?;
    let tagger = &target["tagger"];
    let at = tagger["date"].as_str().or_else(|| target["committedDate"].as_str());
    let by = tagger["name"]
        .as_str()
        .map(|name| Author { name: name.to_owned(), email: tagger["email"].as_str().unwrap_or_default().to_owned() });
    Some(Tag {
        name: node["name"].as_str()?.to_owned(),
        sha: sha.to_owned(),
        at: at.and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok()).map(|at| at.to_utc()),
        by,
    })
}
