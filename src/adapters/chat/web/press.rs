//! What happens when a person presses a button, sends a form or puts a whisper away?

use super::Web;
use super::posted::Posted;
use super::problem::Problem;
use super::record::{Body, id};
use super::view;
use crate::domain::message::{Block, Button, Form, FormField, Heard, Input, Message, Place, What};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::context;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// `POST /c/{channel}/press`: `message`, `action`, `value`, `id`, and `confirmed` where the button asks first.
///
/// A button whose action has a form opens it; any other press is heard at once.
pub async fn press(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let event = posted.event()?;
    let (button, place) = find_button(&web, &channel, &posted).await?;
    if let Some(question) = button.confirm.as_ref().filter(|_| posted.get("confirmed").is_empty()) {
        return Ok(ask_first(&web, &posted, &channel, &button, question));
    }
    let form =
        web.intake()?.form(&button.action, &button.value, &posted.visitor.person).await.map_err(Problem::unfit)?;
    if let Some(form) = form {
        return Ok(show_form(&web, &posted, &channel, &form, &HashMap::new()));
    }
    let what = What::Pressed { action: button.action, value: button.value, message: posted.get("message").to_owned() };
    let person = posted.visitor.person.clone();
    hear(web, Heard { id: event, place: place.clone(), person, what }).await?;
    Ok(done(&posted, &place))
}

/// `POST /c/{channel}/submit`: the fields as `f.<name>`, the button the form came from as `action` and
/// `value`, and in `opened` what the form was about when it was opened.
pub async fn submit(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let event = posted.event()?;
    let place = place_of_message(&web, &channel, posted.get("message"), &posted).await?;
    let person = posted.visitor.person.clone();
    let form = web.intake()?.form(posted.get("action"), posted.get("value"), &person).await.map_err(Problem::unfit)?;
    let form = form.ok_or_else(|| Problem::not_found("That form"))?;
    let (fields, complaints) = answers(&form, &posted);
    if !complaints.is_empty() {
        return Ok(show_form(&web, &posted, &channel, &refill(form, &fields), &complaints));
    }
    let value = posted.some("opened").map_or(form.value, str::to_owned);
    let what = What::Submitted { action: form.action, value, fields };
    hear(web, Heard { id: event, place: place.clone(), person, what }).await?;
    Ok(done(&posted, &place))
}

/// `POST /c/{channel}/dismiss`: puts a whisper away.
pub async fn dismiss(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    web.board.dismiss(&posted.visitor.person, posted.get("message")).await?;
    let place = Place { platform: super::PLATFORM.to_owned(), channel, thread: None };
    Ok(done(&posted, &place))
}

/// In a task of its own: a browser that goes away in the middle must not undo it.
async fn hear(web: Arc<Web>, heard: Heard) -> Result<(), Problem> {
    let task = tokio::spawn(async move { web.hear(heard).await });
    task.await.map_err(|_| {
        let sentence = "What you did may not have arrived; the log has the cause. Try it again.";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, sentence)
    })?
}

/// Only a button that stands in a message this person can see counts.
async fn find_button(web: &Web, channel: &str, posted: &Posted) -> Result<(Button, Place), Problem> {
    let message = posted.get("message");
    let place = place_of_message(web, channel, message, posted).await?;
    let whisper = web.board.whisper_of(&posted.visitor.person, message).await?.map(|whisper| whisper.message);
    let told = match web.board.record_of(message).await?.map(|record| record.body) {
        Some(Body::Told { message }) => Some(message),
        _ => whisper,
    };
    let (action, value) = (posted.get("action"), posted.get("value"));
    let button = told.as_ref().and_then(|told| buttons(told).find(|b| b.action == action && b.value == value).cloned());
    let gone = "That button is no longer there: the message has changed since. Look at it again.";
    Ok((button.ok_or_else(|| Problem::new(StatusCode::GONE, gone))?, place))
}

