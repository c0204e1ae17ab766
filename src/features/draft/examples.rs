//! Which good notes are nearest to this change, as models of style?

use super::section;
use crate::domain::note::{Kind, Revision};
use crate::features::draft::{Example, Material};
use crate::ports::embedder::Embedder;
use std::collections::HashSet;

const EMBEDDED: [(&str, &str); 4] = [
    ("deployment-breaking-migration", include_str!("../../../config/examples/deployment-breaking-migration.md")),
    ("deployment-small-fix", include_str!("../../../config/examples/deployment-small-fix.md")),
    ("work-certificate-renewal", include_str!("../../../config/examples/work-certificate-renewal.md")),
    ("work-database-upgrade", include_str!("../../../config/examples/work-database-upgrade.md")),
];

/// Characters of an own note that are shown: an example is read with each of the four questions.
const OWN: usize = 4_000;

/// At most `n` examples of the material's kind: the team's own note that is nearest to this change, then embedded ones, which
/// show how facts are cited.
pub async fn nearest(material: &Material, embedder: Option<&dyn Embedder>, n: usize) -> Vec<Example> {
    let change = about(material);
    let own = material.memory.notes.iter().map(Sample::of).collect();
    let mut examples = ranked(own, &change, embedder, n.min(1)).await;
    let samples = EMBEDDED.iter().map(|(name, text)| Sample::read(name, text));
    let samples = samples.filter(|sample| sample.kind == Some(material.kind)).collect();
    examples.extend(ranked(samples, &change, embedder, n - examples.len()).await);
    examples
}

/// Nearest first: by meaning where there is an embedder, by shared words otherwise or when it fails.
async fn ranked(samples: Vec<Sample>, change: &str, embedder: Option<&dyn Embedder>, n: usize) -> Vec<Example> {
    if samples.is_empty() || n == 0 {
        return Vec::new();
    }
    let scores = match by_meaning(&samples, change, embedder).await {
        Some(scores) => scores,
        None => by_words(&samples, change),
    };
    let mut order: Vec<usize> = (0..samples.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order.into_iter().take(n).map(|at| samples[at].example.clone()).collect()
}

struct Sample {
    kind: Option<Kind>,
    tags: String,
    example: Example,
}

impl Sample {
    /// A note of the team: its words, without the tables of its repositories.
    fn of(revision: &Revision) -> Self {
        let worded = revision.sections.iter().filter(|one| one.key != "title" && section::editable(one));
        let told = worded.map(|one| (one.title.as_str(), section::as_text(&one.value)));
        let told = told.filter(|(_, text)| !text.is_empty()).map(|(title, text)| format!("## {title}\n\n{text}"));
        let text = format!("# {}\n\n{}", revision.title(), told.collect::<Vec<_>>().join("\n\n"));
        let risks = revision.risks.iter().take(20).map(|risk| format!("{:?} {}", risk.kind, risk.title));
        Self {
            kind: None,
            tags: risks.collect::<Vec<_>>().join(", "),
            example: Example { name: revision.title().to_owned(), text: text.chars().take(OWN).collect() },
        }
    }

    /// Front matter between two `---` lines: `kind: deployment`, `tags: migration, refunds`; then the note.
    fn read(name: &str, text: &str) -> Self {
        let (head, body) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap_or(("", text));
        let entry = |key: &str| {
            head.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim).unwrap_or_default()
        };
        Self {
            kind: Kind::named(entry("kind")),
            tags: entry("tags").to_owned(),
            example: Example { name: name.to_owned(), text: body.trim().to_owned() },
        }
    }
}

/// What the change is about, in words that an example's tags may share.
fn about(material: &Material) -> String {
    let digest = &material.digest;
    let mut text = format!("{} ", material.kind.name());
    for risk in digest.risks.iter().take(20) {
        text.push_str(&format!("{:?} {} ", risk.kind, risk.title));
    }
    if !digest.breaking.is_empty() {
        text.push_str("breaking ");
    }
    if digest.items.len() <= 3 {
        text.push_str("small ");
    }
    for item in digest.items.iter().take(30) {
        text.push_str(&format!("{:?} {} ", item.intent, item.title));
    }
    text
}

