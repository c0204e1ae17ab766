//! What is watched after a change, and where it is measured: `signals.toml`.

use super::problem::{self, ConfigError};
use crate::domain::nearest::nearest;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The presets that come with Slipway.
const PRESETS: &str = include_str!("../../config/signals.toml");
/// The window of a rate.
const WINDOW: &str = "5m";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    sources: Vec<SourceConfig>,
    services: BTreeMap<String, ServiceSignals>,
    presets: BTreeMap<String, Preset>,
}

/// A Prometheus, or what speaks like one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    #[serde(default = "prometheus")]
    pub name: String,
    pub url: String,
    /// A bearer token: its environment variable, or a file that holds it.
    pub token_env: Option<String>,
    pub token_file: Option<PathBuf>,
    #[serde(default = "thirty")]
    pub timeout_s: u64,
    /// Queries at once.
    #[serde(default = "four")]
    pub in_flight: usize,
}

fn prometheus() -> String {
    "prometheus".to_owned()
}

fn thirty() -> u64 {
    30
}

fn four() -> usize {
    4
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ServiceSignals {
    presets: Vec<String>,
    labels: Option<String>,
    /// Which source, where there are several.
    source: Option<String>,
    signals: BTreeMap<String, Query>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    labels: String,
    signals: BTreeMap<String, Query>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    kind: Option<String>,
    query: String,
}

/// One signal as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalConfig {
    pub service: String,
    pub signal: String,
    /// Read from its name when not given.
    pub kind: Option<String>,
    pub query: String,
    /// The source's name.
    pub source: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignalsConfig {
    pub sources: Vec<SourceConfig>,
    pub signals: Vec<SignalConfig>,
}

impl SignalsConfig {
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let mut file: File = problem::read(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for token in file.sources.iter_mut().filter_map(|source| source.token_file.as_mut()) {
            *token = folder.join(&*token);
        }
        Self::of(file).map_err(|problem| ConfigError::of(Some(path), problem))
    }

    fn of(file: File) -> Result<Self, String> {
        let ours: File = toml::from_str(PRESETS).map_err(|error| error.to_string())?;
        let mut presets = ours.presets;
        presets.extend(file.presets);
        let mut signals = Vec::new();
        for (name, service) in &file.services {
            let source = source(name, service, &file.sources)?;
            let mut add = |signal: &str, query: &Query, labels: &str| {
                let labels = service.labels.as_deref().unwrap_or(labels).replace("$service", name);
                let text = query.query.replace("$labels", &labels).replace("$service", name).replace("$window", WINDOW);
                signals.push(SignalConfig {
                    service: name.clone(),
                    signal: signal.to_owned(),
                    kind: query.kind.clone(),
                    query: text,
                    source: source.clone(),
                });
            };
            for wanted in &service.presets {
                let preset = presets.get(wanted).ok_or_else(|| {
                    let known: Vec<&str> = presets.keys().map(String::as_str).collect();
                    let meant = nearest(wanted, known.iter().copied());
                    let meant = meant.map_or_else(
                        || format!("known are {}", known.join(", ")),
                        |name| format!("did you mean `{name}`?"),
                    );
                    format!("service `{name}` wants the preset `{wanted}`, which does not exist; {meant}")
                })?;
                preset.signals.iter().for_each(|(signal, query)| add(signal, query, &preset.labels));
            }
            service.signals.iter().for_each(|(signal, query)| add(signal, query, ""));
            if service.presets.is_empty() && service.signals.is_empty() {
                return Err(format!(
                    "service `{name}` has neither `presets` nor signals of its own, so nothing of it is watched"
                ));
            }
        }
        Ok(Self { sources: file.sources, signals })
    }
}

fn source(service: &str, signals: &ServiceSignals, sources: &[SourceConfig]) -> Result<String, String> {
    match (&signals.source, sources) {
        (Some(wanted), sources) if sources.iter().any(|source| source.name == *wanted) => Ok(wanted.clone()),
        (Some(wanted), _) => {
            Err(format!("service `{service}` is measured by `{wanted}`, which is none of `[[sources]]`"))
        }
        (None, [only]) => Ok(only.name.clone()),
        (None, []) => Err("there is no `[[sources]]`: say where Prometheus is".to_owned()),
        (None, _) => Err(format!("there are several `[[sources]]`: say with `source` which one measures `{service}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SignalsConfig, String> {
        SignalsConfig::of(toml::from_str(text).expect("TOML"))
    }

    #[test]
    fn one_line_per_service_is_enough_and_its_own_labels_win() {
        let read = read(
            "[[sources]]\nurl = \"http://p:9090\"\n[services.pay]\npresets = [\"red\"]\n[services.shop]\npresets = [\"red\"]\nlabels = 'app=\"s\"'\n",
        );
        let read = read.expect("readable");
        assert_eq!((read.sources[0].name.as_str(), read.signals.len()), ("prometheus", 8));
        let query = |service: &str| {
            let found = read.signals.iter().find(|one| one.service == service && one.signal == "requests_per_second");
            found.expect("it is asked for").query.clone()
        };
        assert_eq!(query("pay"), "sum(rate(http_requests_total{job=\"pay\"}[5m]))");
        assert_eq!(query("shop"), "sum(rate(http_requests_total{app=\"s\"}[5m]))");
    }

    #[test]
    fn what_does_not_fit_together_is_said() {
        let source = "[[sources]]\nurl = \"http://p:9090\"\n";
        let why = read(&format!("{source}[services.pay]\npresets = [\"rad\"]\n")).expect_err("unknown");
        assert_eq!(why, "service `pay` wants the preset `rad`, which does not exist; did you mean `red`?");
        let why = read("[services.pay]\npresets = [\"red\"]\n").expect_err("no source");
        assert_eq!(why, "there is no `[[sources]]`: say where Prometheus is");
        let why = read(&format!("{source}[services.pay]\n")).expect_err("nothing");
        assert!(why.starts_with("service `pay` has neither `presets` nor signals"), "{why}");
        let two = format!("{source}{source}[services.pay]\npresets = [\"red\"]\n");
        assert!(read(&two).is_err_and(|why| why.starts_with("there are several `[[sources]]`")));
    }
}
