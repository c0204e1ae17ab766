//! "Is this us?": all changes of the window before an incident, ranked by code, and at most three of them named.

mod rank;
mod words;

use super::look::graph;
use super::replay::{DAY, replay};
use super::signals::{Asked as Signal, gather};
use crate::domain::incident::Incident;
use crate::domain::language::Language;
use crate::domain::message::{Block, Message, Place, What};
use crate::domain::trouble::Trouble;
use crate::domain::watch::State;
use crate::features::ask::{Asked, Job, Manner, Permission, Planning, Reply, Say, Spoken};
use crate::features::happened::{self, Happened, Kinds};
use crate::features::plan::at;
use crate::features::recall::Wanted;
use crate::features::texts as text;
use crate::features::{Context, Plan, spoken, store_trouble, watching};
use crate::records::{Claimed, NewJob};
use crate::retrieval::classes::told;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use rank::{Candidate, NAMED_FROM, Needs, PROBABLE_FROM, Sampled, Symptom, Weighed, rank};
use serde_json::json;
use std::collections::BTreeSet;

pub const US: Spoken = Spoken {
    says: ["is this us?", "이거 우리 때문이야?"],
    needs: Permission::Read,
    manner: Manner::Whole,
    patterns: &[
        r"\b(?:is|was|could|might|may)\s+(?:this|it|that)\s+(?:be\s+)?(?:us|ours|our fault|caused by us|one of our changes)\b",
        r"\b(?:did|have|could)\s+(?:we|our)\b.{0,40}\b(?:cause|caused|break|broken|broke)\b",
        r"\bwhich (?:change|deployment|deploy|release)\b.{0,40}\b(?:caused|broke|is (?:it|this|behind)|did (?:this|it)|to blame)\b",
        r"\bwhat (?:caused|broke) (?:this|it|that)\b",
        r"우리\s*(?:때문|탓|문제|쪽|잘못|변경)",
        r"(?:어떤|무슨|어느)\s*(?:변경|배포).{0,20}(?:때문|원인|탓)|원인이\s*(?:뭐|무엇)",
    ],
    fits: |_| true,
    answer: asked,
};

pub const LOOK: Job = Job { name: watching::US, run, failed };

/// Changes of so long before it are considered.
const WINDOW: TimeDelta = TimeDelta::hours(24);
/// Of the likeliest, so many are measured that nobody watches.
const MEASURED: usize = 5;
const NAMED: usize = 3;
/// Messages of a thread that are read.
const THREAD: usize = 200;
/// An incident of the same channel that a question without a thread is about.
const RECENT: TimeDelta = TimeDelta::hours(2);

fn asked<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let incident = match &asked.incident {
            Some(incident) => Some(incident.id),
            None => recent(context, &asked.heard.place).await?,
        };
        let key = format!("reply/{}/{}", asked.heard.place.platform, asked.heard.id);
        let quiet = matches!(asked.heard.what, What::Command { .. });
        let job = NewJob {
            name: watching::US.to_owned(),
            key: format!("{}/{key}", watching::US),
            lane: format!("{}/{key}", watching::US),
            payload: json!({
                "incident": incident, "text": asked.text, "services": asked.services, "language": asked.language, "key": key,
                "place": asked.heard.place, "person": quiet.then_some(&asked.heard.person),
            }),
            due: context.clock.now(),
        };
        let ops = context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)?;
        let looking = Message::text(text::US_LOOKING.plain(asked.language));
        Ok(Reply::Do(Plan::nothing().write(ops).say(key, spoken::target(asked.heard), looking)))
    })
}

