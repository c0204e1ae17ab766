//! How far is it? Steps that change in place on a terminal, one line each elsewhere; always on standard error.

use super::terminal;
use crate::domain::message::StepState;
use crate::features::draft::step_name;
use crate::features::draft::steps::{Observer, Stage};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::Duration;

pub struct Progress {
    /// On a terminal.
    bar: Option<ProgressBar>,
    /// The last line printed elsewhere: the same line is not printed twice.
    last: Mutex<String>,
}

impl Progress {
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { bar, last: Mutex::new(String::new()) }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Progress {
    fn stage(&self, stage: Stage, state: StepState, detail: &str) {
        let text = step_name(stage, detail);
        if let Some(bar) = &self.bar {
            match state {
                StepState::Done => bar.println(format!("✓ {text}")),
                _ => bar.set_message(text),
            }
            return;
        }
        if state != StepState::Done {
            return;
        }
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *last != text {
            terminal::tell(&text);
            *last = text;
        }
    }
}
