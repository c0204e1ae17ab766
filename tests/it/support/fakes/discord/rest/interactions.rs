//! How is what a person did answered: at once within three seconds, then for fifteen minutes by its token?

use super::{Answer, Asked};
use crate::support::fakes::discord::log::Answered;
use crate::support::fakes::discord::problem::Problem;
use crate::support::fakes::discord::state::{EPHEMERAL, Interaction, LOADING, State};
use serde_json::{Value, json};
use std::time::Duration;

pub const FIRST_ANSWER: Duration = Duration::from_secs(3);
const TOKEN: Duration = Duration::from_secs(15 * 60);

impl State {
    pub(super) fn callback(&mut self, asked: &Asked) -> Answer {
        let now = self.now();
        let known = self.interactions.get(&asked.id(0)).filter(|known| known.token == asked.ids[1]);
        let interaction = known.cloned().ok_or_else(Problem::unknown_interaction)?;
        if interaction.answer.is_some() {
            return Err(Problem::already_acknowledged());
        }
        let took = now.duration_since(interaction.created);
        if took > FIRST_ANSWER {
            return Err(Problem::unknown_interaction());
        }
        let original = self.first_answer(&interaction, asked)?;
        self.log.interactions.push(Answered { about: interaction.about.clone(), took: Some(took) });
        let kept = self.interactions.get_mut(&interaction.id).expect("just seen");
        kept.answer = Some(asked.body.clone());
        kept.answered = Some(now);
        kept.original = original;
        Ok((204, Value::Null))
    }

    /// Shows it; returns the message that is now the original response.
    fn first_answer(&mut self, interaction: &Interaction, asked: &Asked) -> Result<Option<u64>, Problem> {
        let (body, data) = (&asked.body, &asked.body["data"]);
        let wrong = || {
            let told = "This answer does not fit the interaction".to_owned();
            Problem::form(vec![("type".to_owned(), "BASE_TYPE_CHOICES".to_owned(), told)])
        };
        match (body["type"].as_u64().unwrap_or_default(), interaction.kind) {
            (4, 2 | 3 | 5) => self.reply(interaction, data, asked, false).map(Some),
            (5, 2 | 3 | 5) => self.reply(interaction, data, asked, true).map(Some),
            (6, 3 | 5) if interaction.message.is_some() => Ok(interaction.message),
            (7, 3 | 5) => {
                let id = interaction.message.ok_or_else(wrong)?;
                self.change(id, data, asked)?;
                Ok(Some(id))
            }
            (8, 4) | (9, 2 | 3) => Ok(None),
            _ => Err(wrong()),
        }
    }

    /// A message that answers an interaction; while `loading` it says that the bot is thinking.
    fn reply(&mut self, interaction: &Interaction, data: &Value, asked: &Asked, loading: bool) -> Result<u64, Problem> {
        let id = self.id();
        let mut message = self.blank_message(id, interaction.channel, self.application.bot);
        message.interaction = Some(interaction.id);
        if data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0 {
            message.only = Some(interaction.user);
        }
        if loading {
            message.flags = data["flags"].as_u64().unwrap_or_default() | LOADING;
        } else {
            self.fill(&mut message, data, &asked.files)?;
        }
        let public = message.only.is_none();
        self.messages.insert(id, message);
        if public {
            self.tell_message("MESSAGE_CREATE", id);
        }
        Ok(id)
    }

    fn change(&mut self, id: u64, body: &Value, asked: &Asked) -> Result<(), Problem> {
        let mut message =
            self.messages.get(&id).filter(|message| !message.deleted).ok_or_else(Problem::unknown_message)?.clone();
        self.fill(&mut message, body, &asked.files)?;
        message.edited = true;
        message.edits += 1;
        self.messages.insert(id, message);
        Ok(())
    }

    /// The interaction a token still speaks for.
    fn spoken_for(&self, asked: &Asked) -> Result<Interaction, Problem> {
        let ours = asked.id(0) == self.application.id;
        let known = self.interactions.values().find(|known| ours && known.token == asked.ids[1]);
        let interaction = known.ok_or_else(Problem::unknown_webhook)?;
        if self.now().duration_since(interaction.created) > TOKEN {
            return Err(Problem::new(401, 50027, "Invalid Webhook Token"));
        }
        if interaction.answer.is_none() {
            return Err(Problem::unknown_webhook());
        }
        Ok(interaction.clone())
    }

    /// The first one completes a deferred answer, as Discord does it.
    pub(super) fn follow_up(&mut self, asked: &Asked) -> Answer {
        let interaction = self.spoken_for(asked)?;
        let waiting =
            interaction.original.filter(|id| self.messages[id].flags & LOADING != 0 && !self.messages[id].deleted);
        let id = match waiting {
            Some(id) => {
                self.change(id, &asked.body, asked)?;
                id
            }
            None => self.reply(&interaction, &asked.body, asked, false)?,
        };
        Ok((200, self.message_json(&self.messages[&id])))
    }

    /// Reads, changes or deletes the original response or a follow-up.
    pub(super) fn response(&mut self, method: &str, asked: &Asked) -> Answer {
        let interaction = self.spoken_for(asked)?;
        let id = if asked.route.ends_with("@original") {
            interaction.original.ok_or_else(Problem::unknown_message)?
        } else {
            asked.id(2)
        };
        let standing = self.messages.get(&id).filter(|message| !message.deleted);
        let ours = standing
            .is_some_and(|message| message.interaction == Some(interaction.id) || interaction.message == Some(id));
        if !ours {
            return Err(Problem::unknown_message());
        }
        match method {
            "PATCH" => self.change(id, &asked.body, asked)?,
            "DELETE" => {
                self.remove_message(id);
                return Ok((204, json!(null)));
            }
            _ => {}
        }
        Ok((200, self.message_json(&self.messages[&id])))
    }
}
