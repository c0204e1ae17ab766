//! Would Slack take a page? For tests: every limit, in one place.

use super::{Page, limits};
use crate::adapters::chat::script::width;
use serde_json::json;

pub fn check(page: &Page) {
    assert!(!page.blocks.is_empty() && page.blocks.len() <= limits::BLOCKS);
    assert!(width(&page.text) <= limits::FALLBACK && !page.text.is_empty());
    assert!(width(&json!(page.blocks).to_string()) <= limits::MESSAGE, "{}", width(&json!(page.blocks).to_string()));
    for block in &page.blocks {
        let text = block["text"]["text"].as_str().map_or(1, width);
        let most = if block["type"] == "header" { limits::HEADER } else { limits::SECTION };
        assert!(text > 0 && text <= most, "{text} in {block}");
        let fields = block["fields"].as_array();
        assert!(fields.is_none_or(|fields| !fields.is_empty() && fields.len() <= limits::FIELDS));
        assert!(
            fields.into_iter().flatten().all(|field| field["text"].as_str().is_some_and(|t| width(t) <= limits::FIELD))
        );
        let ids: Vec<&str> =
            block["elements"].as_array().into_iter().flatten().filter_map(|e| e["action_id"].as_str()).collect();
        assert!(ids.iter().all(|id| ids.iter().filter(|other| other == &id).count() == 1), "{ids:?}");
    }
}
