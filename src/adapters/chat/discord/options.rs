//! Which application is the bot on Discord, where does it work, and how is Discord reached?

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;

/// How Discord is set up. `check` refuses what cannot work, in a sentence.
#[derive(Debug, Clone)]
pub struct DiscordOptions {
    /// The bot's token, from the page *Bot* of the developer portal.
    pub token: SecretString,
    /// Servers that get `/release` at once; none: every server, within an hour.
    pub guilds: Vec<u64>,
    /// Channels whose messages are read.
    pub watched: Vec<u64>,
    /// Ask for the privileged message-content intent.
    pub message_content: bool,
    /// Something in a closed network that stands for `discord.com`.
    pub relay: Option<Relay>,
    /// The beginning of every link to a page of ours.
    pub public_url: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    pub address: SocketAddr,
    /// The authority that signed the relay's certificate for `discord.com`.
    pub ca_pem: Vec<u8>,
}

impl DiscordOptions {
    /// `Err` is a sentence that says what is wrong and what to set.
    pub fn check(&self) -> Result<(), String> {
        check_token(self.token.expose_secret())?;
        if !self.watched.is_empty() && !self.message_content {
            return Err("the Discord channels in `watched` cannot be read without the message-content intent. Set \
                        `message_content = true` and switch on *Message Content Intent* on the page *Bot* of the \
                        developer portal, or empty `watched`."
                .to_owned());
        }
        let relay = self.relay.iter();
        for relay in relay {
            CertificateDer::from_pem_slice(&relay.ca_pem).map_err(|_| {
                "the authority of the Discord relay is not a certificate in PEM. Name the file that begins with \
                 `-----BEGIN CERTIFICATE-----`."
                    .to_owned()
            })?;
        }
        Ok(())
    }
}

const WHERE: &str = "Copy the bot's token from the page *Bot* of <https://discord.com/developers/applications>: three parts \
                     with dots between them.";

fn check_token(token: &str) -> Result<(), String> {
    let token = token.trim();
    if token.starts_with("Bot ") || token.starts_with("Bearer ") {
        return Err(format!(
            "the Discord token begins with `{}`, which Slipway adds itself. Leave it out.",
            &token[..token.find(' ').unwrap_or(0)]
        ));
    }
    if ["xoxb-", "xoxp-", "xoxe", "xapp-", "xoxa-"].iter().any(|start| token.starts_with(start)) {
        return Err(format!("what is set as the Discord token is one of Slack's. {WHERE}"));
    }
    if token.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            "what is set as the Discord token is an id: the application's, a server's or a person's. {WHERE}"
        ));
    }
    let parts: Vec<&str> = token.split('.').collect();
    if parts.len() == 1 && token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!("what is set as the Discord token is the application's public key. {WHERE}"));
    }
    if parts.len() == 1 {
        return Err(format!(
            "what is set as the Discord token is a client secret, or something else that is no token. {WHERE}"
        ));
    }
    if parts.len() != 3 || owner(parts[0]).is_none() {
        return Err(format!("what is set as the Discord token is none, or not all of one. {WHERE}"));
    }
    Ok(())
}

/// A token's first part is the bot's id in base64.
fn owner(part: &str) -> Option<u64> {
    let digits = STANDARD_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    String::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(token: &str) -> DiscordOptions {
        DiscordOptions {
            token: token.to_owned().into(),
            guilds: vec![],
            watched: vec![],
            message_content: false,
            relay: None,
            public_url: "https://r.example".to_owned(),
        }
    }

    #[test]
    fn a_pasted_token_of_another_kind_is_told_by_what_it_is() {
        assert_eq!(options("MTEyMjMzNDQ1NTY2Nzc4OA.GfakeX.shaped-like-one").check(), Ok(()));
        let refused = |token: &str| options(token).check().expect_err(token);
        assert!(refused("Bot MTEyMjMzNDQ1NTY2Nzc4OA.G.x").contains("begins with `Bot`"));
        assert!(refused("xoxb-1-2-3").contains("one of Slack's"));
        assert!(refused("1122334455667788").contains("is an id"));
        assert!(refused(&"a1".repeat(32)).contains("public key"));
        assert!(refused("k7Zf-client-secret-of-32-letters").contains("client secret"));
        assert!(refused("MTEyMjMzNDQ1NTY2Nzc4OA.GfakeX").contains("not all of one"));
        assert!(refused("").contains("is an id") || refused("").contains("page *Bot*"));
    }

    #[test]
    fn watching_needs_the_intent() {
        let blind = DiscordOptions { watched: vec![1], ..options("MTEyMjMzNDQ1NTY2Nzc4OA.GfakeX.x") };
        assert!(blind.check().expect_err("blind").contains("message_content = true"));
        assert_eq!(DiscordOptions { message_content: true, ..blind }.check(), Ok(()));
    }

    #[test]
    fn an_authority_that_is_none_is_told() {
        let address = "127.0.0.1:443".parse().expect("an address");
        let relay = Some(Relay { address, ca_pem: b"nonsense".to_vec() });
        let odd = DiscordOptions { relay, ..options("MTEyMjMzNDQ1NTY2Nzc4OA.GfakeX.x") };
        assert!(odd.check().expect_err("no certificate").contains("-----BEGIN CERTIFICATE-----"));
    }
}
