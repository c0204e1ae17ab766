//! The steps of a draft, in order: collect, digest, compress, (summarise,) generate, check and assemble.

use crate::domain::digest::{Context as Compressed, Digest};
use crate::domain::message::StepState;
use crate::domain::note::Revision;
use crate::domain::trouble::Trouble;
use crate::features::draft::collect::{Sources, collect};
use crate::features::draft::rules::phrase::{count, thousands};
use crate::features::draft::schemas::Schemas;
use crate::features::draft::{Ask, Material, Read, assemble, compress, digest, examples, generate, summarise};
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
    pub digest: Digest,
    pub context: Compressed,
}

/// Collects, reads and compresses a change: everything before the first word is written.
pub async fn gather(drafting: Drafting<'_>, ask: &Ask, observer: &dyn Observer) -> Result<Gathered, Trouble> {
    observer.stage(Stage::Collect, StepState::Running, "");
    let progress = |sentence: &str| observer.stage(Stage::Collect, StepState::Running, sentence);
    let Some((service, range)) = ask.modules.first() else {
        return Err(Trouble::Bug(anyhow::anyhow!("a draft of nothing")));
    };
    let collected = collect(drafting.sources, service, range, &progress).await?;
    observer.stage(Stage::Collect, StepState::Done, &told(&collected.changes));
    observer.stage(Stage::Digest, StepState::Running, "");
    let budget = drafting.context_tokens;
    // Pure work on the processor: off the threads that answer people.
    let (digest, context, background) = tokio::task::spawn_blocking(move || {
        let digest = digest::digest(&collected.changes, &collected.background);
        let context = compress::compress(&collected.changes, &digest, budget);
        (digest, context, collected.background)
    })
    .await
    .context("reading the change")?;
    observer.stage(Stage::Digest, StepState::Done, &read(&digest));
    observer.stage(Stage::Compress, StepState::Done, &compressed(&context));
    let modules = vec![Read { service: service.clone(), digest: digest.clone(), background }];
    Ok(Gathered { modules, digest, context })
}

/// The whole way from what was asked to a revision that may be shown.
pub async fn draft(drafting: Drafting<'_>, ask: &Ask, observer: &dyn Observer) -> Result<Drafted, Trouble> {
    let Gathered { modules, digest, context } = gather(drafting, ask, observer).await?;
    let schema = drafting.schemas.of(ask.kind);
    let mut material = Material {
        kind: ask.kind,
        modules,
        digest,
        context,
        recent: ask.recent.clone(),
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

fn told(changes: &crate::domain::change::ChangeSet) -> String {
    format!("{}, {}", count(changes.range.commits, "commit"), count(changes.files.len(), "file"))
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
