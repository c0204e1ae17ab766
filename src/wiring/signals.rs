//! From `signals.toml` to what is asked of whom.

use super::secret;
use crate::adapters::metrics::prometheus::{Prometheus, PrometheusOptions};
use crate::config::{Config, SignalConfig, SignalsConfig};
use crate::features::watch::signals::Asked;
use crate::judge::series::Kind;
use crate::ports::metrics::Metrics;
use std::sync::Arc;
use std::time::Duration;

/// Nothing where the configuration names no signals.
pub fn signals(config: &Config) -> Result<Vec<Asked>, String> {
    let Some(file) = &config.signals else { return Ok(Vec::new()) };
    let read = SignalsConfig::load(file).map_err(|error| error.to_string())?;
    let mut sources: Vec<Arc<dyn Metrics>> = Vec::new();
    for source in &read.sources {
        let token = secret(source.token_env.as_deref(), source.token_file.as_deref(), "token of Prometheus")?;
        let options = PrometheusOptions {
            name: source.name.clone(),
            url: source.url.clone(),
            token,
            timeout: Duration::from_secs(source.timeout_s.max(1)),
            in_flight: source.in_flight,
        };
        sources.push(Arc::new(Prometheus::new(options).map_err(|error| format!("{error:#}"))?));
    }
    read.signals.into_iter().map(|signal| asked(signal, &sources)).collect()
}

fn asked(signal: SignalConfig, sources: &[Arc<dyn Metrics>]) -> Result<Asked, String> {
    let SignalConfig { service, signal, kind, query, source } = signal;
    let kind = match &kind {
        None => Kind::guessed(&signal),
        Some(name) => Kind::named(name).ok_or_else(|| {
            let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            format!("signal `{signal}` of `{service}` is of kind `{name}`; write one of {}", kinds.join(", "))
        })?,
    };
    let source = sources.iter().find(|one| one.name() == source);
    let source = source.ok_or_else(|| format!("signal `{signal}` of `{service}` has no source"))?.clone();
    Ok(Asked { service, signal, kind, query, source })
}
