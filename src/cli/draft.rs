//! `slipway draft`: the same draft without a chat, for pipelines and for the impatient.

use super::exit::Failure;
use super::progress::Progress;
use super::terminal;
use crate::config::Config;
use crate::domain::change::RangeAsk;
use crate::domain::note::Kind;
use crate::features::draft::command::range_of;
use crate::features::draft::markdown::{self, Meta};
use crate::features::draft::{Ask, steps};
use crate::wiring;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct DraftArgs {
    /// A working copy or a bare repository
    #[arg(long, value_name = "PATH", default_value = ".")]
    repo: PathBuf,
    /// FROM..TO, ..TO, FROM.. or TO; without FROM, since the previous release tag; without anything, up to HEAD
    #[arg(value_name = "FROM..TO")]
    range: Option<String>,
    #[arg(long, value_enum, default_value = "deployment")]
    kind: KindArg,
    /// The service's name in the note; the repository's folder name when not given
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
    /// Let rules write the note even if a model is configured
    #[arg(long)]
    no_model: bool,
    /// Print the compressed context with its account as JSON, and no note
    #[arg(long)]
    show_context: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArg {
    Deployment,
    Work,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
    Json,
}

pub async fn draft(config: &Config, args: &DraftArgs) -> Result<ExitCode, Failure> {
    let range = match &args.range {
        None => RangeAsk::default(),
        Some(word) => range_of(word)
            .map_err(|misuse| Failure::usage(misuse.0))?
            .unwrap_or_else(|| RangeAsk { from: None, to: Some(word.clone()) }),
    };
    let tools = wiring::Tools::build(config, !args.no_model && !args.show_context).map_err(Failure::configuration)?;
    let service = tools.service(args.service.as_deref(), args.repo.clone()).await;
    let ask = Ask {
        kind: match args.kind {
            KindArg::Deployment => Kind::Deployment,
            KindArg::Work => Kind::Work,
        },
        modules: vec![(service, range)],
        work: None,
        memory: Default::default(),
        asked_by: None,
        number: 1,
    };
    let progress = Progress::new();
    let printed = if args.show_context {
        context(&tools, &ask, &progress).await
    } else {
        note(&tools, &ask, args.format, &progress).await
    };
    progress.finish();
    terminal::print(&printed?)?;
    Ok(ExitCode::SUCCESS)
}

async fn context(tools: &wiring::Tools, ask: &Ask, progress: &Progress) -> Result<String, Failure> {
    let context = steps::gather(tools.drafting(), ask, progress).await?.context;
    let account = json!({
        "raw_tokens": context.raw_tokens,
        "context_tokens": context.context_tokens,
        "context": context.context,
        "left_out": context.left_out,
    });
    serde_json::to_string_pretty(&account).map_err(Failure::bug)
}

async fn note(tools: &wiring::Tools, ask: &Ask, format: Format, progress: &Progress) -> Result<String, Failure> {
    let drafted = steps::draft(tools.drafting(), ask, progress).await?;
    let meta = Meta {
        id: None,
        kind: ask.kind,
        service: ask.modules.iter().map(|(service, _)| service.name.as_str()).collect::<Vec<_>>().join(" and "),
    };
    match format {
        Format::Markdown => Ok(markdown::markdown(&drafted.revision, &meta)),
        Format::Json => serde_json::to_string_pretty(&markdown::json(&drafted.revision, &meta)).map_err(Failure::bug),
    }
}
