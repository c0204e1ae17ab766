//! Is a message in an incident channel an incident, or people talking? By marks that reports have and talk has not.

use crate::retrieval::classes;
use regex::Regex;
use std::sync::LazyLock;

/// Marks an incident needs. Measured by the test below, on reports, alerts and talk.
const ENOUGH: i32 = 4;

static ALERT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(\[?(firing|triggered|alert(ing)?|critical|warning|problem|down|incident|outage|resolved|recovered|sev-?[0-4]|p[0-4])\b[\]:# -]|(:?(fire|rotating_light|red_circle|warning):|🔥|🚨|🔴|⚠))|\[(firing|alert|triggered)|\balert #?\d+|triggered (on|an? (incident|alert))|opened incident|장애 ?(발생|공지|알림)",
    )
});
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(incidents?|outages?|post-?mortem|root cause|downtime|data loss|sev-?[0-3]|degraded|disruption)\b|장애|중단",
    )
});
static HURTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(users?|customers?|clients?|requests?|payments?|logins?|orders?|jobs?|pods?|builds?|everybody|all)\b.{0,60}\b(fail(s|ed|ing)?|cannot|can'?t|unable|errors?|stuck|slow|time ?outs?|down|affected|lost)\b|고객|실패",
    )
});
static MEASURED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\d+(\.\d+)? ?(%|percent|ms|s\b|minutes?|min\b|errors?|requests?|users?)|\b(50[0-4]|429|40[34])\b|since \d{1,2}[:.]\d\d|\d{1,2}[:.]\d\d ?(utc|cet|kst|am|pm)|분 동안",
    )
});
static TELLS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(we (are|'re|were) (seeing|investigating|experiencing|aware|having|currently)|are investigating|is investigating|has been (resolved|fixed|mitigated)|was caused by|started (at|on|around)|we (rolled back|reverted|restarted|fixed|restored)|is (currently )?(down|unavailable|failing)|stopped working)\b|확인 중|복구",
    )
});
/// How people talk to each other: questions, thanks, plans, greetings.
static TALK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\?\s*$|^(hi|hey|hello|thanks|thank you|thx|lol|ok|okay|yes|no|nope|sure|good morning|morning|lunch|congrats|nice|great|cool|fyi|reminder|can (you|we|someone|anybody)|could (you|we|someone)|does anyone|who|what|when|where|how|why|should we|let'?s|shall we|i('| wi)ll|i think|maybe|감사|네|안녕|혹시)\b",
    )
});
static PLANNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(will be|we will|is planned|are planned|planned (maintenance|upgrade|work)|maintenance window|scheduled|going to|next (week|month|monday|tuesday|wednesday|thursday|friday)|tomorrow|on vacation|out of office|public holidays?)\b|예정",
    )
});

fn pattern(words: &str) -> Regex {
    Regex::new(&format!("(?i){words}")).expect("the pattern is ours")
}

/// `by_machine`: an app posted it, such as a pager or a monitoring system.
pub fn is_incident(text: &str, by_machine: bool) -> bool {
    let words = text.split_whitespace().count();
    let has_words = words >= 4 || text.chars().filter(|letter| ('\u{ac00}'..='\u{d7a3}').contains(letter)).count() >= 8;
    has_words && marks(text, words, by_machine) >= ENOUGH
}

fn marks(text: &str, words: usize, by_machine: bool) -> i32 {
    let head = &text[..text.floor_char_boundary(1_500)];
    let told = classes::told(head, "");
    let mut marks = 0;
    let mut count = |is: bool, weight: i32| marks += if is { weight } else { 0 };
    count(ALERT.is_match(head.trim_start()), 3);
    count(head.trim_start().to_lowercase().starts_with("[firing"), 1);
    count(by_machine && !told.failures.is_empty(), 2);
    count(NAMED.is_match(head), 2);
    count(HURTS.is_match(head), 2);
    count(MEASURED.is_match(head), 1);
    count(TELLS.is_match(head), 2);
    count(!told.failures.is_empty(), 1);
    count(!told.components.is_empty(), 1);
    count(words >= 25, 1);
    count(TALK.is_match(head.trim()), -3);
    count(PLANNED.is_match(head), -2);
    marks
}

/// Does a later message say that it is over?
pub fn says_over(text: &str) -> bool {
    static OVER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^\W*\[?(resolved|recovered|ok|closed|all clear)\b|\b(is|are|was|has been|have been|now) (resolved|fixed|recovered|mitigated|back to normal|over)\b|back to normal|복구 ?(완료|되었|됐)|해결",
        )
    });
    OVER.is_match(text.trim())
}

