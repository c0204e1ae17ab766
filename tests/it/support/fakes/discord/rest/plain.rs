//! Who is the bot, and where is its gateway?

use super::{Answer, Asked};
use crate::support::fakes::discord::problem::Problem;
use crate::support::fakes::discord::state::State;
use serde_json::{Value, json};

impl State {
    pub(super) fn gateway(&self) -> Answer {
        Ok((200, json!({ "url": self.gateway_url })))
    }

    pub(super) fn gateway_bot(&self) -> Answer {
        let left = self.knobs.identifies_left;
        let starts = json!({ "total": 1000, "remaining": left, "reset_after": 3_600_000, "max_concurrency": 1 });
        Ok((200, json!({ "url": self.gateway_url, "shards": 1, "session_start_limit": starts })))
    }

    pub(super) fn my_application(&self) -> Answer {
        let application = &self.application;
        Ok((
            200,
            json!({
                "id": application.id.to_string(), "name": application.name, "icon": null, "description": "",
                "bot_public": false, "bot_require_code_grant": false, "verify_key": "00", "owner": null, "team": null,
                "flags": application.flags, "bot": self.user_json(application.bot), "integration_types_config": {},
                "approximate_guild_count": self.guilds.len(), "redirect_uris": [], "interactions_endpoint_url": null,
                "role_connections_verification_url": null,
            }),
        ))
    }

    pub(super) fn my_guilds(&self) -> Answer {
        let guilds: Vec<Value> = self
            .guilds
            .values()
            .filter(|guild| guild.members.contains(&self.application.bot))
            .map(|guild| {
                json!({
                    "id": guild.id.to_string(), "name": guild.name, "icon": null, "owner": false,
                    "permissions": "2248473465835073", "features": [],
                })
            })
            .collect();
        Ok((200, json!(guilds)))
    }

    pub(super) fn open_direct(&mut self, asked: &Asked) -> Answer {
        let user = asked.body["recipient_id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
        match self.users.get(&user) {
            None => Err(Problem::new(400, 50033, "Invalid Recipient(s)")),
            Some(_) => {
                let id = self.direct(user);
                Ok((200, self.channel_json(&self.channels[&id])))
            }
        }
    }
}
