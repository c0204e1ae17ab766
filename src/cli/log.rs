//! Where does the log go? To standard error, for people or for machines.

use crate::config::{LogConfig, LogFormat};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// async-openai writes whole response bodies into its log, the chat platforms' clients whole messages and addresses that
/// are permissions, sled its inner workings: none of it belongs in ours.
const QUIET: &str = "async_openai=off,sled=warn,slack_morphism=off,serenity=off,tungstenite=off,tokio_tungstenite=off";

/// `level` is what is logged when neither `RUST_LOG` nor the configuration's own level asks for something else.
pub fn start(config: &LogConfig, level: &str) {
    let wanted = std::env::var("RUST_LOG").ok().or_else(|| config.level.clone());
    let wanted = wanted.unwrap_or_else(|| level.to_owned());
    let filter = EnvFilter::new(format!("{wanted},{QUIET}"));
    let registry = tracing_subscriber::registry().with(filter);
    let colours = std::io::stderr().is_terminal();
    // A log nobody reads any more is dropped; complaining about it on the same closed pipe would end the process.
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(colours).log_internal_errors(false);
    // A second call in one process (tests) keeps the first subscriber.
    let _ = match config.format {
        LogFormat::Text => registry.with(layer.with_target(false)).try_init(),
        LogFormat::Json => registry.with(layer.json()).try_init(),
    };
}
