//! A Jira on loopback, Cloud or Data Center. Cloud is held to its official description; a Data Center has none of use, so what
//! is asked of it stands in one small table here.

use crate::support::fakes::official::Official;
use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

pub const TOKEN: &str = "jira-only-for-tests";
pub const EMAIL: &str = "slipway@shop.example";

/// What a test may let go wrong with the next calls, in order.
#[derive(Clone)]
pub enum Trouble {
    Status(u16),
    Limited {
        seconds: u64,
    },
    Captcha,
    /// A proxy's page, with status 200.
    SignIn,
}

#[derive(Default)]
pub struct State {
    pub issues: BTreeMap<String, Issue>,
    /// Where an issue went: asked by its old key it answers under the new one.
    pub moved: BTreeMap<String, String>,
    next_comment: u64,
}

#[derive(Clone, Default)]
pub struct Issue {
    pub fields: Value,
    pub hidden: bool,
    pub comments: Vec<(String, Value)>,
}

struct Inner {
    cloud: bool,
    state: Mutex<State>,
    calls: Mutex<Vec<String>>,
    complaints: Mutex<Vec<String>>,
    troubles: Mutex<VecDeque<Trouble>>,
    delay: Mutex<Duration>,
    /// On their way now, and the most that ever were.
    in_flight: Mutex<(usize, usize)>,
}

#[derive(Clone)]
pub struct FakeJira {
    inner: Arc<Inner>,
    url: String,
}

impl FakeJira {
    pub async fn cloud() -> Self {
        Self::start(true).await
    }

    pub async fn data_center() -> Self {
        Self::start(false).await
    }

    async fn start(cloud: bool) -> Self {
        let inner = Arc::new(Inner {
            cloud,
            state: Mutex::default(),
            calls: Mutex::default(),
            complaints: Mutex::default(),
            troubles: Mutex::default(),
            delay: Mutex::default(),
            in_flight: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, url }
    }

    pub fn is_cloud(&self) -> bool {
        self.inner.cloud
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.inner.state)
    }

    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.inner.calls))
    }

    pub fn complaints(&self) -> Vec<String> {
        lock(&self.inner.complaints).clone()
    }

    pub fn next(&self, troubles: impl IntoIterator<Item = Trouble>) {
        lock(&self.inner.troubles).extend(troubles);
    }

    pub fn answers_after(&self, delay: Duration) {
        *lock(&self.inner.delay) = delay;
    }

    /// The most that were on their way at a time.
    pub fn most_in_flight(&self) -> usize {
        lock(&self.inner.in_flight).1
    }
}

impl State {
    /// An issue with a title; more of it is set on what this returns.
    pub fn issue(&mut self, key: &str, title: &str) -> &mut Issue {
        let fields = json!({
            "summary": title, "description": null, "assignee": null, "issuetype": { "name": "Story" },
            "status": { "name": "To Do", "statusCategory": { "key": "new" } },
            "fixVersions": [], "labels": [], "issuelinks": [],
        });
        self.issues.insert(key.to_owned(), Issue { fields, ..Issue::default() });
        self.issues.get_mut(key).expect("it was just put there")
    }

    /// As this account sees it: under the key it has now.
    fn seen(&self, key: &str) -> Option<(&str, &Issue)> {
        let key = self.moved.get(key).map_or(key, String::as_str);
        let (key, issue) = self.issues.get_key_value(key)?;
        (!issue.hidden).then_some((key.as_str(), issue))
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn official() -> &'static Official {
    static READ: OnceLock<Official> = OnceLock::new();
    READ.get_or_init(|| Official::read("Jira", "jira/swagger-v3.v3.json"))
}

type Answered = (u16, Vec<(&'static str, String)>, String);

fn said(status: u16, body: &Value) -> Answered {
    (status, Vec::new(), body.to_string())
}

async fn answer(Shared(inner): Shared<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.expect("a body");
    let body: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap_or_default() };
    let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
    let query: Vec<(String, String)> = reqwest::Url::parse(&format!("http://x{}", parts.uri))
        .expect("an address")
        .query_pairs()
        .into_owned()
        .collect();
    lock(&inner.calls).push(told(&method, &path, &body));
    {
        let mut in_flight = lock(&inner.in_flight);
        in_flight.0 += 1;
        in_flight.1 = in_flight.1.max(in_flight.0);
    }
    let delay = *lock(&inner.delay);
    tokio::time::sleep(delay).await;
    let trouble = lock(&inner.troubles).pop_front();
    let (status, headers, text) = match trouble {
        Some(Trouble::Status(status)) => said(status, &json!({ "errorMessages": ["Something went wrong"] })),
        Some(Trouble::Limited { seconds }) => {
            (429, vec![("retry-after", seconds.to_string())], json!({ "errorMessages": ["Rate limited"] }).to_string())
        }
        Some(Trouble::Captcha) => {
            (403, vec![("x-seraph-loginreason", "AUTHENTICATION_DENIED".to_owned())], String::new())
        }
        Some(Trouble::SignIn) => (200, Vec::new(), "<!DOCTYPE html><title>Sign in</title>".to_owned()),
        None => inner.answer(&method, &path, &query, &parts.headers, &body),
    };
    lock(&inner.in_flight).0 -= 1;
    let mut response = (StatusCode::from_u16(status).expect("a status"), text).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().expect("a header's value"));
    }
    response
}

