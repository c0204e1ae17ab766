//! Model servers.

pub mod openai;
