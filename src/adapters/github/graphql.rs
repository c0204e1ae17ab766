//! How is GitHub asked several things at once?

use super::{Github, parsed, refusal};
use crate::domain::trouble::Fault;
use reqwest::{Method, Url};
use serde_json::{Value, json};

impl Github {
    /// What the query selects. A part that is not there is `null`, as GitHub says it; only a query that failed as a whole is
    /// a fault.
    pub async fn query(&self, repository: &str, query: &str, variables: &Value) -> Result<Value, Fault> {
        let body = json!({ "query": query, "variables": variables });
        let asked =
            self.exchange(repository, Method::POST, self.graphql_url(), Some(&body), None, self.retry.most).await;
        let answer = match asked {
            Ok(answer) => answer,
            Err(failure) => return Err(self.fault(repository, &failure).await),
        };
        let mut answer: Value = parsed(&answer.body)?;
        let data = answer["data"].take();
        let is_about_repository = |error: &Value| error["path"] == json!(["repository"]);
        if answer["errors"].as_array().is_some_and(|errors| errors.iter().any(is_about_repository))
            && data["repository"].is_null()
        {
            return Err(refusal::gone(repository));
        }
        match answer["errors"].as_array().and_then(|errors| errors.iter().find(|error| error["type"] != "NOT_FOUND")) {
            Some(error) if data.is_null() || is_whole(error) => Err(refusal::of_query(repository, error)),
            _ if data.is_null() => Err(Fault::NotFound),
            _ => Ok(data),
        }
    }

    /// Beside the REST API: `/graphql`, or `/api/graphql` of an Enterprise Server.
    fn graphql_url(&self) -> Url {
        let mut url = self.base.clone();
        let path = url.path().trim_end_matches('/');
        let path = format!("{}/graphql", path.strip_suffix("/v3").unwrap_or(path));
        url.set_path(&path);
        url
    }
}

/// Is it about the query as a whole, and not one of its parts?
fn is_whole(error: &Value) -> bool {
    error["path"].as_array().is_none_or(Vec::is_empty)
}
