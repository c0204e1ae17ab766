//! `slipway doctor`: what works and what does not, one line each.

use super::Global;
use super::exit::Failure;
use super::run::RunArgs;
use super::terminal;
use crate::config::Config;
use crate::domain::health::{Check, Health};
use crate::features::help::status;
use crate::features::watch::signals::looked_at;
use crate::ports::store::StoreError;
use crate::wiring::{self, House};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Look at one thing closely: `signals` shows what each query answers now
    #[arg(value_enum)]
    what: Option<What>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Signals,
}

/// Ends with 4 when something that is set up does not work.
pub async fn doctor(config: &Config, global: &Global, args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let config = args.run.apply(config);
    if let Some(What::Signals) = args.what {
        return signals(&config).await;
    }
    let args = &args.run;
    let mut lines = vec![configuration(global)];
    let (store, problem) = match wiring::open_store(&global.data_dir) {
        Ok(store) => (store, None),
        // Everything else can still be looked at.
        Err(error) => (wiring::memory_store(), Some(store_line(&error, &global.data_dir))),
    };
    let context = House::looked_at(&config, store, args.repo().map(PathBuf::as_path)).await;
    let mut checked = status::check(&context.map_err(Failure::configuration)?).await;
    if let Some(problem) = problem {
        checked.retain(|line| line.what != problem.what);
        checked.insert(0, problem);
    }
    lines.extend(checked);
    let failing = lines.iter().filter(|line| line.health == Health::Fails).count();
    let mut report: Vec<String> = lines.iter().map(for_terminal).collect();
    report.push(match failing {
        0 => "Everything that is set up works.".to_owned(),
        _ => format!("{failing} of {} checks failed.", lines.len()),
    });
    terminal::print(&report.join("\n"))?;
    Ok(ExitCode::from(if failing == 0 { 0 } else { 4 }))
}

async fn signals(config: &Config) -> Result<ExitCode, Failure> {
    let asked = wiring::signals(config).map_err(Failure::configuration)?;
    if asked.is_empty() {
        let why = match &config.signals {
            Some(file) => format!(
                "`{}` names no service, so nothing is watched; a service with a preset is enough.",
                file.display()
            ),
            None => "No `signals` file is configured, so nothing is watched; config/signals.toml shows how.".to_owned(),
        };
        return Err(Failure::configuration(why));
    }
    let (text, works) = looked_at(&asked, wiring::system_clock().now().timestamp()).await;
    terminal::print(&text)?;
    Ok(ExitCode::from(if works { 0 } else { 4 }))
}

/// A bot that is running beside us is nothing wrong: its store is its own.
fn store_line(error: &StoreError, dir: &Path) -> Check {
    let (health, sentence) = match error {
        StoreError::InUse(_) => {
            (Health::Off, format!("`{}` was not looked at: a running Slipway has it", dir.display()))
        }
        _ => (Health::Fails, error.to_string()),
    };
    Check { health, what: "store".to_owned(), sentence }
}

fn configuration(global: &Global) -> Check {
    let sentence = match &global.config {
        Some(file) => format!("`{}` was read", file.display()),
        None => "none given; everything has its default".to_owned(),
    };
    Check { health: Health::Works, what: "configuration".to_owned(), sentence }
}

fn for_terminal(line: &Check) -> String {
    let mark = match line.health {
        Health::Works => "✓",
        Health::Off => "–",
        Health::Fails => "✗",
    };
    format!("{mark} {}: {}", line.what, line.sentence)
}
