#![doc = include_str!("ARCHITECTURE.md")]

pub mod domain;
pub mod page;

pub mod ports;

pub mod chart;
pub mod judge;
pub mod retrieval;

pub mod prompt;
pub mod records;

pub mod features;

pub mod adapters;
pub mod bot;
pub mod cli;
pub mod config;
pub mod site;
pub mod wiring;