async fn by_meaning(samples: &[Sample], change: &str, embedder: Option<&dyn Embedder>) -> Option<Vec<f32>> {
    let texts: Vec<String> = std::iter::once(change.chars().take(2_000).collect())
        .chain(samples.iter().map(|sample| format!("{} {}", sample.tags, sample.example.text)))
        .collect();
    let vectors = embedder?.embed(&texts).await.ok()?;
    let (first, rest) = vectors.split_first()?;
    let scores: Vec<f32> = rest.iter().map(|vector| first.iter().zip(vector).map(|(a, b)| a * b).sum()).collect();
    (scores.len() == samples.len()).then_some(scores)
}

/// Shared words count; shared tags count three times.
fn by_words(samples: &[Sample], change: &str) -> Vec<f32> {
    let change = words(change);
    samples
        .iter()
        .map(|sample| {
            let tags = words(&sample.tags).intersection(&change).count();
            let text = words(&sample.example.text);
            let shared = text.intersection(&change).count();
            3.0 * tags as f32 + shared as f32 / (text.len().max(1) as f32).sqrt()
        })
        .collect()
}

fn words(text: &str) -> HashSet<String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.len() > 3)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::draft::assemble::assemble;
    use crate::features::draft::rules::tests::{material, tiny};
    use crate::features::draft::schema::Schema;
    use async_trait::async_trait;

    async fn names(material: &Material, embedder: Option<&dyn Embedder>, n: usize) -> Vec<String> {
        nearest(material, embedder, n).await.into_iter().map(|example| example.name).collect()
    }

    #[tokio::test]
    async fn the_example_that_shares_most_with_the_change_comes_first() {
        assert_eq!(names(&material(), None, 2).await, ["deployment-breaking-migration", "deployment-small-fix"]);
        assert_eq!(names(&tiny(), None, 1).await, ["deployment-small-fix"]);
        let mut work = material();
        work.kind = Kind::Work;
        assert_eq!(names(&work, None, 1).await, ["work-database-upgrade"]);
    }

    /// Finds the last text nearest, whatever it says.
    struct Contrary;

    #[async_trait]
    impl Embedder for Contrary {
        async fn embed(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
            Ok((0..texts.len()).map(|at| if at == 0 { vec![1.0] } else { vec![at as f32] }).collect())
        }
        fn model(&self) -> String {
            "one of this test".to_owned()
        }
        fn describe(&self) -> String {
            "contrary".to_owned()
        }
    }

    /// Cannot embed.
    struct Broken;

    #[async_trait]
    impl Embedder for Broken {
        async fn embed(&self, _: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
            anyhow::bail!("no model")
        }
        fn model(&self) -> String {
            "one of this test".to_owned()
        }
        fn describe(&self) -> String {
            "broken".to_owned()
        }
    }

    #[tokio::test]
    async fn an_embedder_decides_when_there_is_one_and_words_do_when_it_fails() {
        assert_eq!(names(&material(), Some(&Contrary), 1).await, ["deployment-small-fix"]);
        assert_eq!(names(&material(), Some(&Broken), 1).await, ["deployment-breaking-migration"]);
    }

    #[tokio::test]
    async fn the_team_s_own_note_that_is_nearest_comes_before_what_was_built_in() {
        let note = |title: &str, changes: &str| {
            let mut revision =
                assemble(&tiny(), &Schema::embedded(Kind::Deployment), Default::default(), 1, tiny().now);
            revision.risks.clear();
            for section in &mut revision.sections {
                section.value = match section.key.as_str() {
                    "title" => title.into(),
                    "changes" => changes.into(),
                    _ => continue,
                };
            }
            revision
        };
        let mut material = material();
        assert_eq!(names(&material, None, 2).await, ["deployment-breaking-migration", "deployment-small-fix"]);
        material.memory.notes.push(note("fonts", "Larger fonts in the footer"));
        material
            .memory
            .notes
            .push(note("refunds", "Refunds are stored in a column of their own, refund and migration"));
        assert_eq!(names(&material, None, 2).await, ["refunds", "deployment-breaking-migration"]);
        assert_eq!(names(&material, Some(&Broken), 2).await[0], "refunds");
        let shown = &nearest(&material, None, 2).await[0].text;
        assert!(shown.contains("# refunds") && shown.contains("a column of their own"), "{shown}");
    }

    #[test]
    fn every_embedded_example_says_what_it_is_for() {
        for (name, text) in EMBEDDED {
            let sample = Sample::read(name, text);
            assert!(sample.kind.is_some() && !sample.tags.is_empty(), "{name} lacks its front matter");
            assert!(sample.example.text.starts_with("# "), "{name} has no title");
        }
    }
}