/// The newest incident told in this channel a short while ago.
async fn recent(context: &Context, place: &Place) -> Result<Option<u64>, Trouble> {
    let room = Place { thread: None, ..place.clone() };
    let now = context.clock.now();
    let listed = context.records.incidents.list(20).await.map_err(store_trouble)?;
    let fits = |one: &&Incident| one.place == room && now - one.filed_at <= RECENT && one.recap.ended.is_none();
    Ok(listed.iter().find(fits).map(|one| one.id))
}

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let incident = match job.payload["incident"].as_u64() {
            Some(id) => context.records.incidents.get(id).await.map_err(store_trouble)?.map(|(incident, _)| incident),
            None => None,
        };
        let said = job.payload["text"].as_str();
        // Nobody asked, and the post is gone already.
        if said.is_none() && incident.is_none() {
            return Ok(Plan::nothing());
        }
        let language: Language = serde_json::from_value(job.payload["language"].clone()).unwrap_or_default();
        let named: Vec<String> = serde_json::from_value(job.payload["services"].clone()).unwrap_or_default();
        let (mut text, mut began) = (said.unwrap_or_default().to_owned(), context.clock.now());
        if let Some(incident) = &incident {
            text = format!("{text}\n{}", incident.whole());
            began = incident.recap.began.unwrap_or(incident.filed_at);
        } else if let Some(first) = thread(context, &job.payload["place"], &mut text).await? {
            began = first;
        }
        let symptom = symptom(context, incident.as_ref(), text, began, named);
        let found = found(context, symptom, language).await?;
        match (said, incident) {
            (None, Some(incident)) => unasked(context, &incident, &found, language).await,
            (_, incident) => {
                let place: Place =
                    serde_json::from_value(job.payload["place"].clone()).context("a question from nowhere")?;
                let key = job.payload["key"].as_str().context("a question without an answer")?;
                let person = serde_json::from_value(job.payload["person"].clone()).ok().flatten();
                let target = crate::records::Target { only: person, ..at(&place) };
                let mut message = words::answer(context, &found, language);
                message.blocks.extend(before(context, incident.as_ref(), &place, &found.symptom, language).await?);
                Ok(Plan::nothing().say(key, target, message))
            }
        }
    })
}

fn failed<'a>(_: &'a Context, job: &'a Claimed, sentence: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let (Some(key), Ok(place)) =
            (job.payload["key"].as_str(), serde_json::from_value::<Place>(job.payload["place"].clone()))
        else {
            return Ok(Plan::nothing());
        };
        Ok(Plan::nothing().say(key, at(&place), Message::text(sentence)))
    })
}

/// Told of its own accord: a word only where a change is the probable cause.
async fn unasked(context: &Context, incident: &Incident, found: &Found, language: Language) -> Result<Plan, Trouble> {
    let probable = found.weighed.first().is_some_and(|first| first.score >= PROBABLE_FROM);
    let Some(root) = incident.message.as_ref().filter(|_| probable && !found.symptom.services.is_empty()) else {
        return Ok(Plan::nothing());
    };
    if !context.incident_channels.contains(&incident.place) {
        return Ok(Plan::nothing());
    }
    let place = incident.place.in_thread(root);
    let mut message = words::answer(context, found, language);
    message.blocks.extend(before(context, Some(incident), &place, &found.symptom, language).await?);
    Ok(Plan::nothing().say(format!("incident/{}/us", incident.id), at(&place), message))
}

/// What others said in a thread that is no incident we know; when it began.
async fn thread(
    context: &Context,
    place: &serde_json::Value,
    text: &mut String,
) -> Result<Option<DateTime<Utc>>, Trouble> {
    let Ok(place) = serde_json::from_value::<Place>(place.clone()) else { return Ok(None) };
    let chat = context.chats.iter().find(|chat| chat.name() == place.platform).filter(|_| place.thread.is_some());
    let Some(chat) = chat else { return Ok(None) };
    // A thread that cannot be read costs its words, not the answer.
    let said = chat.thread(&place, THREAD).await.unwrap_or_default();
    for one in &said {
        text.push('\n');
        text.push_str(&one.text);
    }
    Ok(said.first().map(|first| first.at))
}

fn symptom(
    context: &Context,
    incident: Option<&Incident>,
    text: String,
    began: DateTime<Utc>,
    named: Vec<String>,
) -> Symptom {
    let mut services = named;
    if services.is_empty() {
        services = incident.map(|incident| incident.recap.services.clone()).unwrap_or_default();
    }
    if services.is_empty() {
        let all = context.services().map(|(_, service)| service.name.clone());
        services = all.filter(|name| spoken::names(&text, name)).collect();
    }
    Symptom { services, told: told(&text, ""), text, began: began.timestamp() }
}

/// What was considered, and how it weighs.
pub struct Found {
    symptom: Symptom,
    happened: Vec<Happened>,
    weighed: Vec<Weighed>,
}

