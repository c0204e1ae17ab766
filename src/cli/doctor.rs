//! `slipway doctor`: what works and what does not, one line each.

use super::Global;
use super::exit::Failure;
use super::run::RunArgs;
use super::terminal;
use crate::config::Config;
use crate::features::help::status::{self, Health, Line};
use crate::wiring::{self, House};
use std::path::PathBuf;
use std::process::ExitCode;

/// Ends with 4 when something that is set up does not work.
pub async fn doctor(config: &Config, global: &Global, args: &RunArgs) -> Result<ExitCode, Failure> {
    let config = args.apply(config);
    let mut lines = vec![configuration(global)];
    match wiring::open_store(&global.data_dir) {
        Ok(store) => {
            let context =
                House::context(&config, store, wiring::system_clock(), args.repo().map(PathBuf::as_path)).await;
            lines.extend(status::check(&context.map_err(Failure::configuration)?).await);
        }
        // The bot itself may be running: everything else can still be looked at.
        Err(sentence) => {
            lines.push(Line { health: Health::Fails, what: "store".to_owned(), sentence });
            let context = House::context(
                &config,
                wiring::memory_store(),
                wiring::system_clock(),
                args.repo().map(PathBuf::as_path),
            )
            .await;
            let others = status::check(&context.map_err(Failure::configuration)?).await;
            lines.extend(others.into_iter().filter(|line| line.what != "store"));
        }
    }
    let failing = lines.iter().filter(|line| line.health == Health::Fails).count();
    let mut report: Vec<String> = lines.iter().map(for_terminal).collect();
    report.push(match failing {
        0 => "Everything that is set up works.".to_owned(),
        _ => format!("{failing} of {} checks failed.", lines.len()),
    });
    terminal::print(&report.join("\n"))?;
    Ok(ExitCode::from(if failing == 0 { 0 } else { 4 }))
}

fn configuration(global: &Global) -> Line {
    let sentence = match &global.config {
        Some(file) => format!("`{}` was read", file.display()),
        None => "none given; everything has its default".to_owned(),
    };
    Line { health: Health::Works, what: "configuration".to_owned(), sentence }
}

fn for_terminal(line: &Line) -> String {
    let mark = match line.health {
        Health::Works => "✓",
        Health::Off => "–",
        Health::Fails => "✗",
    };
    format!("{mark} {}: {}", line.what, line.sentence)
}
