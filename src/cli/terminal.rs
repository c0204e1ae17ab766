//! How do lines reach people and pipes? Whoever closed their end has what they wanted: that is no failure of ours.

use super::exit::Failure;
use std::io::{ErrorKind, Write as _};

/// The result, on standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::bug(format!("the result could not be printed: {error}")))
        }
        _ => Ok(()),
    }
}

/// What is said beside it, on standard error. There is nowhere to say that this did not work.
pub fn tell(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
