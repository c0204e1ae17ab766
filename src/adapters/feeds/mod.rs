//! Other calendars.

pub mod ical;
