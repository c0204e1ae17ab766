//! What exactly is a model asked? The texts under `prompts/`, or a team's own in their place.

use crate::prompt::datamark::Datamark;
use anyhow::{Context, bail};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// A prompt as it is built in, with the variables it may use.
struct Page {
    name: &'static str,
    text: &'static str,
    variables: &'static [&'static str],
}

/// What the four requests of a draft are given.
const DRAFT: &[&str] = &["kind", "service", "fields", "context", "risks", "breaking", "recent", "examples", "language"];

const PAGES: &[Page] = &[
    Page {
        name: "summarise",
        text: include_str!("../../prompts/summarise.md"),
        variables: &["area", "items_text", "style"],
    },
    Page { name: "recap", text: include_str!("../../prompts/recap.md"), variables: &["text"] },
    Page {
        name: "question",
        text: include_str!("../../prompts/question.md"),
        variables: &["question", "facts_text", "looked", "looks", "steps_left"],
    },
    Page { name: "basics", text: include_str!("../../prompts/basics.md"), variables: DRAFT },
    Page { name: "checklist", text: include_str!("../../prompts/checklist.md"), variables: DRAFT },
    Page { name: "body", text: include_str!("../../prompts/body.md"), variables: DRAFT },
    Page { name: "repositories", text: include_str!("../../prompts/repositories.md"), variables: DRAFT },
];

/// Parts that prompts include: `{% include "rules" %}`.
const PARTS: &[Page] = &[
    Page { name: "rules", text: include_str!("../../prompts/parts/rules.md"), variables: &["language"] },
    Page { name: "material", text: include_str!("../../prompts/parts/material.md"), variables: DRAFT },
];

/// Work one rendering may do: some hundred times what the largest prompt needs.
const FUEL: u64 = 2_000_000;

/// A rendered prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub system: String,
    pub user: String,
}

#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

/// Problems of the prompts as they would be used with this folder of a team's own, one sentence each; empty when all are
/// well.
pub fn check_all(folder: Option<&Path>) -> Vec<String> {
    match Templates::load(folder) {
        Ok(_) => Vec::new(),
        Err(error) => vec![format!("{error:#}")],
    }
}

impl Templates {
    /// The built-in prompts, those with a file `<name>.md` (or `parts/<name>.md`) in `folder` replaced by it.
    pub fn load(folder: Option<&Path>) -> anyhow::Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        let syntax =
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
        environment.set_syntax(syntax);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("data", wrapped);
        let parts = PARTS.iter().map(|page| (page, format!("parts/{}.md", page.name)));
        for (page, file) in parts.chain(PAGES.iter().map(|page| (page, format!("{}.md", page.name)))) {
            let text = match folder.map(|folder| folder.join(&file)).filter(|path| path.is_file()) {
                Some(path) => std::fs::read_to_string(&path)
                    .with_context(|| format!("the prompt `{}` cannot be read", path.display()))?,
                None => page.text.to_owned(),
            };
            environment
                .add_template_owned(page.name, text)
                .with_context(|| format!("the prompt `{file}` cannot be understood"))?;
            check_variables(&environment, page).with_context(|| format!("the prompt `{file}` cannot be used"))?;
        }
        Ok(Self { environment })
    }

    /// Fills a prompt. Text wrapped with the filter `data` carries `mark`.
    pub fn render(&self, name: &str, input: &Value, mark: &Datamark) -> anyhow::Result<Rendered> {
        let template = self.environment.get_template(name).with_context(|| format!("there is no prompt `{name}`"))?;
        let mut variables = input.as_object().context("a prompt's input is an object")?.clone();
        variables.insert("mark".to_owned(), Value::String(mark.word().to_owned()));
        // Parts speak of the language in every prompt; a question that has none leaves it to the model.
        variables.entry("language").or_insert_with(|| Value::String(String::new()));
        let text = template.render(minijinja::value::Serde(&variables))?;
        let (system, user) =
            split(&text).context("a prompt needs a line `---` between its system part and its user part")?;
        Ok(Rendered { system, user })
    }
}

/// `{{ text|data }}`: the text between two marks. The mark is looked up, so a template cannot forget to pass it.
fn wrapped(state: &minijinja::State<'_, '_>, text: &minijinja::Value) -> String {
    let mark = state.lookup("mark").map(|mark| mark.to_string()).unwrap_or_default();
    let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
    Datamark::from_word(mark).wrap(&text)
}

fn split(text: &str) -> Option<(String, String)> {
    let (system, user) = text.split_once("\n---\n")?;
    Some((system.trim().to_owned(), user.trim().to_owned()))
}

