//! Does what was acknowledged survive, and does the store open after whatever happened?

mod disk;
mod kill;
mod leftovers;
mod speed;
mod sync;
mod writer;

use std::io::Write;

/// Says that something was not proved here. Past the test harness, which would keep it to itself.
fn skipped(what: &str, why: &str) {
    writeln!(std::io::stderr(), "SKIPPED {what}: {why}").expect("standard error takes a line");
}
