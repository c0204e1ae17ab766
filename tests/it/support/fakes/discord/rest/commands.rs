//! Which commands does the bot have, and where?

use super::{Answer, Asked};
use crate::support::fakes::discord::problem::Problem;
use crate::support::fakes::discord::state::State;
use serde_json::{Value, json};

impl State {
    pub(super) fn registered(&self, asked: &Asked) -> Answer {
        let scope = self.scope(asked)?;
        Ok((200, json!(self.commands.get(&scope).cloned().unwrap_or_default())))
    }

    /// Overwrites all of them; a command keeps its id while its name stays.
    pub(super) fn register(&mut self, asked: &Asked) -> Answer {
        let scope = self.scope(asked)?;
        let before = self.commands.remove(&scope).unwrap_or_default();
        let mut commands = Vec::new();
        for command in asked.body.as_array().into_iter().flatten() {
            let kind = command["type"].as_u64().unwrap_or(1);
            let known = before.iter().find(|known| known["name"] == command["name"] && known["type"] == kind);
            let id = known.map_or_else(|| json!(self.id().to_string()), |known| known["id"].clone());
            let mut whole = command.clone();
            whole["id"] = id;
            whole["type"] = json!(kind);
            whole["application_id"] = json!(self.application.id.to_string());
            whole["version"] = json!(self.id().to_string());
            whole["default_member_permissions"] = whole["default_member_permissions"].clone();
            if whole["description"].is_null() {
                whole["description"] = json!("");
            }
            if let Some(guild) = scope {
                whole["guild_id"] = json!(guild.to_string());
            }
            commands.push(whole);
        }
        let answer: Vec<Value> = commands.clone();
        self.commands.insert(scope, commands);
        Ok((200, json!(answer)))
    }

    fn scope(&self, asked: &Asked) -> Result<Option<u64>, Problem> {
        if asked.id(0) != self.application.id {
            return Err(Problem::new(404, 10002, "Unknown Application"));
        }
        if asked.ids.len() == 1 {
            return Ok(None);
        }
        let guild = self.guilds.get(&asked.id(1)).filter(|guild| guild.members.contains(&self.application.bot));
        match guild {
            Some(guild) if guild.commands_allowed => Ok(Some(guild.id)),
            _ => Err(Problem::missing_access()),
        }
    }
}
