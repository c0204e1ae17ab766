//! Slipway on Discord: what people see there, what the bot hears, and what becomes of trouble.

mod commands;
mod contract;
mod fake;
mod faults;
mod gateway;
mod house;
mod log;
mod look;
mod patient;
mod posts;
mod press;
mod whole;
