//! `[incidents]`: where incidents are told.

use super::channel::channel;
use crate::domain::message::Place;
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentsConfig {
    /// Channels whose messages are read for incidents, as `PLATFORM:CHANNEL`. They are watched without being named there too.
    pub channels: Vec<String>,
    /// Of them, those whose incidents are named nowhere else.
    pub restricted: Vec<String>,
    /// What signs the deliveries to `/hooks/incidents`; without it there is no such place.
    pub webhook_secret_env: Option<String>,
    pub webhook_secret_file: Option<PathBuf>,
}

impl IncidentsConfig {
    pub fn places(&self) -> Result<Vec<Place>, String> {
        self.channels.iter().map(|named| channel("incidents.channels", named)).collect()
    }

    pub fn closed(&self) -> Result<Vec<Place>, String> {
        self.restricted.iter().map(|named| channel("incidents.restricted", named)).collect()
    }

    /// Ids of the channels of one platform.
    pub fn watched<'a>(&'a self, platform: &'a str) -> impl Iterator<Item = String> + 'a {
        let of = move |named: &String| named.strip_prefix(platform)?.strip_prefix(':').map(str::to_owned);
        self.channels.iter().filter_map(of)
    }
}
