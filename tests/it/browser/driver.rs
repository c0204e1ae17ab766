//! A real browser without a window, driven through chromedriver; or a loud word that there is none here.

use crate::support::not_run::not_run;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything on a page may take to happen.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Browser {
    pub page: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// `None` where there is no browser; `target/not-run.txt` then says so.
    pub async fn open(width: u32, height: u32) -> Option<Self> {
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = match command.spawn() {
            Ok(driver) => driver,
            Err(error) => {
                not_run(&format!(
                    "the browser tests: `chromedriver` could not be started ({error}). Install `chromium` and `chromium-driver`."
                ));
                return None;
            }
        };
        let profile = tempfile::tempdir().expect("a temporary directory");
        let Some(page) = connect(port, profile.path(), width, height).await else {
            not_run("the browser tests: `chromedriver` found no browser. Install `chromium`.");
            let mut driver = driver;
            driver.kill().and_then(|()| driver.wait()).expect("chromedriver is ours to end");
            return None;
        };
        let mut browser = Self { page, driver, _profile: profile };
        browser.page.set_window_size(width, height).await.expect("the window takes a size");
        browser.driver.try_wait().expect("chromedriver is ours to ask");
        Some(browser)
    }

    pub async fn close(mut self) {
        self.page.clone().close().await.expect("the browser closes");
        self.driver.kill().expect("chromedriver is ours to end");
        self.driver.wait().expect("it has ended");
    }

    /// Runs a script on the page and gives what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.page.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("`{script}` failed: {error}"))
    }

    /// Waits until an expression is true on the page.
    pub async fn until(&self, expression: &str) {
        let start = Instant::now();
        while self.run(&format!("return Boolean({expression})")).await != json!(true) {
            if start.elapsed() > PATIENCE {
                let text = self.run("return document.body.innerText").await;
                panic!("`{expression}` never came true; the page says:\n{}", text.as_str().unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    pub async fn click(&self, css: &str) {
        let found = self.page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found
            .unwrap_or_else(|error| panic!("`{css}`: {error}"))
            .click()
            .await
            .unwrap_or_else(|e| panic!("`{css}`: {e}"));
    }

    pub async fn keys(&self, css: &str, keys: &str) {
        let typed: Result<(), CmdError> =
            async { self.page.find(Locator::Css(css)).await?.send_keys(keys).await }.await;
        typed.unwrap_or_else(|error| panic!("typing into `{css}`: {error}"));
    }

    /// Keeps a picture for people, where `SLIPWAY_SHOTS` names a directory.
    pub async fn picture(&self, name: &str) {
        let Ok(directory) = std::env::var("SLIPWAY_SHOTS") else { return };
        let png = self.page.screenshot().await.expect("a picture");
        std::fs::write(Path::new(&directory).join(format!("{name}.png")), png).expect("the directory takes it");
    }
}

impl Drop for Browser {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// `None`: chromedriver says that there is no browser to drive.
async fn connect(port: u16, profile: &Path, width: u32, height: u32) -> Option<Client> {
    let arguments = [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        // Ends with chromedriver, however that ends.
        "--remote-debugging-pipe".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        format!("--window-size={width},{height}"),
        format!("--user-data-dir={}", profile.display()),
    ];
    let mut capabilities = serde_json::Map::new();
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
    let start = Instant::now();
    loop {
        let builder = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities.clone()).clone();
        match builder.connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return Some(client),
            Err(error) if error.to_string().contains("cannot find Chrome binary") => return None,
            Err(error) if start.elapsed() > PATIENCE => panic!("chromedriver runs, and no browser answers: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
    listener.local_addr().expect("a bound listener has an address").port()
}
