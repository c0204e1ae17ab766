//! Would Discord take a page? For tests: every limit, in one place.

use super::{Page, limits};
use crate::adapters::chat::script::width;
use serde_json::Value;

pub fn check(page: &Page) {
    assert!(width(&page.content) <= limits::CONTENT);
    assert!(!page.content.is_empty() || !page.embeds.is_empty() || !page.files.is_empty(), "{page:?}");
    assert!(
        page.embeds.len() <= limits::EMBEDS
            && page.components.len() <= limits::ROWS
            && page.files.len() <= limits::FILES
    );
    let of = |embed: &Value, key: &str| embed[key].as_str().map_or(0, width);
    let mut sum = 0;
    for embed in &page.embeds {
        assert!(of(embed, "title") <= limits::TITLE && of(embed, "description") <= limits::DESCRIPTION);
        sum += of(embed, "title") + of(embed, "description") + of(&embed["footer"], "text");
        assert!(of(embed, "title") + of(embed, "description") > 0 || embed["image"].is_object(), "{embed}");
    }
    assert!(sum <= limits::EMBEDS_TEXT, "{sum}");
    let mut ids: Vec<&str> = Vec::new();
    for row in &page.components {
        let elements = row["components"].as_array().expect("a row");
        assert!(!elements.is_empty() && elements.len() <= limits::BUTTONS);
        for element in elements {
            ids.push(element["custom_id"].as_str().expect("an id"));
            assert!(element["label"].as_str().is_none_or(|label| !label.is_empty() && width(label) <= limits::LABEL));
            let options = element["options"].as_array();
            assert!(options.is_none_or(|options| !options.is_empty() && options.len() <= limits::OPTIONS));
            for option in options.into_iter().flatten() {
                assert!((1..=limits::OPTION_LABEL).contains(&of(option, "label")), "{option}");
                assert!((1..=limits::OPTION_VALUE).contains(&of(option, "value")), "{option}");
                assert!(of(option, "description") <= limits::OPTION_LABEL);
            }
        }
    }
    assert!(
        ids.iter().all(|id| width(id) <= limits::ID && ids.iter().filter(|other| other == &id).count() == 1),
        "{ids:?}"
    );
}