fn check_variables(environment: &Environment<'_>, page: &Page) -> anyhow::Result<()> {
    let template = environment.get_template(page.name)?;
    let allowed: BTreeSet<&str> = page.variables.iter().copied().chain(["mark", "language"]).collect();
    let used: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
    let built_in: BTreeSet<&str> = environment.globals().map(|(name, _)| name).collect();
    let known = |name: &String| allowed.contains(name.as_str()) || built_in.contains(name.as_str());
    if let Some(unknown) = used.iter().find(|name| !known(name)) {
        let known = allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        bail!("it uses the variable `{unknown}`, which does not exist; there are {known}");
    }
    let is_page = PAGES.iter().any(|other| other.name == page.name);
    if is_page && split(template.source()).is_none() {
        bail!("it needs a line `---` between its system part and its user part");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_built_in_prompts_are_well() {
        assert_eq!(check_all(None), Vec::<String>::new());
    }

    #[test]
    fn a_draft_is_asked_for_with_all_its_material_and_nothing_that_was_not_given() {
        let templates = Templates::load(None).expect("the built-in prompts are well");
        let mark = Datamark::from_word("77aa".to_owned());
        let input = json!({
            "kind": "deployment", "service": "payments", "context": "- [pr:#812] Refunds survive a retry",
            "fields": [{"key": "title", "title": "Title", "description": "What it is called.", "schema": {"type": "string", "maxLength": 100}}],
            "risks": [{"id": "risk:1", "title": "A column is dropped", "severity": "high", "meaning": "No way back"}],
            "breaking": [], "recent": [], "examples": ["A calm release [pr:#1]."], "language": ""
        });
        for name in ["basics", "checklist", "body", "repositories"] {
            let rendered = templates.render(name, &input, &mark).expect("all variables are given");
            assert!(
                rendered.system.contains("`<<data 77aa>>`") && rendered.system.contains("a deployment note"),
                "{name}"
            );
            assert!(rendered.system.contains("Write in the language of the material."), "{name}");
            assert_eq!(
                rendered.user,
                "The service `payments` changes. The change, compressed, with the ids of its facts:\n\
                 <<data 77aa>>\n- [pr:#812] Refunds survive a retry\n<<end 77aa>>\n\n\
                 Risks found by code. They are certain; neither weaken nor add to them:\n\
                 <<data 77aa>>\n[risk:1] high: A column is dropped. No way back\n<<end 77aa>>\n\n\
                 Good notes of this kind, for tone and depth only; their facts and ids belong to other changes:\n\
                 <<data 77aa>>\nA calm release [pr:#1].\n<<end 77aa>>\n\n\
                 Answer with one JSON object of exactly these keys:\n\
                 - `title` (Title): What it is called. Schema: {\"maxLength\": 100, \"type\": \"string\"}"
            );
        }
    }

    #[test]
    fn a_teams_own_prompt_replaces_the_built_in_one_and_a_slip_in_it_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("summarise.md");
        std::fs::write(&file, "Be brief.\n---\n{{ area }}: {{ items_text|data }}\n").expect("the folder is ours");
        let templates = Templates::load(Some(folder.path())).expect("the prompt is well");
        let mark = Datamark::from_word("77aa".to_owned());
        let input = json!({"area": "billing", "items_text": "one\ntwo", "style": "plain"});
        let rendered = templates.render("summarise", &input, &mark).expect("all variables are given");
        assert_eq!(rendered.system, "Be brief.");
        assert_eq!(rendered.user, "billing: <<data 77aa>>\none\ntwo\n<<end 77aa>>");

        std::fs::write(&file, "Be brief.\n---\n{{ aera }}\n").expect("the folder is ours");
        let problem = check_all(Some(folder.path())).join("\n");
        assert!(
            problem.contains("`summarise.md`") && problem.contains("`aera`") && problem.contains("`area`"),
            "{problem}"
        );

        std::fs::write(&file, "Be brief. {{ area }}\n").expect("the folder is ours");
        assert!(check_all(Some(folder.path())).join("\n").contains("`---`"));
    }

    #[test]
    fn an_endless_prompt_runs_out_of_fuel() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let text = "x\n---\n{% for a in range(9999) %}{% for b in range(9999) %}{{ area }}{% endfor %}{% endfor %}";
        std::fs::write(folder.path().join("summarise.md"), text).expect("the folder is ours");
        let templates = Templates::load(Some(folder.path())).expect("it can be read");
        let input = json!({"area": "billing", "items_text": "", "style": ""});
        let error = templates.render("summarise", &input, &Datamark::new()).expect_err("it must stop");
        assert!(error.to_string().contains("fuel"), "{error}");
    }
}
