//! Which language is a file written in, and how does that language write a comment?

/// How a line comment starts in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    Slash,
    Hash,
    Dash,
    Markup,
    None,
}

/// Languages people write; `Other` for what we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    pub name: &'static str,
    pub comments: Comments,
    pub class: Class,
    /// Does leading white space carry meaning?
    pub indented: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Runs.
    Code,
    /// Configures or describes.
    Data,
    /// Is read by people.
    Prose,
}

const fn code(name: &'static str, comments: Comments) -> Language {
    Language { name, comments, class: Class::Code, indented: false }
}
const fn indented(name: &'static str, comments: Comments) -> Language {
    Language { name, comments, class: Class::Code, indented: true }
}
const fn data(name: &'static str, comments: Comments) -> Language {
    Language { name, comments, class: Class::Data, indented: false }
}

pub const OTHER: Language = Language { name: "", comments: Comments::None, class: Class::Data, indented: false };

/// The language of a path, by its name and ending.
pub fn language(path: &str) -> Language {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    by_name(&lower).unwrap_or_else(|| lower.rsplit_once('.').map_or(OTHER, |(_, ending)| by_ending(ending)))
}

fn by_name(name: &str) -> Option<Language> {
    let docker = name == "dockerfile"
        || name == "containerfile"
        || name.starts_with("dockerfile.")
        || name.ends_with(".dockerfile");
    if docker {
        return Some(data("Dockerfile", Comments::Hash));
    }
    Some(match name {
        "makefile" | "gnumakefile" => indented("Makefile", Comments::Hash),
        "rakefile" | "gemfile" | "podfile" | "vagrantfile" | "brewfile" => code("Ruby", Comments::Hash),
        "jenkinsfile" => code("Groovy", Comments::Slash),
        "go.mod" | "go.work" => data("Go module", Comments::Slash),
        "cmakelists.txt" => code("CMake", Comments::Hash),
        "crontab" | "codeowners" | "procfile" => data("Text", Comments::Hash),
        "build" | "build.bazel" | "workspace" => code("Starlark", Comments::Hash),
        _ if name.starts_with(".env") => data("dotenv", Comments::Hash),
        _ => return None,
    })
}

fn by_ending(ending: &str) -> Language {
    use Comments::{Dash, Hash, Markup, None, Slash};
    match ending {
        "rs" => code("Rust", Slash),
        "go" => code("Go", Slash),
        "ts" | "tsx" | "mts" | "cts" => code("TypeScript", Slash),
        "js" | "jsx" | "mjs" | "cjs" => code("JavaScript", Slash),
        "vue" => code("Vue", Slash),
        "svelte" => code("Svelte", Slash),
        "java" => code("Java", Slash),
        "kt" | "kts" => code("Kotlin", Slash),
        "scala" => code("Scala", Slash),
        "groovy" | "gradle" => code("Groovy", Slash),
        "py" | "pyi" => indented("Python", Hash),
        "rb" | "rake" | "gemspec" => code("Ruby", Hash),
        "php" => code("PHP", Slash),
        "cs" => code("C#", Slash),
        "fs" => indented("F#", Slash),
        "c" | "h" => code("C", Slash),
        "cc" | "cpp" | "cxx" | "hpp" | "hh" => code("C++", Slash),
        "swift" => code("Swift", Slash),
        "m" | "mm" => code("Objective-C", Slash),
        "dart" => code("Dart", Slash),
        "ex" | "exs" => code("Elixir", Hash),
        "erl" => code("Erlang", None),
        "hs" => indented("Haskell", Dash),
        "ml" | "mli" => code("OCaml", None),
        "clj" | "cljs" => code("Clojure", None),
        "lua" => code("Lua", Dash),
        "pl" | "pm" => code("Perl", Hash),
        "r" => code("R", Hash),
        "jl" => code("Julia", Hash),
        "zig" => code("Zig", Slash),
        "nix" => code("Nix", Hash),
        "sh" | "bash" | "zsh" | "fish" => code("Shell", Hash),
        "ps1" => code("PowerShell", Hash),
        "sql" => code("SQL", Dash),
        "html" | "htm" | "hbs" | "ejs" | "erb" | "j2" | "tmpl" | "tpl" => code("HTML", Markup),
        "haml" | "pug" | "slim" => indented("HTML", None),
        "css" | "scss" | "less" => code("CSS", Slash),
        "sass" => indented("CSS", Slash),
        "proto" => data("Protobuf", Slash),
        "graphql" | "graphqls" | "gql" => data("GraphQL", Hash),
        "tf" | "tfvars" | "hcl" => data("Terraform", Hash),
        "prisma" => data("Prisma", Slash),
        "yml" | "yaml" => Language { indented: true, ..data("YAML", Hash) },
        "json" | "json5" | "jsonc" | "avsc" => data("JSON", Slash),
        "toml" => data("TOML", Hash),
        "ini" | "cfg" | "conf" | "properties" | "env" | "config" | "editorconfig" => data("Configuration", Hash),
        "xml" | "csproj" | "props" | "fsproj" | "vbproj" | "plist" | "svg" => data("XML", Markup),
        "md" | "markdown" | "mdx" | "rst" | "adoc" | "asciidoc" | "org" => {
            Language { name: "Markdown", comments: Markup, class: Class::Prose, indented: false }
        }
        "txt" => Language { name: "Text", comments: None, class: Class::Prose, indented: false },
        _ => OTHER,
    }
}

impl Language {
    /// Is this whole line a comment? Told by how it starts; a comment after code is not.
    pub fn is_comment(self, line: &str) -> bool {
        let line = line.trim_start();
        match self.comments {
            Comments::Slash => {
                line.starts_with("//")
                    || line.starts_with("/*")
                    || line.starts_with("* ")
                    || line == "*"
                    || line.starts_with("*/")
            }
            Comments::Hash => {
                line.starts_with('#') && !line.starts_with("#[") || line.starts_with("//") && self.name == "Terraform"
            }
            Comments::Dash => line.starts_with("--"),
            Comments::Markup => line.starts_with("<!--"),
            Comments::None => false,
        }
    }
    pub fn is_code(self) -> bool {
        self.class == Class::Code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_speak_their_language() {
        for (path, name) in [
            ("src/pay.rs", "Rust"),
            ("deploy/Dockerfile.prod", "Dockerfile"),
            ("Jenkinsfile", "Groovy"),
            (".env.example", "dotenv"),
            ("charts/app/values.yaml", "YAML"),
            ("what.ever", ""),
        ] {
            assert_eq!(language(path).name, name, "{path}");
        }
    }

    #[test]
    fn comments_are_not_code() {
        assert!(language("a.go").is_comment("\t// os.Getenv(\"X\")"));
        assert!(language("a.sql").is_comment("-- DROP TABLE users;"));
        assert!(language("a.yaml").is_comment("  # replicas: 3"));
        assert!(!language("a.py").is_comment("x = 1  # note"));
        assert!(!language("a.rs").is_comment("#[test]"));
    }
}
