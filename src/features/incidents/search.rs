//! Which incidents are like what somebody asks? As they are told in a chat and as a pipeline reads them.

use crate::domain::message::Place;
use crate::domain::trouble::Trouble;
use crate::features::recall::{Found, Recall, Wanted};
use serde_json::{Value, json};

/// Best first; at most `limit`. `place`: where it is asked.
pub async fn search(recall: &Recall, text: &str, limit: usize, place: Option<&Place>) -> Result<Vec<Found>, Trouble> {
    let wanted = Wanted { place: place.cloned(), ..Wanted::text(text) };
    Ok(recall.find(&[wanted], limit).await?.pop().unwrap_or_default())
}

pub fn as_json(found: &[Found]) -> Value {
    found
        .iter()
        .map(|found| {
            let (incident, hit) = (&found.incident, &found.hit);
            json!({
                "id": incident.called(),
                "number": incident.id,
                "title": incident.title(200),
                "date": if incident.date.is_empty() { incident.dated() } else { incident.date.clone() },
                "score": (f64::from(hit.score) * 1_000.0).round() / 1_000.0,
                "why": found.why(),
                "lesson": incident.recap.lesson,
                "link": incident.link,
                "source": incident.place.channel,
            })
        })
        .collect()
}
