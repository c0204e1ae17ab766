//! Inbox, jobs, outbox, notes and answers, as the bot lives with them.
