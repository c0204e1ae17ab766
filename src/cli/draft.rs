//! `slipway draft`: the same draft without a chat, for pipelines and for the impatient.

use super::exit::Failure;
use super::progress::Progress;
use super::terminal;
use crate::config::Config;
use crate::domain::change::RangeAsk;
use crate::domain::note::Kind;
use crate::domain::service::Service;
use crate::features::draft::command::range_of;
use crate::features::draft::markdown::{self, Meta};
use crate::features::draft::{Ask, steps};
use crate::wiring;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};
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
    let name = args.service.clone().unwrap_or_else(|| folder_name(&args.repo));
    let ask = Ask {
        kind: match args.kind {
            KindArg::Deployment => Kind::Deployment,
            KindArg::Work => Kind::Work,
        },
        modules: vec![(Service::plain(&name, args.repo.clone()), range)],
        work: None,
        memory: Default::default(),
        asked_by: None,
        number: 1,
    };
    let tools = wiring::Tools::build(config, !args.no_model && !args.show_context).map_err(Failure::configuration)?;
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

/// `payments` for `/srv/git/payments.git` and for `.` inside it.
fn folder_name(repository: &Path) -> String {
    let whole = std::fs::canonicalize(repository).unwrap_or_else(|_| repository.to_owned());
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(&name);
    if name.is_empty() { "service".to_owned() } else { name.to_owned() }
}
