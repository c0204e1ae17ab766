//! `slipway incidents`: fills the memory of incidents, and asks it, without a chat.

use super::exit::Failure;
use super::{Global, terminal};
use crate::config::Config;
use crate::features::incidents::{import, search, words};
use crate::wiring;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct IncidentsArgs {
    #[command(subcommand)]
    command: IncidentsCommand,
}

#[derive(Debug, Subcommand)]
enum IncidentsCommand {
    /// Remember reports: a .jsonl file (one object a line: id, title, date, text), a Markdown file, or a folder of them
    Import {
        #[arg(value_name = "FILE|DIR")]
        path: PathBuf,
    },
    /// Find incidents like this, best first
    Search {
        #[arg(value_name = "TEXT")]
        text: String,
        #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub async fn incidents(config: &Config, global: &Global, args: &IncidentsArgs) -> Result<ExitCode, Failure> {
    let store = wiring::open_store(&global.data_dir).map_err(Failure::configuration)?;
    let memory = wiring::Memory::build(config, store).map_err(Failure::configuration)?;
    match &args.command {
        IncidentsCommand::Import { path } => {
            let read = import::read(path).map_err(|sentence| Failure { code: 3, sentence })?;
            let services: Vec<&str> = memory.services.iter().map(String::as_str).collect();
            let now = memory.clock.now();
            let kept = import::keep(&memory.records, &read.reports, &services, now).await?;
            for sentence in &read.refused {
                terminal::tell(sentence);
            }
            // What was kept is found by words at once; meaning may fail and is made up for later.
            if let Err(trouble) = import::embed(&memory.recall, |_| ()).await {
                terminal::tell(&words::not_embedded(&trouble));
            }
            terminal::print(&words::imported(&kept, &memory.recall.means().await?, read.refused.len()))?;
            Ok(ExitCode::from(if read.refused.is_empty() { 0 } else { 3 }))
        }
        IncidentsCommand::Search { text, limit, format } => {
            let found = search::search(&memory.recall, text, *limit as usize, None).await?;
            let printed = match format {
                Format::Json => serde_json::to_string_pretty(&search::as_json(&found)).map_err(Failure::bug)?,
                Format::Text => words::found_plainly(text, &found, &memory.recall.means().await?),
            };
            terminal::print(&printed)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
