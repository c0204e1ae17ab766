//! Turns trouble into a sentence for people and one line for the log; no raw error reaches a channel.

use super::words;
use crate::domain::trouble::{Fault, Trouble};
use std::any::Any;

/// The sentence for the person. What is not theirs to fix is logged here, once, with its cause.
pub fn tell(trouble: &Trouble, about: &str) -> String {
    match trouble {
        Trouble::Refused(refusal) => refusal.0.clone(),
        Trouble::Outside { service, fault } => {
            let cause = match fault {
                Fault::Unreachable(cause) | Fault::Malformed(cause) => cause.as_str(),
                _ => "",
            };
            tracing::warn!(service, fault = %fault, cause, about, "an outside service failed");
            words::outside(service, &fault.to_string())
        }
        Trouble::Bug(error) => {
            let id = fresh_id();
            tracing::error!(id, error = format!("{error:#}"), about, "a failure of our own");
            words::bug(&id)
        }
    }
}

/// What a panic said.
pub fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no text".to_owned())
}

/// Eight hexadecimal digits that find the line in the log.
fn fresh_id() -> String {
    let mut bytes = [0_u8; 4];
    // Without randomness the id only tells less; the answer must still be given.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
