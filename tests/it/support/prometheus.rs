//! A real Prometheus, filled before it starts.

use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};

pub struct Prometheus {
    pub url: String,
    _process: Child,
    _folder: TempDir,
}

/// A server with this history, or what is missing for one.
pub async fn prometheus(history: &str) -> Result<Prometheus, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    std::fs::write(path("history.txt"), history).expect("writable");
    std::fs::write(path("prometheus.yml"), "global: {}\n").expect("writable");
    let filled = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", &path("history.txt"), &path("data")])
        .output()
        .await
        .map_err(|error| format!("promtool: {error}"))?;
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        free.local_addr().expect("it is bound").port()
    };
    let process = Command::new("prometheus")
        .args([
            &format!("--config.file={}", path("prometheus.yml")),
            &format!("--storage.tsdb.path={}", path("data")),
            "--storage.tsdb.retention.time=10y",
            &format!("--web.listen-address=127.0.0.1:{port}"),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("prometheus: {error}"))?;
    let url = format!("http://127.0.0.1:{port}");
    let begun = Instant::now();
    loop {
        let ready = reqwest::get(format!("{url}/-/ready")).await.is_ok_and(|answer| answer.status().is_success());
        if ready {
            return Ok(Prometheus { url, _process: process, _folder: folder });
        }
        assert!(begun.elapsed().as_secs() < 60, "Prometheus does not get ready");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
