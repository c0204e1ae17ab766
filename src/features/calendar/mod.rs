//! The release calendar: the week in a chat, as a picture and in words, and as a calendar for other programs.

pub mod command;
pub mod feeds;
pub mod ical;
