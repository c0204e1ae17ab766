//! How is a command, a press or a sent form answered within Discord's three seconds, after it was written down?

use super::commands::{COMMAND, MENU, words_of};
use super::fault::code;
use super::page::{EPHEMERAL, Sheet};
use super::render::{self, Purpose};
use super::rooms::{Room, RoomKind};
use super::rows::{self, Spoken};
use super::{Discord, PLATFORM, words};
use crate::domain::message::{Heard, Place, Quoted, What};
use crate::domain::person::Person;
use crate::ports::chat::Intake;
use reqwest012::Method;
use serde_json::{Value, json};
use serenity::model::application::{
    CommandDataOptionValue, CommandInteraction, CommandType, ComponentInteraction, ComponentInteractionDataKind,
    Interaction, ModalInteraction,
};
use serenity::model::channel::{Message, PartialChannel};
use serenity::model::guild::Member;
use serenity::model::user::User;
use std::sync::Arc;

/// Discord's kinds of answers.
pub(super) mod answer {
    pub const MESSAGE: u8 = 4;
    pub const THINKING: u8 = 5;
    pub const NOTHING: u8 = 6;
    pub const CHANGE: u8 = 7;
    pub const CHOICES: u8 = 8;
    pub const MODAL: u8 = 9;
}

const CHOICES: usize = 25;
const CHOICE: usize = 100;
/// Text of a message somebody points at.
const QUOTED: usize = 8_000;

