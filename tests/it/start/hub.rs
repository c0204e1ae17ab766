//! The embedder's model comes from the hub once, and from the disk afterwards.

use super::{Ended, ended, shown};
use crate::support::not_run::not_run;
use crate::support::process::slipway;
use axum::Router;
use axum::extract::{Path as Asked, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const REPORTS: &str = r#"{"id":"PM-1","title":"Certificate of the gateway expired","date":"2023","text":"The certificate expired at night and nobody could log in. Root cause: nobody watched it."}
{"id":"PM-2","title":"Dropped column broke payments","date":"2024","text":"Old pods still read the column that a migration had dropped."}
"#;

/// A hub with one model, as its clients see it: a file's first byte tells its size and version, then it is read in a piece.
struct Hub {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
struct Shelf {
    folder: PathBuf,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn file(State(shelf): State<Shelf>, Asked(path): Asked<String>, headers: HeaderMap) -> Response {
    shelf.asked.lock().expect("nobody panicked").push(path.clone());
    let Some(name) = path.strip_prefix("Qdrant/all-MiniLM-L6-v2-onnx/resolve/main/") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(bytes) = std::fs::read(shelf.folder.join(name)) else { return StatusCode::NOT_FOUND.into_response() };
    let range = headers["range"].to_str().expect("text").trim_start_matches("bytes=");
    let (from, to) = range.split_once('-').expect("a range");
    let from: usize = from.parse().expect("a number");
    let end = to.parse::<usize>().map_or(bytes.len(), |last| last + 1);
    let told = [
        ("content-range", format!("bytes {from}-{}/{}", end - 1, bytes.len())),
        ("etag", format!("\"{name}\"")),
        ("x-repo-commit", "0123456789abcdef0123456789abcdef01234567".to_owned()),
    ];
    (StatusCode::PARTIAL_CONTENT, told, bytes[from..end].to_vec()).into_response()
}

impl Hub {
    async fn open(folder: PathBuf) -> Self {
        let asked = Arc::default();
        let shelf = Shelf { folder, asked: Arc::clone(&asked) };
        let app = Router::new().route("/{*path}", get(file)).with_state(shelf);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, asked, serving }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }
}

async fn runs(folder: &Path, hub: &str, library: &Path, model: &str, words: &[&str]) -> Ended {
    let config = folder.join("slipway.toml");
    let text = format!("[embedder]\nmodel = \"{model}\"\nonnxruntime = \"{}\"\n", shown(library));
    std::fs::write(&config, text).expect("writable");
    let (config, data) = (shown(&config).to_string(), shown(&folder.join("data")).to_string());
    let args = [&["--config", &config, "--data-dir", &data], words].concat();
    let mut command = slipway(&args);
    for name in ["HF_HOME", "HF_TOKEN", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.env("HF_ENDPOINT", hub).env("HOME", folder);
    ended(command).await
}

#[tokio::test]
async fn the_model_is_fetched_once_and_a_hub_nobody_reaches_costs_meaning_only() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("SLIPWAY_SHARED").map_or(shared, PathBuf::from).join("models/all-MiniLM-L6-v2");
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools/onnxruntime/libonnxruntime.so");
    if !shared.is_dir() || !library.is_file() {
        not_run(&format!("the hub's test: it wants `{}` and `{}`.", shared.display(), library.display()));
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary directory");
    let reports = folder.path().join("reports.jsonl");
    std::fs::write(&reports, REPORTS).expect("writable");
    let reports = shown(&reports).to_string();
    let name = "all-MiniLM-L6-v2";

    let nowhere = runs(folder.path(), "http://127.0.0.1:9", &library, name, &["incidents", "import", &reports]).await;
    assert!(
        nowhere.err.contains("Meaning was not compared: the embedding model `Qdrant/all-MiniLM-L6-v2-onnx` of the hub"),
        "{}",
        nowhere.err
    );
    assert!(nowhere.out.contains("2 new"), "kept all the same: {}", nowhere.out);

    let hub = Hub::open(shared).await;
    let imported = runs(folder.path(), &hub.url, &library, name, &["incidents", "import", &reports]).await;
    assert!(!imported.err.contains("Meaning was not compared"), "{}", imported.err);
    assert!(hub.asked().iter().any(|path| path.ends_with("/model.onnx")), "{:?}", hub.asked());
    let asked = hub.asked().len();

    let text = ["incidents", "search", "TLS credentials ran out", "--format", "json"];
    let found = runs(folder.path(), &hub.url, &library, name, &text).await;
    assert!(found.out.contains("PM-1") && found.out.contains("close in meaning"), "{} {}", found.out, found.err);
    assert_eq!(hub.asked().len(), asked, "it was fetched once");
    hub.serving.abort();

    let unknown = runs(folder.path(), &hub.url, &library, "all-MiniLM-L7", &["incidents", "search", "x"]).await;
    assert!(
        unknown.err.contains("the embedder `all-MiniLM-L7` cannot be used: no model of the hub is known as `all-MiniLM-L7`; known are all-minilm-l12-v2"),
        "{}",
        unknown.err
    );
}
