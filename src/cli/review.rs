//! `slipway review`: a note from a file reviewed for a pipeline, or a rule tried on the notes that there are.

use super::exit::Failure;
use super::{Global, terminal};
use crate::config::Config;
use crate::domain::review::Grade;
use crate::features::review::{self, backtest, file};
use crate::ports::store::StoreError;
use crate::wiring::{self, House};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// When the review is as bad as `--fail-on` says.
const TOO_BAD: u8 = 6;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ReviewArgs {
    #[command(subcommand)]
    command: Option<ReviewCommand>,
    /// A note as `slipway draft --format json` writes it; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    note: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// End with 6 when the review is this bad or worse
    #[arg(long, value_enum, default_value = "block", value_name = "GRADE")]
    fail_on: FailOn,
}

#[derive(Debug, Subcommand)]
enum ReviewCommand {
    /// Say what a rule would have said about the notes that there are, and what came of those
    Backtest {
        #[arg(long, value_name = "RULE")]
        rule: String,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    Caution,
    Danger,
    Block,
    Never,
}

pub async fn review(config: &Config, global: &Global, args: &ReviewArgs) -> Result<ExitCode, Failure> {
    // A bot that runs beside us has the store to itself; a note can be held against the rules all the same.
    let (store, beside) = match wiring::open_store(&global.data_dir) {
        Ok(store) => (store, false),
        Err(StoreError::InUse(_)) if args.command.is_none() => (wiring::memory_store(), true),
        Err(error) => return Err(Failure::configuration(error)),
    };
    let context = House::looked_at(config, store, None).await.map_err(Failure::configuration)?;
    if let Some(ReviewCommand::Backtest { rule, format }) = &args.command {
        let result = backtest::backtest(&context, rule).await?;
        let blocks = context.policy.rule(rule).is_some_and(|held| held.grade == Grade::Block);
        terminal::print(&match format {
            Format::Json => serde_json::to_string_pretty(&result.json()).map_err(Failure::bug)?,
            Format::Text => result.told(blocks),
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(path) = &args.note else {
        return Err(Failure::usage("Which note? Give its file: `slipway review --note note.json`."));
    };
    let refused =
        |why: String| Failure { code: 3, sentence: format!("`{}` cannot be reviewed: {why}", path.display()) };
    let text = match path.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(path),
    };
    let text = text.map_err(|error| refused(error.to_string()))?;
    let (note, revision) = file::read(&context, &text).map_err(refused)?;
    let mut review = review::review(&context, &note, &revision, 1).await?;
    if beside {
        review
            .unchecked
            .push("Past incidents and the calendar's notes: a running Slipway has the data directory.".to_owned());
    }
    terminal::print(&match args.format {
        Format::Json => serde_json::to_string_pretty(&file::as_json(&review)).map_err(Failure::bug)?,
        Format::Text => file::as_text(&review),
    })?;
    let limit = match args.fail_on {
        FailOn::Caution => Some(Grade::Caution),
        FailOn::Danger => Some(Grade::Danger),
        FailOn::Block => Some(Grade::Block),
        FailOn::Never => None,
    };
    Ok(ExitCode::from(if limit.is_some_and(|limit| review.grade >= limit) { TOO_BAD } else { 0 }))
}
