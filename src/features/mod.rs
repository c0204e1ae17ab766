//! WHAT THE BOT CAN DO: one folder per thing, and the tables that list them.

pub mod draft;
