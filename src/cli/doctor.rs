//! `slipway doctor`: what works and what does not, one line each.

use super::Global;
use super::exit::Failure;
use super::run::RunArgs;
use super::terminal;
use crate::config::Config;
use crate::domain::health::{Check, Health};
use crate::features::help::status;
use crate::ports::store::StoreError;
use crate::wiring::{self, House};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Ends with 4 when something that is set up does not work.
pub async fn doctor(config: &Config, global: &Global, args: &RunArgs) -> Result<ExitCode, Failure> {
    let config = args.apply(config);
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
