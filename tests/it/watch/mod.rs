//! Does the judge see what is there, and keep still about what is not?

mod day;
mod judge;
mod odd;
mod prometheus;
mod replay;
