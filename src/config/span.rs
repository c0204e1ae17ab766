//! How is a length of time written down? `30m`.

use std::time::Duration;

pub fn span(key: &str, text: &str) -> Result<Duration, String> {
    let unit = text.chars().last().and_then(|unit| {
        Some(match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            _ => return None,
        })
    });
    let number = text.get(..text.len().saturating_sub(1)).and_then(|number| number.trim().parse::<u64>().ok());
    match number.zip(unit).and_then(|(number, unit)| number.checked_mul(unit)) {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err(format!("`{key}` is `{text}`; write a number and `s`, `m` or `h`, for example `30m`")),
    }
}
