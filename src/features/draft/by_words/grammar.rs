//! Which edit is meant by plain words? Pure: nothing is looked up, and what does not fit is no edit.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// An edit as it was asked for; sections by the name that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    Shorten {
        section: String,
    },
    Put {
        section: String,
        text: String,
    },
    Add {
        section: String,
        text: String,
    },
    AddOperator {
        name: String,
    },
    RemoveOperator {
        name: String,
    },
    /// Whatever says something about it.
    Drop {
        topic: String,
    },
    Replace {
        from: String,
        to: String,
        section: Option<String>,
    },
    /// Another way back: `canary`.
    WayBack {
        strategy: String,
    },
    Move {
        at: String,
    },
    Undo,
}

/// What a pattern's parts come to.
type Made = fn(&Captures<'_>) -> Wish;

const PLEASE: &str = r"^\W*(?:(?:please|pls|can you|could you|would you|let's|lets)\s+)*";

/// Tried in their order. What is named `text`, `from`, `to`, `topic` is kept as it was typed.
const ENGLISH: &[(&str, Made)] = &[
    (r"undo(?:\s+(?:it|that|this|the\s+last\s+(?:edit|change)))?\W*$", |_| Wish::Undo),
    (r"(?:shorten|condense|tighten)\s+(?:the\s+)?(?P<section>[\w -]{3,40}?)(?:\s+(?:a bit|please))?\W*$", |found| {
        Wish::Shorten { section: part(found, "section") }
    }),
    (r"make\s+(?:the\s+)?(?P<section>[\w -]{3,40}?)\s+(?:shorter|more concise|briefer)\W*$", |found| Wish::Shorten {
        section: part(found, "section"),
    }),
    (
        r"(?:make|change|set|switch)\s+(?:the\s+)?roll-?back(?:\s+strategy)?(?:\s+(?:to|be))?\s+(?:a\s+)?(?P<strategy>canary|blue.?green|redeploy(?:.no.build)?)\W*$",
        |found| Wish::WayBack { strategy: part(found, "strategy") },
    ),
    (
        r"(?:add|put|make)\s+@?(?P<name>[\w.-]{2,40}(?:\s+[\w.-]{2,40}){0,3}?)\s+(?:as\s+|in\s+as\s+)?(?:an?\s+|the\s+|our\s+)?(?:first\s+|second\s+|third\s+|another\s+|2nd\s+|co-?)?operator\W*$",
        |found| Wish::AddOperator { name: part(found, "name") },
    ),
    (
        r"(?:remove|drop|take)\s+@?(?P<name>[\w.-]{2,40}(?:\s+[\w.-]{2,40}){0,3}?)\s+(?:from\s+the\s+operators|as\s+(?:an?\s+)?operator|off\s+the\s+operators)\W*$",
        |found| Wish::RemoveOperator { name: part(found, "name") },
    ),
    (
        r"(?:move|plan|schedule|reschedule|postpone|push|shift|delay)\s+(?:(?:it|this|that|the\s+(?:release|deployment|work|note|change)|note\s+\d+)\s+)?(?:to|for|until|till|at)\s+(?P<text>.{3,60}?)[.!]*$",
        |found| Wish::Move { at: part(found, "text") },
    ),
    (
        r"(?:drop|remove|delete|cut|take\s+out|leave\s+out)\s+(?:the\s+|all\s+|any\s+)?(?:parts?|lines?|sentences?|bits?|items?|steps?|sections?|everything|anything|what\s+is\s+said)\s+(?:about|on|with|mentioning|that\s+mentions?)\s+(?:the\s+)?(?P<topic>.{2,80}?)[.!]*$",
        |found| Wish::Drop { topic: part(found, "topic") },
    ),
    (
        "replace\\s+[\"“'`](?P<from>.{1,200}?)[\"”'`]\\s+(?:with|by)\\s+[\"“'`](?P<to>.{1,400}?)[\"”'`](?:\\s+in\\s+(?:the\\s+)?(?P<section>[\\w -]{3,40}))?\\W*$",
        |found| Wish::Replace {
            from: part(found, "from"),
            to: part(found, "to"),
            section: Some(part(found, "section")).filter(|name| !name.is_empty()),
        },
    ),
    (
        r"(?:add|append)\s+(?:(?:a|an|one|another)\s+(?:step|line|item|point|check|sentence)\s+)?to\s+(?:the\s+)?(?P<section>[\w -]{3,40}?)\s*[:,]\s*(?P<text>.{3,2000})$",
        |found| Wish::Add { section: part(found, "section"), text: part(found, "text") },
    ),
    (
        "(?:add|append)\\s+[\"“'](?P<text>.{3,2000}?)[\"”']\\s+to\\s+(?:the\\s+)?(?P<section>[\\w -]{3,40})\\W*$",
        |found| Wish::Add { section: part(found, "section"), text: part(found, "text") },
    ),
    (
        r"(?:set|change|make|rewrite|update)\s+(?:the\s+)?(?P<section>[\w -]{3,40}?)\s*(?:\bto\s+(?:be\s+|say\s+|read\s+)?|\bas\s+|:|=)\s*(?P<text>.{1,4000})$",
        |found| Wish::Put { section: part(found, "section"), text: part(found, "text") },
    ),
];

const KOREAN: &[(&str, Made)] = &[
    (r"^\W*(?:되돌려|실행\s*취소|원래대로)", |_| Wish::Undo),
    (r"^\W*(?P<section>[가-힣a-zA-Z ]{2,20}?)\s*(?:을|를|좀)?\s*(?:줄여|짧게|간단히)", |found| {
        Wish::Shorten { section: part(found, "section") }
    }),
    (r"^\W*롤백(?:을|은|\s*전략을)?\s*(?P<strategy>카나리|canary|블루\s*그린|재배포)", |found| {
        Wish::WayBack { strategy: part(found, "strategy") }
    }),
    (
        r"^\W*@?(?P<name>[\w. -]{2,60}?)(?:을|를|님을|님)?\s*(?:두\s*번째\s*|추가\s*)?(?:운영자|담당자)로\s*(?:추가|넣어)",
        |found| Wish::AddOperator { name: part(found, "name") },
    ),
    (
        r"^\W*@?(?P<name>[\w. -]{2,60}?)(?:을|를|님을|님)?\s*(?:운영자|담당자)(?:에서|)\s*(?:빼|제외|삭제)",
        |found| Wish::RemoveOperator { name: part(found, "name") },
    ),
    (r"^\W*(?P<text>.{2,40}?)(?:으로|로|에)\s*(?:옮겨|미뤄|변경해|바꿔|연기)", |found| {
        let text = part(found, "text");
        match text.rsplit_once(['을', '를']) {
            // `제목을 "…"로 바꿔` is no time.
            Some((section, text)) => Wish::Put { section: section.trim().to_owned(), text: unquoted(text) },
            None => Wish::Move { at: text },
        }
    }),
    (
        r"^\W*(?P<topic>.{2,60}?)\s*(?:에\s*대한|에\s*관한|관련)\s*(?:부분|내용|문장|줄|항목)(?:을|를|은)?\s*(?:빼|삭제|지워|제거)",
        |found| Wish::Drop { topic: part(found, "topic") },
    ),
    (
        "^\\W*(?P<section>[가-힣a-zA-Z ]{2,20}?)에\\s*[\"“'](?P<text>.{2,2000}?)[\"”']\\s*(?:을|를)?\\s*(?:추가|넣어|덧붙)",
        |found| Wish::Add { section: part(found, "section"), text: part(found, "text") },
    ),
];

static TABLE: LazyLock<Vec<(Regex, Made)>> = LazyLock::new(|| {
    let compiled = |pattern: &str| Regex::new(&format!("(?is){pattern}")).expect("the patterns are fixed");
    let english = ENGLISH.iter().map(|(pattern, wish)| (compiled(&format!("{PLEASE}(?:{pattern})")), *wish));
    english.chain(KOREAN.iter().map(|(pattern, wish)| (compiled(pattern), *wish))).collect()
});

/// `None`: no edit.
pub fn wish(words: &str) -> Option<Wish> {
    let words = words.trim();
    TABLE.iter().find_map(|(pattern, wish)| pattern.captures(words).map(|found| wish(&found)))
}

fn part(found: &Captures<'_>, name: &str) -> String {
    unquoted(found.name(name).map_or("", |part| part.as_str()))
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    for (open, close) in [('"', '"'), ('“', '”'), ('\'', '\''), ('`', '`')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|text| text.strip_suffix(close)) {
            return inner.to_owned();
        }
    }
    text.to_owned()
}

