//! `slipway eval`: how well does the configured model answer what people asked before?

use super::exit::Failure;
use super::{Global, terminal};
use crate::config::Config;
use crate::features::talk::question::eval::{eval, read};
use crate::wiring;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Stored questions, one a line, as `--export` writes them; `-` reads standard input
    #[arg(value_name = "FILE", required_unless_present = "export")]
    file: Option<PathBuf>,
    /// Print the questions that are stored, with facts, answers and votes, one a line; nothing is asked
    #[arg(long, conflicts_with = "file")]
    export: bool,
    /// What a million tokens cost, in and out: `0.5,1.5`
    #[arg(long, value_name = "IN,OUT")]
    price: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub async fn run(config: &Config, global: &Global, args: &EvalArgs) -> Result<ExitCode, Failure> {
    if args.export {
        let store = wiring::open_store(&global.data_dir).map_err(Failure::configuration)?;
        let memory = wiring::Memory::build(config, store).map_err(Failure::configuration)?;
        for question in memory.records.questions.list(usize::MAX).await.map_err(Failure::bug)? {
            terminal::print(&serde_json::to_string(&question).map_err(Failure::bug)?)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let path = args.file.as_deref().unwrap_or(std::path::Path::new("-"));
    let text = match path.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(path),
    };
    let unusable = |why: String| Failure { code: 3, sentence: format!("`{}` cannot be used: {why}", path.display()) };
    let questions = read(&text.map_err(|error| unusable(error.to_string()))?).map_err(unusable)?;
    let prices = args.price.as_deref().map(prices).transpose().map_err(Failure::usage)?;
    let tools = wiring::Tools::build(config, true).map_err(Failure::configuration)?;
    if !tools.asker().has_model() {
        return Err(Failure::configuration("no model is configured; `[model] base_url` and `models` name one"));
    }
    let report = eval(tools.asker(), &questions, prices).await;
    let printed = match args.format {
        Format::Json => serde_json::to_string_pretty(&report).map_err(Failure::bug)?,
        Format::Text => report.told(),
    };
    terminal::print(printed.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn prices(text: &str) -> Result<(f64, f64), String> {
    let parts = text
        .split_once(',')
        .and_then(|(input, output)| Some((input.trim().parse().ok()?, output.trim().parse().ok()?)));
    parts.ok_or_else(|| format!("`--price {text}` is no pair of prices; write `0.5,1.5`"))
}
