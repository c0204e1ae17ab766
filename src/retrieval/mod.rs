//! WHICH OF MANY IS MEANT? Incidents found by words (BM25), by meaning (vectors) and by what kind of thing they are (classes),
//! fused into one score with a cut-off below which nothing is said to be alike.
//!
//! Pure and in memory: whoever owns an [`Index`] feeds it from the records and gives it vectors, or none.

pub mod classes;
mod index;
mod lexical;
pub mod terms;
mod vectors;

pub use index::{Entry, Hit, Index, Query, Why};

/// What kind of thing an incident is, by its recap.
pub fn classes_of(recap: &crate::domain::incident::Recap) -> index::Classes {
    index::Classes::of(&recap.components, &recap.changes, &recap.failures)
}
