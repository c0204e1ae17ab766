//! Which channel of which platform is meant by `slack:C0123456789`?

use crate::domain::message::Place;

/// `key` is the setting it stands under, for the sentence that refuses it.
pub fn channel(key: &str, named: &str) -> Result<Place, String> {
    match named.split_once(':') {
        Some((platform @ ("web" | "slack" | "discord"), channel)) if !channel.trim().is_empty() => {
            Ok(Place { platform: platform.to_owned(), channel: channel.to_owned(), thread: None })
        }
        _ => Err(format!(
            "`{key}` is `{named}`; write a platform and a channel, for example `web:on-call`, `slack:C0123456789` or `discord:1122334455`"
        )),
    }
}
