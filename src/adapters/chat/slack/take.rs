//! What becomes of what Slack tells? It is stored and then acknowledged; what can wait is done in a task of its own.

use super::Slack;
use super::hear::{Act, Told};
use super::rows::{self, Posted};
use super::window::Opening;
use crate::domain::message::{Heard, Message, Place, Quoted, What};
use crate::domain::person::Person;
use crate::ports::chat::{Chat as _, Intake};
use serde_json::Value;
use std::sync::Arc;

impl Slack {
    /// `Ok`: it may be acknowledged. `Err`: Slack should send it again.
    pub(super) async fn take(self: &Arc<Self>, kind: &str, payload: &Value) -> anyhow::Result<()> {
        let intake = self.intake.borrow().clone();
        let intake = intake.ok_or_else(|| anyhow::anyhow!("nobody listens yet, or any more"))?;
        let me = self.me().await.map_err(|problem| anyhow::anyhow!("who we are is not known: {}", problem.fault))?;
        match self.ears(&me).read(kind, payload) {
            Ok(told) => self.act(&intake, told).await,
            Err(why) => {
                tracing::debug!(kind, why, "passed over");
                Ok(())
            }
        }
    }

    pub(super) async fn act(self: &Arc<Self>, intake: &Arc<dyn Intake>, told: Told) -> anyhow::Result<()> {
        if let (Some(url), Some(channel)) = (&told.answer, &told.channel) {
            self.may_answer(channel, &told.who.id, url);
        }
        if let Act::Home = told.act {
            let (slack, intake) = (self.clone(), intake.clone());
            tokio::spawn(async move { slack.show_home(&intake, &told.who).await });
            return Ok(());
        }
        let person = self.person(&told.who).await;
        match &told.act {
            Act::Pressed { action, value, stamp, key, .. } => {
                let value = self.quoted(&told, value, stamp);
                self.pressed(intake, &told, person, action, value, (stamp, key.as_deref())).await
            }
            Act::Submitted { view } => self.submitted(intake, &told, person, view).await,
            Act::Command { words } => self.accept(intake, &told, person, What::Command { words: words.clone() }).await,
            Act::Mention { words } => {
                let words = self.with_names(words).await;
                self.accept(intake, &told, person, What::Mention { words }).await?;
                self.reached(&told);
                Ok(())
            }
            Act::Message { text } => {
                self.accept(intake, &told, person, What::Message { text: text.clone() }).await?;
                self.reached(&told);
                Ok(())
            }
            Act::Edited { stamp, text } => {
                let what = What::Edited { message: stamp.clone(), text: text.clone() };
                self.accept(intake, &told, person, what).await
            }
            Act::Deleted { stamp } => {
                self.accept(intake, &told, person, What::Deleted { message: stamp.clone() }).await
            }
            Act::Gone => self.accept(intake, &told, person, What::Gone).await,
            Act::Home => Ok(()),
        }
    }

    pub(super) async fn accept(
        self: &Arc<Self>,
        intake: &Arc<dyn Intake>,
        told: &Told,
        person: Person,
        what: What,
    ) -> anyhow::Result<()> {
        let place = self.place_of(told).await?;
        intake.accept(Heard { id: told.id.clone(), place, person, what }).await
    }

    /// Where it happened; what happened nowhere is answered in the direct messages.
    async fn place_of(&self, told: &Told) -> anyhow::Result<Place> {
        let channel = match &told.channel {
            Some(channel) => channel.clone(),
            None => self.direct(&told.who.id).await.map_err(|problem| anyhow::anyhow!("{}", problem.fault))?,
        };
        Ok(self.place(&channel, told.thread.clone()))
    }

    /// The message somebody points at, with its link.
    fn quoted(&self, told: &Told, value: &str, stamp: &str) -> String {
        let Some(channel) = told.channel.as_deref().filter(|_| told.is_shortcut()) else { return value.to_owned() };
        let link = self.link(&self.place(channel, told.thread.clone()), stamp);
        Quoted { link, ..Quoted::of(value) }.value()
    }

    /// A press that has a form opens it; nothing has happened before that is sent. Any other press is an event.
    async fn pressed(
        self: &Arc<Self>,
        intake: &Arc<dyn Intake>,
        told: &Told,
        person: Person,
        action: &str,
        value: String,
        (stamp, key): (&str, Option<&str>),
    ) -> anyhow::Result<()> {
        match intake.form(action, &value, &person).await {
            Ok(Some(form)) => {
                let (slack, told, action) = (self.clone(), told.clone(), action.to_owned());
                tokio::spawn(async move {
                    let opening = Opening { form: &form, action: &action, value: &value };
                    slack.open(&told, &person, &opening).await;
                });
                Ok(())
            }
            Err(sentence) => {
                let (slack, told) = (self.clone(), told.clone());
                tokio::spawn(async move { slack.say_why(&told, &person, &sentence).await });
                Ok(())
            }
            Ok(None) => {
                let message = self.message_of(told, stamp, key).await;
                let what = What::Pressed { action: action.to_owned(), value, message };
                self.accept(intake, told, person, what).await
            }
        }
    }

    /// Our id of the message that was pressed: of a message on several pages, all of them.
    async fn message_of(&self, told: &Told, stamp: &str, key: Option<&str>) -> String {
        let (Some(channel), Some(key)) = (&told.channel, key) else { return stamp.to_owned() };
        let row = self.rows.get::<Posted>(&rows::posted(channel, key)).await.ok().flatten();
        let ours = row.filter(|posted| posted.pages.iter().any(|page| page == stamp));
        ours.map_or_else(|| stamp.to_owned(), |posted| posted.pages.join("+"))
    }

    /// A sentence for one person, in answer to what they did.
    pub(super) async fn say_why(&self, told: &Told, person: &Person, sentence: &str) {
        let place = match self.place_of(told).await {
            Ok(place) => place,
            Err(error) => return tracing::warn!(error = format!("{error:#}"), "a person got no answer"),
        };
        let key = format!("why/{}", told.id);
        if let Err(fault) = self.whisper(&place, person, &key, &Message::text(sentence)).await {
            tracing::warn!(fault = %fault, "a person got no answer");
        }
    }
}
