//! Does Slack work, asked now? The token, its scopes, and the connection.

use super::Slack;
use super::hear::PLATFORM;
use super::lines::State;
use crate::adapters::http::{Http, Limits};
use crate::domain::health::Check;
use crate::domain::trouble::Fault;
use secrecy::ExposeSecret;
use slack_morphism::prelude::SlackApiToken;
use std::time::Duration;
use tokio::time::Instant;

/// Each scope, and what is missing without it. `deploy/slack/manifest.yaml` asks for the same.
const SCOPES: &[(&str, &str)] = &[
    ("app_mentions:read", "hear its name"),
    ("channels:history", "hear replies to its notes, and find a message in doubt instead of repeating it"),
    ("channels:read", "be told when a channel is deleted or it is taken out of one"),
    ("chat:write", "say anything"),
    ("commands", "hear its command and shortcuts"),
    ("files:write", "attach files"),
    ("groups:history", "hear replies in private channels"),
    ("groups:read", "be told the same of private channels"),
    ("im:history", "hear direct messages"),
    ("im:write", "answer in direct messages where a channel is closed to it"),
    ("users:read", "call people by their names"),
];

impl Slack {
    pub(super) async fn checked(&self) -> Vec<Check> {
        let mut checks = vec![self.check_token().await];
        checks.extend(self.check_hearing().await);
        checks
    }

    /// The client keeps headers to itself, and the scopes stand in one: this is asked past it.
    async fn check_token(&self) -> Check {
        let limits = Limits { first_byte: Duration::from_secs(10), ..Limits::default() };
        let asked = async {
            let http =
                Http::new(limits, self.options.secrets()).map_err(|error| Fault::Unreachable(format!("{error:#}")))?;
            let token = self.options.bot_token.expose_secret();
            let request = http.client().post(format!("{}/auth.test", self.options.base())).bearer_auth(token).build();
            let request = request.map_err(|_| Fault::Malformed("the address of the Web API".to_owned()))?;
            let deadline = Instant::now() + Duration::from_secs(10);
            http.exchange(request, deadline, |_| true).await.map_err(|failure| failure.fault)
        };
        let answer = match asked.await {
            Ok(answer) => answer,
            Err(fault) => {
                return Check::fails(PLATFORM, format!("Slack {fault}. See whether this machine reaches it."));
            }
        };
        let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if told["ok"] != true {
            let code = told["error"].as_str().unwrap_or("an unreadable answer");
            let sentence = match super::faults::of(code, None) {
                Fault::Unauthorized => super::faults::token(code, "bot token"),
                Fault::Refused(refusal) => refusal.0,
                _ => format!("Slack refused to say who we are (`{code}`)."),
            };
            return Check::fails(PLATFORM, sentence);
        }
        let granted = answer.headers.get("x-oauth-scopes").and_then(|scopes| scopes.to_str().ok());
        let (name, team) = (told["user"].as_str().unwrap_or_default(), told["team"].as_str().unwrap_or_default());
        match granted.map(missing) {
            Some(missing) if !missing.is_empty() => Check::fails(
                PLATFORM,
                format!(
                    "`@{name}` works in `{team}`, but lacks {}. Add what is missing under **OAuth & Permissions** and \
                     install the app again.",
                    missing.join(", ")
                ),
            ),
            Some(_) => Check::works(PLATFORM, format!("`@{name}` in `{team}`, with every scope it needs.")),
            None => Check::works(PLATFORM, format!("`@{name}` in `{team}`.")),
        }
    }

    async fn check_hearing(&self) -> Vec<Check> {
        let what = format!("{PLATFORM} events");
        if self.options.app_token.is_none() {
            let sentence =
                format!("Expected over HTTP at `{}/slack/events`.", self.options.public_url.trim_end_matches('/'));
            return vec![Check::works(what, sentence)];
        }
        let states = self.lines.all();
        if states.is_empty() {
            return vec![self.try_app_token(what).await];
        }
        let open: Vec<_> = states
            .iter()
            .filter_map(|state| match state {
                State::Open { since } => Some(*since),
                State::Away { .. } => None,
            })
            .collect();
        let Some(since) = open.iter().min() else {
            let why = self.lines.silent().and_then(|(_, why)| why).unwrap_or_else(|| "it is being opened".to_owned());
            return vec![Check::fails(what, format!("No connection: {why}. Slipway goes on trying."))];
        };
        let sentence = format!(
            "{} of {} connections open, the oldest since {} UTC.",
            open.len(),
            states.len(),
            since.format("%Y-%m-%d %H:%M")
        );
        vec![Check::works(what, sentence)]
    }

    /// Nobody listens in this process: is the token one that connections are given for?
    async fn try_app_token(&self, what: String) -> Check {
        let Some(token) = &self.options.app_token else { return Check::off(what, "Not set up.") };
        let token = SlackApiToken::new(token.expose_secret().to_owned().into());
        match self.api.post_as_app(&token, "apps.connections.open").await {
            Ok(_) => Check::works(what, "Slack gives connections for the app-level token."),
            Err(problem) => {
                let sentence = match &problem.fault {
                    Fault::Unauthorized => super::faults::token(&problem.code, "app-level token"),
                    Fault::Refused(refusal) => refusal.0.clone(),
                    fault if problem.code.is_empty() => format!("Slack {fault}. See whether this machine reaches it."),
                    _ => format!(
                        "Slack gives no connection (`{}`). See whether Socket Mode is on in the app's settings.",
                        problem.code
                    ),
                };
                Check::fails(what, sentence)
            }
        }
    }
}

/// The scopes that are not granted, each with what it is for.
fn missing(granted: &str) -> Vec<String> {
    let granted: Vec<&str> = granted.split(',').map(str::trim).collect();
    let lacking = SCOPES.iter().filter(|(scope, _)| !granted.contains(scope));
    lacking.map(|(scope, what)| format!("`{scope}` (to {what})")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_asks_for_what_is_checked() {
        let manifest = include_str!("../../../../deploy/slack/manifest.yaml");
        let bot =
            manifest.split("\n    bot:\n").nth(1).and_then(|rest| rest.split("settings:").next()).expect("scopes");
        let asked: Vec<&str> = bot
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- "))
            .map(|line| line.split(" #").next().unwrap_or(line).trim())
            .collect();
        let checked: Vec<&str> = SCOPES.iter().map(|(scope, _)| *scope).collect();
        assert_eq!(asked, checked);
    }

    #[test]
    fn what_is_missing_is_named_with_what_it_is_for() {
        let all: Vec<&str> = SCOPES.iter().map(|(scope, _)| *scope).collect();
        assert_eq!(missing(&all.join(",")), Vec::<String>::new());
        let without = all.join(",").replace("files:write,", "");
        assert_eq!(missing(&without), ["`files:write` (to attach files)"]);
    }
}
