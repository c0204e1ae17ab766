//! Is there a freeze?

use crate::domain::calendar::{Entry, EntryKind};
use crate::domain::trouble::Trouble;
use crate::features::Context;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::plain;
use crate::features::texts as text;
use chrono::TimeDelta;
use chrono_tz::Tz;
use futures::future::BoxFuture;

pub const FREEZE: Spoken = Spoken {
    says: ["is there a freeze?", "지금 동결 기간이야?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\b(?:freeze|frozen|code freeze|change freeze|blackout)\b",
        r"\b(?:can|may) (?:we|i) (?:deploy|release|ship)\b.*\b(?:now|today|tonight)\b",
        r"동결|프리즈|배포\s*금지",
    ],
    fits: |_| true,
    answer,
};

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let (language, now, zone) = (asked.language, context.clock.now(), context.zone_of(asked.note.as_ref()));
        let services: Vec<String> = match &asked.note {
            Some(note) if asked.services.is_empty() => note.services().map(str::to_owned).collect(),
            _ => asked.services.clone(),
        };
        let agenda = context.agenda(zone, now, now + TimeDelta::days(14)).await?;
        let holds = |entry: &&Entry| services.is_empty() || services.iter().any(|name| entry.holds_for(name));
        let freezes: Vec<&Entry> =
            agenda.entries.iter().filter(|entry| entry.kind == EntryKind::Freeze).filter(holds).collect();
        let mut lines = Vec::new();
        let current: Vec<&&Entry> = freezes.iter().filter(|entry| entry.from <= now && entry.until > now).collect();
        for entry in &current {
            lines.push(text::FREEZE_NOW.of(
                language,
                &[
                    ("title", &plain(&entry.title)),
                    ("until", &language.moment(entry.until, zone)),
                    ("services", &of(entry, asked)),
                ],
            ));
        }
        if current.is_empty() {
            lines.push(text::FREEZE_NONE.plain(language));
        }
        let holiday = agenda.entries.iter().find(|entry| entry.kind == EntryKind::Holiday && entry.from <= now);
        lines.extend(holiday.map(|entry| text::HOLIDAY_NOW.of(language, &[("title", &plain(&entry.title))])));
        lines.push(match freezes.iter().find(|entry| entry.from > now) {
            Some(entry) => next(entry, asked, zone),
            None => text::FREEZE_NO_NEXT.plain(language),
        });
        Ok(Reply::text(lines.join(" ")))
    })
}

fn next(entry: &Entry, asked: &Asked<'_>, zone: Tz) -> String {
    let language = asked.language;
    text::FREEZE_NEXT.of(
        language,
        &[
            ("title", &plain(&entry.title)),
            ("from", &language.moment(entry.from, zone)),
            ("until", &language.moment(entry.until, zone)),
            ("services", &of(entry, asked)),
        ],
    )
}

fn of(entry: &Entry, asked: &Asked<'_>) -> String {
    if entry.services.is_empty() {
        return String::new();
    }
    text::FREEZE_OF.of(asked.language, &[("services", &plain(&entry.services.join(", ")))])
}
