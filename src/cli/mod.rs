//! THE COMMAND LINE: `slipway` runs the bot, `slipway draft` drafts without a chat, `slipway doctor` says what works.

mod catalogue;
mod doctor;
mod draft;
mod eval;
mod exit;
mod incidents;
mod log;
mod progress;
mod replay;
mod review;
mod run;
mod terminal;

use crate::config::Config;
use clap::{Args, Parser, Subcommand};
use exit::Failure;
use std::path::PathBuf;
use std::process::ExitCode;

/// Takes the fear out of releasing software: drafts deployment and work notes from git, in chat or in a pipeline.
#[derive(Debug, Parser)]
#[command(name = "slipway", version, after_help = exit::CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::RunArgs,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot with its web chat (what happens without a command, too)
    Run(run::RunArgs),
    /// Draft a note for a change and print it
    Draft(draft::DraftArgs),
    /// Say what works: configuration, store, git, model, embedder
    Doctor(doctor::DoctorArgs),
    /// Review a note for a pipeline, or try a rule on the notes there are
    Review(review::ReviewArgs),
    /// Remember past incidents, and find those like a change
    Incidents(incidents::IncidentsArgs),
    /// Say what the watch would have said of a change, from measurements in a file or in Prometheus
    Replay(replay::ReplayArgs),
    /// Ask the model again what people asked before, and score its answers; or export those questions
    Eval(eval::EvalArgs),
    /// Read the services of another catalogue
    Catalogue(catalogue::CatalogueArgs),
}

#[derive(Debug, Clone, Args)]
struct Global {
    /// Configuration file (TOML); without one everything has its default
    #[arg(long, global = true, value_name = "FILE", env = "SLIPWAY_CONFIG")]
    config: Option<PathBuf>,
    /// Where records are kept
    #[arg(long, global = true, value_name = "DIR", env = "SLIPWAY_DATA_DIR", default_value = ".slipway")]
    data_dir: PathBuf,
}

/// Parses the command line, runs it, prints what failed.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(code) => code,
        Err(failure) => {
            terminal::tell(&format!("slipway: {}", failure.sentence));
            ExitCode::from(failure.code)
        }
    }
}

fn start(cli: Cli) -> Result<ExitCode, Failure> {
    let mut config = Config::load(cli.global.config.as_deref()).map_err(Failure::configuration)?;
    config.data_dir.clone_from(&cli.global.data_dir);
    let level = match cli.command {
        None | Some(Command::Run(_)) => "info",
        Some(
            Command::Draft(_)
            | Command::Doctor(_)
            | Command::Review(_)
            | Command::Incidents(_)
            | Command::Catalogue(_)
            | Command::Eval(_)
            | Command::Replay(_),
        ) => "warn",
    };
    log::start(&config.log, level);
    crate::wiring::install_tls();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::bug)?;
    let outcome = runtime.block_on(async {
        match cli.command {
            None => run::run(&config, &cli.global, &cli.run).await,
            Some(Command::Run(args)) => run::run(&config, &cli.global, &args).await,
            Some(Command::Draft(args)) => draft::draft(&config, &args).await,
            Some(Command::Review(args)) => review::review(&config, &cli.global, &args).await,
            Some(Command::Incidents(args)) => incidents::incidents(&config, &cli.global, &args).await,
            Some(Command::Replay(args)) => replay::run(&config, &args).await,
            Some(Command::Eval(args)) => eval::run(&config, &cli.global, &args).await,
            Some(Command::Catalogue(args)) => catalogue::catalogue(&args),
            Some(Command::Doctor(args)) => doctor::doctor(&config, &cli.global, &args).await,
        }
    });
    // Work that outlived its grace period must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome
}
