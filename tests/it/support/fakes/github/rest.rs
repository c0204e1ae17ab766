//! How is a REST call answered? Refused where the official description refuses it, else from the state.

use super::compare;
use super::state::{Check, Comment, Release, Repository, State};
use crate::support::fakes::official::Official;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Answer {
    pub fn of(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// `304` for whoever knows it already.
    pub fn unless_as_before(self, known: &str) -> Self {
        if self.status != 200 {
            return self;
        }
        let tag = format!("\"{:x}\"", crc32fast::hash(self.body.to_string().as_bytes()));
        if known == tag { Self::of(304, Value::Null) } else { self.with("etag", &tag) }
    }
}

pub fn official() -> &'static Official {
    static READ: OnceLock<Official> = OnceLock::new();
    READ.get_or_init(|| Official::read("GitHub", "github/api.github.com.json"))
}

/// The answer, and what the description says against the request or against the answer.
pub fn answer(
    state: &mut State,
    method: &str,
    path: &str,
    query: &[(String, String)],
    body: &Value,
) -> (Answer, Vec<String>) {
    let Some((route, values)) = route(path) else {
        return (Answer::of(404, json!({ "message": "Not Found" })), vec![format!("there is no `{path}`")]);
    };
    // Where redirections lead is written in no description.
    if route == "/repositories/{id}" {
        return (known(state, method, &route, &values, query, body), Vec::new());
    }
    let mut wrong: Vec<String> = official()
        .request(method, &route, &values, query, body)
        .into_iter()
        .map(|(path, _, message)| format!("{method} {route}: {path}: {message}"))
        .collect();
    if !wrong.is_empty() {
        return (Answer::of(422, json!({ "message": "Validation Failed" })), wrong);
    }
    let answer = known(state, method, &route, &values, query, body);
    if answer.status < 300 {
        let told = official().answer(method, &route, answer.status, &answer.body);
        wrong.extend(
            told.into_iter().map(|(at, _, message)| format!("our answer to {method} {route}: {at}: {message}")),
        );
    }
    (answer, wrong)
}

/// As the description names it; without the description by its shape.
fn route(path: &str) -> Option<(String, BTreeMap<String, String>)> {
    if let Some((route, values)) = official().route(path) {
        return Some((route.to_owned(), values));
    }
    if official().complete() && !path.starts_with("/repositories/") {
        return None;
    }
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let mut values = BTreeMap::new();
    let names: &[&str] = match parts.as_slice() {
        ["repositories", _] => &["repositories", "{id}"],
        ["repos", _, _] => &["repos", "{owner}", "{repo}"],
        ["repos", _, _, "commits", _, "check-runs"] => {
            &["repos", "{owner}", "{repo}", "commits", "{ref}", "check-runs"]
        }
        ["repos", _, _, "commits", _, "status"] => &["repos", "{owner}", "{repo}", "commits", "{ref}", "status"],
        ["repos", _, _, "compare", _] => &["repos", "{owner}", "{repo}", "compare", "{basehead}"],
        ["repos", _, _, "releases"] => &["repos", "{owner}", "{repo}", "releases"],
        ["repos", _, _, "releases", _] => &["repos", "{owner}", "{repo}", "releases", "{release_id}"],
        ["repos", _, _, "issues", "comments", _] => {
            &["repos", "{owner}", "{repo}", "issues", "comments", "{comment_id}"]
        }
        ["repos", _, _, "issues", _, "comments"] => {
            &["repos", "{owner}", "{repo}", "issues", "{issue_number}", "comments"]
        }
        _ => return None,
    };
    for (name, part) in names.iter().zip(&parts) {
        if let Some(name) = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            values.insert(name.to_owned(), (*part).to_owned());
        }
    }
    Some((format!("/{}", names.join("/")), values))
}

fn not_found() -> Answer {
    Answer::of(404, json!({ "message": "Not Found", "documentation_url": "https://docs.github.com/rest" }))
}

