//! The embedder's model is changed for one that measures otherwise: search goes on meanwhile, and everything is embedded anew.

use async_trait::async_trait;
use slipway::features::incidents::import::{self, Report};
use slipway::features::recall::{Recall, Wanted};
use slipway::ports::embedder::Embedder;
use slipway::records::Records;
use slipway::wiring;
use std::sync::Arc;

/// Knows three things, each a direction of its own; the rest of its dimensions is empty.
struct Toy {
    model: &'static str,
    dimension: usize,
}

#[async_trait]
impl Embedder for Toy {
    async fn embed(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        let direction = |text: &String| {
            let text = text.to_lowercase();
            let about = |words: &[&str]| words.iter().any(|word| text.contains(word));
            match (about(&["certificate", "passport"]), about(&["queue", "waiting line"])) {
                (true, _) => 0,
                (_, true) => 1,
                _ => 2,
            }
        };
        let vector = |place: usize| (0..self.dimension).map(|n| if n == place { 1.0 } else { 0.0 }).collect();
        Ok(texts.iter().map(direction).map(vector).collect())
    }
    fn model(&self) -> String {
        self.model.to_owned()
    }
    fn describe(&self) -> String {
        self.model.to_owned()
    }
}

fn report(name: &str, text: &str) -> Report {
    Report {
        origin: "reports".to_owned(),
        name: name.to_owned(),
        title: text.to_owned(),
        date: "2024".to_owned(),
        text: text.to_owned(),
        link: None,
    }
}

async fn found(recall: &Recall, text: &str) -> Vec<String> {
    let found = recall.find(&[Wanted::text(text)], 5).await.expect("searched").pop().unwrap_or_default();
    found.into_iter().map(|found| found.incident.name).collect()
}

#[tokio::test]
async fn vectors_of_another_model_are_replaced_and_search_goes_on_meanwhile() {
    let records = Records::new(wiring::memory_store(), wiring::system_clock());
    let reports = [report("PM-1", "The certificate of the gateway ended"), report("PM-2", "The queue ran full")];
    import::keep(&records, &reports, &[], wiring::system_clock().now()).await.expect("kept");
    let small = Recall::new(records.clone(), Some(Arc::new(Toy { model: "small", dimension: 3 })));
    import::embed(&small, |_| ()).await.expect("embedded");
    assert_eq!(found(&small, "passport").await, ["PM-1"], "by meaning alone");

    let large = Recall::new(records.clone(), Some(Arc::new(Toy { model: "large", dimension: 8 })));
    assert_eq!(large.means().await.expect("readable").embedded, Some(0), "the old ones are not comparable");
    assert_eq!(found(&large, "certificate of the gateway").await, ["PM-1"], "by words");
    assert_eq!(found(&large, "passport").await, Vec::<String>::new());
    import::embed(&large, |_| ()).await.expect("embedded anew");
    assert_eq!(large.means().await.expect("readable").embedded, Some(2));
    assert_eq!(found(&large, "passport").await, ["PM-1"]);
}
