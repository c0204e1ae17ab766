//! Does a tag of a service mean a release of its own?

use super::Tag;
use crate::domain::service::Service;
use crate::domain::trouble::Trouble;
use crate::features::store_trouble;
use crate::records::Outcome;

pub enum Fate {
    Goes,
    /// Another tag on the same commit has a note already.
    SameAs {
        tag: String,
        note: u64,
    },
    /// A later release that holds its commit has a note already.
    Older {
        than: String,
    },
}

pub async fn of(tag: &Tag<'_>, service: &Service, sha: &str) -> Result<Fate, Trouble> {
    let all = tag.context.records.tags.all(&tag.remote).await.map_err(store_trouble)?;
    let noted = |outcome: &Outcome| match outcome {
        Outcome::Noted { note } => Some(*note),
        _ => None,
    };
    let others: Vec<(String, Option<String>, u64)> = all
        .into_iter()
        .filter(|(other, _)| other.name != tag.seen.name)
        .filter_map(|(other, _)| Some((other.name, other.sha, other.came.get(&service.name).and_then(noted)?)))
        .collect();
    if let Some((name, _, note)) = others.iter().find(|(_, stands, _)| stands.as_deref() == Some(sha)) {
        return Ok(Fate::SameAs { tag: name.clone(), note: *note });
    }
    if others.is_empty() {
        return Ok(Fate::Goes);
    }
    // A mirror may not have it yet; whoever cannot be asked does not make it old.
    let holding = async {
        tag.context.changes.refresh(&service.source, &|_| {}).await?;
        tag.context.changes.tags_holding(&service.source, sha).await
    };
    let holding = holding.await.unwrap_or_else(|trouble| {
        tracing::warn!(tag = tag.seen.name, trouble = %trouble, "it is not known which releases hold a tag's commit");
        Vec::new()
    });
    let later = others.into_iter().find(|(name, stands, _)| stands.is_some() && holding.contains(name));
    Ok(later.map_or(Fate::Goes, |(than, ..)| Fate::Older { than }))
}
