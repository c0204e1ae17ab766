//! Does the judge see what is there, and keep still about what is not?

mod judge;
mod odd;
mod prometheus;
mod replay;
