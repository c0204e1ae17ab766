//! What does the program print, and how does it end, when it is started well and when it is not?

mod doctor;
mod draft;
mod hub;
mod review;
mod run;

use crate::support::process::slipway;
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

/// How a run of the program ended.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    /// It ended with this code, said this sentence last, printed no result, and did not panic.
    #[track_caller]
    fn assert_refused(&self, code: i32, sentence: &str) {
        assert_eq!(self.err.trim_end().lines().last().unwrap_or_default(), format!("slipway: {sentence}"));
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{}", self.err);
    }
}

/// The arguments as somebody would type them, after `slipway`.
async fn typed(line: &str) -> Ended {
    ended(slipway(&line.split_whitespace().collect::<Vec<_>>())).await
}

async fn ended(mut command: Command) -> Ended {
    let output = tokio::time::timeout(Duration::from_secs(60), command.output()).await;
    let output = output.expect("it ends by itself").expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("what is printed is text");
    let ended = Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}
