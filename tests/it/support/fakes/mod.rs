//! Outside products, answering from a modelled state of the world.

pub mod openai;
