//! What works right now, one sentence per thing: for `/release status` and `slipway doctor`.

use crate::domain::change::RangeAsk;
use crate::domain::health::Check;
use crate::features::Context;
use futures::future::join_all;

pub async fn check(context: &Context) -> Vec<Check> {
    let mut checks = vec![Check::works("store", context.records.store().describe().await), git(context).await];
    for (_, service) in context.services() {
        let what = format!("service {}", service.name);
        checks.push(match context.changes.resolve(&service.source, &RangeAsk::default()).await {
            Ok(range) => {
                let repository = service.source.path.display();
                Check::works(what, format!("`{repository}`, next draft would cover `{}`", range.label()))
            }
            Err(trouble) => Check::fails(what, trouble.to_string()),
        });
    }
    // Each asks its platform; none waits for another.
    let (chats, model) = tokio::join!(join_all(context.chats.iter().map(|chat| chat.check())), model(context));
    checks.extend(chats.into_iter().flatten());
    checks.push(model);
    checks.push(match &context.embedder {
        Some(embedder) => Check::works("embedder", embedder.describe()),
        None => Check::off("embedder", "not configured; examples are chosen by shared words"),
    });
    checks
}

async fn git(context: &Context) -> Check {
    match context.changes.describe().await {
        Ok(sentence) => Check::works("git", sentence),
        Err(trouble) => Check::fails("git", trouble.to_string()),
    }
}

async fn model(context: &Context) -> Check {
    let Some(model) = &context.model else {
        return Check::off("model", "not configured; rules write every note");
    };
    match model.describe().await {
        Ok(sentence) => Check::works("model", sentence),
        Err(fault) => Check::fails("model", format!("the server {fault}; rules write until it answers")),
    }
}
