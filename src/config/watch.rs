//! `[watch]`: at which times after a change is it judged, and at which of them is the thread told whatever came out?

use super::span::span;
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchConfig {
    pub checkpoints: Vec<String>,
    /// Those of them at which the thread has a word also when all is well.
    pub tell_at: Vec<String>,
}

impl Default for WatchConfig {
    fn default() -> Self {
        let checkpoints = ["10m", "30m", "1h", "2h", "4h", "8h", "12h", "24h"].map(str::to_owned).to_vec();
        Self { checkpoints, tell_at: Vec::new() }
    }
}

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
/// More than a card can show.
const MOST: usize = 12;

impl WatchConfig {
    /// Both as seconds after the change.
    pub fn times(&self) -> Result<(Vec<i64>, Vec<i64>), String> {
        let checkpoints = seconds("checkpoints", &self.checkpoints)?;
        if checkpoints.is_empty() || checkpoints.len() > MOST {
            return Err(format!("`checkpoints` has {} entries; write 1 to {MOST}", checkpoints.len()));
        }
        let tell = seconds("tell_at", &self.tell_at)?;
        match tell.iter().position(|time| !checkpoints.contains(time)) {
            Some(place) => Err(format!("`tell_at` has `{}`, which is none of `checkpoints`", self.tell_at[place])),
            None => Ok((checkpoints, tell)),
        }
    }
}

fn seconds(key: &str, texts: &[String]) -> Result<Vec<i64>, String> {
    let mut times = Vec::new();
    for text in texts {
        let time = i64::try_from(span(key, text)?.as_secs()).unwrap_or(i64::MAX);
        if time % MINUTE != 0 || !(MINUTE..=DAY).contains(&time) {
            return Err(format!("`{key}` has `{text}`; a checkpoint is a whole minute from `1m` to `24h`"));
        }
        if times.last().is_some_and(|last| *last >= time) {
            return Err(format!("`{key}` has `{text}` behind a later one; write them in order"));
        }
        times.push(time);
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_are_minutes_in_order_and_what_is_told_is_one_of_them() {
        assert_eq!(WatchConfig::default().times().expect("they fit").0.len(), 8);
        let of = |checkpoints: &[&str], tell: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            WatchConfig { checkpoints: owned(checkpoints), tell_at: owned(tell) }.times()
        };
        assert_eq!(of(&["5m", "1h"], &["1h"]), Ok((vec![300, 3_600], vec![3_600])));
        for (checkpoints, tell, why) in [
            (vec!["1h", "5m"], vec![], "`checkpoints` has `5m` behind a later one; write them in order"),
            (vec!["48h"], vec![], "`checkpoints` has `48h`; a checkpoint is a whole minute from `1m` to `24h`"),
            (vec!["90s"], vec![], "`checkpoints` has `90s`; a checkpoint is a whole minute from `1m` to `24h`"),
            (vec![], vec![], "`checkpoints` has 0 entries; write 1 to 12"),
            (vec!["5m"], vec!["1h"], "`tell_at` has `1h`, which is none of `checkpoints`"),
            (vec!["soon"], vec![], "`checkpoints` is `soon`; write a number and `s`, `m` or `h`, for example `30m`"),
        ] {
            assert_eq!(of(&checkpoints, &tell), Err(why.to_owned()));
        }
    }
}
