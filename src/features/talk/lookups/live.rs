//! What is live where?

use super::state;
use crate::domain::checks::Deployed;
use crate::domain::note::{Note, State as Drafted};
use crate::domain::trouble::Trouble;
use crate::domain::watch::{Unannounced, Watch};
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::plain;
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use futures::future::BoxFuture;

pub const LIVE: Spoken = Spoken {
    says: ["what is live of payments?", "payments 지금 뭐가 떠 있어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\b(?:what|which|where)\b.*\b(?:is|are|'s|runs?|running)\b.*\b(?:live|deployed|running|in prod(?:uction)?|in staging)\b",
        r"\b(?:what|which)\s+(?:version|release|tag|build)\b.*\b(?:live|deployed|running|runs|prod|production|staging|on|of)\b",
        r"\bwhat(?:'s| is)? (?:live|deployed|running)\b",
        r"(?:뭐가|무엇이|무슨|어떤|어느).*(?:떠\s*있|배포되|배포돼|돌고|돌아가|운영|라이브)",
        r"(?:버전|릴리스).*(?:뭐|무엇|몇)",
    ],
    fits: |_| true,
    answer,
};

const LOOKED_AT: usize = 200;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let own: Vec<String> = match (&asked.note, asked.services.is_empty()) {
            (Some(note), true) => note.services().map(str::to_owned).collect(),
            (None, true) => context.services().map(|(_, service)| service.name.clone()).collect(),
            (_, false) => asked.services.clone(),
        };
        let records = &context.records;
        let watches = records.watches.list(LOOKED_AT).await.map_err(store_trouble)?;
        let unannounced = records.watches.all_unannounced(LOOKED_AT).await.map_err(store_trouble)?;
        let notes = records.notes.list(LOOKED_AT, None).await.map_err(store_trouble)?;
        let mut lines = vec![text::LIVE_HEAD.plain(asked.language)];
        for service in &own {
            lines.push(of_service(context, asked, service, (&watches, &unannounced, &notes)).await?);
        }
        Ok(Reply::text(lines.join("\n")))
    })
}

/// The newest that anybody told.
async fn of_service(
    context: &Context,
    asked: &Asked<'_>,
    service: &str,
    (watches, unannounced, notes): (&[Watch], &[Unannounced], &[Note]),
) -> Result<String, Trouble> {
    let language = asked.language;
    let is_of = |note: &&Note| note.services().any(|name| name == service);
    let live = notes.iter().filter(is_of).filter_map(|note| Some((note.live.as_ref()?, note)));
    let live = live.max_by_key(|(live, _)| live.at);
    let seen = unannounced.iter().filter(|seen| seen.service == service).max_by_key(|seen| seen.at);
    if let Some(seen) = seen.filter(|seen| live.is_none_or(|(live, _)| seen.at > live.at)) {
        let at = language.moment(seen.at, context.zone_of(None));
        return Ok(text::LIVE_WITHOUT.of(
            language,
            &[
                ("service", &service),
                ("version", &plain(seen.called())),
                ("environment", &plain(&seen.environment)),
                ("at", &at),
                ("source", &plain(&seen.source)),
            ],
        ));
    }
    if let Some((live, note)) = live {
        let watch = watches.iter().find(|watch| watch.note == note.id);
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let version = latest.and_then(|revision| {
            revision.modules.iter().find(|module| module.service == service).map(|module| module.range.to.name.clone())
        });
        let told = watch
            .and_then(|watch| watch.state)
            .map_or_else(|| text::UNWATCHED.plain(language), |is| state(is, language));
        return Ok(text::LIVE.of(
            language,
            &[
                ("service", &service),
                ("version", &plain(version.as_deref().unwrap_or("?"))),
                ("at", &language.moment(live.at, context.zone_of(Some(note)))),
                ("id", &note.id),
                ("url", &context.note_url(note.id)),
                ("state", &told),
            ],
        ));
    }
    for note in notes.iter().filter(is_of).filter(|note| note.state == Drafted::Drafted) {
        let Some(revision) = context.records.notes.latest(note.id).await.map_err(store_trouble)? else { continue };
        let module = revision.modules.iter().find(|module| module.service == service);
        let deployed = module.and_then(|module| {
            let lives =
                |one: &&Deployed| context.live_in.contains(&one.environment.to_lowercase()) && one.state == "success";
            let counts = module.background.deployed.iter().filter(lives);
            counts.max_by_key(|one| one.at).cloned()
        });
        if let Some(deployed) = deployed {
            let version =
                if deployed.name.is_empty() { deployed.sha.chars().take(9).collect() } else { deployed.name.clone() };
            return Ok(text::LIVE_TOLD.of(
                language,
                &[
                    ("service", &service),
                    ("version", &plain(&version)),
                    ("environment", &plain(&deployed.environment)),
                    ("at", &language.moment(deployed.at, context.zone_of(Some(note)))),
                    ("id", &note.id),
                ],
            ));
        }
    }
    Ok(text::LIVE_UNKNOWN.of(language, &[("service", &service)]))
}
