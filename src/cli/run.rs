//! `slipway run`: starts the bot and its web chat, and stops them when told to.

use super::Global;
use super::exit::Failure;
use super::terminal;
use crate::config::Config;
use crate::wiring::{self, House};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[derive(Debug, Clone, Default, Args)]
pub struct RunArgs {
    /// The repository of the example workspace; the one around the current directory when not given
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
    /// Where the web chat listens; wins over the configuration
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

impl RunArgs {
    /// The configuration with the command line's wishes in it.
    pub fn apply(&self, config: &Config) -> Config {
        let mut config = config.clone();
        if let Some(address) = self.listen {
            config.web.address = address;
        }
        config
    }

    pub fn repo(&self) -> Option<&PathBuf> {
        self.repo.as_ref()
    }
}

pub async fn run(config: &Config, global: &Global, args: &RunArgs) -> Result<ExitCode, Failure> {
    let config = args.apply(config);
    let store = wiring::open_store(&global.data_dir).map_err(Failure::configuration)?;
    let house = House::build(&config, store, wiring::system_clock(), args.repo().map(PathBuf::as_path))
        .await
        .map_err(Failure::configuration)?;
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    terminal::tell(&house.greeting(&global.data_dir));
    house.run(stop).await.map_err(|error| Failure::bug(format!("{error:#}")))?;
    terminal::tell("Slipway has stopped; nothing was lost.");
    Ok(ExitCode::SUCCESS)
}

async fn stop_on_signal(stop: CancellationToken) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::error!("signals cannot be heard; stop the process by force");
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    stop.cancel();
    interrupt.recv().await;
    terminal::tell("Slipway was told to stop twice and leaves at once; running work goes on at the next start.");
    std::process::exit(130);
}
