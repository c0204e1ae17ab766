//! How does every page of ours look? One shell, one style sheet, one way to turn CommonMark into harmless HTML.
//!
//! A leaf beside `domain`: the web chat and the note pages both stand on it, and it knows neither.

pub mod markdown;
pub mod visible;

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use minijinja::{AutoEscape, Environment, Value};
use std::sync::LazyLock;

/// What a page may load and do: only what this server serves; no inline script or style, no frame around it.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                          form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = include_str!("style.css");
const THEME: &str = include_str!("theme.js");
const ICON: &str = include_str!("icon.svg");

/// Changes whenever a file the pages load changes, so that browsers may keep the files for ever.
pub static STAMP: LazyLock<String> =
    LazyLock::new(|| format!("{:08x}", crc32fast::hash([STYLE, THEME, ICON].concat().as_bytes())));

/// An environment that knows the shell (`shell.html`) and escapes everything; callers add their own templates.
pub fn environment(templates: &[(&'static str, &'static str)]) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_global("stamp", STAMP.as_str());
    environment.add_filter("visible", |text: String| visible::visible(&text).into_owned());
    environment.add_filter("line", |text: String| Value::from_safe_string(markdown::line(&text)));
    environment.add_filter("tint", |name: String| tint(&name));
    environment.add_filter("initials", |name: String| initials(&name));
    for (name, source) in [("shell.html", include_str!("shell.html"))].iter().chain(templates) {
        environment.add_template(name, source).expect("templates are part of the program and parsed by its tests");
    }
    environment
}

/// The files every page loads. Whoever serves pages serves these, once.
pub fn assets() -> Router {
    Router::new()
        .route("/assets/style.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/assets/theme.js", get(|| async { asset("text/javascript; charset=utf-8", THEME) }))
        .route("/assets/icon.svg", get(|| async { asset("image/svg+xml", ICON) }))
}

/// A file that belongs to the program; its address carries a stamp, so it never changes under it.
pub fn asset(media_type: &'static str, body: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body).into_response()
}

/// A page with the headers every page of ours carries.
pub fn html(body: String) -> Response {
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(body)).into_response()
}

/// One of eight avatar colours, always the same for a name.
pub fn tint(name: &str) -> u32 {
    crc32fast::hash(name.as_bytes()) % 8
}

/// `Release captain` → `RC`, `root` → `R`; a dot where there is no letter or digit.
pub fn initials(name: &str) -> String {
    let firsts = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let initials: String = firsts.take(2).flat_map(char::to_uppercase).collect();
    if initials.is_empty() { "·".to_owned() } else { initials }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_what_people_would_write() {
        assert_eq!(initials("Release captain"), "RC");
        assert_eq!(initials("root"), "R");
        assert_eq!(initials("  (night) shift lead "), "NS");
        assert_eq!(initials("…"), "·");
    }

    #[test]
    fn a_template_escapes_what_it_is_given() {
        let environment = environment(&[("t", "{{ name }}|{{ name | line }}")]);
        let page = environment.get_template("t").and_then(|t| t.render(minijinja::context! { name => "<b>`x`" }));
        assert_eq!(page.expect("renders"), "&lt;b&gt;`x`|&lt;b&gt;<code>x</code>");
    }
}
