//! A code host as git sees it: git's own `http-backend` behind HTTP on loopback, and a `CodeHost` that leads to it.

use async_trait::async_trait;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use secrecy::SecretString;
use slipway::domain::change::Commit;
use slipway::domain::checks::{Checks, Deployed};
use slipway::domain::health::Check;
use slipway::domain::pull_request::PullRequest;
use slipway::domain::trouble::Fault;
use slipway::ports::code_host::{CloneAccess, CodeHost, Comparison, Linked, Publication, Tag};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// What a request must carry to read anything.
pub const TOKEN: &str = "Basic cmVhZGVyOnRva2VuLTc3YWE=";

/// Serves the repositories of one folder as `acme/NAME`.
#[derive(Clone)]
pub struct GitHttp(Arc<Host>);

struct Host {
    root: PathBuf,
    url: Mutex<String>,
    /// How many copies or updates were begun.
    asked: AtomicUsize,
    down: AtomicBool,
    /// Whether the token we hand out is one that is accepted.
    locked_out: AtomicBool,
}

impl GitHttp {
    pub async fn start(root: &Path) -> Self {
        let host = Self(Arc::new(Host {
            root: root.to_owned(),
            url: Mutex::default(),
            asked: AtomicUsize::new(0),
            down: AtomicBool::new(false),
            locked_out: AtomicBool::new(false),
        }));
        let router = axum::Router::new().fallback(answer).with_state(host.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        *host.0.url.lock().expect("no test panics here") = format!("http://{address}");
        tokio::spawn(async move { axum::serve(listener, router).await });
        host
    }

    pub fn goes_down(&self, is_down: bool) {
        self.0.down.store(is_down, Ordering::Relaxed);
    }

    pub fn locks_out(&self) {
        self.0.locked_out.store(true, Ordering::Relaxed);
    }

    pub fn asked(&self) -> usize {
        self.0.asked.load(Ordering::Relaxed)
    }
}

async fn answer(State(host): State<GitHttp>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let refuse = |status: StatusCode| Response::builder().status(status).body(Body::empty()).expect("an answer");
    if host.0.down.load(Ordering::Relaxed) {
        return refuse(StatusCode::BAD_GATEWAY);
    }
    let token = headers.get("authorization").and_then(|value| value.to_str().ok());
    if token != Some(TOKEN) || host.0.locked_out.load(Ordering::Relaxed) {
        return refuse(StatusCode::FORBIDDEN);
    }
    if uri.path().ends_with("/info/refs") {
        host.0.asked.fetch_add(1, Ordering::Relaxed);
    }
    // Long enough for two who ask at once to meet.
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let path = uri.path().trim_start_matches("/acme");
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut backend = Command::new("git")
        .args(["-c", "safe.directory=*", "http-backend"])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_PROJECT_ROOT", &host.0.root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", method.as_str())
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("git is installed");
    let mut stdin = backend.stdin.take().expect("it is piped");
    let writing = tokio::spawn(async move { stdin.write_all(&body).await });
    let output = backend.wait_with_output().await.expect("it ends");
    let _ = writing.await;
    cgi(&output.stdout)
}

/// `Status: 404 Not Found`, other headers, an empty line, the body.
fn cgi(output: &[u8]) -> Response {
    let end = output.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(output.len());
    let mut response = Response::builder();
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        response = match name {
            "Status" => response.status(value[..3].parse::<u16>().expect("a status")),
            _ => response.header(name, value),
        };
    }
    response.body(Body::from(output.get(end + 4..).unwrap_or_default().to_vec())).expect("an answer")
}

#[async_trait]
impl CodeHost for GitHttp {
    fn name(&self) -> &'static str {
        "github"
    }
    fn named(&self, _: &str) -> Option<String> {
        None
    }
    async fn pull_requests(&self, _: &str, _: &[Commit]) -> Result<Vec<PullRequest>, Fault> {
        Ok(Vec::new())
    }
    async fn checks(&self, _: &str, _: &str) -> Result<Option<Checks>, Fault> {
        Ok(None)
    }
    async fn deployments(&self, _: &str) -> Result<Vec<Deployed>, Fault> {
        Ok(Vec::new())
    }
    async fn tags(&self, _: &str) -> Result<Vec<Tag>, Fault> {
        Err(Fault::NotFound)
    }
    async fn compare(&self, _: &str, _: &str, _: Option<&str>) -> Result<Comparison, Fault> {
        Err(Fault::NotFound)
    }
    async fn clone_access(&self, repository: &str) -> Result<CloneAccess, Fault> {
        let url = self.0.url.lock().expect("no test panics here").clone();
        Ok(CloneAccess { url: format!("{url}/{repository}"), authorization: Some(SecretString::from(TOKEN)) })
    }
    async fn publish(&self, _: &str, _: &Publication, _: &str, _: &str) -> Result<String, Fault> {
        Err(Fault::NotFound)
    }
    fn link(&self, repository: &str, _: &Linked<'_>) -> String {
        repository.to_owned()
    }
    async fn check(&self, _: &[&str]) -> Vec<Check> {
        Vec::new()
    }
}
