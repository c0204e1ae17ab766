//! The steps of a draft, in order: collect, digest, compress, (summarise,) generate, check and assemble.

use crate::domain::digest::{Context as Compressed, Digest};
use crate::domain::message::StepState;
use crate::domain::note::Revision;
use crate::domain::service::Service;
use crate::domain::trouble::Trouble;
use crate::features::draft::collect::{Collected, Sources, collect};
use crate::features::draft::rules::phrase::{count, thousands};
use crate::features::draft::schemas::Schemas;
use crate::features::draft::work::{self, Knowledge, Worked};
use crate::features::draft::{
    Ask, Material, Read, assemble, compress, consolidate, digest, examples, generate, summarise,
};
use crate::ports::clock::Clock;
use crate::ports::embedder::Embedder;
use crate::prompt::Asker;
use anyhow::Context as _;

/// What the steps need; a part of the bot's context, and all that `slipway draft` builds.
#[derive(Clone, Copy)]
pub struct Drafting<'a> {
    pub sources: Sources<'a>,
    pub clock: &'a dyn Clock,
    pub asker: &'a Asker,
    pub embedder: Option<&'a dyn Embedder>,
    pub schemas: &'a Schemas,
    pub context_tokens: usize,
    pub knowledge: Knowledge<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Collect,
    Digest,
    Compress,
    Generate,
    Check,
}

/// Is told how far a draft has come.
pub trait Observer: Send + Sync {
    fn stage(&self, stage: Stage, state: StepState, detail: &str);
}

/// A finished draft with what it was made from.
pub struct Drafted {
    pub revision: Revision,
    pub context: Compressed,
}

/// What was gathered before the first word is written.
pub struct Gathered {
    pub modules: Vec<Read>,
    pub work: Option<Worked>,
    pub digest: Digest,
    pub context: Compressed,
}

/// Collects, reads and compresses a change: everything before the first word is written.
pub async fn gather(drafting: Drafting<'_>, ask: &Ask, observer: &dyn Observer) -> Result<Gathered, Trouble> {
    observer.stage(Stage::Collect, StepState::Running, "");
    let progress = |sentence: &str| observer.stage(Stage::Collect, StepState::Running, sentence);
    if let Some(work) = &ask.work {
        let now = drafting.clock.now();
        let gathered = work::gather(drafting.knowledge, drafting.sources.workspaces, work, now).await;
        let (digest, context, worked) = gathered
            .ok_or_else(|| Trouble::refused(format!("There is no type of work `{}` any more.", work.template)))?;
        observer.stage(Stage::Collect, StepState::Done, &count(digest.facts.len(), "fact"));
        return Ok(Gathered { modules: Vec::new(), work: Some(worked), digest, context });
    }
    if ask.modules.is_empty() {
        return Err(Trouble::Bug(anyhow::anyhow!("a draft of nothing")));
    }
    let asked = consolidate::in_order(drafting.sources.workspaces, &ask.modules);
    let collected = collect(drafting.sources, &asked, &progress).await?;
    observer.stage(Stage::Collect, StepState::Done, &told(&collected));
    observer.stage(Stage::Digest, StepState::Running, "");
    let budget = drafting.context_tokens;
    let services: Vec<Service> = asked.into_iter().map(|(service, _)| service).collect();
    // Pure work on the processor: off the threads that answer people.
    let gathered = tokio::task::spawn_blocking(move || read_all(services, collected, budget))
        .await
        .context("reading the change")?;
    observer.stage(Stage::Digest, StepState::Done, &read(&gathered.digest));
    observer.stage(Stage::Compress, StepState::Done, &compressed(&gathered.context));
    Ok(gathered)
}

/// Each module read on its own; what they come to together follows from that.
fn read_all(services: Vec<Service>, collected: Vec<Collected>, budget: usize) -> Gathered {
    let is_several = services.len() > 1;
    let (mut modules, mut changes) = (Vec::new(), Vec::new());
    for (service, collected) in services.into_iter().zip(collected) {
        let digest = digest::digest(&collected.changes, &collected.background);
        let digest = if is_several { consolidate::named(digest, &service.name) } else { digest };
        modules.push(Read { service, digest, background: collected.background });
        changes.push(collected.changes);
    }
    match (modules.as_slice(), changes.as_slice()) {
        ([only], [change]) => {
            let (digest, context) = (only.digest.clone(), compress::compress(change, &only.digest, budget));
            Gathered { modules, work: None, digest, context }
        }
        _ => {
            let (digest, context) =
                (consolidate::joined(&modules, &changes), consolidate::context(&modules, &changes, budget));
            Gathered { modules, work: None, digest, context }
        }
    }
}

/// The whole way from what was asked to a revision that may be shown.
pub async fn draft(drafting: Drafting<'_>, ask: &Ask, observer: &dyn Observer) -> Result<Drafted, Trouble> {
    let Gathered { modules, work, digest, context } = gather(drafting, ask, observer).await?;
    let schema = drafting.schemas.of(ask.kind);
    let mut material = Material {
        kind: ask.kind,
        modules,
        work,
        digest,
        context,
        memory: ask.memory.clone(),
        examples: Vec::new(),
        asked_by: ask.asked_by.clone(),
        now: drafting.clock.now(),
    };
    material.examples = examples::nearest(&material, drafting.embedder, 2).await;
    observer.stage(Stage::Generate, StepState::Running, "");
    let progress = |sentence: &str| observer.stage(Stage::Generate, StepState::Running, sentence);
    let summaries = summarise::summarise(drafting.asker, &material, &progress);
    let generated = generate::generate(drafting.asker, &material, schema, summaries, &progress).await;
    observer.stage(Stage::Generate, StepState::Done, "");
    observer.stage(Stage::Check, StepState::Running, "");
    let revision = assemble::assemble(&material, schema, generated, ask.number, drafting.clock.now());
    observer.stage(Stage::Check, StepState::Done, "");
    Ok(Drafted { revision, context: material.context })
}

fn told(collected: &[Collected]) -> String {
    let commits = collected.iter().map(|module| module.changes.range.commits).sum();
    let files = collected.iter().map(|module| module.changes.files.len()).sum();
    format!("{}, {}", count(commits, "commit"), count(files, "file"))
}

/// A small change needs no compression; its context is longer than itself by the lines about it.
fn compressed(context: &Compressed) -> String {
    match context.raw_tokens > context.context_tokens {
        true => format!("{} → {} tokens", thousands(context.raw_tokens), thousands(context.context_tokens)),
        false => count(context.context_tokens, "token"),
    }
}

fn read(digest: &Digest) -> String {
    format!(
        "{}, {} of {}",
        count(digest.risks.len(), "risk fact"),
        thousands(digest.seen.files_read),
        count(digest.seen.files_total, "file")
    )
}
