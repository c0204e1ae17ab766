//! The web chat over real HTTP: what people see, what the bot hears, and who is kept out.

mod contract;
mod door;
pub mod house;
mod live;
pub mod notes;
mod press;
mod render;
mod say;
