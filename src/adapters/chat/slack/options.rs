//! Which workspace, how events come from it, and which tokens were meant?

use secrecy::{ExposeSecret, SecretString};

/// How Slack is set up. `check` names what cannot work.
#[derive(Debug, Clone)]
pub struct SlackOptions {
    /// `xoxb-…`.
    pub bot_token: SecretString,
    /// `xapp-…`: events come over Socket Mode.
    pub app_token: Option<SecretString>,
    /// Events come over HTTP; the second one serves while the secret is rotated.
    pub signing_secrets: Vec<SecretString>,
    /// `/release`.
    pub command: String,
    /// Ids of channels whose messages are read, whoever they are for.
    pub watched: Vec<String>,
    /// Where the Web API is, if not at Slack: `https://slack.example.org/api`.
    pub api_url: Option<String>,
    /// How people reach Slipway's own pages.
    pub public_url: String,
}

/// What is set up at Slack.
pub const API_URL: &str = "https://slack.com/api";

impl SlackOptions {
    /// `Err` is a sentence that says what is wrong and what to set.
    pub fn check(&self) -> Result<(), String> {
        wants("bot token", "xoxb-", &self.bot_token)?;
        if let Some(token) = &self.app_token {
            wants("app-level token", "xapp-", token)?;
        }
        self.check_mode()?;
        self.check_command()?;
        if let Some(channel) = self.watched.iter().find(|channel| !is_channel_id(channel)) {
            return Err(format!(
                "`{channel}` is not the id of a Slack channel. Open the channel's details in Slack; the id at their end \
                 begins with `C`."
            ));
        }
        match &self.api_url {
            Some(url) if !url.starts_with("https://") && !url.starts_with("http://") => {
                Err(format!("Slack's `api_url` is `{url}`, which is no address. Write `{API_URL}` or your relay's."))
            }
            _ => Ok(()),
        }
    }

    fn check_mode(&self) -> Result<(), String> {
        if self.signing_secrets.iter().any(|secret| secret.expose_secret().is_empty()) {
            return Err("Slack's signing secret is empty, so anybody could sign. Copy it from **Basic Information**."
                .to_owned());
        }
        match (&self.app_token, self.signing_secrets.len()) {
            (None, 0) => {
                Err("Slack has no way to send events. Set the app-level token (`xapp-…`) for Socket Mode, or \
                              the signing secret for events over HTTP."
                    .to_owned())
            }
            (Some(_), 1..) => Err("Slack would send events both over Socket Mode and over HTTP. Set either the \
                                   app-level token or the signing secret, and leave the other one out."
                .to_owned()),
            (None, 3..) => {
                Err("Slack has more than two signing secrets. Keep the current one and, while it is rotated, the old \
                     one."
                    .to_owned())
            }
            _ => Ok(()),
        }
    }

    fn check_command(&self) -> Result<(), String> {
        let name = self.command.strip_prefix('/').unwrap_or_default();
        let fits = (1..=32).contains(&name.len());
        if fits && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b)) {
            return Ok(());
        }
        Err(format!(
            "`{}` cannot be a Slack command. Begin with `/`, then up to 32 lower-case letters, digits, `-` and `_`, as \
             the app's manifest has it.",
            self.command
        ))
    }

    /// Where the Web API is, without a slash at the end.
    pub fn base(&self) -> &str {
        self.api_url.as_deref().unwrap_or(API_URL).trim_end_matches('/')
    }

    /// Everything that must not be read in a log.
    pub fn secrets(&self) -> Vec<SecretString> {
        let mut secrets = vec![self.bot_token.clone()];
        secrets.extend(self.app_token.clone());
        secrets.extend(self.signing_secrets.iter().cloned());
        secrets
    }
}

/// What people paste instead, by its beginning.
const TOKENS: &[(&str, &str)] = &[
    ("xoxb-", "a bot token"),
    ("xapp-", "an app-level token"),
    ("xoxp-", "a person's token"),
    ("xoxe", "a token of token rotation, which Slipway does not use; switch rotation off in the app's settings"),
    ("xoxa-", "an old workspace token"),
    ("xoxs-", "a browser's session token"),
    ("xoxc-", "a browser's session token"),
];

