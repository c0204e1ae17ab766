//! Which HTTP routes did the old version answer that the new one does not?

use super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::topics::Topic;
use super::found::{Sighting, Told, count, distinct, evidence, listed, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Express, Fastify, Flask, FastAPI, Spring, Go routers, axum, actix, Rails, Django, ASP.NET.
static ROUTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x)
        (?: \b(?:app|router|r|mux|server|routes?|v\d|group|engine|fastify|e|g|srv|blueprint|bp|api_router)\.
              (?P<m>get|post|put|patch|delete|GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete|Handle|HandleFunc|route|Methods|all)\(\s*
          | \b(?:http)\.(?:Handle|HandleFunc)\(\s*
          | ^\s*@(?:app|router|bp|blueprint|api|[a-z_]*router|[a-z_]*app)\.(?P<d>get|post|put|patch|delete|route)\(\s*
          | ^\s*@(?P<s>Get|Post|Put|Patch|Delete|Request)Mapping\(\s*(?:(?:value|path)\s*=\s*)?
          | ^\s*\#\[(?P<x>get|post|put|patch|delete)\(\s*
          | \.(?P<a>route)\(\s*
          | ^\s*\[Http(?P<n>Get|Post|Put|Patch|Delete)\(\s*
          | \bMap(?P<h>Get|Post|Put|Patch|Delete)\(\s*
          | ^\s*(?:re_)?path\(\s*r?
          | ^\s*(?P<v>get|post|put|patch|delete)\s+
        )
        ["'`](?:(?P<verb>GET|POST|PUT|PATCH|DELETE)\s+)?(?P<p>/?[A-Za-z0-9_\-./:{}<>*$^\\()?+\[\]]*)["'`]"#,
    )
});

/// High: callers outside get 404. A route that any line of the new version still names is not gone. Tests, examples,
/// documents and code that only calls others' routes are exempt.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut standing: HashSet<String> = HashSet::new();
    let mut gone: Vec<(String, Sighting)> = Vec::new();
    for file in reading.production().filter(|file| file.language.is_code()) {
        for line in file.lines.iter().filter(|line| may_register(file, line) && !line.silent && !line.test) {
            let Some((verb, path)) = route(file, line.text) else { continue };
            if line.sign != Sign::Removed {
                standing.insert(path);
            } else if !line.moved {
                let what = if verb.is_empty() { path.clone() } else { format!("{verb} {path}") };
                gone.push((path, Sighting { what, evidence: file.evidence(line) }));
            }
        }
    }
    let gone: Vec<Sighting> =
        gone.into_iter().filter(|(path, _)| !standing.contains(path)).map(|(_, sighting)| sighting).collect();
    let names = distinct(&gone);
    if names.is_empty() {
        return Vec::new();
    }
    let title =
        format!("{} no longer answered: {}", count(names.len(), "HTTP route is", "HTTP routes are"), listed(&names));
    let meaning = "Clients that still call them get an error from the first minute. Check the access log for callers before the release.";
    vec![risk(RiskKind::Api, Severity::High, title, meaning).seen(evidence(&gone))]
}

/// Rails needs no more than a verb at the start of the line.
fn may_register(file: &FileReading, line: &Line) -> bool {
    line.topics.has(Topic::Route) || file.name == "routes.rb"
}

/// The verb, if the line tells it, and the path of a route that a line registers.
fn route(file: &FileReading, text: &str) -> Option<(String, String)> {
    if text.len() > 400 || !text.contains(['"', '\'', '`']) {
        return None;
    }
    // Somebody else's route: the line waits for an answer.
    if text.contains("await ")
        || text.contains("axios")
        || text.contains("fetch(")
        || text.contains("client.")
        || text.contains("http.get")
    {
        return None;
    }
    let found = ROUTE.captures(text)?;
    let path = found["p"].to_owned();
    let rails = found.name("v").is_some();
    let django = text.trim_start().starts_with("path(") || text.trim_start().starts_with("re_path(");
    if rails && file.name != "routes.rb"
        || django && !file.name.contains("urls")
        || !rails && !django && !path.starts_with('/') && found.name("s").is_none()
    {
        return None;
    }
    let verb = ["m", "d", "s", "x", "n", "h", "v", "verb"]
        .iter()
        .find_map(|name| found.name(name))
        .map_or("", |verb| verb.as_str())
        .to_uppercase();
    let verb = if matches!(verb.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE") { verb } else { String::new() };
    (path.len() > 1).then_some((verb, path))
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn removed_routes_are_high_and_kept_ones_silent() {
        let risks = Story::new()
            .file(
                "src/app.js",
                "-app.get('/v1/orders', list)\n-app.post('/v1/pay', pay)\n+app.post('/v1/pay', payTwice)\n",
            )
            .file("api/main.go", "-\tr.HandleFunc(\"/healthz\", h)\n")
            .file("web/client.ts", "-const x = await api.get('/v9/else')\n")
            .file("src/routes.rs", "-    .route(\"/old\", get(old))\n+    .route(\"/new\", get(new))\n")
            .risks();
        assert_eq!(risks, ["High 3 HTTP routes are no longer answered: `GET /v1/orders`, `/healthz` and `/old`"]);
    }
}
