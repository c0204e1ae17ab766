//! What runs where, as deployments were recorded?

use crate::adapters::github::{Github, owner_and_name};
use crate::domain::checks::Deployed;
use crate::domain::trouble::Fault;
use serde_json::{Value, json};
use std::collections::HashSet;

const QUERY: &str = "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { \
    deployments(first: 100, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { \
    environment commitOid createdAt ref { name } latestStatus { state environmentUrl } } } } }";

/// The newest of each environment among the last hundred: one call, however many environments there are.
pub async fn newest(github: &Github, repository: &str) -> Result<Vec<Deployed>, Fault> {
    let (owner, name) = owner_and_name(repository);
    let data = github.query(repository, QUERY, &json!({ "owner": owner, "name": name })).await?;
    let nodes = data["repository"]["deployments"]["nodes"].as_array().into_iter().flatten();
    let mut seen = HashSet::new();
    Ok(nodes.filter_map(deployed).filter(|deployed| seen.insert(deployed.environment.clone())).collect())
}

fn deployed(node: &Value) -> Option<Deployed> {
    let sha = node["commitOid"].as_str()?;
    let status = &node["latestStatus"];
    Some(Deployed {
        environment: node["environment"].as_str()?.to_owned(),
        sha: sha.to_owned(),
        name: node["ref"]["name"].as_str().unwrap_or(sha.get(..7)?).to_owned(),
        at: node["createdAt"].as_str()?.parse().ok()?,
        state: status["state"].as_str().unwrap_or("pending").to_lowercase(),
        url: status["environmentUrl"].as_str().unwrap_or_default().to_owned(),
    })
}
