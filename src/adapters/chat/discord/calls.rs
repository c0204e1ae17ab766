//! How is Discord's HTTP API called? With limits, within a time, and with each refusal turned into a fault.
//!
//! Messages, channels and commands go through serenity, whose limiter counts by Discord's headers. It would sleep until a
//! route is free again; here nobody does: as soon as it says that it is about to sleep, the call is given up and its
//! caller is told how long to wait. Nothing was sent then, or it was refused, so nothing is in doubt.
//!
//! Answers to interactions go out directly: Discord limits them by their own token and not by the bot's, and serenity's
//! limiter keeps a bucket for each of them for ever.

use super::fault::{Problem, of_client, of_serenity};
use super::options::DiscordOptions;
use crate::domain::message::Attachment;
use crate::domain::trouble::Fault;
use reqwest012::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest012::multipart::{Form, Part};
use reqwest012::{Client, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serenity::http::{Http, HttpBuilder, LightMethod, RatelimitInfo, Request, Route};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(10);
const API: &str = "https://discord.com/api/v10";

tokio::task_local! {
    /// Set by the limiter in the middle of a call that is about to wait.
    static WAITS: Cell<Option<RatelimitInfo>>;
}

pub struct Calls {
    http: Arc<Http>,
    client: Client,
    token: SecretString,
    /// Discord has closed everything until then.
    closed: Mutex<Option<Instant>>,
}

impl Calls {
    pub fn new(options: &DiscordOptions) -> Result<Self, String> {
        let mut client = Client::builder()
            .use_rustls_tls()
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .redirect(reqwest012::redirect::Policy::none());
        if let Some(relay) = &options.relay {
            let authority = reqwest012::Certificate::from_pem(&relay.ca_pem);
            let authority = authority.map_err(|error| format!("the authority of the Discord relay: {error}"))?;
            client = client.resolve("discord.com", relay.address).add_root_certificate(authority);
        }
        let client = client.build().map_err(|error| format!("Discord cannot be spoken to: {error}"))?;
        let token = options.token.expose_secret().trim().to_owned();
        let mut http = HttpBuilder::new(&token).client(client.clone()).build();
        if let Some(limiter) = &mut http.ratelimiter {
            limiter.set_ratelimit_callback(Box::new(|info| {
                // Outside of a call of ours nobody asks.
                let _ = WAITS.try_with(|waits| waits.set(Some(info)));
            }));
        }
        Ok(Self { http: Arc::new(http), client, token: token.into(), closed: Mutex::default() })
    }

    /// For the gateway, which takes the token from it.
    pub fn http(&self) -> &Arc<Http> {
        &self.http
    }

    pub async fn get(&self, route: Route<'_>) -> Result<Value, Problem> {
        self.ask(Request::new(route, LightMethod::Get)).await
    }

    pub async fn list(&self, route: Route<'_>, params: Vec<(&'static str, String)>) -> Result<Value, Problem> {
        self.ask(Request::new(route, LightMethod::Get).params(Some(params))).await
    }

    pub async fn send(&self, method: LightMethod, route: Route<'_>, body: &Value) -> Result<Value, Problem> {
        self.ask(Request::new(route, method).body(Some(body.to_string().into_bytes()))).await
    }

    pub async fn delete(&self, route: Route<'_>) -> Result<(), Problem> {
        let request = Request::new(route, LightMethod::Delete);
        self.limited(self.http.request(request)).await.map(drop)
    }

    async fn ask(&self, request: Request<'_>) -> Result<Value, Problem> {
        self.limited(self.http.fire::<Value>(request)).await
    }

    async fn limited<T>(&self, call: impl Future<Output = serenity::Result<T>>) -> Result<T, Problem> {
        if let Some(wait) = self.closed_for() {
            return Err(busy(wait));
        }
        let watched = WAITS.scope(Cell::new(None), until_it_waits(call));
        match tokio::time::timeout(PATIENCE, watched).await {
            Err(_) => Err(Fault::TimedOut(PATIENCE).into()),
            Ok(Err(waits)) => {
                if waits.global {
                    self.close(waits.timeout);
                }
                Err(busy(waits.timeout))
            }
            Ok(Ok(answer)) => answer.map_err(|error| of_serenity(&error)),
        }
    }

    /// With files, which serenity cannot number in a body of our own.
    pub async fn upload(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        files: &[Attachment],
    ) -> Result<Value, Problem> {
        if let Some(wait) = self.closed_for() {
            return Err(busy(wait));
        }
        let mut token =
            HeaderValue::from_str(&format!("Bot {}", self.token.expose_secret())).map_err(|_| Fault::Unauthorized)?;
        token.set_sensitive(true);
        let request = self.client.request(method, format!("{API}{path}")).header(AUTHORIZATION, token);
        self.direct(request.multipart(form(body, files)?)).await
    }

    /// Answers an interaction, or follows up on one: its token in the path is all it takes.
    pub async fn answer(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        files: &[Attachment],
    ) -> Result<Value, Problem> {
        let request = self.client.request(method, format!("{API}{path}"));
        let request = match (body, files) {
            (Value::Null, []) => request,
            (_, []) => request.header(CONTENT_TYPE, "application/json").body(body.to_string()),
            _ => request.multipart(form(body, files)?),
        };
        self.direct(request).await
    }

    async fn direct(&self, request: reqwest012::RequestBuilder) -> Result<Value, Problem> {
        let response = request.send().await.map_err(of_client)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let seconds = response.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse::<f64>().ok());
            let wait = Duration::try_from_secs_f64(seconds.unwrap_or(1.0)).unwrap_or(Duration::from_secs(1));
            if response.headers().contains_key("x-ratelimit-global") {
                self.close(wait);
            }
            return Err(busy(wait));
        }
        let text = response.bytes().await.map_err(of_client)?;
        let body: Value = serde_json::from_slice(&text).unwrap_or_default();
        if status.is_success() { Ok(body) } else { Err(Problem::refused(status.as_u16(), &body)) }
    }

    fn close(&self, wait: Duration) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = Some(Instant::now() + wait);
    }

    fn closed_for(&self) -> Option<Duration> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.and_then(|until| until.checked_duration_since(Instant::now()))
    }
}

fn busy(wait: Duration) -> Problem {
    Fault::Busy { retry_after: Some(wait) }.into()
}

/// The call's answer; or, once its limiter begins to wait, how long it would.
async fn until_it_waits<T>(call: impl Future<Output = T>) -> Result<T, RatelimitInfo> {
    let mut call = pin!(call);
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Ok(answer)),
        Poll::Pending => match WAITS.with(Cell::take) {
            Some(waits) => Poll::Ready(Err(waits)),
            None => Poll::Pending,
        },
    })
    .await
}

fn form(body: &Value, files: &[Attachment]) -> Result<Form, Problem> {
    let mut form = Form::new().text("payload_json", body.to_string());
    for (number, file) in files.iter().enumerate() {
        let part = Part::bytes(file.bytes.clone()).file_name(file.name.clone());
        let part = part.mime_str(&file.media_type).map_err(|_| Fault::Malformed("a file's media type".to_owned()))?;
        form = form.part(format!("files[{number}]"), part);
    }
    Ok(form)
}
