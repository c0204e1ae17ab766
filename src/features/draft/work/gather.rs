//! What is there to say about work before it is worded? Its request, its time, its template, what is served, who may feel it.

use super::certificates::{hosts, look};
use super::{Knowledge, WorkAsk, Worked, words};
use crate::domain::change::{Range, Revision};
use crate::domain::digest::{Context, Digest, Outside, Seen};
use crate::domain::fact::{Fact, FactId};
use crate::domain::service::{Affected, Workspace};
use crate::features::draft::compress::tokens;
use crate::features::draft::rules::phrase::{list, name};
use crate::features::radius;
use chrono::{DateTime, Utc};

/// The facts of the work as a digest, the text that a model is given, and what the rules write from.
pub async fn gather(
    knowledge: Knowledge<'_>,
    workspaces: &[Workspace],
    ask: &WorkAsk,
    now: DateTime<Utc>,
) -> Option<(Digest, Context, Worked)> {
    let template = knowledge.templates.named(&ask.template)?.clone();
    let hosts = hosts(&ask.what);
    let target = target(ask, &template, &hosts.iter().map(|host| host.name.clone()).collect::<Vec<_>>());
    let looked = if template.certificates { hosts.as_slice() } else { &[] };
    let (served, gaps) = look(knowledge.certificates, looked, ask.planned.as_ref(), now).await;
    let affected = affected(workspaces, ask);
    let mut facts = vec![fact("work", 1, format!("Asked for: {}", ask.what))];
    facts.push(fact("plan", 1, words::planned(ask.planned.as_ref())));
    let numbered = |kind: &'static str| move |(n, text): (usize, String)| fact(kind, n + 1, text);
    facts.extend(served.into_iter().enumerate().map(numbered("cert")));
    let dependents: Vec<Fact> = affected.iter().map(dependent).collect();
    facts.extend(dependents.iter().cloned());
    let worked = Worked { ask: ask.clone(), template, target, affected };
    facts.extend(lines(&worked).into_iter().enumerate().map(numbered("tpl")));
    let digest = digest(gaps, dependents, facts);
    let context = context(&digest);
    Some((digest, context, worked))
}

/// Every line of the template, filled in, in the order in which facts are numbered: `tpl:1`, …
pub fn lines(worked: &Worked) -> Vec<String> {
    let template = &worked.template;
    let one = [&template.purpose, &template.downtime, &template.point_of_no_return, &template.announcement];
    let steps = template.steps.iter().map(|step| format!("{}; go on when {}", step.action, step.check));
    let lists = [
        &template.impact,
        &template.back,
        &template.before,
        &template.after,
        &template.monitoring,
        &template.signals,
        &template.questions,
    ];
    let all = one.into_iter().cloned().chain(steps).chain(lists.into_iter().flatten().cloned());
    all.map(|line| filled(worked, &line)).collect()
}

/// With the target, the time and the length in their places.
pub fn filled(worked: &Worked, line: &str) -> String {
    let planned = worked.ask.planned.as_ref();
    let at =
        planned.map_or_else(|| "at a time that is still open".to_owned(), |planned| format!("on {}", planned.begins()));
    let minutes =
        planned.map(|planned| planned.minutes).filter(|minutes| *minutes > 0).unwrap_or(worked.template.minutes);
    let filled = line.replace("{target}", &worked.target).replace("{at}", &at);
    let filled = filled.replace("{for}", &crate::domain::planned::length(minutes));
    let mut letters = filled.chars();
    // A line may begin with its target.
    match letters.next() {
        Some(first) if line.starts_with("{target}") => first.to_uppercase().chain(letters).collect(),
        _ => filled,
    }
}

fn target(ask: &WorkAsk, template: &super::template::Template, hosts: &[String]) -> String {
    let services: Vec<String> = ask.services.iter().map(|service| name(&service.name)).collect();
    match (hosts, services.as_slice(), &template.of) {
        ([], [], _) => template.target.clone(),
        ([], services, Some(of)) => of.replace("{service}", &list(services)),
        ([], services, None) => format!("{} of {}", template.target, list(services)),
        (hosts, _, _) => list(&hosts.iter().map(|host| name(host)).collect::<Vec<_>>()),
    }
}

/// Who depends on what is worked on, each once.
fn affected(workspaces: &[Workspace], ask: &WorkAsk) -> Vec<Affected> {
    let mut all: Vec<Affected> = Vec::new();
    for service in &ask.services {
        for felt in radius::affected(workspaces, &service.name) {
            let own = ask.services.iter().any(|service| service.name == felt.service);
            if !own && all.iter().all(|known| known.service != felt.service) {
                all.push(felt);
            }
        }
    }
    all
}

fn dependent(affected: &Affected) -> Fact {
    let needs = affected.path.iter().map(|step| name(&step.service)).collect::<Vec<_>>().join(", which needs ");
    let owners: Vec<String> = affected.owners.iter().map(|owner| name(owner)).collect();
    let owners = if owners.is_empty() {
        "nobody is named as its owner".to_owned()
    } else {
        format!("{} answer for it", list(&owners))
    };
    let text = format!("{} needs {needs} and may feel this; {owners}", name(&affected.service));
    Fact { id: FactId::affected(&affected.service), text }
}

fn fact(kind: &str, n: usize, text: String) -> Fact {
    Fact { id: FactId(format!("{kind}:{n}")), text }
}

fn digest(gaps: Vec<crate::domain::change::Gap>, affected: Vec<Fact>, facts: Vec<Fact>) -> Digest {
    let nowhere = Revision { name: String::new(), sha: String::new(), at: None };
    let range =
        Range { repo: String::new(), from: nowhere.clone(), to: nowhere, chosen: String::new(), commits: 0, lost: 0 };
    Digest {
        range,
        items: Vec::new(),
        areas: Vec::new(),
        risks: Vec::new(),
        breaking: Vec::new(),
        noise: Vec::new(),
        seen: Seen::default(),
        authors: Vec::new(),
        pull_requests: Vec::new(),
        tickets: Vec::new(),
        gaps,
        outside: Outside { affected, ..Outside::default() },
        facts,
    }
}

fn context(digest: &Digest) -> Context {
    let lines: Vec<String> = digest.facts.iter().map(|fact| format!("[{}] {}", fact.id, fact.text)).collect();
    let text = lines.join("\n");
    let count = tokens::count(&text);
    Context { raw_tokens: count, context_tokens: count, context: text, left_out: Vec::new() }
}