fn known(
    state: &mut State,
    method: &str,
    route: &str,
    values: &BTreeMap<String, String>,
    query: &[(String, String)],
    body: &Value,
) -> Answer {
    let value = |name: &str| values.get(name).map(String::as_str).unwrap_or_default();
    if route == "/repositories/{id}" {
        let found = value("id").parse().ok().and_then(|id| state.by_id(id));
        return found.map_or_else(not_found, |one| Answer::of(200, json!({ "full_name": one.name })));
    }
    let name = format!("{}/{}", value("owner"), value("repo"));
    if let Some(now) = state.renamed.get(&name) {
        let id = state.seen(now).map(|one| one.id).unwrap_or_default();
        return Answer::of(301, json!({ "message": "Moved Permanently" }))
            .with("location", &format!("/repositories/{id}"));
    }
    if state.seen(&name).is_none() {
        return not_found();
    }
    let new_id = state.id();
    let repository = state.repositories.get_mut(&name).expect("it was just seen");
    let page: usize =
        query.iter().find(|(name, _)| name == "page").and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
    match (method, route) {
        ("GET", "/repos/{owner}/{repo}") => {
            let over = json!({ "full_name": repository.name, "default_branch": "main" });
            Answer::of(200, least(method, route, 200, &[], over))
        }
        ("GET", "/repos/{owner}/{repo}/compare/{basehead}") => {
            compare::between(repository, value("basehead"), page).map_or_else(not_found, |found| Answer::of(200, found))
        }
        ("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs") => checks(method, route, repository, value("ref")),
        ("GET", "/repos/{owner}/{repo}/commits/{ref}/status") => {
            Answer::of(200, least(method, route, 200, &[], json!({ "statuses": [], "state": "pending" })))
        }
        ("GET", "/repos/{owner}/{repo}/releases") => {
            let all: Vec<Value> = repository.releases.iter().map(|one| release(one, "[]")).collect();
            paged(all, page, &format!("/repos/{name}/releases"))
        }
        ("POST", "/repos/{owner}/{repo}/releases") => {
            let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
            let new = Release { id: new_id, tag: text("tag_name"), body: text("body"), draft: body["draft"] == true };
            repository.releases.push(new.clone());
            Answer::of(201, release(&new, ""))
        }
        ("PATCH", "/repos/{owner}/{repo}/releases/{release_id}") => {
            let found = repository.releases.iter_mut().find(|one| one.id.to_string() == value("release_id"));
            let Some(one) = found else { return not_found() };
            one.body = body["body"].as_str().unwrap_or_default().to_owned();
            Answer::of(200, release(one, ""))
        }
        ("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments") => {
            let number: u64 = value("issue_number").parse().unwrap_or_default();
            let all = repository.comments.get(&number).cloned().unwrap_or_default();
            let all: Vec<Value> = all.iter().map(|one| comment(one, "[]")).collect();
            paged(all, page, &format!("/repos/{name}/issues/{number}/comments"))
        }
        ("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments") => {
            let number: u64 = value("issue_number").parse().unwrap_or_default();
            if !repository.pulls.contains_key(&number) && !repository.issues.contains_key(&number) {
                return not_found();
            }
            let new = Comment { id: new_id, body: body["body"].as_str().unwrap_or_default().to_owned() };
            repository.comments.entry(number).or_default().push(new.clone());
            Answer::of(201, comment(&new, ""))
        }
        ("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}") => {
            let all = repository.comments.values_mut().flatten();
            let Some(one) = all.into_iter().find(|one| one.id.to_string() == value("comment_id")) else {
                return not_found();
            };
            one.body = body["body"].as_str().unwrap_or_default().to_owned();
            Answer::of(200, comment(one, ""))
        }
        _ => not_found(),
    }
}

/// What the description demands, with what we know over it.
pub fn least(method: &str, route: &str, status: u16, into: &[&str], over: Value) -> Value {
    let mut whole = official().least(method, route, status, into);
    if let (Some(whole), Value::Object(over)) = (whole.as_object_mut(), over) {
        whole.extend(over);
    }
    whole
}

/// The description's `last page` is 100 entries; a `Link` leads to the next.
fn paged(all: Vec<Value>, page: usize, path: &str) -> Answer {
    let (begin, end) = ((page - 1) * 100, (page * 100).min(all.len()));
    let more = end < all.len();
    let answer = Answer::of(200, json!(all.get(begin..end).unwrap_or_default()));
    match more {
        true => answer.with("link", &format!("<{path}?per_page=100&page={}>; rel=\"next\"", page + 1)),
        false => answer,
    }
}

fn checks(method: &str, route: &str, repository: &Repository, sha: &str) -> Answer {
    let one = |check: &Check| {
        let output = json!({
            "title": null, "summary": check.summary, "text": null, "annotations_count": 0,
            "annotations_url": "https://github.example/",
        });
        let over = json!({
            "id": check.id, "name": check.name, "status": check.status, "conclusion": check.conclusion,
            "html_url": "https://github.example/check", "head_sha": sha, "output": output,
        });
        least(method, route, 200, &["check_runs", "[]"], over)
    };
    let runs: Vec<Value> = repository.checks.get(sha).into_iter().flatten().map(one).collect();
    Answer::of(200, json!({ "total_count": runs.len(), "check_runs": runs }))
}

fn release(one: &Release, into: &str) -> Value {
    let over = json!({
        "id": one.id, "tag_name": one.tag, "name": one.tag, "body": one.body, "draft": one.draft,
        "html_url": format!("https://github.example/releases/{}", one.id),
    });
    match into {
        "[]" => least("GET", "/repos/{owner}/{repo}/releases", 200, &["[]"], over),
        _ => least("POST", "/repos/{owner}/{repo}/releases", 201, &[], over),
    }
}

fn comment(one: &Comment, into: &str) -> Value {
    let over =
        json!({ "id": one.id, "body": one.body, "html_url": format!("https://github.example/comments/{}", one.id) });
    match into {
        "[]" => least("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments", 200, &["[]"], over),
        _ => least("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", 201, &[], over),
    }
}