/// What a section is called in Korean.
pub fn section_name(said: &str) -> &str {
    match said.trim() {
        "제목" => "title",
        "요약" => "summary",
        "변경" | "변경 사항" | "변경사항" => "changes",
        "영향" => "impact",
        "롤백" | "롤백 시나리오" => "rollback_scenario",
        "모니터링" => "monitoring_scenario",
        "운영자" | "담당자" => "operators",
        "목적" => "purpose",
        "단계" | "절차" => "steps",
        "공지" => "announcement",
        "배포 순서" => "deployment_order",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn the_common_forms_are_understood() {
        for (said, meant) in [
            ("shorten the impact", Wish::Shorten { section: text("impact") }),
            ("please make the rollback scenario shorter", Wish::Shorten { section: text("rollback scenario") }),
            ("영향 좀 줄여줘", Wish::Shorten { section: text("영향") }),
            ("make the rollback canary", Wish::WayBack { strategy: text("canary") }),
            ("롤백을 카나리로 바꿔", Wish::WayBack { strategy: text("카나리") }),
            ("add @kim as second operator", Wish::AddOperator { name: text("kim") }),
            ("add @Kim Lee as another operator", Wish::AddOperator { name: text("Kim Lee") }),
            ("@kim을 두 번째 운영자로 추가해줘", Wish::AddOperator { name: text("kim") }),
            ("remove kim from the operators", Wish::RemoveOperator { name: text("kim") }),
            ("move it to tomorrow 10:00", Wish::Move { at: text("tomorrow 10:00") }),
            ("postpone the release until friday 22:00", Wish::Move { at: text("friday 22:00") }),
            ("내일 10:00로 옮겨줘", Wish::Move { at: text("내일 10:00") }),
            ("drop the part about logging", Wish::Drop { topic: text("logging") }),
            ("로깅에 대한 부분을 빼줘", Wish::Drop { topic: text("로깅") }),
            (
                "set the title to Refunds, second part",
                Wish::Put { section: text("title"), text: text("Refunds, second part") },
            ),
            (
                "change the summary to \"Why? Because.\"",
                Wish::Put { section: text("summary"), text: text("Why? Because.") },
            ),
            ("제목을 \"환불\"로 바꿔줘", Wish::Put { section: text("제목"), text: text("환불") }),
            (
                "add to the checklist before: ask the DBA",
                Wish::Add { section: text("checklist before"), text: text("ask the DBA") },
            ),
            ("add \"ask the DBA\" to the steps", Wish::Add { section: text("steps"), text: text("ask the DBA") }),
            (
                "replace \"twice\" with \"once\" in the summary",
                Wish::Replace { from: text("twice"), to: text("once"), section: Some(text("summary")) },
            ),
            ("undo that", Wish::Undo),
            ("되돌려줘", Wish::Undo),
        ] {
            assert_eq!(wish(said), Some(meant), "{said}");
        }
    }

    #[test]
    fn talk_is_no_edit() {
        for said in [
            "why is the impact so long?",
            "add payments@v1..v2",
            "thanks, the impact is fine",
            "who is the second operator?",
            "I would drop it",
            "we moved it to staging yesterday",
            "is it planned for friday?",
            "the rollback was a canary",
        ] {
            assert_eq!(wish(said), None, "{said}");
        }
    }
}
