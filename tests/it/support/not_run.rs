//! What was not tried here, and why? Said loudly, and where `tests/all` looks.

use std::io::Write;
use std::path::Path;

/// `what` is a sentence: which tests, and what they miss.
pub fn not_run(what: &str) {
    // Past the test harness, which keeps what a passing test prints to itself.
    writeln!(std::io::stderr(), "\nNOT RUN: {what}\n").expect("standard error is open");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("`target/tmp` stands in `target`");
    let file = std::fs::File::options().create(true).append(true).open(target.join("not-run.txt"));
    let written = file.and_then(|mut file| writeln!(file, "{what}"));
    written.expect("the target directory can be written");
}