/// Who did something, and where.
pub(super) struct Asker {
    pub id: u64,
    pub token: String,
    pub room: u64,
    pub place: Place,
    pub person: Person,
    pub user: u64,
    pub guild: Option<u64>,
}

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
        let allowed = command.app_permissions.map(|permissions| permissions.bits());
        let (guild, channel) = (command.guild_id.map(|guild| guild.get()), command.channel.as_ref());
        let member = command.member.as_deref();
        let asker = self.asker(
            command.id.get(),
            &command.token,
            command.channel_id.get(),
            channel,
            guild,
            &command.user,
            member,
            allowed,
        );
        match command.data.kind {
            CommandType::ChatInput if command.data.name == COMMAND => {
                let words = typed(intake.as_ref(), &command);
                let spoken = self.spoken_by(&asker, Some(words.clone()));
                self.taken(intake, &asker, What::Command { words }, spoken, answer::THINKING).await;
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
            Ok(Some(form)) => self.open_form(asker, &form, answer::MESSAGE).await,
            Err(sentence) => self.say_to(asker, &sentence).await,
            Ok(None) => {
                let what = What::Pressed { action: action.to_owned(), value, message: target.id.to_string() };
                let spoken = self.spoken_by(asker, Some(String::new()));
                self.taken(intake, asker, what, spoken, answer::THINKING).await;
            }
        }
    }

    async fn complete(&self, intake: &Arc<dyn Intake>, typed: &CommandInteraction) {
        let (name, mut given, focused) = options(typed);
        let shapes = intake.commands();
        let arguments = shapes.iter().find(|shape| shape.name == name).map_or([].as_slice(), |shape| shape.arguments);
        // What follows the word being typed does not decide about it.
        let upto = arguments.iter().position(|argument| Some(argument.name) == focused.as_deref()).unwrap_or(0);
        given.retain(|(name, _)| {
            arguments[..=upto.min(arguments.len().saturating_sub(1))].iter().any(|argument| argument.name == name)
        });
        let mut words = words_of(&shapes, &name, &given);
        if given.iter().any(|(name, value)| Some(name.as_str()) == focused.as_deref() && value.is_empty()) {
            // Nothing of it was typed yet: what is offered begins here.
            words.truncate(words.trim_end_matches('"').trim_end().len());
            words.push(' ');
        }
        let mut choices: Vec<(String, String)> = Vec::new();
        for found in intake.complete(&words).await {
            let Some(value) = found.words.split_whitespace().next_back().map(|word| word.trim_matches('"').to_owned())
            else {
                continue;
            };
            let fits = value.chars().count() <= CHOICE && choices.iter().all(|(_, known)| *known != value);
            if fits && choices.len() < CHOICES {
                let label =
                    if found.about.is_empty() { found.label } else { format!("{} · {}", found.label, found.about) };
                choices.push((label.chars().take(CHOICE).collect(), value));
            }
        }
        let choices: Vec<Value> = choices.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let body = json!({ "type": answer::CHOICES, "data": { "choices": choices } });
        self.call_back(typed.id.get(), &typed.token, &body).await;
    }

    async fn component(&self, intake: &Arc<dyn Intake>, pressed: ComponentInteraction) {
        let allowed = pressed.app_permissions.map(|permissions| permissions.bits());
        let (guild, channel) = (pressed.guild_id.map(|guild| guild.get()), pressed.channel.as_ref());
        let member = pressed.member.as_ref();
        let asker = self.asker(
            pressed.id.get(),
            &pressed.token,
            pressed.channel_id.get(),
            channel,
            guild,
            &pressed.user,
            member,
            allowed,
        );
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
                let own = if whispered { answer::CHANGE } else { answer::NOTHING };
                self.pressed(intake, &asker, &id.action, &id.value, &pressed.message.id.to_string(), own).await;
            }
            Purpose::Ask => {
                let sheet = Sheet::of(render::question(&id, kept.as_ref()));
                self.show(&asker, &sheet, answer::MESSAGE).await;
            }
            Purpose::Cancel => self.show(&asker, &Sheet::line(&words::given_up()), answer::CHANGE).await,
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
            Ok(Some(form)) => self.open_form(asker, &form, answer::MESSAGE).await,
            Err(sentence) => self.say_to(asker, &sentence).await,
            Ok(None) => {
                let what =
                    What::Pressed { action: action.to_owned(), value: value.to_owned(), message: message.to_owned() };
                self.taken(intake, asker, what, self.spoken_by(asker, None), own).await;
            }
        }
    }

    async fn sent(&self, intake: &Arc<dyn Intake>, sent: ModalInteraction) {
        let allowed = sent.app_permissions.map(|permissions| permissions.bits());
        let (guild, channel) = (sent.guild_id.map(|guild| guild.get()), sent.channel.as_ref());
        let member = sent.member.as_ref();
        let asker =
            self.asker(sent.id.get(), &sent.token, sent.channel_id.get(), channel, guild, &sent.user, member, allowed);
        let data = serde_json::to_value(&sent.data).unwrap_or_default();
        match self.stands_for(&sent.data.custom_id).await {
            Ok(Some((id, _))) if id.purpose == Purpose::Field => self.step_typed(&asker, &id, &data).await,
            Ok(Some((id, _))) => {
                let fields = render::submitted(&data);
                let what = What::Submitted { action: id.action, value: id.value, fields };
                let from_message = sent.message.is_some();
                let spoken = self.spoken_by(&asker, (!from_message).then(String::new));
                let own = if from_message { answer::NOTHING } else { answer::THINKING };
                self.taken(intake, &asker, what, spoken, own).await;
            }
            Ok(None) => self.say_to(&asker, &words::forgotten_form()).await,
            Err(error) => {
                tracing::error!(error = %error, "what a form stands for could not be read");
                self.say_to(&asker, &words::not_written_down()).await;
            }
        }
    }

    /// Written down, then acknowledged; in this order.
    pub(super) async fn taken(&self, intake: &Arc<dyn Intake>, asker: &Asker, what: What, spoken: Spoken, own: u8) {
        let heard = Heard {
            id: format!("interaction/{}", asker.id),
            place: asker.place.clone(),
            person: asker.person.clone(),
            what,
        };
        let fresh = self.spoken.begin(spoken.clone());
        if fresh && let Err(error) = self.rows.put(rows::spoken(asker.id), &spoken).await {
            tracing::warn!(error = %error, "an interaction's answer would not outlive a restart");
        }
        if let Err(error) = intake.accept(heard).await {
            tracing::error!(error = format!("{error:#}"), "an interaction was not written down");
            self.spoken.forget(asker.id);
            return self.say_to(asker, &words::not_written_down()).await;
        }
        if !fresh {
            return;
        }
        self.reach(asker.room, asker.id);
        let body = match own {
            answer::THINKING => json!({ "type": answer::THINKING, "data": { "flags": EPHEMERAL } }),
            answer::CHANGE => json!({ "type": answer::CHANGE, "data": Sheet::line(&words::sent()).ephemeral() }),
            _ => json!({ "type": answer::NOTHING }),
        };
        if self.call_back(asker.id, &asker.token, &body).await {
            self.spoken.acknowledged(asker.id);
        } else {
            // Whatever is to be said about it goes another way.
            self.spoken.forget(asker.id);
        }
    }

    pub(super) fn spoken_by(&self, asker: &Asker, words: Option<String>) -> Spoken {
        Spoken {
            interaction: asker.id,
            token: asker.token.clone(),
            person: asker.user,
            room: asker.room,
            at: self.clock.now(),
            waiting: words.is_some(),
            words: words.filter(|words| !words.is_empty()),
        }
    }

    /// One sentence, to them alone.
    pub(super) async fn say_to(&self, asker: &Asker, sentence: &str) {
        self.show(asker, &Sheet::line(sentence), answer::MESSAGE).await;
    }

    /// A page to them alone: a new one, or in place of the one they pressed on.
    pub(super) async fn show(&self, asker: &Asker, sheet: &Sheet, own: u8) {
        if let Err(error) = self.keep(&sheet.kept).await {
            tracing::error!(error = %error, "what a form stands for could not be written down");
        }
        let mut data = sheet.ephemeral();
        if own == answer::CHANGE {
            // What it shows is theirs alone already.
            data["flags"] = json!(data["flags"].as_u64().unwrap_or_default() & !EPHEMERAL);
        }
        self.call_back(asker.id, &asker.token, &json!({ "type": own, "data": data })).await;
    }

    /// True when Discord has an answer to this interaction, this one or an earlier one.
    pub(super) async fn call_back(&self, interaction: u64, token: &str, body: &Value) -> bool {
        let path = format!("/interactions/{interaction}/{token}/callback");
        match self.calls.answer(Method::POST, &path, body, &[]).await {
            Ok(_) => true,
            Err(problem) if problem.is(&[code::ALREADY_ANSWERED]) => true,
            Err(problem) => {
                tracing::warn!(interaction, fault = %problem.fault, code = problem.code, "an interaction could not be answered");
                false
            }
        }
    }

    /// Something only a later Slipway can read: its author hears that, and not Discord's "did not respond".
    pub(super) async fn unreadable(&self, event: &Value) {
        let id = event["id"].as_str().and_then(super::rooms::id);
        if let (Some(id), Some(token)) = (id, event["token"].as_str()) {
            let data = Sheet::line(&words::unreadable()).ephemeral();
            self.call_back(id, token, &json!({ "type": answer::MESSAGE, "data": data })).await;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "serenity has three kinds of interactions that share no trait")]
    fn asker(
        &self,
        id: u64,
        token: &str,
        room: u64,
        channel: Option<&PartialChannel>,
        guild: Option<u64>,
        user: &User,
        member: Option<&Member>,
        allowed: Option<u64>,
    ) -> Asker {
        let kind = match channel {
            Some(channel) => RoomKind::of(u64::from(u8::from(channel.kind))),
            None if guild.is_none() => RoomKind::Direct,
            None => RoomKind::Channel,
        };
        let parent = channel.and_then(|channel| channel.parent_id).filter(|_| kind == RoomKind::Thread);
        let parent = parent.map(|parent| parent.get());
        self.rooms.learn(room, Room { kind, guild, parent, allowed });
        let nick = member.and_then(|member| member.nick.clone());
        let name = nick.or_else(|| user.global_name.clone()).unwrap_or_else(|| user.name.clone());
        let person = Person { platform: PLATFORM.to_owned(), id: user.id.to_string(), name };
        Asker { id, token: token.to_owned(), room, place: self.place(room, parent), person, user: user.id.get(), guild }
    }
}

/// What the person would have typed after `/release`.
fn typed(intake: &dyn Intake, command: &CommandInteraction) -> String {
    let (name, given, _) = options(command);
    words_of(&intake.commands(), &name, &given)
}

/// The subcommand, its options, and the one that is being typed.
fn options(command: &CommandInteraction) -> (String, Vec<(String, String)>, Option<String>) {
    let Some(subcommand) = command.data.options.first() else { return (String::new(), Vec::new(), None) };
    let CommandDataOptionValue::SubCommand(inner) = &subcommand.value else {
        return (subcommand.name.clone(), Vec::new(), None);
    };
    let mut focused = None;
    let given = inner
        .iter()
        .filter_map(|option| {
            let value = match &option.value {
                CommandDataOptionValue::String(value) => value.clone(),
                CommandDataOptionValue::Autocomplete { value, .. } => {
                    focused = Some(option.name.clone());
                    value.clone()
                }
                _ => return None,
            };
            Some((option.name.clone(), value))
        })
        .collect();
    (subcommand.name.clone(), given, focused)
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
