//! `[tags]`: how are new tags found?

use super::span::span;
use chrono::TimeDelta;
use serde::Deserialize;

/// More often than this a code host would be asked for nothing but tags.
const SOONEST: i64 = 10;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TagsConfig {
    /// How often each repository is looked at: `5m`; `never` where webhooks tell of every tag.
    pub look_every: String,
}

impl Default for TagsConfig {
    fn default() -> Self {
        Self { look_every: "5m".to_owned() }
    }
}

impl TagsConfig {
    pub fn every(&self) -> Result<Option<TimeDelta>, String> {
        if self.look_every == "never" {
            return Ok(None);
        }
        let every = TimeDelta::from_std(span("look_every", &self.look_every)?).unwrap_or(TimeDelta::MAX);
        let fits = every.num_seconds() >= SOONEST && every <= TimeDelta::days(1);
        let told =
            || format!("`look_every` is `{}`; it can be from `{SOONEST}s` to `24h`, or `never`", self.look_every);
        if fits { Ok(Some(every)) } else { Err(told()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often_is_a_length_of_time_or_never() {
        let every = |text: &str| TagsConfig { look_every: text.to_owned() }.every();
        assert_eq!(every("5m"), Ok(Some(TimeDelta::minutes(5))));
        assert_eq!(every("never"), Ok(None));
        assert_eq!(
            every("1s").expect_err("too often"),
            "`look_every` is `1s`; it can be from `10s` to `24h`, or `never`"
        );
        assert!(every("48h").is_err() && every("99999999999999999999h").is_err());
        assert_eq!(
            every("often").expect_err("no length"),
            "`look_every` is `often`; write a number and `s`, `m` or `h`, for example `30m`"
        );
    }
}
