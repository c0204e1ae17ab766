//! WHERE A NOTE LIVES: pages with addresses that last, drawn from the records and nothing else.
//!
//! `/calendar` is the release calendar, `/calendar.ics` the same for other calendars.
//! `/notes` lists them; `/n/7` is a note as it stands, `/n/7.md` and `/n/7.json` the same to take away, `/n/7/r/2` an
//! earlier revision, and `/n/7/r/2/changes` what it changed. `/n/7/watch/0.png` is a picture of its watch. The files the pages load are [`crate::page::assets`].

mod calendar;
mod compare;
mod note;
mod review;
mod value;
mod watch;

use crate::domain::note::{Note, Revision, State};
use crate::features::agenda::Calendars;
use crate::features::draft::markdown::{Meta, json, markdown};
use crate::page;
use crate::ports::clock::Clock;
use crate::ports::store::StoreError;
use crate::records::Records;
use axum::extract::{Path, Query, State as Shared};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

/// Notes on one page of the list.
const LISTED: usize = 50;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    page::environment(&[
        ("sheet.html", include_str!("templates/sheet.html")),
        ("note.html", include_str!("templates/note.html")),
        ("waiting.html", include_str!("templates/waiting.html")),
        ("notes.html", include_str!("templates/notes.html")),
        ("changes.html", include_str!("templates/changes.html")),
        ("calendar.html", include_str!("templates/calendar.html")),
        ("review.html", include_str!("templates/review.html")),
        ("watch.html", include_str!("templates/watch.html")),
        ("gone.html", include_str!("templates/gone.html")),
    ])
});

/// The note pages. Whoever merges them decides who may come in, and serves [`page::assets`].
pub fn router(records: Records, calendars: Calendars, clock: Arc<dyn Clock>) -> Router {
    let shelf = calendar::Shelf { records: records.clone(), calendars, clock };
    let calendar = Router::new()
        .route("/calendar", get(calendar::page))
        .route("/calendar.ics", get(calendar::ics))
        .with_state(Arc::new(shelf));
    Router::new()
        .route("/notes", get(list))
        .route("/n/{note}", get(newest))
        .route("/n/{note}/watch/{place}", get(watch::chart))
        .route("/n/{note}/r/{number}", get(earlier))
        .route("/n/{note}/r/{number}/changes", get(changes))
        .with_state(Arc::new(records))
        .merge(calendar)
}

/// Why there is no page.
enum Missing {
    Note(String),
    Revision(u64, String),
    Store(StoreError),
}

impl From<StoreError> for Missing {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        let (status, sentence) = match self {
            Self::Note(id) => {
                (StatusCode::NOT_FOUND, format!("There is no note `{id}`. The list shows all there are."))
            }
            Self::Revision(id, number) => {
                let sentence = format!("Note `{id}` has no revision `{number}`. Its page lists the ones it has.");
                (StatusCode::NOT_FOUND, sentence)
            }
            Self::Store(error) => {
                tracing::error!(error = format!("{:#}", anyhow::Error::new(error)), "a note page could not be read");
                let sentence =
                    "The note could not be read: the store failed, and the log says how. Try again in a moment.";
                (StatusCode::SERVICE_UNAVAILABLE, sentence.to_owned())
            }
        };
        (status, page::html(render("gone.html", context! { sentence }))).into_response()
    }
}

/// In which form an address asks for a note: `7`, `7.md`, `7.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Markdown,
    Json,
}

fn asked<T: std::str::FromStr>(address: &str) -> Option<(T, Form)> {
    let (number, form) = match address.rsplit_once('.') {
        None => (address, Form::Page),
        Some((number, "md")) => (number, Form::Markdown),
        Some((number, "json")) => (number, Form::Json),
        Some(_) => return None,
    };
    let plain = number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| plain).map(|number| (number, form))
}

#[derive(Debug, Deserialize)]
struct Page {
    before: Option<u64>,
}

async fn list(Shared(records): Shared<Arc<Records>>, Query(page): Query<Page>) -> Result<Response, Missing> {
    let mut notes = records.notes.list(LISTED + 1, page.before).await?;
    let more = notes.len() > LISTED;
    notes.truncate(LISTED);
    let mut rows = Vec::new();
    for note in &notes {
        let revision = records.notes.latest(note.id).await?;
        rows.push(note::row(note, revision.as_ref()));
    }
    let next = notes.last().filter(|_| more).map(|note| note.id);
    Ok(page::html(render("notes.html", context! { notes => rows, next, later => page.before.is_some() })))
}

