//! What opens for one person: a form behind a button, and their front page.

use super::Slack;
use super::hear::{Told, Who};
use super::render;
use crate::domain::message::{Form, What};
use crate::domain::person::Person;
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a form keeps until it is sent: what it is about, where it was opened, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    action: String,
    value: String,
    channel: Option<String>,
    thread: Option<String>,
    /// Left out where it is too long to keep: then a choice that was too long to send counts as not changed.
    opened_by: Option<(String, String)>,
}

impl Kept {
    /// `None`: it does not fit into a form of Slack's.
    fn text(mut self) -> Option<String> {
        loop {
            let text = serde_json::to_string(&self).expect("texts are JSON");
            if text.encode_utf16().count() <= render::limits::PRIVATE_METADATA {
                return Some(text);
            }
            self.opened_by.take()?;
        }
    }
}

/// What the renderer writes before a number that stands for a value too long to send.
const NUMBERED: char = '\u{1f}';

/// A form about to be opened, and what opened it.
pub struct Opening<'a> {
    pub form: &'a Form,
    pub action: &'a str,
    pub value: &'a str,
}

impl Slack {
    pub(super) async fn open(&self, told: &Told, person: &Person, opening: &Opening<'_>) {
        let form = opening.form;
        let kept = Kept {
            action: form.action.clone(),
            value: form.value.clone(),
            channel: told.channel.clone(),
            thread: told.thread.clone(),
            opened_by: Some((opening.action.to_owned(), opening.value.to_owned())),
        };
        let Some(kept) = kept.text() else {
            return self
                .say_why(told, person, "The form is too large for Slack. Open it in the web chat instead.")
                .await;
        };
        let body = json!({"trigger_id": told.trigger, "view": render::modal(form, &kept)});
        let Err(problem) = self.api.post("views.open", "", &body).await else { return };
        let sentence = match &problem.fault {
            Fault::Refused(refusal) => refusal.0.clone(),
            fault => format!("The form did not open: Slack {fault}. Press the button again in a moment."),
        };
        self.say_why(told, person, &sentence).await;
    }

    pub(super) async fn submitted(
        self: &Arc<Self>,
        intake: &Arc<dyn Intake>,
        told: &Told,
        person: Person,
        view: &Value,
    ) -> anyhow::Result<()> {
        let kept = view["private_metadata"].as_str().unwrap_or_default();
        let Ok(kept) = serde_json::from_str::<Kept>(kept) else {
            tracing::warn!("a form that is not ours was sent");
            return Ok(());
        };
        let mut fields = render::submitted(view);
        // The form is asked for again only if something in it is told by its number.
        if let Some((action, value)) =
            kept.opened_by.as_ref().filter(|_| fields.iter().any(|(_, value)| value.starts_with(NUMBERED)))
            && let Ok(Some(form)) = intake.form(action, value, &person).await
        {
            fields = render::settled(&form, fields);
        }
        let told = Told { channel: kept.channel, thread: kept.thread, ..told.clone() };
        let what = What::Submitted { action: kept.action, value: kept.value, fields };
        self.accept(intake, &told, person, what).await
    }

    pub(super) async fn show_home(&self, intake: &Arc<dyn Intake>, who: &Who) {
        let person = self.person(who).await;
        let page = intake.home(&person).await;
        let view = render::home(&page, &self.options.public_url);
        let body = json!({"user_id": who.id, "view": view});
        if let Err(problem) = self.api.post("views.publish", "", &body).await {
            tracing::warn!(fault = %problem.fault, "a front page was not shown");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(value: &str, opened: &str) -> Kept {
        Kept {
            action: "note.edit".to_owned(),
            value: value.to_owned(),
            channel: Some("C1".to_owned()),
            thread: None,
            opened_by: Some(("note.draft".to_owned(), opened.to_owned())),
        }
    }

    #[test]
    fn what_a_form_keeps_fits_or_is_not_kept() {
        let back = |text: &str| serde_json::from_str::<Kept>(text).expect("it is ours");
        assert_eq!(back(&kept("7", "8").text().expect("it fits")), kept("7", "8"));
        let long = kept("7", &"x".repeat(4_000)).text().expect("without what opened it");
        assert_eq!(back(&long), Kept { opened_by: None, ..kept("7", "") });
        assert_eq!(kept(&"x".repeat(4_000), "8").text(), None);
    }
}