async fn found(context: &Context, symptom: Symptom, language: Language) -> Result<Found, Trouble> {
    let began = DateTime::from_timestamp(symptom.began, 0).context("an incident at no time")?;
    let now = context.clock.now();
    let happened = happened::between(context, began - WINDOW, now.max(began)).await?;
    let needs = Needs::new(context.services().flat_map(|(_, service)| {
        service.depends_on.iter().map(|needed| (service.name.clone(), needed.service.clone()))
    }));
    let mut candidates: Vec<Candidate> = happened.iter().map(candidate).collect();
    let first = rank(&symptom, &candidates, &needs, language);
    let unseen = first
        .iter()
        .filter(|one| one.score >= NAMED_FROM / 2.0 && candidates[one.candidate].sampled == Sampled::Unknown);
    for place in unseen.map(|one| one.candidate).take(MEASURED).collect::<Vec<_>>() {
        candidates[place].sampled = measured(context, &candidates[place], now).await?;
    }
    let weighed = rank(&symptom, &candidates, &needs, language);
    Ok(Found { symptom, happened, weighed })
}

fn candidate(one: &Happened) -> Candidate {
    let mut about = one.title.clone();
    let mut touches = BTreeSet::new();
    if let Some(revision) = one.revision() {
        for risk in &revision.risks {
            about.push_str(&format!("\n{}", risk.title));
            touches.extend(risk.title.split('`').skip(1).step_by(2).flat_map(parts));
            touches.extend(risk.evidence.iter().filter_map(|seen| seen.path.rsplit('/').next()).map(str::to_owned));
        }
        // What breaks is told in running text: `/v1/refunds is gone`.
        for breaking in &revision.breaking {
            let words = breaking.text.split(|letter: char| letter.is_whitespace() || ",;:()\"'`".contains(letter));
            touches.extend(words.filter(|word| word.contains(['/', '_'])).flat_map(parts));
        }
        about.push_str(&format!("\n{}\n{}", revision.text("changes"), revision.text("purpose")));
    }
    let sampled = match &one.what {
        Kinds::Deployed { watch: Some(watch), .. } => match watch.worst {
            Some(state) if state != State::NotEnough => {
                Sampled::Judged { state, finding: watch.findings.first().cloned() }
            }
            _ => Sampled::Unknown,
        },
        _ => Sampled::Unknown,
    };
    Candidate {
        services: one.services.clone(),
        at: one.at.timestamp(),
        until: one.until.map(|until| until.timestamp()),
        told: told(&one.title, &about),
        touches,
        sampled,
    }
}

/// `invoices.legacy_id` is also called `legacy_id`; what is too short names everything.
fn parts(name: &str) -> Vec<String> {
    let last = name.rsplit('.').next().filter(|last| last.contains('_'));
    [Some(name), last].into_iter().flatten().filter(|name| name.chars().count() >= 5).map(str::to_owned).collect()
}

/// The judge's word on what nobody watches, where its services are measured at all.
async fn measured(context: &Context, one: &Candidate, now: DateTime<Utc>) -> Result<Sampled, Trouble> {
    let signals: Vec<Signal> =
        context.signals.iter().filter(|signal| one.services.contains(&signal.service)).cloned().collect();
    let after = (now.timestamp() - one.at).clamp(0, DAY) / 60 * 60;
    if signals.is_empty() || after < 60 {
        return Ok(Sampled::Unknown);
    }
    let (at, graph) = (one.at, graph(context));
    let gathered = gather(&signals, at, at + after).await;
    let judge = move || {
        let told = replay(&gathered.series, &graph, at, at + after, &[]);
        (told.overall(), told.findings())
    };
    let (state, findings) = tokio::task::spawn_blocking(judge).await.context("the judge was interrupted")?;
    Ok(match state {
        State::NotEnough => Sampled::Unknown,
        state => Sampled::Judged { state, finding: findings.into_iter().next() },
    })
}

/// Past incidents that are like it, with what ended them.
async fn before(
    context: &Context,
    own: Option<&Incident>,
    place: &Place,
    symptom: &Symptom,
    language: Language,
) -> Result<Vec<Block>, Trouble> {
    let wanted =
        Wanted { services: symptom.services.clone(), place: Some(place.clone()), ..Wanted::text(symptom.text.clone()) };
    let found = context.recall.find(&[wanted], NAMED).await?.pop().unwrap_or_default();
    let is_other =
        |one: &&crate::features::recall::Found| own.is_none_or(|own| own.id != one.incident.id) && one.hit.score >= 0.3;
    let lines: Vec<String> = found.iter().filter(is_other).take(2).map(|one| one.line(language)).collect();
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let count = context.recall.means().await?.incidents;
    let head = text::SIMILAR_HEAD.of(language, &[("count", &count)]);
    Ok(vec![Block::Text { markdown: format!("{head}\n{}", lines.join("\n")) }])
}
