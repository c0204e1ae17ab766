//! What does a report come to, by its labels and by how sentences speak, without any model?

use super::parts::{Part, parts, sentences};
use crate::domain::incident::Recap;
use crate::domain::note::Writer;
use crate::retrieval::classes;
use chrono::{DateTime, NaiveDateTime, Utc};
use regex::Regex;
use std::sync::LazyLock;

/// Characters of one line of a recap.
pub const LINE: usize = 280;
/// Beyond this a text says nothing new; a thread of 200 KB is read to here, and kept whole.
const READ: usize = 64_000;

const HAPPENED: &[&str] = &["summary", "what happened", "overview", "요약", "description"];
const IMPACT: &[&str] = &["impact", "user impact", "affected", "영향"];
const CAUSE: &[&str] =
    &["root cause", "cause", "contributing factors", "underlying issue", "reason for outage", "why", "원인"];
const TRIGGER: &[&str] = &["trigger"];
const FIX: &[&str] = &["resolution", "fix", "mitigation", "resolved", "remediation", "조치"];
const LESSON: &[&str] = &["lessons learn", "lessons", "lesson", "what went wrong", "교훈", "재발"];
const ACTIONS: &[&str] =
    &["action items", "review actions", "actions", "improvements", "follow", "technical improvements"];

static SPEAKS_OF_CAUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"caused by|because of|because|due to|root cause|the reason|the culprit|turned out|as a result of|resulted from|was triggered by|때문|원인",
    )
});
static SPEAKS_OF_TRIGGER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(after|following|when we|while we|since we)\b|after (we|the|a|an|moving|deploying|merging|upgrading|updating|our)\b|triggered by|이후",
    )
});
static SPEAKS_OF_FIX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(resolved|fixed|restored|rolled back|reverted|restarted|scaled|recreated|mitigated|re-?deployed|renewed|increased|disabled|workaround|back to normal)\b|복구|조치|롤백",
    )
});
static SPEAKS_OF_IMPACT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(users?|customers?|unable|could ?n[o']t|cannot|affected|impact(ed)?|not (working|available|accessible)|failing|unavailable|failed)\b|고객|사용자|영향",
    )
});
static SPEAKS_OF_LESSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(should|must|need to|needs to|next time|in (the )?future|going to take|prevent|make sure|ensure|avoid|learn(ed|t)?|consider|add (a|an|more)?\b|never|always)\b|필요|해야|방지",
    )
});
/// `Nothing`, `TBD`, a heading in disguise, an apology, a bare link: said, and empty.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(n/?a|none|nothing|tbd|tba|todo|unknown|no impact\.?|-|없음)\.?$|^things that|next steps|:$|^\S*https?://\S+$|\bsorry\b|apologi[sz]e|be patient|retrigger|^(these|this) (are|is) ",
    )
});
static MOMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(20\d\d-\d\d-\d\d)[ T](\d{1,2})[:.](\d\d)"));

fn pattern(words: &str) -> Regex {
    Regex::new(&format!("(?i){words}")).expect("the pattern is ours")
}

