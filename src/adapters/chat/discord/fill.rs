//! How is a form filled in on Discord? As a modal where it fits, else field by field from a message its author alone sees.

use super::Discord;
use super::answer::kind;
use super::asker::Asker;
use super::page::{self, Sheet};
use super::render::{self, Id, Modal, Purpose, steps};
use super::rows::{self, Filling};
use super::words;
use crate::domain::message::{Form, What};
use crate::ports::chat::Intake;
use crate::ports::store::StoreError;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

impl Discord {
    /// `own` is how the list of fields appears where no modal can show the form.
    pub(super) async fn open_form(&self, asker: &Asker, form: &Form, own: u8) {
        if let Some(modal) = render::whole(form) {
            return self.open(asker, &modal).await;
        }
        let filling = Filling { form: form.clone(), answers: Vec::new(), changed: Vec::new() };
        match self.rows.put(key(asker, &form.action, &form.value), &filling).await {
            Ok(()) => self.list(asker, &filling, own).await,
            Err(error) => self.not_written(asker, &error).await,
        }
    }

    async fn open(&self, asker: &Asker, modal: &Modal) {
        if let Some(kept) = &modal.kept
            && let Err(error) = self.keep(std::slice::from_ref(kept)).await
        {
            return self.not_written(asker, &error).await;
        }
        let body = json!({ "type": kind::MODAL, "data": modal.view });
        self.call_back(asker.id, &asker.token, &body).await;
    }

    async fn list(&self, asker: &Asker, filling: &Filling, own: u8) {
        let page = steps::choose(&steps::answered(&filling.form, &filling.answers), &filling.changed);
        self.show(asker, &Sheet::of(page), own).await;
    }

    /// A choice or a button of the list.
    pub(super) async fn step(&self, intake: &Arc<dyn Intake>, asker: &Asker, id: &Id, chosen: Option<&str>) {
        let Some(mut filling) = self.filling(asker, id).await else { return };
        let form = steps::answered(&filling.form, &filling.answers);
        match (id.purpose, chosen) {
            (Purpose::Pick, Some(chosen)) => self.ask(asker, &form, chosen).await,
            (Purpose::Field, Some(chosen)) => {
                if let Some(field) = steps::picked(&form, &id.field) {
                    let answer = steps::chosen(&form, field, chosen);
                    self.note(asker, id, &mut filling, answer).await;
                }
            }
            (Purpose::Submit, _) => {
                let (action, value) = (form.action.clone(), form.value.clone());
                let what = What::Submitted { action, value, fields: steps::values(&form) };
                let spoken = self.spoken_by(asker, None);
                self.taken(intake, asker, what, spoken, kind::CHANGE).await;
                if let Err(error) = self.rows.delete(key(asker, &id.action, &id.value)).await {
                    tracing::debug!(error = %error, "a form that was sent was not forgotten");
                }
            }
            _ => self.list(asker, &filling, kind::CHANGE).await,
        }
    }

    /// A text field that was typed in a modal of its own.
    pub(super) async fn step_typed(&self, asker: &Asker, id: &Id, data: &Value) {
        let Some(mut filling) = self.filling(asker, id).await else { return };
        let Some(field) = steps::picked(&filling.form, &id.field) else {
            return self.say_to(asker, &words::forgotten_form()).await;
        };
        let answer = steps::typed(field, data);
        self.note(asker, id, &mut filling, answer).await;
    }

    async fn ask(&self, asker: &Asker, form: &Form, chosen: &str) {
        let Some(field) = steps::picked(form, chosen) else {
            return self.say_to(asker, &words::forgotten_form()).await;
        };
        if matches!(field.input, crate::domain::message::Input::Choice { .. }) {
            return self.show(asker, &Sheet::of(steps::choice(form, field)), kind::CHANGE).await;
        }
        match steps::modal(form, field) {
            Ok(modal) => self.open(asker, &modal).await,
            Err(sentence) => self.say_to(asker, &sentence).await,
        }
    }

    async fn note(&self, asker: &Asker, id: &Id, filling: &mut Filling, answer: (String, String)) {
        if !filling.changed.contains(&answer.0) {
            filling.changed.push(answer.0.clone());
        }
        filling.answers.retain(|(name, _)| *name != answer.0);
        filling.answers.push(answer);
        match self.rows.put(key(asker, &id.action, &id.value), filling).await {
            Ok(()) => self.list(asker, filling, kind::CHANGE).await,
            Err(error) => self.not_written(asker, &error).await,
        }
    }

    async fn filling(&self, asker: &Asker, id: &Id) -> Option<Filling> {
        match self.rows.get::<Filling>(&key(asker, &id.action, &id.value)).await {
            Ok(Some(filling)) => Some(filling),
            Ok(None) => {
                self.say_to(asker, &words::forgotten_form()).await;
                None
            }
            Err(error) => {
                self.not_written(asker, &error).await;
                None
            }
        }
    }

    async fn not_written(&self, asker: &Asker, error: &StoreError) {
        tracing::error!(error = %error, "a form could not be written down");
        self.say_to(asker, &words::not_written_down()).await;
    }
}

/// One form of a kind per person: opening it anew begins it anew.
fn key(asker: &Asker, action: &str, value: &str) -> String {
    rows::filling(asker.user, &page::short(&Sha256::digest(format!("{action}\n{value}"))))
}
