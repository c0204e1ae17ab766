//! `/release digest`: plans a digest for this channel and shows it to whoever asked, before anybody else sees one.

use super::compose::compose;
use super::{post, when, words as say};
use crate::domain::message::{Heard, Place};
use crate::domain::nearest::nearest;
use crate::domain::periodic::{Digest, Kind, State};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Command, Misuse, Permission, Planning, Press, Request, complete_nothing, word};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{Context, Plan, store_trouble};
use crate::ports::chat::{Argument, ArgumentForm};
use crate::ports::store::Expect;
use async_trait::async_trait;
use chrono::NaiveTime;

pub const DIGEST: Command = Command {
    name: "digest",
    usage: "digest [daily|weekly|handover|show|stop] [NUMBER] [--at TIMES] [--services A,B] [--quiet FROM-UNTIL] [--empty line]",
    about: "Have this channel told by the clock what is on watch, waits, is planned, or went wrong.",
    examples: &[
        "digest",
        "digest daily --at \"weekdays 09:00\"",
        "digest handover --at \"0 8,20 * * *\" --services payments --quiet 22:00-07:00",
        "digest weekly --at \"monday 09:30\" --empty line",
        "digest stop 2",
    ],
    needs: Permission::Draft,
    arguments: &[
        word("do", "daily, weekly or handover; show or stop one; without it they are listed", false),
        word("number", "Which one is to be shown or stopped", false),
        flag("at", "When: weekdays 09:00, mon,thu 17:30, or cron", &[]),
        flag("services", "Only of these, with commas", &[]),
        flag("quiet", "Hours in which nothing is said: 22:00-07:00", &[]),
        flag("empty", "What is said when there is nothing to say; nothing if not given", &["line", "nothing"]),
    ],
    parse,
    complete: complete_nothing,
};

const fn flag(name: &'static str, about: &'static str, of: &'static [&'static str]) -> Argument {
    Argument { name, about, required: false, form: ArgumentForm::Flag(of) }
}

enum Wish {
    List,
    Show(u64),
    Stop(u64),
    Plan(Planned),
}

struct Planned {
    kind: Kind,
    cron: String,
    when: String,
    services: Vec<String>,
    quiet: Option<(NaiveTime, NaiveTime)>,
    says_nothing: bool,
}

const DEEDS: [&str; 5] = ["daily", "weekly", "handover", "show", "stop"];

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let number = |text: &str| {
        text.parse::<u64>()
            .map_err(|_| Misuse(format!("`{text}` is no number of a digest. `/release digest` lists them.")))
    };
    let wish = match words.plain.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Wish::List,
        ["show", id] => Wish::Show(number(id)?),
        ["stop", id] => Wish::Stop(number(id)?),
        [deed @ ("show" | "stop")] => {
            return Err(Misuse(format!("Which one? For example `/release digest {deed} 2`.")));
        }
        [kind] => match Kind::ALL.into_iter().find(|known| known.name() == *kind) {
            Some(kind) => Wish::Plan(planned(kind, words)?),
            None => {
                let meant = nearest(kind, DEEDS.into_iter()).map_or_else(
                    || "Write `daily`, `weekly` or `handover`, or `show` or `stop` with a number.".to_owned(),
                    |near| format!("Did you mean `{near}`?"),
                );
                return Err(Misuse(format!("`{kind}` is no digest. {meant}")));
            }
        },
        [_, more, ..] => {
            return Err(Misuse(format!("`{more}` is one word too many. Usage: `/release {}`", DIGEST.usage)));
        }
    };
    Ok(Box::new(wish))
}

fn planned(kind: Kind, words: &Words) -> Result<Planned, Misuse> {
    let usual = match kind {
        Kind::Daily => "weekdays 09:00",
        Kind::Weekly => "monday 09:00",
        Kind::Handover => "09:00",
    };
    let when = words.flag("at").unwrap_or(usual).trim().to_owned();
    let services = words.flag("services").unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    Ok(Planned {
        kind,
        cron: when::cron(&when).map_err(Misuse)?,
        when,
        services: services.map(str::to_owned).collect(),
        quiet: words.flag("quiet").map(when::quiet).transpose().map_err(Misuse)?,
        says_nothing: words.flag("empty") == Some("line"),
    })
}

