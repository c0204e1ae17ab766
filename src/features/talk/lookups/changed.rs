//! What changed since a time?

use crate::domain::language::Language;
use crate::domain::note::Kind;
use crate::domain::trouble::Trouble;
use crate::domain::window::on_the_wall;
use crate::features::Context;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::happened::{self, Happened, Kinds};
use crate::features::phrase::plain;
use crate::features::texts as text;
use chrono::{DateTime, Datelike as _, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use futures::future::BoxFuture;
use regex::Regex;
use std::sync::LazyLock;

pub const CHANGED: Spoken = Spoken {
    says: ["what changed since yesterday?", "어제부터 뭐가 바뀌었어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bwhat(?:'s| has| have| all)?\b.*\b(?:changed|went out|was deployed|were deployed|gone out|been deployed|shipped|released|happened)\b",
        r"\b(?:any|which|list|show)\b.*\b(?:changes|deployments|deploys|releases)\b.*\b(?:since|today|yesterday|last|past|in the)\b",
        r"(?:뭐가|무엇이|뭘|어떤).*(?:바뀌|변경|배포됐|나갔)",
        r"(?:부터|이후|동안|오늘|어제).*(?:변경|배포).*(?:있|뭐|알려)",
    ],
    fits: |_| true,
    answer,
};

/// Lines that somebody still reads.
const LISTED: usize = 20;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let (language, zone, now) = (asked.language, context.zone_of(asked.note.as_ref()), context.clock.now());
        let since = since(asked.text, now, zone);
        let mut found = happened::between(context, since, now).await?;
        found.retain(|one| asked.services.is_empty() || one.services.iter().any(|name| asked.services.contains(name)));
        found.reverse();
        let told = language.moment(since, zone);
        if found.is_empty() {
            return Ok(Reply::text(text::CHANGED_NOTHING.of(language, &[("since", &told)])));
        }
        let mut lines = vec![text::CHANGED_HEAD.of(language, &[("since", &told), ("count", &found.len())])];
        lines.extend(found.iter().take(LISTED).map(|one| line(context, one, language, zone)));
        if found.len() > LISTED {
            lines.push(text::MORE.of(language, &[("count", &(found.len() - LISTED))]));
        }
        Ok(Reply::text(lines.join("\n")))
    })
}

fn line(context: &Context, one: &Happened, language: Language, zone: Tz) -> String {
    text::CHANGED_LINE.of(
        language,
        &[
            ("at", &language.moment(one.at, zone)),
            ("kind", &kind(one).plain(language)),
            ("what", &linked(context, one)),
        ],
    )
}

pub fn kind(one: &Happened) -> text::Text {
    match &one.what {
        Kinds::Deployed { note, .. } | Kinds::Planned { note, .. } if note.kind == Kind::Work => text::KIND_WORK,
        Kinds::Deployed { .. } => text::KIND_DEPLOYMENT,
        Kinds::Planned { .. } => text::KIND_PLANNED,
        Kinds::Unannounced(_) => text::KIND_UNANNOUNCED,
        Kinds::Outside(_) => text::KIND_OUTSIDE,
        Kinds::Tag => text::KIND_TAG,
    }
}

/// Its title, with a link where there is a page of it.
pub fn linked(context: &Context, one: &Happened) -> String {
    let services =
        if one.services.is_empty() { String::new() } else { format!(" · {}", plain(&one.services.join(", "))) };
    match one.note() {
        Some(note) => format!("[note {}: {}]({}){services}", note.id, plain(&one.title), context.note_url(note.id)),
        None => format!("{}{services}", plain(&one.title)),
    }
}

static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?|분|시간|일|주)\b?")
        .expect("the pattern is fixed")
});
static HOUR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b([01]?\d|2[0-3]):([0-5]\d)\b|([01]?\d|2[0-3])시(?:[^간]|$)").expect("the pattern is fixed")
});

/// The moment that is named, the last day where none is; never in the future.
pub fn since(asked: &str, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let text = asked.to_lowercase();
    let here = now.with_timezone(&zone);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().zip([
        "월요일",
        "화요일",
        "수요일",
        "목요일",
        "금요일",
        "토요일",
        "일요일",
    ]);
    let weekday = weekday.enumerate().find(|(_, (en, ko))| {
        text.split(|letter: char| !letter.is_alphabetic()).any(|word| word.starts_with(**en) && word.ends_with("day"))
            || text.contains(ko)
    });
    let today = here.date_naive();
    let hour = HOUR.captures(&text).and_then(|found| {
        let (hour, minute) = match found.get(3) {
            Some(hour) => (hour.as_str().parse().ok()?, 0),
            None => (found[1].parse().ok()?, found[2].parse().ok()?),
        };
        NaiveTime::from_hms_opt(hour, minute, 0)
    });
    let day = if let Some((place, _)) = weekday {
        let back = (7 + today.weekday().num_days_from_monday() - u32::try_from(place).unwrap_or_default()) % 7;
        Some(today - Days::new(u64::from(if back == 0 { 7 } else { back })))
    } else if has(&["yesterday", "어제"]) {
        Some(today - Days::new(1))
    } else if has(&["today", "this morning", "오늘"]) {
        Some(today)
    } else if has(&["this week", "이번 주"]) {
        Some(today - Days::new(u64::from(today.weekday().num_days_from_monday())))
    } else if has(&["last week", "past week", "지난주", "지난 주"]) {
        Some(today - Days::new(7))
    } else {
        None
    };
    let named = match (day, hour) {
        (Some(day), hour) => Some(on_the_wall(zone, day.and_time(hour.unwrap_or(NaiveTime::MIN)))),
        (None, Some(hour)) => {
            let at = on_the_wall(zone, today.and_time(hour));
            Some(if at > now { at - TimeDelta::days(1) } else { at })
        }
        (None, None) => SPAN.captures(&text).and_then(|found| {
            let n: i64 = found[1].parse().ok()?;
            Some(
                now - match &found[2] {
                    unit if unit.starts_with('m') || unit == "분" => TimeDelta::minutes(n),
                    unit if unit.starts_with('h') || unit == "시간" => TimeDelta::hours(n),
                    unit if unit.starts_with('w') || unit == "주" => TimeDelta::weeks(n),
                    _ => TimeDelta::days(n),
                },
            )
        }),
    };
    named.unwrap_or(now - TimeDelta::days(1)).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_from_plain_words() {
        let now: DateTime<Utc> = "2026-12-03T14:20:00Z".parse().expect("a Thursday");
        for (said, at) in [
            ("what changed since yesterday?", "2026-12-02T00:00:00Z"),
            ("what changed since yesterday 18:30?", "2026-12-02T18:30:00Z"),
            ("what changed since monday?", "2026-11-30T00:00:00Z"),
            ("what changed since thursday?", "2026-11-26T00:00:00Z"),
            ("what changed in the last 3 hours?", "2026-12-03T11:20:00Z"),
            ("what changed in the past 90 min", "2026-12-03T12:50:00Z"),
            ("what changed since 10:00?", "2026-12-03T10:00:00Z"),
            ("what changed since 22:00?", "2026-12-02T22:00:00Z"),
            ("what changed?", "2026-12-02T14:20:00Z"),
            ("오늘 뭐가 바뀌었어?", "2026-12-03T00:00:00Z"),
            ("지난 3시간 동안 뭐가 바뀌었어?", "2026-12-03T11:20:00Z"),
        ] {
            assert_eq!(since(said, now, Tz::UTC).to_rfc3339_opts(chrono::SecondsFormat::Secs, true), at, "{said}");
        }
    }
}
