//! `slipway catalogue import`: what a Backstage catalogue comes to, as a workspace's file to check in.

use super::exit::Failure;
use super::terminal;
use crate::config::{as_toml, import};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct CatalogueArgs {
    #[command(subcommand)]
    command: CatalogueCommand,
}

#[derive(Debug, Subcommand)]
enum CatalogueCommand {
    /// Read Backstage's catalog-info.yaml files and print them as workspaces' files
    Import {
        /// Files, folders to look through, or patterns with `*`
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
}

/// What cannot be used is said beside the result, one line each.
pub fn catalogue(args: &CatalogueArgs) -> Result<ExitCode, Failure> {
    let CatalogueCommand::Import { paths } = &args.command;
    let imported = import(paths).map_err(|sentence| Failure { code: 3, sentence })?;
    imported.unused.iter().for_each(|unused| terminal::tell(unused));
    terminal::print(&as_toml(&imported))?;
    Ok(ExitCode::SUCCESS)
}