/// Was it over when it was told? Then it is history, not something that goes on.
pub fn is_history(text: &str) -> bool {
    static PAST: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"post-?mortem|\bfrom \d{1,2}[:.]\d\d (to|until|till) \d{1,2}[:.]\d\d|\b(we|was|were|has been|have been) (resolved|fixed|restored|mitigated|rolled back|reverted)\b|\b(lasted|lessons? learn|lesson:)|복구 ?(완료|했|되었)|교훈",
        )
    });
    PAST.is_match(text) || says_over(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Said in incident channels of any team.
    const TALKED: [&str; 32] = [
        "ok",
        "+1",
        "thanks everybody, great work today",
        "can somebody look at the dashboard for payments?",
        "who is on call tonight?",
        "lunch at 12?",
        "I think we should add an alert for that one day",
        "good morning, anything open from the night?",
        "let's move the retro to thursday",
        "looks wrong to me",
        "is this us?",
        "reminder: please fill in the on-call survey by friday",
        "I'll be out tomorrow, Kim has the pager",
        "the new grafana looks nice",
        "does anyone know where the runbook for ledger is?",
        "we will upgrade the cluster next tuesday at 10:00, no downtime expected",
        "Planned maintenance: the database will be moved on Saturday",
        "FYI the meeting room is taken",
        "should we restart it or wait?",
        "lol, that graph",
        "happy birthday!",
        "PR is up: https://git.example/acme/pay/pull/12",
        "merged, thanks",
        "we have 3 open tickets in the backlog, please take one",
        "on vacation until Monday, ask the platform team",
        "네 감사합니다",
        "혹시 배포 언제 하나요?",
        "회의는 3시로 옮겼어요",
        "nice catch",
        "what does that error mean?",
        "I restarted my laptop and now it works",
        "tests are green again on my branch",
    ];

    const REPORTED: [&str; 24] = [
        "[FIRING:1] HighErrorRate payments: 12% of requests fail with 503 since 14:02 UTC",
        "🔥 checkout is down, customers cannot pay since 10:12",
        "[Triggered] Monitor Alert: p95 latency of search is 4200 ms",
        "Incident opened: SEV2, logins fail for all users in the EU. We are investigating.",
        "PagerDuty: ALERT #4312 triggered on ledger: disk full on db-3",
        "We are seeing a lot of timeouts from the ledger database, about 30% of payments fail.",
        "Outage: DNS resolution fails in the cluster since the CoreDNS upgrade at 09:30. All pods affected.",
        "Postmortem: the certificate of pay.example.com expired at 02:00, root cause was a renewal job that nobody watched. Customers could not pay for 40 minutes.",
        "All ingress traffic returns 404 since 11:05 UTC, we rolled back Traefik and are investigating.",
        "Prometheus is down, OOMKilled several times; metrics are missing since 08:40",
        "The production database is unavailable, users get 500 errors. Started at 16:20.",
        "[장애 발생] 결제 승인이 20분 동안 실패했습니다. 원인 확인 중입니다.",
        "로그인 장애가 발생하여 고객이 접속하지 못하고 있습니다. 14:20 부터입니다.",
        "Jobs are stuck in pending state, workers lost the connection to redis. We are investigating.",
        "🚨 SEV1 api gateway returns 502 for 40% of requests",
        "CRITICAL: node-7 NotReady, 32 pods evicted",
        "Incident: image pulls fail with 401 since the registry password was rotated this morning.",
        "Users report that builds fail with 'no space left on device', nodes have full disks.",
        "[Alerting] Queue backlog of invoices is 120000 messages, consumers crash looping",
        "We had an outage from 03:10 to 03:55: a failed schema migration locked the orders table.",
        "Service disruption: emails are delayed by 45 minutes, the provider has an outage.",
        "WARNING: certificate of api.example.com expired 3 minutes ago",
        "Data loss on logging cluster: logs between 12:00 and 13:30 are lost, fluentd was misconfigured.",
        "[FIRING:3] KubePodCrashLooping (refunds-api, production) 3 pods are restarting",
    ];

    /// Of 24 reports none may be missed, of 32 lines of talk none may be taken for a report.
    #[test]
    fn reports_are_told_from_talk() {
        let taken: Vec<&str> = TALKED.iter().filter(|text| is_incident(text, false)).copied().collect();
        assert_eq!(taken, Vec::<&str>::new());
        let missed: Vec<&str> =
            REPORTED.iter().filter(|text| !is_incident(text, text.starts_with('['))).copied().collect();
        assert_eq!(missed, Vec::<&str>::new());
    }

    #[test]
    fn over_is_told_from_not_yet() {
        for over in
            ["[RESOLVED] HighErrorRate", "The issue has been resolved.", "all is back to normal", "복구 완료했습니다"]
        {
            assert!(says_over(over), "{over}");
        }
        for not in ["not resolved yet, still looking", "we hope to fix it", "who can resolve this?"] {
            assert!(!says_over(not), "{not}");
        }
    }
}
