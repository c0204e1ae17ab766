//! Who is on call for it, who owns it?

use crate::domain::calendar::EntryKind;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::{list, plain};
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use chrono::TimeDelta;
use futures::future::BoxFuture;

pub const ON_CALL: Spoken = Spoken {
    says: ["who is on call for payments?", "payments 담당자가 누구야?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bwho\b.*\b(?:on.?call|operates?|operators?|owns?|owners?|responsible|maintains?|in charge|to call|do i call|to ask|do i ask)\b",
        r"\bwhose\b.*\bservice\b",
        r"(?:담당|당직|온콜|책임자|오너|운영자).*(?:누구|누가|알려)|(?:누가|누구).*(?:담당|당직|온콜|책임|운영)",
    ],
    fits: |_| true,
    answer,
};

/// More services than that are not listed unasked.
const LISTED: usize = 10;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let own: Vec<String> = match (&asked.note, &asked.incident) {
            _ if !asked.services.is_empty() => asked.services.clone(),
            (Some(note), _) => note.services().map(str::to_owned).collect(),
            (_, Some(incident)) if !incident.recap.services.is_empty() => incident.recap.services.clone(),
            _ => context.services().map(|(_, service)| service.name.clone()).collect(),
        };
        if own.len() > LISTED {
            let names: Vec<String> = own.iter().map(|name| format!("`{name}`")).collect();
            let services = crate::features::phrase::some(&names, LISTED);
            return Ok(Reply::text(text::WHICH_SERVICE.of(language, &[("services", &services)])));
        }
        let nobody = text::NOBODY.plain(language);
        let people = |names: &[String]| if names.is_empty() { nobody.clone() } else { plain(&list(names)) };
        let mut lines = Vec::new();
        for (_, service) in own.iter().filter_map(|name| context.service(name)) {
            let channel = service.channel.as_ref().map(|place| format!("`{}:{}`", place.platform, place.channel));
            let channel = channel.map(|channel| text::ON_CALL_CHANNEL.of(language, &[("channel", &channel)]));
            lines.push(text::ON_CALL_LINE.of(
                language,
                &[
                    ("service", &service.name),
                    ("operators", &people(&service.operators)),
                    ("owners", &people(&service.owners)),
                    ("channel", &channel.unwrap_or_default()),
                ],
            ));
        }
        lines.push(String::new());
        if let Some(note) = &asked.note {
            let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
            let named = latest
                .as_ref()
                .and_then(|revision| revision.section("operators")?.value.as_array())
                .cloned()
                .unwrap_or_default();
            let named: Vec<String> = named.iter().filter_map(|name| name.as_str()).map(plain).collect();
            if !named.is_empty() {
                lines.push(text::ON_CALL_NOTE.of(language, &[("id", &note.id), ("operators", &list(&named))]));
            }
        }
        let now = context.clock.now();
        let agenda = context.agenda(context.zone_of(asked.note.as_ref()), now, now + TimeDelta::minutes(1)).await?;
        let away = agenda.entries.iter().filter(|entry| entry.kind == EntryKind::Absence);
        let away: Vec<String> = away.flat_map(|entry| entry.people.iter().map(|name| plain(name))).collect();
        if !away.is_empty() {
            lines.push(text::ON_CALL_AWAY.of(language, &[("people", &list(&away))]));
        }
        lines.push(text::ON_CALL_ROTA.plain(language));
        Ok(Reply::text(lines.join("\n")))
    })
}
