//! How does an open page learn what changed? Server-sent events, numbered, and resumed where a browser stopped listening.

use super::Web;
use super::door::Visitor;
use super::problem::Problem;
use super::record::{Touched, id};
use super::serve::Closing;
use super::view;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use serde::Deserialize;
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Open pages a person may have; more are told to close one.
const MOST_STREAMS: usize = 10;
/// Changes read at once.
const BATCH: usize = 100;

#[derive(Deserialize)]
pub struct Asked {
    after: Option<u64>,
}

/// `GET /events?after=N`: every change after `N`, then each as it comes. `Last-Event-ID` goes before `after`.
pub async fn events(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    closing: Option<Extension<Closing>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let after = match resumed.or(asked.after) {
        Some(after) => after,
        None => web.board.latest().await?,
    };
    let seat = Seat::take(&web, &visitor.person.id).ok_or_else(|| {
        let sentence = format!("This person has {MOST_STREAMS} pages open already. Close one, then reload this one.");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, sentence)
    })?;
    let wake = web.board.watch();
    let closing = closing.map(|Extension(Closing(token))| token).unwrap_or_default();
    let listener = Listener { web, visitor, after, wake, closing, waiting: VecDeque::new(), _seat: seat };
    let alive = KeepAlive::new().interval(Duration::from_secs(20));
    Ok(Sse::new(listener.stream()).keep_alive(alive).into_response())
}

struct Listener {
    web: Arc<Web>,
    visitor: Visitor,
    after: u64,
    wake: watch::Receiver<u64>,
    closing: CancellationToken,
    waiting: VecDeque<Event>,
    _seat: Seat,
}

impl Listener {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures::stream::unfold(self, |mut listener| async move {
            let event = listener.next().await?;
            Some((Ok(event), listener))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            self.wake.mark_unchanged();
            if self.catch_up().await.is_err() {
                // The browser comes back by itself and asks again from the last number it saw.
                return None;
            }
            if self.waiting.is_empty() {
                tokio::select! {
                    () = self.closing.cancelled() => return None,
                    changed = self.wake.changed() => changed.ok()?,
                }
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), crate::ports::store::StoreError> {
        let Some(changes) = self.web.board.changes(self.after, BATCH).await? else {
            self.after = self.web.board.latest().await?;
            self.waiting.push_back(Event::default().event("reload").id(self.after.to_string()).data("{}"));
            return Ok(());
        };
        for (number, touched) in changes {
            let mut events = Vec::new();
            for one in &touched {
                events.extend(self.event(one).await?);
            }
            // Only the last event of a change carries its number: a browser that got half of one asks for all of it.
            let last = events.pop().map(|event| event.id(number.to_string()));
            self.waiting.extend(events.into_iter().chain(last));
            self.after = number;
        }
        Ok(())
    }

    async fn event(&self, touched: &Touched) -> Result<Option<Event>, crate::ports::store::StoreError> {
        let me = &self.visitor.person.id;
        let (kind, data) = match touched {
            Touched::Message { number } => match self.web.board.record(*number).await? {
                Some(record) if record.heard => {
                    let shown = view::shown(&self.web, &record);
                    let html = view::fragment(&self.web, &self.visitor, &shown);
                    let data = json!({ "id": shown.id, "channel": record.channel, "root": shown.root, "html": html });
                    ("message", data)
                }
                _ => return Ok(None),
            },
            Touched::Whisper { person, number } if person == me => {
                match self.web.board.whisper_of(&self.visitor.person, &id(*number)).await? {
                    Some(whisper) => {
                        let shown = view::whispered(&self.web, &whisper);
                        let html = view::fragment(&self.web, &self.visitor, &shown);
                        let data =
                            json!({ "id": shown.id, "channel": whisper.channel, "root": shown.root, "html": html });
                        ("message", data)
                    }
                    None => return Ok(None),
                }
            }
            Touched::Gone { person, number } if person == me => ("gone", json!({ "id": id(*number) })),
            Touched::Whisper { .. } | Touched::Gone { .. } => return Ok(None),
        };
        Ok(Some(Event::default().event(kind).data(data.to_string())))
    }
}

/// One open page of a person; given back when its stream ends.
struct Seat {
    web: Arc<Web>,
    person: String,
}

impl Seat {
    fn take(web: &Arc<Web>, person: &str) -> Option<Self> {
        let mut streams = web.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let open = streams.entry(person.to_owned()).or_insert(0);
        if *open >= MOST_STREAMS {
            return None;
        }
        *open += 1;
        drop(streams);
        Some(Self { web: web.clone(), person: person.to_owned() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut streams = self.web.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = streams.get_mut(&self.person) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&self.person);
            }
        }
    }
}
