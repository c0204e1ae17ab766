//! How does the server answer on the wire?

use super::{Answered, Asked, Manner, Shared, Structured, World, answer};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/v1/models", get(models)).route("/v1/chat/completions", post(complete)).with_state(shared)
}

fn world<T>(shared: &Shared, look: impl FnOnce(&mut World) -> T) -> T {
    look(&mut shared.world.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn models(State(shared): State<Arc<Shared>>) -> Response {
    let names = world(&shared, |world| world.models.clone());
    let data: Vec<Value> = names.iter().map(|name| json!({"id": name, "object": "model"})).collect();
    axum::Json(json!({"object": "list", "data": data})).into_response()
}

async fn complete(State(shared): State<Arc<Shared>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let asked = Asked { at: Instant::now(), authorization: authorization.clone(), body: body.clone(), answered: None };
    let number = {
        let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.asked.push(asked);
        log.asked.len() - 1
    };
    let problems = shared.spec.problems(&body);
    if !problems.is_empty() {
        let told = problems.join("; ");
        shared.log.lock().unwrap_or_else(PoisonError::into_inner).refused.push(told.clone());
        return refusal(400, &told);
    }
    if let Some(refused) = world(&shared, |world| unwelcome(world, authorization.as_deref(), &body)) {
        return refused;
    }
    let model = body["model"].as_str().unwrap_or_default().to_owned();
    if let Some(refused) = still_busy(&shared, &model) {
        return refused;
    }
    let manner = choose(&shared, &model);
    answered(&shared, number, &body, manner).await
}

/// Refusals that are about the request and not about the day.
fn unwelcome(world: &World, authorization: Option<&str>, body: &Value) -> Option<Response> {
    if world.key.as_ref().is_some_and(|key| authorization != Some(&format!("Bearer {key}"))) {
        return Some(refusal(401, "Incorrect API key provided"));
    }
    let model = body["model"].as_str().unwrap_or_default();
    if !world.models.iter().any(|known| known == model) {
        return Some(refusal(404, &format!("The model `{model}` does not exist")));
    }
    if world.modern && !body["max_tokens"].is_null() {
        return Some(refusal(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."));
    }
    if world.modern && body["temperature"].as_f64().is_some_and(|value| value != 1.0) {
        return Some(refusal(400, "Unsupported value: 'temperature' does not support this value with this model."));
    }
    let format = body["response_format"]["type"].as_str().unwrap_or("text");
    let known = match world.structured {
        Structured::Schema => true,
        Structured::Object => format != "json_schema",
        Structured::None => format == "text",
    };
    (!known).then(|| refusal(400, &format!("response_format of type '{format}' is not supported by this model")))
}

fn still_busy(shared: &Shared, model: &str) -> Option<Response> {
    let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
    let until = log.busy_until.get(model).copied().filter(|until| *until > Instant::now())?;
    log.early += 1;
    Some(busy(Some(until - Instant::now())))
}

fn choose(shared: &Shared, model: &str) -> Manner {
    let (next, rates) = world(shared, |world| {
        let always = world.always.get(model).cloned().unwrap_or(Manner::Sensible);
        (world.next.pop_front().unwrap_or(always), world.rates)
    });
    let roll = shared.dice.lock().unwrap_or_else(PoisonError::into_inner).fraction();
    match next {
        Manner::Sensible if roll < rates.busy => Manner::Busy(None),
        Manner::Sensible if roll < rates.busy + rates.failing => Manner::Failing(503),
        Manner::Sensible if roll < rates.busy + rates.failing + rates.stall => Manner::Stall,
        manner => manner,
    }
}

async fn answered(shared: &Arc<Shared>, number: usize, body: &Value, manner: Manner) -> Response {
    let model = body["model"].as_str().unwrap_or_default();
    match manner {
        Manner::Busy(wait) => {
            if let Some(wait) = wait {
                let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
                log.busy_until.insert(model.to_owned(), Instant::now() + wait);
            }
            return busy(wait);
        }
        Manner::Failing(status) => return refusal(status, "the engine is dead"),
        Manner::Silent => return std::future::pending().await,
        _ => {}
    }
    let limit = ["max_tokens", "max_completion_tokens"].iter().find_map(|name| body[*name].as_u64());
    let name = body["response_format"]["json_schema"]["name"].as_str().unwrap_or_default();
    let scripted = world(shared, |world| world.script.get_mut(name).and_then(std::collections::VecDeque::pop_front));
    let mut tokens = tokens_of(&scripted.map_or_else(|| answer::write(body, &manner), |answer| answer.to_string()));
    let allowed = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let cut = manner == Manner::CutOff || tokens.len() > allowed;
    tokens.truncate(if manner == Manner::CutOff { tokens.len() * 6 / 10 } else { allowed });
    let stops = matches!(manner, Manner::Stall | Manner::Torn).then(|| tokens.len() / 2);
    let reading = u32::try_from(body["messages"].to_string().len() / 4).unwrap_or(u32::MAX);
    let said = Said { model: model.to_owned(), tokens, cut, stops, torn: manner == Manner::Torn, reading };
    let (pace, streams) = world(shared, |world| (world.pace.clone(), world.streams && body["stream"] == true));
    let schedule = {
        let mut dice = shared.dice.lock().unwrap_or_else(PoisonError::into_inner);
        Schedule { first: pace.as_ref().map_or(Duration::ZERO, |pace| pace.before(reading, &mut dice)), pace }
    };
    let took = schedule.due(said.tokens.len());
    let (shared, tokens_out) = (Arc::clone(shared), said.tokens.len());
    let sent = move || {
        let answered = Answered { at: Instant::now(), took, tokens_in: reading, tokens_out };
        shared.log.lock().unwrap_or_else(PoisonError::into_inner).asked[number].answered = Some(answered);
    };
    if streams { said.streamed(schedule, sent) } else { said.whole(schedule, sent).await }
}

/// When which token is due.
struct Schedule {
    first: Duration,
    pace: Option<super::Pace>,
}

impl Schedule {
    fn due(&self, tokens: usize) -> Duration {
        self.first + self.pace.as_ref().map_or(Duration::ZERO, |pace| pace.writing(tokens))
    }
}

/// An answer about to be sent.
struct Said {
    model: String,
    tokens: Vec<String>,
    cut: bool,
    /// Nothing is sent after this many tokens.
    stops: Option<usize>,
    torn: bool,
    reading: u32,
}

/// Tokens in one event of a stream: timers are no finer than a millisecond.
const TOGETHER: usize = 8;

impl Said {
    fn finish(&self) -> &'static str {
        if self.cut { "length" } else { "stop" }
    }

    fn usage(&self) -> Value {
        json!({"prompt_tokens": self.reading, "completion_tokens": self.tokens.len(), "total_tokens": self.tokens.len()})
    }

    async fn whole(self, schedule: Schedule, sent: impl FnOnce()) -> Response {
        if self.stops.is_some() {
            return std::future::pending().await;
        }
        tokio::time::sleep(schedule.due(self.tokens.len())).await;
        sent();
        let message = json!({"role": "assistant", "content": self.tokens.concat()});
        axum::Json(json!({
            "id": "chatcmpl-1", "object": "chat.completion", "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish()}],
            "usage": self.usage(),
        }))
        .into_response()
    }

    fn streamed(self, schedule: Schedule, sent: impl FnOnce() + Send + 'static) -> Response {
        let begun = Instant::now();
        let kept = self.stops.unwrap_or(self.tokens.len());
        let pieces: Vec<(Duration, String)> = self.tokens[..kept]
            .chunks(TOGETHER)
            .enumerate()
            .map(|(at, tokens)| {
                (schedule.due((at + 1) * TOGETHER), self.event(json!({"content": tokens.concat()}), Value::Null))
            })
            .collect();
        let first = (schedule.first, self.event(json!({"role": "assistant", "content": ""}), Value::Null));
        let events = stream::iter(std::iter::once(first).chain(pieces)).then(move |(due, event)| async move {
            tokio::time::sleep_until((begun + due).into()).await;
            Ok::<Bytes, std::io::Error>(Bytes::from(event))
        });
        let end = self.event(json!({}), json!(self.finish()));
        let usage = format!("data: {}\n\n", json!({"choices": [], "usage": self.usage()}));
        let closing = match (self.stops, self.torn) {
            (Some(_), true) => stream::iter([Err(std::io::Error::other("torn"))]).boxed(),
            (Some(_), false) => stream::pending().boxed(),
            (None, _) => stream::once(async move {
                sent();
                Ok(Bytes::from(format!("{end}{usage}data: [DONE]\n\n")))
            })
            .boxed(),
        };
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events.chain(closing))).into_response()
    }

    fn event(&self, delta: Value, finish: Value) -> String {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
        format!("data: {}\n\n", json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]}))
    }
}

/// Four characters to a token, as a rule of thumb.
fn tokens_of(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|token| token.iter().collect()).collect()
}

/// The shape of vLLM: `code` is a number, which the typed client of the ecosystem cannot read.
fn refusal(status: u16, message: &str) -> Response {
    let code = StatusCode::from_u16(status).expect("a test names a real status");
    let body = json!({"object": "error", "error": {"message": message, "type": "BadRequestError", "param": null, "code": status}});
    (code, axum::Json(body)).into_response()
}

fn busy(wait: Option<Duration>) -> Response {
    let mut response = refusal(429, "Rate limit reached");
    if let Some(wait) = wait {
        let seconds = wait.as_millis().div_ceil(1_000).to_string();
        response.headers_mut().insert(header::RETRY_AFTER, seconds.parse().expect("digits are a header value"));
    }
    response
}
