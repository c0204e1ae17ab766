//! `slipway replay`: what would the watch have said of a change, told from measurements in a file or in Prometheus?

use super::exit::Failure;
use super::terminal;
use crate::config::Config;
use crate::features::watch::exposition;
use crate::features::watch::replay::{DAY, replay};
use crate::features::watch::signals::gather;
use crate::features::watch::table;
use crate::judge::series::{Kind, Series};
use crate::judge::suspects::Graph;
use crate::wiring;
use clap::{Args, ValueEnum};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Measurements as CSV: `timestamp,service,signal,value`, and `version` where two run side by side; or in the text format of
    /// Prometheus or OpenMetrics, with times; `-` reads standard input.
    /// Without it, the signals of the configuration are asked for
    #[arg(long, value_name = "FILE.csv")]
    series: Option<PathBuf>,
    /// Of the configured signals only this service's
    #[arg(long, value_name = "NAME", conflicts_with = "series")]
    service: Option<String>,
    /// When the change went live: RFC 3339, Unix seconds, or `2026-11-25 10:00` (UTC)
    #[arg(long, value_name = "TIME")]
    at: String,
    /// Until when to watch; a day, or as far as there is data, when not given
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Who calls whom as CSV: `caller,callee` rows, or a square with 1 where the row calls the column
    #[arg(long, value_name = "FILE.csv")]
    graph: Option<PathBuf>,
    /// What a signal is when its name does not say: errors, latency, traffic, saturation or other
    #[arg(long = "kind", value_name = "SIGNAL=KIND")]
    kinds: Vec<String>,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub async fn run(config: &Config, args: &ReplayArgs) -> Result<ExitCode, Failure> {
    let time = |name: &str, text: &str| {
        table::moment(text).ok_or_else(|| {
            Failure::usage(format!("`{name} {text}` is no time. Write `2026-11-25T10:00:00Z`, or Unix seconds."))
        })
    };
    let at = time("--at", &args.at)?;
    let asked = args.until.as_deref().map(|until| time("--until", until)).transpose()?;
    let graph = match &args.graph {
        Some(path) => table::graph(&text(path)?).map_err(|why| unusable(path, &why))?,
        None => Graph::default(),
    };
    let series = match &args.series {
        Some(path) => from_file(path, &args.kinds)?,
        None => from_configuration(config, args.service.as_deref(), at, asked).await?,
    };
    let ends = |last: bool| {
        let times = series.iter().filter_map(move |one| if last { one.samples.last() } else { one.samples.first() });
        times.map(|(time, _)| *time)
    };
    let (first, last) = (ends(false).min().unwrap_or(at), ends(true).max().unwrap_or(at));
    let until = asked.unwrap_or_else(|| (at + DAY).min(last + usual_step(&series)));
    if until <= at {
        return Err(Failure::usage(format!(
            "There is nothing to watch: the watch would end at {} and the change was at {}. The data reach from {} to {}.",
            shown(until),
            shown(at),
            shown(first),
            shown(last)
        )));
    }
    let (checkpoints, _) = config.watch.times().map_err(Failure::usage)?;
    let told = replay(&series, &graph, at, until, &checkpoints);
    terminal::print(&match args.format {
        Format::Json => serde_json::to_string_pretty(&told.json()).map_err(Failure::bug)?,
        Format::Text => told.told(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn unusable(path: &Path, why: &str) -> Failure {
    Failure { code: 3, sentence: format!("`{}` cannot be used: {why}.", path.display()) }
}

fn from_file(path: &Path, kinds: &[String]) -> Result<Vec<Series>, Failure> {
    let kinds = kinds.iter().map(|kind| named(kind)).collect::<Result<BTreeMap<_, _>, _>>()?;
    let text = text(path)?;
    let read = if exposition::is_one(&text) { exposition::series(&text, &kinds) } else { table::series(&text, &kinds) };
    let read = read.map_err(|why| unusable(path, &why))?;
    if read.left_out > 0 {
        let (why, verb) = (read.why.unwrap_or_default(), if read.left_out == 1 { "is" } else { "are" });
        let rows = rows(read.left_out);
        terminal::tell(&format!("slipway: {rows} of `{}` cannot be read and {verb} left out; {why}.", path.display()));
    }
    Ok(read.series)
}

async fn from_configuration(
    config: &Config,
    service: Option<&str>,
    at: i64,
    until: Option<i64>,
) -> Result<Vec<Series>, Failure> {
    let mut asked = wiring::signals(config).map_err(Failure::configuration)?;
    if asked.is_empty() {
        return Err(Failure::usage(
            "There is nothing to judge by: give `--series FILE.csv`, or name `signals` in the configuration.",
        ));
    }
    if let Some(wanted) = service {
        let known: BTreeSet<String> = asked.iter().map(|one| one.service.clone()).collect();
        asked.retain(|one| one.service == wanted);
        if asked.is_empty() {
            let known: Vec<String> = known.into_iter().collect();
            return Err(Failure::usage(format!(
                "No signal of `{wanted}` is configured; there are those of {}.",
                known.join(", ")
            )));
        }
    }
    let now = wiring::system_clock().now().timestamp();
    if at >= now {
        return Err(Failure::usage(format!("There is nothing to watch yet: {} is still to come.", shown(at))));
    }
    let until = until.unwrap_or(at + DAY).min(now);
    let gathered = gather(&asked, at, until).await;
    gathered.gaps.iter().for_each(|gap| terminal::tell(&format!("slipway: {gap}")));
    if gathered.series.is_empty() {
        return Err(Failure { code: 5, sentence: "Nothing was measured, so nothing can be judged.".to_owned() });
    }
    Ok(gathered.series)
}

/// The last sample tells of the time until the next.
fn usual_step(series: &[Series]) -> i64 {
    let mut steps: Vec<i64> = series.iter().map(Series::step).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(60)
}

fn rows(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn named(text: &str) -> Result<(String, Kind), Failure> {
    let wrong = || {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        Failure::usage(format!(
            "`--kind {text}` says no kind. Write `--kind SIGNAL=KIND` with one of {}.",
            kinds.join(", ")
        ))
    };
    let (signal, kind) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok((signal.to_owned(), Kind::named(kind).ok_or_else(wrong)?))
}

fn text(path: &Path) -> Result<String, Failure> {
    let read = match path.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    };
    read.map_err(|error| Failure { code: 3, sentence: format!("`{}` cannot be read: {error}.", path.display()) })
}

fn shown(time: i64) -> String {
    chrono::DateTime::from_timestamp(time, 0)
        .map_or_else(|| time.to_string(), |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}
