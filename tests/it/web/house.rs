//! A running web chat with nobody behind it but an ear that remembers, and people who visit it over real HTTP.

pub use crate::support::ear::Ear;
use futures::StreamExt;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use slipway::adapters::chat::web::{Web, WebOptions, serve};
use slipway::adapters::clock::system::SystemClock;
use slipway::adapters::store::memory::MemoryStore;
use slipway::domain::message::Place;
use slipway::ports::chat::Chat;
use slipway::ports::store::Store;
use slipway::records::Records;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub struct House {
    pub web: Arc<Web>,
    pub ear: Arc<Ear>,
    pub address: SocketAddr,
    pub stop: CancellationToken,
    pub server: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl House {
    pub async fn open() -> Self {
        Self::with(Arc::new(MemoryStore::new()), |_| {}).await
    }

    pub async fn with(store: Arc<dyn Store>, change: impl FnOnce(&mut WebOptions)) -> Self {
        let house = Self::deaf(store, change).await;
        house.listen();
        // Yields until `listen` has put the ear in its place.
        while house.visitor().await.get("/complete?words=").await.status() == StatusCode::SERVICE_UNAVAILABLE {
            tokio::task::yield_now().await;
        }
        house
    }

    /// Serves, but nobody listens yet.
    pub async fn deaf(store: Arc<dyn Store>, change: impl FnOnce(&mut WebOptions)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let mut options = WebOptions {
            address,
            token: None,
            identity_header: None,
            channels: vec!["releases".to_owned(), "incidents".to_owned()],
            public_url: None,
            bot_name: "Slipway".to_owned(),
        };
        change(&mut options);
        let notes = slipway::site::router(
            Records::new(store.clone(), Arc::new(SystemClock)),
            Default::default(),
            Arc::new(SystemClock),
        );
        let web = Web::new(store, Arc::new(SystemClock), options);
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(listener, web.router(notes), stop.clone()));
        Self { web, ear: Arc::new(Ear::default()), address, stop, server }
    }

    pub fn listen(&self) {
        let (web, ear, stop) = (self.web.clone(), self.ear.clone(), self.stop.clone());
        tokio::spawn(async move { web.listen(ear, stop).await });
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A person with a browser of their own, on their first page.
    pub async fn visitor(&self) -> Visitor {
        let mut visitor = Visitor::new(self);
        visitor.arrive("/c/releases").await;
        visitor
    }

    pub fn place(&self) -> Place {
        Place { platform: "web".to_owned(), channel: "releases".to_owned(), thread: None }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A browser: keeps its cookies and the form token of the last page.
#[derive(Clone)]
pub struct Visitor {
    pub client: Client,
    base: String,
    cookies: BTreeMap<String, String>,
    pub csrf: String,
}

impl Visitor {
    pub fn new(house: &House) -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a plain client");
        Self { client, base: house.url(""), cookies: BTreeMap::new(), csrf: String::new() }
    }

    /// Opens a page and remembers what it says about the session.
    pub async fn arrive(&mut self, path: &str) -> String {
        let response = self.get(path).await;
        self.keep(&response);
        let page = response.text().await.expect("a page is text");
        if let Some(token) = between(&page, "name=\"csrf\" content=\"", "\"") {
            self.csrf = token.to_owned();
        }
        page
    }

    pub fn keep(&mut self, response: &Response) {
        for header in response.headers().get_all("set-cookie") {
            let text = header.to_str().expect("our cookies are ASCII");
            let (name, rest) = text.split_once('=').expect("a cookie has a name");
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    pub fn dress(&self, request: RequestBuilder) -> RequestBuilder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    pub async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base));
        self.dress(request).send().await.expect("the server answers")
    }

    /// A page as text; slashes, which templates escape too, as themselves.
    pub async fn page(&self, path: &str) -> String {
        self.get(path).await.text().await.expect("a page is text").replace("&#x2f;", "/")
    }

    pub fn request(&self, path: &str) -> RequestBuilder {
        self.dress(self.client.post(format!("{}{path}", self.base)))
    }

    /// As the page's script sends it.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, serde_json::Value) {
        let body: serde_json::Map<String, serde_json::Value> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let request = self.request(path).header("accept", "application/json").header("x-csrf", &self.csrf).json(&body);
        let response = request.send().await.expect("the server answers");
        let status = response.status();
        (status, response.json().await.unwrap_or_default())
    }

    pub async fn say(&self, text: &str, id: &str) -> (StatusCode, serde_json::Value) {
        self.post("/c/releases/say", &[("text", text), ("id", id)]).await
    }

    /// Reads events after a number until `enough` says so.
    pub async fn events(&self, after: &str, enough: usize) -> Vec<(String, String, serde_json::Value)> {
        let request = self.client.get(format!("{}/events", self.base)).header("last-event-id", after);
        let response = self.dress(request).send().await.expect("the server answers");
        assert_eq!(response.status(), StatusCode::OK);
        let mut body = response.bytes_stream();
        let mut text = String::new();
        while text.matches("\n\n").count() < enough {
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(10), body.next()).await;
            let chunk = chunk.expect("an event within ten seconds").expect("the stream goes on").expect("bytes");
            text.push_str(std::str::from_utf8(&chunk).expect("events are text"));
        }
        text.split("\n\n").filter(|event| event.contains("data:")).map(parse_event).collect()
    }
}

fn parse_event(event: &str) -> (String, String, serde_json::Value) {
    let part = |name: &str| {
        let found = event.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_default().trim().to_owned()
    };
    (part("id:"), part("event:"), serde_json::from_str(&part("data:")).expect("data is JSON"))
}

pub fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    Some(&rest[..rest.find(end)?])
}

/// A key nobody used before.
pub fn unique() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("key-{}", NEXT.fetch_add(1, Ordering::SeqCst))
}
