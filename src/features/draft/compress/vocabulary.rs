//! Which words do people use in release notes whatever the project is?

/// How usual a word is in release notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usual {
    Very,
    Somewhat,
    Not,
}

/// Looks the lower-cased word up.
pub fn usual(word: &str) -> Usual {
    if VERY.binary_search(&word).is_ok() {
        Usual::Very
    } else if SOMEWHAT.binary_search(&word).is_ok() {
        Usual::Somewhat
    } else {
        Usual::Not
    }
}

/// Sorted. Words of at least half of eleven open-source changelogs that were read to fit the weights.
const VERY: &[&str] = &[
    "added", "adds", "allow", "available", "avoid", "based", "behavior", "breaking", "build", "cache", "case",
    "change", "changed", "changes", "check", "clarify", "code", "color", "command", "comments", "config",
    "configuration", "correct", "correctly", "custom", "data", "date", "default", "dependencies", "dependency",
    "deprecated", "development", "directories", "directory", "disable", "docs", "document", "documentation", "empty",
    "enable", "enabled", "environment", "error", "errors", "example", "feature", "features", "file", "files", "first",
    "fixed", "fixes", "flag", "function", "general", "handle", "handling", "header", "help", "http", "ignore",
    "improve", "improved", "improvements", "include", "instead", "introduce", "invalid", "issue", "library", "like",
    "line", "lines", "link", "list", "long", "longer", "major", "make", "match", "memory", "message", "messages",
    "minor", "missing", "mode", "multiple", "name", "names", "note", "number", "option", "options", "output", "page",
    "panic", "patch", "path", "paths", "performance", "prevent", "process", "properly", "provide", "read", "refactor",
    "regression", "release", "remove", "removed", "replace", "request", "require", "return", "running", "runtime",
    "server", "show", "size", "skip", "source", "spec", "status", "string", "strings", "style", "support",
    "supported", "sync", "syntax", "target", "test", "tests", "text", "time", "trailing", "type", "update", "updated",
    "upgrade", "used", "user", "users", "using", "value", "values", "variable", "version", "windows", "work",
];

/// Sorted. The next ones.
const SOMEWHAT: &[&str] = &[
    "ability", "absolute", "accept", "access", "action", "adding", "addition", "additional", "alias", "allows",
    "argument", "arguments", "around", "array", "auto", "automatically", "back", "base", "better", "binary", "blank",
    "block", "broken", "bugs", "built", "call", "called", "calls", "cases", "caused", "characters", "checking",
    "checks", "class", "cleanup", "client", "closed", "commands", "comment", "compatibility", "contain", "containing",
    "contains", "content", "context", "control", "copy", "core", "count", "crash", "create", "current", "debug",
    "defaults", "deprecate", "deprecation", "deps", "details", "detection", "diff", "different", "disabled", "doesn",
    "drop", "encoding", "ensure", "escape", "even", "event", "events", "exclude", "existing", "exit", "experimental",
    "explicit", "explicitly", "expose", "expressions", "extension", "extensions", "extra", "fail", "fails",
    "fallback", "false", "faster", "field", "filename", "filter", "find", "flags", "force", "format", "formatting",
    "found", "full", "future", "generate", "generated", "generation", "given", "global", "group", "guide", "headers",
    "hooks", "ignored", "implement", "implementation", "included", "includes", "including", "incorrect", "index",
    "info", "information", "inside", "install", "installation", "installed", "instructions", "integration",
    "internal", "introduced", "issues", "json", "keep", "label", "large", "last", "latest", "leading", "less",
    "level", "limit", "links", "literal", "load", "lock", "logging", "logic", "loop", "made", "many", "matches",
    "matching", "mention", "metadata", "method", "methods", "metric", "minimum", "module", "move", "multi", "need",
    "never", "next", "none", "object", "objects", "optional", "order", "override", "package", "packages", "packaging",
    "parallel", "parameter", "parse", "parsing", "pass", "passed", "pattern", "port", "possible", "prefix", "present",
    "previous", "previously", "print", "processing", "project", "proper", "provided", "public", "pull", "query",
    "quiet", "ready", "reduce", "reference", "related", "relative", "releases", "rename", "report", "repository",
    "requests", "required", "resource", "resources", "respect", "result", "results", "returns", "root", "rules",
    "script", "section", "security", "send", "separate", "separator", "setting", "several", "short", "since",
    "single", "small", "special", "specific", "specified", "specify", "split", "stable", "start", "starting", "still",
    "stop", "strip", "supports", "switch", "system", "template", "testing", "timeout", "true", "types", "unnecessary",
    "updates", "usage", "uses", "variables", "various", "versions", "warning", "working", "works", "write",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_are_sorted_as_the_look_up_needs_them() {
        assert!(VERY.is_sorted() && SOMEWHAT.is_sorted());
        assert_eq!((usual("support"), usual("compatibility"), usual("frobnicate")), (Usual::Very, Usual::Somewhat, Usual::Not));
    }
}