async fn newest(Shared(records): Shared<Arc<Records>>, Path(address): Path<String>) -> Result<Response, Missing> {
    let (id, form) = asked::<u64>(&address).ok_or_else(|| Missing::Note(address.clone()))?;
    let (note, _) = records.notes.get(id).await?.ok_or(Missing::Note(address))?;
    match records.notes.latest(id).await? {
        Some(revision) => shown(&records, &note, &revision, form).await,
        None => {
            let (title, drafting) = (note::name(&note), note.state == State::Drafting);
            let context =
                context! { id, title, drafting, failure => note.failure.as_deref(), chat => note::chat(&note) };
            Ok(page::html(render("waiting.html", context)))
        }
    }
}

async fn earlier(
    Shared(records): Shared<Arc<Records>>,
    Path((id, address)): Path<(String, String)>,
) -> Result<Response, Missing> {
    let (note, revision, form) = find(&records, &id, &address).await?;
    shown(&records, &note, &revision, form).await
}

async fn find(records: &Records, id: &str, address: &str) -> Result<(Note, Revision, Form), Missing> {
    let (number, Form::Page) = asked::<u64>(id).ok_or_else(|| Missing::Note(id.to_owned()))? else {
        return Err(Missing::Note(id.to_owned()));
    };
    let (note, _) = records.notes.get(number).await?.ok_or_else(|| Missing::Note(id.to_owned()))?;
    let gone = || Missing::Revision(number, address.to_owned());
    let (revision, form) = asked::<u32>(address).ok_or_else(gone)?;
    let revision = records.notes.revision(number, revision).await?.ok_or_else(gone)?;
    Ok((note, revision, form))
}

async fn shown(records: &Records, note: &Note, revision: &Revision, form: Form) -> Result<Response, Missing> {
    Ok(match form {
        Form::Markdown => {
            let name = format!("attachment; filename=\"note-{}-revision-{}.md\"", note.id, revision.number);
            let name = HeaderValue::try_from(name).expect("numbers are header characters");
            let headers: [(HeaderName, HeaderValue); 3] = [
                (CONTENT_TYPE, HeaderValue::from_static("text/markdown; charset=utf-8")),
                (CONTENT_DISPOSITION, name),
                (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, markdown(revision, &Meta::of(note))).into_response()
        }
        Form::Json => Json(json(revision, &Meta::of(note))).into_response(),
        Form::Page => {
            let history = records.notes.revisions(note.id).await?;
            let reviews = records.reviews.all(note.id).await?;
            let reviewed = review::view(note, revision, &reviews);
            let watched = watch::view(records, note.id).await?;
            page::html(render("note.html", context! { reviewed, watched, ..note::view(note, revision, &history) }))
        }
    })
}

#[derive(Debug, Deserialize)]
struct Since {
    since: Option<u32>,
}

/// What a revision changed against the one before it, or against `since`.
async fn changes(
    Shared(records): Shared<Arc<Records>>,
    Path((id, number)): Path<(String, String)>,
    Query(asked): Query<Since>,
) -> Result<Response, Missing> {
    let (note, revision, _) = find(&records, &id, &number).await?;
    let since = asked.since.unwrap_or(revision.number.saturating_sub(1));
    let gone = || Missing::Revision(note.id, since.to_string());
    let before = records.notes.revision(note.id, since).await?.ok_or_else(gone)?;
    let parts = Value::from(Serde(compare::sections(&before, &revision)));
    let context = context! {
        id => note.id, title => revision.title(), since, number => revision.number, what => revision.what.as_str(), parts,
    };
    Ok(page::html(render("changes.html", context)))
}

fn render(template: &str, context: Value) -> String {
    let template = TEMPLATES.get_template(template).expect("templates are part of the program");
    template.render(context).unwrap_or_else(|error| {
        tracing::error!(error = format!("{error:#}"), "a note page did not render");
        "This page could not be put together; the log has the cause.".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_number_and_a_form() {
        assert_eq!(asked::<u64>("7"), Some((7, Form::Page)));
        assert_eq!(asked::<u64>("7.md"), Some((7, Form::Markdown)));
        assert_eq!(asked::<u32>("12.json"), Some((12, Form::Json)));
        for odd in ["", "x", "7.txt", "-7", "+7", "7.md.md", "99999999999999999999"] {
            assert_eq!(asked::<u64>(odd), None, "{odd}");
        }
    }
}
