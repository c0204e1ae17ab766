//! How is a command, a press or a sent form answered within Discord's three seconds, after it was written down?

use super::answer::kind;
use super::asker::Asker;
use super::commands::{COMMAND, MENU};
use super::complete::typed;
use super::page::{EPHEMERAL, Sheet};
use super::render::{self, Purpose};
use super::{Discord, words};
use crate::domain::message::{Quoted, What};
use crate::ports::chat::Intake;
use serenity::model::application::{
    CommandInteraction, CommandType, ComponentInteraction, ComponentInteractionDataKind, Interaction, ModalInteraction,
};
use serenity::model::channel::Message;
use std::sync::Arc;

/// Text of a message somebody points at.
const QUOTED: usize = 8_000;

impl Discord {
    pub(super) async fn interaction(&self, intake: &Arc<dyn Intake>, interaction: Interaction) {
        match interaction {
            Interaction::Command(command) => self.command(intake, command).await,
            Interaction::Autocomplete(typed) => self.complete(intake, &typed).await,
            Interaction::Component(pressed) => self.component(intake, pressed).await,
            Interaction::Modal(sent) => self.sent(intake, sent).await,
            _ => {}
        }
    }

    async fn command(&self, intake: &Arc<dyn Intake>, command: CommandInteraction) {
        let asker = self.who_typed(&command);
        match command.data.kind {
            CommandType::ChatInput if command.data.name == COMMAND => {
                let words = typed(intake.as_ref(), &command);
                let spoken = self.spoken_by(&asker, Some(words.clone()));
                self.taken(intake, &asker, What::Command { words }, spoken, kind::THINKING).await;
            }
            CommandType::Message => {
                let entry = MENU.iter().find(|(name, _)| *name == command.data.name);
                let target = command.data.resolved.messages.values().next();
                let (Some((_, action)), Some(target)) = (entry, target) else {
                    return self.say_to(&asker, &words::unreadable()).await;
                };
                self.point(intake, &asker, action, target).await;
            }
            _ => self.say_to(&asker, &words::unreadable()).await,
        }
    }

    /// Somebody points at a message: a press whose value is what it says.
    async fn point(&self, intake: &Arc<dyn Intake>, asker: &Asker, action: &str, target: &Message) {
        let guild = asker.guild.map_or("@me".to_owned(), |guild| guild.to_string());
        let link = format!("https://discord.com/channels/{guild}/{}/{}", target.channel_id, target.id);
        let value = Quoted { text: quoted(target), link: Some(link) }.value();
        match intake.form(action, &value, &asker.person).await {
            Ok(Some(form)) => self.open_form(asker, &form, kind::MESSAGE).await,
            Err(sentence) => self.say_to(asker, &sentence).await,
            Ok(None) => {
                let what = What::Pressed { action: action.to_owned(), value, message: target.id.to_string() };
                let spoken = self.spoken_by(asker, Some(String::new()));
                self.taken(intake, asker, what, spoken, kind::THINKING).await;
            }
        }
    }

    async fn component(&self, intake: &Arc<dyn Intake>, pressed: ComponentInteraction) {
        let asker = self.who_pressed(&pressed);
        let (id, kept) = match self.stands_for(&pressed.data.custom_id).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.say_to(&asker, &words::forgotten_button()).await,
            Err(error) => {
                tracing::error!(error = %error, "what a button stands for could not be read");
                return self.say_to(&asker, &words::not_written_down()).await;
            }
        };
        let whispered = pressed.message.flags.is_some_and(|flags| flags.bits() & EPHEMERAL != 0);
        match id.purpose {
            Purpose::Press => {
                let own = if whispered { kind::CHANGE } else { kind::NOTHING };
                self.pressed(intake, &asker, &id.action, &id.value, &pressed.message.id.to_string(), own).await;
            }
            Purpose::Ask => {
                let sheet = Sheet::of(render::question(&id, kept.as_ref()));
                self.show(&asker, &sheet, kind::MESSAGE).await;
            }
            Purpose::Cancel => self.show(&asker, &Sheet::line(&words::given_up()), kind::CHANGE).await,
            Purpose::Form | Purpose::Pick | Purpose::Field | Purpose::Back | Purpose::Submit => {
                let chosen = match &pressed.data.kind {
                    ComponentInteractionDataKind::StringSelect { values } => values.first().cloned(),
                    _ => None,
                };
                self.step(intake, &asker, &id, chosen.as_deref()).await;
            }
        }
    }

    async fn pressed(
        &self,
        intake: &Arc<dyn Intake>,
        asker: &Asker,
        action: &str,
        value: &str,
        message: &str,
        own: u8,
    ) {
        match intake.form(action, value, &asker.person).await {
            Ok(Some(form)) => self.open_form(asker, &form, kind::MESSAGE).await,
            Err(sentence) => self.say_to(asker, &sentence).await,
            Ok(None) => {
                let what =
                    What::Pressed { action: action.to_owned(), value: value.to_owned(), message: message.to_owned() };
                self.taken(intake, asker, what, self.spoken_by(asker, None), own).await;
            }
        }
    }

    async fn sent(&self, intake: &Arc<dyn Intake>, sent: ModalInteraction) {
        let asker = self.who_sent(&sent);
        let data = serde_json::to_value(&sent.data).unwrap_or_default();
        match self.stands_for(&sent.data.custom_id).await {
            Ok(Some((id, _))) if id.purpose == Purpose::Field => self.step_typed(&asker, &id, &data).await,
            Ok(Some((id, _))) => {
                let fields = render::submitted(&data);
                let what = What::Submitted { action: id.action, value: id.value, fields };
                let from_message = sent.message.is_some();
                let spoken = self.spoken_by(&asker, (!from_message).then(String::new));
                let own = if from_message { kind::NOTHING } else { kind::THINKING };
                self.taken(intake, &asker, what, spoken, own).await;
            }
            Ok(None) => self.say_to(&asker, &words::forgotten_form()).await,
            Err(error) => {
                tracing::error!(error = %error, "what a form stands for could not be read");
                self.say_to(&asker, &words::not_written_down()).await;
            }
        }
    }
}

/// Everything that can be read in a message.
fn quoted(message: &Message) -> String {
    let mut lines = vec![message.content.clone()];
    for embed in &message.embeds {
        lines.extend([embed.title.clone(), embed.description.clone()].into_iter().flatten());
        lines.extend(embed.fields.iter().map(|field| format!("{}: {}", field.name, field.value)));
    }
    let text = lines.into_iter().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
    text.chars().take(QUOTED).collect()
}