/// `services` are the catalogue's names; `posted`: when it was told.
pub fn recap(headline: &str, text: &str, services: &[&str], posted: Option<DateTime<Utc>>) -> Recap {
    let text = &text[..text.floor_char_boundary(READ)];
    let parts = parts(text);
    let spoken = sentences(text);
    let labelled = |labels: &[&str]| labelled(&parts, labels);
    let speaking = |of: &Regex| {
        let says = |sentence: &&String| of.is_match(sentence) && !EMPTY.is_match(sentence);
        spoken.iter().find(says).map(|sentence| short(sentence))
    };
    let other = |sentence: &&String| !same(sentence, headline);
    // `Key events` is a heading, whatever it is printed like; one word of an alert may be all there is.
    let tells = |sentence: &&String| !EMPTY.is_match(sentence) && sentence.split_whitespace().count() > 2;
    let intro = || spoken.iter().filter(other).find(tells).or_else(|| spoken.iter().find(other)).map(|one| short(one));
    let happened = labelled(HAPPENED).or_else(intro).unwrap_or_else(|| short(headline));
    let cause = labelled(CAUSE).or_else(|| speaking(&SPEAKS_OF_CAUSE)).unwrap_or_default();
    let lesson = lesson(&parts).or_else(|| speaking(&SPEAKS_OF_LESSON)).unwrap_or_default();
    let fix = labelled(FIX).or_else(|| speaking(&SPEAKS_OF_FIX)).unwrap_or_default();
    let trigger = labelled(TRIGGER).or_else(|| speaking(&SPEAKS_OF_TRIGGER)).unwrap_or_default();
    let impact = labelled(IMPACT).or_else(|| speaking(&SPEAKS_OF_IMPACT)).unwrap_or_default();
    let head = format!("{headline}\n{happened}\n{cause}");
    let told = classes::told(&head, text);
    let (began, ended) = times(text, posted);
    Recap {
        happened,
        impact,
        cause,
        trigger,
        fix,
        lesson,
        services: named(services, &format!("{headline}\n{text}")),
        components: told.components,
        changes: told.changes,
        failures: told.failures,
        began,
        ended,
        writer: Some(Writer::Rules),
    }
}

/// What the first part under such a label says first.
fn labelled(parts: &[Part], labels: &[&str]) -> Option<String> {
    // The order of the labels is their rank.
    let of = |label: &&str| {
        let parts = parts.iter().filter(|part| part.label.starts_with(*label) || part.label.ends_with(*label));
        parts.flat_map(|part| sentences(&part.text)).find(|sentence| !EMPTY.is_match(sentence) && sentence.len() > 12)
    };
    labels.iter().find_map(of).map(|sentence| short(&sentence))
}

/// Of lessons and actions the first that says what to do; else the first at all.
fn lesson(parts: &[Part]) -> Option<String> {
    let labels: Vec<&str> = LESSON.iter().chain(ACTIONS).copied().collect();
    let told = parts
        .iter()
        .filter(|part| labels.iter().any(|label| part.label.starts_with(label) || part.label.ends_with(label)));
    let told: Vec<String> =
        told.flat_map(|part| sentences(&part.text)).filter(|one| !EMPTY.is_match(one) && one.len() > 20).collect();
    let best = told.iter().take(12).find(|sentence| SPEAKS_OF_LESSON.is_match(sentence)).or(told.first());
    best.map(|sentence| short(sentence))
}

