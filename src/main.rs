//! Starts what the command line asks for and turns its outcome into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    slipway::cli::main()
}