#[async_trait]
impl Request for Wish {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let now = context.clock.now();
        let room = Place { thread: None, ..heard.place.clone() };
        let (key, whom) = (format!("digest/asked/{}", heard.id), only(&heard.place, &heard.person));
        match self {
            Self::List => {
                let mut all = context.records.digests.all().await.map_err(store_trouble)?;
                all.retain(|digest| digest.place == room && digest.state != State::Stopped);
                Ok(Plan::nothing().say(key, whom, say::listed(&all, now)))
            }
            Self::Show(id) => {
                let (digest, _) = find(context, *id).await?;
                Ok(Plan::nothing().say(key, whom, shown(context, &digest).await?))
            }
            Self::Stop(id) => {
                let (digest, version) = find(context, *id).await?;
                if digest.state == State::Stopped {
                    return Err(say::stopped_already(&digest));
                }
                let digest = Digest { state: State::Stopped, ..digest };
                let put = context.records.digests.put(&digest, Expect::Version(version));
                Ok(Plan::nothing().write(put).say(key, whom, say::stopped(&digest)))
            }
            Self::Plan(planned) => {
                if let Some(unknown) = planned.services.iter().find(|name| context.service(name).is_none()) {
                    let near = nearest(unknown, context.services().map(|(_, service)| service.name.as_str()));
                    let near = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
                    return Err(Trouble::refused(format!("There is no service `{unknown}`.{near}")));
                }
                let (id, ops) = context.records.digests.next_id().await.map_err(store_trouble)?;
                let digest = Digest {
                    id,
                    kind: planned.kind,
                    place: room,
                    author: heard.person.clone(),
                    cron: planned.cron.clone(),
                    when: planned.when.clone(),
                    zone: context.calendars.home,
                    services: planned.services.clone(),
                    quiet: planned.quiet,
                    says_nothing: planned.says_nothing,
                    state: State::Trial,
                };
                let trial = say::trial(&digest, shown(context, &digest).await?, now);
                let put = context.records.digests.put(&digest, Expect::Absent);
                Ok(Plan::nothing().write(ops).write(put).say(key, whom, trial))
            }
        }
    }
}

async fn find(context: &Context, id: u64) -> Result<(Digest, u64), Trouble> {
    context.records.digests.get(id).await.map_err(store_trouble)?.ok_or_else(|| say::unknown(id))
}

async fn shown(context: &Context, digest: &Digest) -> Result<crate::domain::message::Message, Trouble> {
    let now = context.clock.now();
    let parts = compose(context, digest, now).await?;
    Ok(say::message(digest, &parts, now, &format!("{}/calendar", context.public_url)))
}

pub const LIVE: Action = Action { name: "digest.live", needs: Permission::Draft, run: live, form: None };
pub const STOP: Action = Action { name: "digest.stop", needs: Permission::Draft, run: stop, form: None };

fn pressed(press: &Press<'_>) -> Result<u64, Trouble> {
    press.value.parse().map_err(|_| Trouble::refused("That button names no digest.".to_owned()))
}

fn live<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (digest, version) = find(context, pressed(&press)?).await?;
        match digest.state {
            State::Trial => {}
            State::Live => return Err(say::live_already(&digest)),
            State::Stopped => return Err(say::stopped_already(&digest)),
        }
        let (digest, now) = (Digest { state: State::Live, ..digest }, context.clock.now());
        let told = only(&press.heard.place, &press.heard.person);
        Ok(Plan::nothing()
            .write(context.records.digests.put(&digest, Expect::Version(version)))
            .write(post::next(context, &digest, now).await?)
            .say(format!("digest/{}/live", digest.id), told, say::is_live(&digest, now)))
    })
}

fn stop<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move { Wish::Stop(pressed(&press)?).handle(context, press.heard).await })
}
