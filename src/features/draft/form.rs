//! A draft asked for by a form: from a message somebody points at, or from a front page.

use crate::domain::change::RangeAsk;
use crate::domain::message::{Form, FormField, Input, Quoted};
use crate::domain::note::Kind;
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Press, Request as _};
use crate::features::draft::command::{Draft, range_of};
use crate::features::draft::words as say;
use crate::features::{Context, Plan};
use futures::future::BoxFuture;

/// Opens the form; its value is the message it was opened from, if any.
pub const DRAFT_FORM: Action = Action {
    name: "note.draft",
    needs: Permission::Draft,
    run: |_, _| Box::pin(async { Ok(Plan::nothing()) }),
    form: Some(form),
};

pub const DRAFT_ASKED: Action = Action { name: "note.draft.ask", needs: Permission::Draft, run: asked, form: None };

fn form<'a>(context: &'a Context, value: &'a str, _: &'a Person) -> BoxFuture<'a, Result<Form, Trouble>> {
    Box::pin(async move {
        let names: Vec<&str> = context.services().map(|(_, service)| service.name.as_str()).collect();
        let Some(first) = names.first() else { return Err(say::no_services()) };
        let guess = guess(&Quoted::of(value).text, &names);
        let choice = |name: &str, label: &str, value: &str, options: Vec<(String, String)>| FormField {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            value: value.to_owned(),
            input: Input::Choice { options },
            required: true,
        };
        let end = |name: &str, label: &str, hint: &str, value: Option<String>| FormField {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            value: value.unwrap_or_default(),
            input: Input::Line { max: 250 },
            required: false,
        };
        let same = |name: &str| (name.to_owned(), name.to_owned());
        let kinds = vec![
            (Kind::Deployment.name().to_owned(), "Deployment: code goes out".to_owned()),
            (Kind::Work.name().to_owned(), "Work: infrastructure is changed".to_owned()),
        ];
        Ok(Form {
            action: DRAFT_ASKED.name.to_owned(),
            value: String::new(),
            title: "Draft a note".to_owned(),
            fields: vec![
                choice(
                    "service",
                    "Service",
                    guess.service.unwrap_or(first),
                    names.iter().map(|name| same(name)).collect(),
                ),
                end("from", "From", "A tag, branch or commit. Empty: the previous release.", guess.range.from),
                end("to", "To", "A tag, branch or commit. Empty: what stands at the tip.", guess.range.to),
                choice("kind", "Kind of note", Kind::Deployment.name(), kinds),
            ],
            submit: "Draft".to_owned(),
        })
    })
}

struct Guess<'a> {
    service: Option<&'a str>,
    range: RangeAsk,
}

/// The first service and the first range that the text names.
fn guess<'a>(text: &str, services: &[&'a str]) -> Guess<'a> {
    let punctuation = |letter: char| "`*_~<>()[]{}\"'.,;:!?".contains(letter);
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(punctuation)).collect();
    let service = words.iter().find_map(|word| services.iter().find(|name| name.eq_ignore_ascii_case(word)).copied());
    let range = words.iter().find_map(|word| range_of(word).ok().flatten()).unwrap_or_default();
    Guess { service, range }
}

fn asked<'a>(context: &'a Context, press: Press<'a>) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let field = |name: &str| press.field(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let draft = Draft {
            service: field("service"),
            range: RangeAsk { from: field("from"), to: field("to") },
            modules: Vec::new(),
            kind: press.field("kind").and_then(Kind::named),
        };
        draft.handle(context, press.heard).await
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_fills_in_what_it_names() {
        let found = guess("Can we ship *Payments* `v2.3.0..v2.4.0`, please?", &["billing", "payments"]);
        assert_eq!(found.service, Some("payments"));
        assert_eq!((found.range.from.as_deref(), found.range.to.as_deref()), (Some("v2.3.0"), Some("v2.4.0")));
    }

    #[test]
    fn a_message_that_names_nothing_fills_in_nothing() {
        let found = guess("lunch... anyone?", &["billing"]);
        assert_eq!((found.service, found.range), (None, RangeAsk::default()));
    }
}