fn same(sentence: &str, headline: &str) -> bool {
    let letters = |text: &str| {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    letters(sentence) == letters(headline)
}

/// One line of at most `LINE` characters, cut between words.
pub fn short(sentence: &str) -> String {
    let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    if sentence.chars().count() <= LINE {
        return sentence;
    }
    let cut: String = sentence.chars().take(LINE - 1).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    format!("{cut}…")
}

/// Services whose name stands in the text as a word of its own.
pub fn named(services: &[&str], text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let is_part =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_');
    let stands = |name: &str| {
        let name = name.to_lowercase();
        lower.match_indices(&name).any(|(at, _)| {
            let after = lower[at + name.len()..].chars().next();
            // A Korean particle follows its noun at once.
            let goes_on = is_part(after) && !after.is_some_and(|letter| ('\u{ac00}'..='\u{d7a3}').contains(&letter));
            !is_part(lower[..at].chars().next_back()) && !goes_on
        })
    };
    // A service called by an everyday word would stand in every report: only what is written as code counts then.
    let told = |name: &&&str| match EVERYDAY.contains(&name.to_lowercase().as_str()) {
        true => lower.contains(&format!("`{}`", name.to_lowercase())),
        false => stands(name),
    };
    services.iter().filter(told).map(|name| (*name).to_owned()).collect()
}

const EVERYDAY: [&str; 12] = [
    "web",
    "api",
    "app",
    "service",
    "server",
    "cluster",
    "production",
    "db",
    "database",
    "frontend",
    "backend",
    "admin",
];

/// The first and the last moment that it names; what is only posted began when it was posted.
fn times(text: &str, posted: Option<DateTime<Utc>>) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let moments = MOMENT.captures_iter(text).filter_map(|found| {
        let text = format!("{} {:0>2}:{}", &found[1], &found[2], &found[3]);
        NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M").ok().map(|at| at.and_utc())
    });
    let mut moments: Vec<DateTime<Utc>> = moments.collect();
    moments.sort_unstable();
    match moments.as_slice() {
        [] => (posted, None),
        [only] => (Some(*only), None),
        [first, .., last] => (Some(*first), (*last - *first < chrono::TimeDelta::days(60)).then_some(*last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{Component, Failure};

    #[test]
    fn a_report_with_headings_is_condensed_by_them() {
        let text = "# KIAM service disruption\n\n## Summary\n\nThe server certificate of KIAM expired, so pods lost their roles. More.\n\n\
            ## Timeline\n\n| 2020-01-21 15:36 | Certificate expires |\n| 2020-01-21 18:04 | New certificates, service restored |\n\n\
            ## Contributing Factors\n\n- Nobody watched the expiry of the certificate\n\n## Lessons Learned\n\n\
            - Watch the expiry of every certificate that we deploy\n- Another\n";
        let recap = recap("KIAM service disruption", text, &["kiam", "api"], None);
        assert_eq!(recap.happened, "The server certificate of KIAM expired, so pods lost their roles.");
        assert_eq!(recap.cause, "Nobody watched the expiry of the certificate");
        assert_eq!(recap.lesson, "Watch the expiry of every certificate that we deploy");
        assert_eq!(recap.services, ["kiam"]);
        assert!(recap.components.contains(&Component::Certificate) && recap.failures.contains(&Failure::Expired));
        let lasted = recap.ended.zip(recap.began).map(|(ended, began)| (ended - began).num_minutes());
        assert_eq!(lasted, Some(148));
    }

    #[test]
    fn plain_words_are_condensed_by_how_they_speak() {
        let text = "After moving production to a new cluster, connections to the database fail. Users cannot log in. \
            This was caused by a missing firewall rule. We restored the rule and all is well. We should test rules before a move.";
        let recap = recap("", text, &[], None);
        assert!(recap.trigger.starts_with("After moving production"));
        assert_eq!(recap.impact, "Users cannot log in.");
        assert_eq!(recap.cause, "This was caused by a missing firewall rule.");
        assert_eq!(recap.fix, "We restored the rule and all is well.");
        assert_eq!(recap.lesson, "We should test rules before a move.");
    }

    #[test]
    fn a_bold_line_over_a_list_is_no_account_of_what_happened() {
        let text = "- **Key events**\n  - First detected by the pager\n- **Time to repair**: 50m";
        assert_eq!(recap("Prometheus is down", text, &[], None).happened, "First detected by the pager");
        assert_eq!(recap("Alert", "Outage", &[], None).happened, "Outage", "when that is all there is");
    }

    #[test]
    fn korean_is_condensed_too() {
        let text = "요약: 결제 승인이 20분 동안 실패했습니다.\n원인: payments 의 인증서 만료\n조치: 인증서를 갱신했습니다.\n교훈: 만료 30일 전에 알림이 필요합니다.";
        let recap = recap("결제 장애", text, &["payments"], None);
        assert_eq!(recap.happened, "결제 승인이 20분 동안 실패했습니다.");
        assert_eq!(recap.cause, "payments 의 인증서 만료");
        assert_eq!(recap.lesson, "만료 30일 전에 알림이 필요합니다.");
        assert_eq!(
            (recap.services.as_slice(), recap.components.first()),
            (&["payments".to_owned()][..], Some(&Component::Certificate))
        );
    }

    #[test]
    fn a_service_with_an_everyday_name_is_named_only_as_code() {
        assert_eq!(named(&["api", "pay-api"], "The API was slow, pay-api too"), ["pay-api"]);
        assert_eq!(named(&["api"], "`api` was slow"), ["api"]);
        assert_eq!(named(&["pay"], "payments and pay-api"), Vec::<String>::new());
    }
}