fn buttons(message: &Message) -> impl Iterator<Item = &Button> {
    message.blocks.iter().flat_map(|block| match block {
        Block::Buttons { buttons } => buttons.as_slice(),
        _ => &[],
    })
}

async fn place_of_message(web: &Web, channel: &str, message: &str, posted: &Posted) -> Result<Place, Problem> {
    let record = web.board.record_of(message).await?.filter(|record| record.heard).map(|r| (r.channel, r.root));
    let whisper = web.board.whisper_of(&posted.visitor.person, message).await?.map(|w| (w.channel, w.root));
    let found = record.or(whisper).filter(|(stands_in, _)| stands_in == channel);
    let (channel, root) = found.ok_or_else(|| Problem::not_found("That message"))?;
    Ok(Place { platform: super::PLATFORM.to_owned(), channel, thread: root.map(id) })
}

/// What the person answered, and what does not fit, by field.
fn answers(form: &Form, posted: &Posted) -> (Vec<(String, String)>, HashMap<String, String>) {
    let mut complaints = HashMap::new();
    let mut fields = Vec::new();
    for field in &form.fields {
        let answer = posted.get(&format!("f.{}", field.name)).replace("\r\n", "\n");
        if let Some(complaint) = complaint(field, &answer) {
            complaints.insert(field.name.clone(), complaint);
        }
        fields.push((field.name.clone(), answer));
    }
    (fields, complaints)
}

fn complaint(field: &FormField, answer: &str) -> Option<String> {
    if answer.trim().is_empty() {
        return field.required.then(|| "This must not be empty.".to_owned());
    }
    match &field.input {
        Input::Line { max } | Input::Paragraph { max } => {
            let length = answer.chars().count();
            (length > *max).then(|| format!("This has {length} characters; {max} fit. Shorten it."))
        }
        Input::Choice { options } => {
            let known = options.iter().any(|(value, _)| value == answer);
            (!known).then(|| "Choose one of the list.".to_owned())
        }
    }
}

/// The form again with what was typed: nothing a person wrote is lost.
fn refill(mut form: Form, answers: &[(String, String)]) -> Form {
    for (field, (_, answer)) in form.fields.iter_mut().zip(answers) {
        field.value.clone_from(answer);
    }
    form
}

fn ask_first(web: &Web, posted: &Posted, channel: &str, button: &Button, question: &str) -> Response {
    if posted.json_wanted {
        return Json(json!({ "confirm": question, "label": button.label })).into_response();
    }
    let danger = view::style(button.style) == "danger";
    let body = web.render(
        "confirm.html",
        context! {
            question, channel, danger, label => button.label.as_str(), action => button.action.as_str(),
            value => button.value.as_str(),
            message => posted.get("message"), id => posted.get("id"), csrf => posted.visitor.csrf.as_str(),
        },
    );
    crate::page::html(body)
}

fn show_form(web: &Web, posted: &Posted, channel: &str, form: &Form, complaints: &HashMap<String, String>) -> Response {
    let context = context! {
        form => view::form(form, complaints), channel, message => posted.get("message"), csrf => posted.visitor.csrf.as_str(),
        action => posted.get("action"), value => posted.get("value"), id => super::session::random(12),
        // What the form was opened on: by the time it is sent, the same button may open another.
        opened => posted.some("opened").unwrap_or(&form.value),
    };
    if posted.json_wanted {
        return Json(json!({ "form": web.render("form.html", context) })).into_response();
    }
    crate::page::html(web.render("form_page.html", context))
}

fn done(posted: &Posted, place: &Place) -> Response {
    if posted.json_wanted {
        return (StatusCode::ACCEPTED, Json(json!({}))).into_response();
    }
    let thread = place.thread.as_ref().map(|root| format!("/t/{root}")).unwrap_or_default();
    Redirect::to(&format!("/c/{}{thread}#{}", place.channel, posted.get("message"))).into_response()
}