/// `POST issue/bulkfetch of 40 keys`, `GET issue/PAY-1/comment`.
fn told(method: &str, path: &str, body: &Value) -> String {
    let path = path.trim_start_matches("/rest/api/").split_once('/').map_or(path, |(_, rest)| rest);
    let keys = body["issueIdsOrKeys"].as_array().map(Vec::len);
    let listed = body["jql"].as_str().map(|jql| jql.matches('-').count());
    match keys.or(listed) {
        Some(count) => format!("{method} {path} of {count} keys"),
        None => format!("{method} {path}"),
    }
}

impl Inner {
    fn answer(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        headers: &HeaderMap,
        body: &Value,
    ) -> Answered {
        let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if authorization != self.expected() {
            return said(401, &json!({ "errorMessages": ["You do not have the permission to see this"] }));
        }
        let complain = |wrong: String| lock(&self.complaints).push(wrong);
        let prefix = if self.cloud { "/rest/api/3/" } else { "/rest/api/2/" };
        let Some(rest) = path.strip_prefix(prefix) else {
            complain(format!("`{path}` is of another version"));
            return said(404, &json!({ "errorMessages": ["Not found"] }));
        };
        let route = official().route(path).map(|(route, values)| (route.to_owned(), values)).filter(|_| self.cloud);
        if let Some((route, values)) = &route {
            let wrong = official().request(method, route, values, query, body);
            if let Some((at, _, message)) = wrong.first() {
                complain(format!("{method} {route}: {at}: {message}"));
                return said(400, &json!({ "errorMessages": [message] }));
            }
        }
        let answered = self.known(method, rest, query, body);
        if let (Some((route, _)), true) = (&route, answered.0 < 300) {
            let value: Value = serde_json::from_str(&answered.2).unwrap_or_default();
            let wrong = official().answer(method, route, answered.0, &value);
            wrong
                .into_iter()
                .for_each(|(at, _, message)| complain(format!("our answer to {method} {route}: {at}: {message}")));
        }
        answered
    }

    fn expected(&self) -> String {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{EMAIL}:{TOKEN}"));
        if self.cloud { format!("Basic {pair}") } else { format!("Bearer {TOKEN}") }
    }

    fn known(&self, method: &str, rest: &str, query: &[(String, String)], body: &Value) -> Answered {
        let mut state = lock(&self.state);
        let not_found = || {
            said(
                404,
                &json!({ "errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {} }),
            )
        };
        match (method, rest.split('/').collect::<Vec<_>>().as_slice()) {
            ("GET", ["myself"]) => said(200, &json!({ "displayName": "Slipway", "accountId": "1" })),
            ("GET", ["serverInfo"]) => {
                let kind = if self.cloud { "Cloud" } else { "Data Center" };
                said(200, &json!({ "version": "10.3.0", "deploymentType": kind }))
            }
            ("POST", ["issue", "bulkfetch"]) if self.cloud => {
                let keys = body["issueIdsOrKeys"].as_array().cloned().unwrap_or_default();
                if keys.len() > 100 {
                    return said(400, &json!({ "errorMessages": ["at most 100 issues"] }));
                }
                let issues: Vec<Value> = keys.iter().filter_map(|key| state.seen(key.as_str()?)).map(shown).collect();
                said(200, &json!({ "issues": issues, "issueErrors": [] }))
            }
            ("POST", ["search"]) if !self.cloud => {
                let jql = body["jql"].as_str().unwrap_or_default();
                let listed = jql.strip_prefix("issuekey in (").and_then(|rest| rest.strip_suffix(')'));
                let Some(listed) = listed else {
                    return said(400, &json!({ "errorMessages": ["Error in the JQL Query"] }));
                };
                let keys: Vec<&str> = listed.split(',').collect();
                let missing = keys.iter().find(|key| state.seen(key).is_none());
                if let (Some(missing), true) = (missing, body["validateQuery"] != false) {
                    let message = format!("An issue with key '{missing}' does not exist for field 'issuekey'.");
                    return said(400, &json!({ "errorMessages": [message] }));
                }
                let issues: Vec<Value> = keys.iter().filter_map(|key| state.seen(key)).map(shown).collect();
                said(200, &json!({ "startAt": 0, "total": issues.len(), "issues": issues }))
            }
            ("GET", ["issue", key, "comment"]) => {
                let Some((_, issue)) = state.seen(key) else { return not_found() };
                let number = |name: &str| query.iter().find(|(of, _)| of == name).and_then(|(_, n)| n.parse().ok());
                let (begin, most) = (number("startAt").unwrap_or(0), number("maxResults").unwrap_or(50));
                let all: Vec<Value> =
                    issue.comments.iter().rev().map(|(id, body)| json!({ "id": id, "body": body })).collect();
                let page: Vec<&Value> = all.iter().skip(begin).take(most).collect();
                said(200, &json!({ "startAt": begin, "maxResults": most, "total": all.len(), "comments": page }))
            }
            ("POST", ["issue", key, "comment"]) => {
                if state.seen(key).is_none() {
                    return not_found();
                }
                state.next_comment += 1;
                let id = state.next_comment.to_string();
                let comments = &mut state.issues.get_mut(*key).expect("it was just seen").comments;
                comments.push((id.clone(), body["body"].clone()));
                said(201, &json!({ "id": id, "body": body["body"] }))
            }
            ("PUT", ["issue", key, "comment", id]) => {
                let issue = state.issues.get_mut(*key);
                let comment = issue.and_then(|issue| issue.comments.iter_mut().find(|(own, _)| own == id));
                let Some(comment) = comment else { return not_found() };
                comment.1 = body["body"].clone();
                said(200, &json!({ "id": id, "body": body["body"] }))
            }
            _ => not_found(),
        }
    }
}

fn shown((key, issue): (&str, &Issue)) -> Value {
    json!({ "id": key.replace('-', ""), "key": key, "fields": issue.fields })
}