fn wants(name: &str, beginning: &str, token: &SecretString) -> Result<(), String> {
    let token = token.expose_secret();
    if token.starts_with(beginning) && token.len() > beginning.len() && !token.contains(char::is_whitespace) {
        return Ok(());
    }
    let (article, where_) = match beginning {
        "xoxb-" => ("a", "under **OAuth & Permissions**"),
        _ => ("an", "under **Basic Information**, **App-Level Tokens**"),
    };
    let given = match TOKENS.iter().find(|(known, _)| token.starts_with(known)) {
        Some((known, what)) if *known != beginning => format!("`{known}…` is {what}"),
        Some(_) => "it is cut or has a space in it".to_owned(),
        None => "what is set is none of Slack's tokens".to_owned(),
    };
    Err(format!(
        "Slack's {name} cannot be used: {given}; {article} {name} begins with `{beginning}`. Copy it {where_}."
    ))
}

fn is_channel_id(text: &str) -> bool {
    let rest = text.strip_prefix(['C', 'G']).unwrap_or_default();
    rest.len() >= 6 && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket_mode() -> SlackOptions {
        SlackOptions {
            bot_token: "xoxb-1-2-three".into(),
            app_token: Some("xapp-1-A-2-three".into()),
            signing_secrets: Vec::new(),
            command: "/release".to_owned(),
            watched: Vec::new(),
            api_url: None,
            public_url: "https://releases.example.org".to_owned(),
        }
    }

    fn refused(options: &SlackOptions) -> String {
        options.check().expect_err("it cannot work")
    }

    #[test]
    fn either_way_of_hearing_will_do_but_one_of_them() {
        assert_eq!(socket_mode().check(), Ok(()));
        let http = SlackOptions { app_token: None, signing_secrets: vec!["8f74".into()], ..socket_mode() };
        assert_eq!(http.check(), Ok(()));
        let rotating = SlackOptions { signing_secrets: vec!["8f74".into(), "0a1b".into()], ..http.clone() };
        assert_eq!(rotating.check(), Ok(()));
        let neither = refused(&SlackOptions { app_token: None, ..socket_mode() });
        assert!(neither.contains("`xapp-…`") && neither.contains("signing secret"), "{neither}");
        let both = refused(&SlackOptions { signing_secrets: vec!["8f74".into()], ..socket_mode() });
        assert!(both.contains("both over Socket Mode and over HTTP"), "{both}");
        let empty = refused(&SlackOptions { signing_secrets: vec!["".into()], ..http.clone() });
        assert!(empty.contains("is empty"), "{empty}");
        let three = SlackOptions { signing_secrets: vec!["a".into(), "b".into(), "c".into()], ..http };
        assert!(refused(&three).contains("more than two"));
    }

    #[test]
    fn a_wrong_token_is_named_and_never_shown() {
        let swapped = SlackOptions { bot_token: "xapp-1-A-2-three".into(), ..socket_mode() };
        assert_eq!(
            refused(&swapped),
            "Slack's bot token cannot be used: `xapp-…` is an app-level token; a bot token begins with `xoxb-`. Copy it \
             under **OAuth & Permissions**."
        );
        let other = SlackOptions { app_token: Some("xoxb-1-2-three".into()), ..socket_mode() };
        assert!(refused(&other).contains("`xoxb-…` is a bot token; an app-level token begins with `xapp-`"));
        for (pasted, told) in [
            ("xoxp-1-2-secret", "a person's token"),
            ("xoxe.xoxb-1-secret", "token rotation"),
            ("hunter2-secret", "none of Slack's tokens"),
            ("xoxb-", "it is cut"),
            ("xoxb-1 secret", "it is cut or has a space"),
        ] {
            let sentence = refused(&SlackOptions { bot_token: pasted.into(), ..socket_mode() });
            assert!(sentence.contains(told) && !sentence.contains("secret"), "{sentence}");
        }
    }

    #[test]
    fn commands_channels_and_addresses_are_looked_at() {
        for command in ["release", "/", "/Release", "/re lease"] {
            let sentence = refused(&SlackOptions { command: command.to_owned(), ..socket_mode() });
            assert!(sentence.contains(&format!("`{command}`")), "{sentence}");
        }
        let named = SlackOptions { watched: vec!["#incidents".to_owned()], ..socket_mode() };
        assert!(refused(&named).contains("`#incidents` is not the id"));
        let known = SlackOptions { watched: vec!["C0123456789".to_owned()], ..socket_mode() };
        assert_eq!(known.check(), Ok(()));
        let odd = SlackOptions { api_url: Some("slack.example.org".to_owned()), ..socket_mode() };
        assert!(refused(&odd).contains("`slack.example.org`"));
    }
}
