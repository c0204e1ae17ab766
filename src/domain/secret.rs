//! Does a text hold something that opens a door: a token of a known shape, a private key, a password with its value?
//!
//! One pass of Aho–Corasick finds the few places worth a closer look; only there is a regular expression tried. Shapes are
//! the ones providers document for their own tokens. A password needs a value that looks random and not like a placeholder.

use crate::domain::pattern::pattern;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

/// Where a secret stands in the text, in bytes, and what it is (`aws-key`, `password`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSpan {
    pub range: Range<usize>,
    pub kind: &'static str,
}

/// Every secret in the text, in order and without overlaps.
pub fn find_secrets(text: &str) -> Vec<SecretSpan> {
    let mut spans: Vec<SecretSpan> = Vec::new();
    for hit in FINDER.find_overlapping_iter(text) {
        let rule = RULE_OF_ANCHOR[hit.pattern().as_usize()];
        if let Some(range) = RULES[rule].at(rule, text, hit.start()) {
            spans.push(SecretSpan { range, kind: RULES[rule].kind });
        }
    }
    if spans.len() > 1 {
        // The earliest and longest wins: a token inside a connection string is part of it.
        spans
            .sort_by(|left, right| left.range.start.cmp(&right.range.start).then(right.range.end.cmp(&left.range.end)));
        let mut end = 0;
        spans.retain(|span| {
            let apart = span.range.start >= end;
            end = end.max(span.range.end);
            apart
        });
    }
    spans
}

/// The text with every secret replaced by `[REDACTED:<kind>]`; borrowed where there is none.
pub fn masked(text: &str) -> Cow<'_, str> {
    let spans = find_secrets(text);
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        out.push_str(&text[from..span.range.start]);
        out.push_str("[REDACTED:");
        out.push_str(span.kind);
        out.push(']');
        from = span.range.end;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// Words in whatever case, one of which stands on every line that a secret begins on.
pub fn anchors() -> impl Iterator<Item = &'static str> {
    RULES.iter().flat_map(|rule| rule.anchors.split('|'))
}

/// What one kind of secret looks like.
struct Rule {
    kind: &'static str,
    /// Words that every such secret has, separated by `|`, tried without regard to case.
    anchors: &'static str,
    /// Bytes before the anchor where the secret may begin; 0 means it begins with the anchor, at a word's start.
    back: usize,
    /// The secret is the group `s` if there is one, else the whole match.
    shape: &'static str,
    check: Check,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    /// The shape alone is proof, save for placeholders such as `AKIAXXXXXXXXXXXXXXXX`.
    Shape,
    /// The value must look random: a word in a sentence is not a password.
    Random,
    /// A password in an address: anything but a placeholder.
    Address,
}

const fn token(kind: &'static str, anchors: &'static str, shape: &'static str) -> Rule {
    Rule { kind, anchors, back: 0, shape, check: Check::Shape }
}
const fn inner(kind: &'static str, anchors: &'static str, back: usize, shape: &'static str) -> Rule {
    Rule { kind, anchors, back, shape, check: Check::Shape }
}

static RULES: [Rule; 50] = [
    token("private-key", "-----BEGIN ", r"^-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    token("aws-key", "AKIA|ASIA|ABIA|ACCA", r"^(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    token(
        "aws-secret",
        "aws_secret|secretaccesskey|secret_access_key",
        r#"^(?i:aws_secret_access_key|aws_secret_key|secretaccesskey|secret_access_key|aws_secret)["']?\s*[:=]{1,2}\s*["']?(?P<s>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
    ),
    token("github-token", "ghp_|gho_|ghu_|ghs_|ghr_", r"^gh[pousr]_[A-Za-z0-9]{36,255}\b"),
    token("github-token", "github_pat_", r"^github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b"),
    token(
        "gitlab-token",
        "glpat-|glptt-|gldt-|glrt-|glsoat-|glcbt-",
        r"^gl(?:pat|ptt|dt|rt|soat|cbt)-[A-Za-z0-9_-]{20,}",
    ),
    token("slack-token", "xoxb-|xoxa-|xoxp-|xoxr-|xoxs-|xoxe-|xoxo-", r"^xox[abeoprs]-[A-Za-z0-9-]{20,}"),
    token("slack-token", "xapp-", r"^xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}"),
    token(
        "slack-webhook",
        "hooks.slack.com/",
        r"^hooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]{6,}/[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
    ),
    token(
        "discord-webhook",
        "discord.com/api/webhooks/|discordapp.com/api/webhooks/",
        r"^discord(?:app)?\.com/api/webhooks/\d{17,20}/[A-Za-z0-9_-]{60,}",
    ),
    inner("telegram-token", ":AA", 10, r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    token("stripe-key", "sk_live_|rk_live_", r"^[sr]k_live_[A-Za-z0-9]{20,}"),
    token("stripe-webhook", "whsec_", r"^whsec_[A-Za-z0-9]{30,}"),
    token("google-key", "AIza", r"^AIza[0-9A-Za-z_-]{35}\b"),
    token("google-oauth", "GOCSPX-", r"^GOCSPX-[A-Za-z0-9_-]{28}\b"),
    token("google-token", "ya29.", r"^ya29\.[A-Za-z0-9_-]{40,}"),
    token(
        "azure-key",
        "AccountKey=|SharedAccessKey=",
        r"^(?:Account|SharedAccess)Key=(?P<s>[A-Za-z0-9+/]{42,86}={1,2})",
    ),
    inner("azure-secret", "Q~", 5, r"\b[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}"),
    token("openai-key", "sk-proj-|sk-svcacct-|sk-admin-", r"^sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}"),
    inner("openai-key", "T3BlbkFJ", 30, r"\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b"),
    token("anthropic-key", "sk-ant-", r"^sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}"),
    token("huggingface-token", "hf_", r"^hf_[A-Za-z]{34}\b"),
    token("npm-token", "npm_", r"^npm_[A-Za-z0-9]{36}\b"),
    token("pypi-token", "pypi-AgE", r"^pypi-AgE[A-Za-z0-9_-]{50,}"),
    token("rubygems-token", "rubygems_", r"^rubygems_[a-f0-9]{48}\b"),
    token("crates-token", "cio", r"^cio[A-Za-z0-9]{32}\b"),
    token("docker-token", "dckr_pat_", r"^dckr_pat_[A-Za-z0-9_-]{27}"),
    token("sendgrid-key", "SG.", r"^SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    token("mailgun-key", "key-", r"^key-[0-9a-f]{32}\b"),
    inner("mailchimp-key", "-us", 34, r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    token("shopify-token", "shpat_|shpca_|shppa_|shpss_", r"^shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    token("digitalocean-token", "dop_v1_|doo_v1_|dor_v1_", r"^do[opr]_v1_[a-f0-9]{64}\b"),
    token("databricks-token", "dapi", r"^dapi[a-f0-9]{32}\b"),
    token("grafana-token", "glsa_|glc_", r"^(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_eyJ[A-Za-z0-9+/=]{60,})"),
    token("newrelic-key", "NRAK-", r"^NRAK-[A-Z0-9]{27}\b"),
    token("sentry-token", "sntrys_|sntryu_", r"^sntry[su]_[A-Za-z0-9_=+/-]{60,}"),
    token("linear-key", "lin_api_", r"^lin_api_[A-Za-z0-9]{40}\b"),
    token("notion-token", "ntn_", r"^ntn_[A-Za-z0-9]{40,}"),
    token("atlassian-token", "ATATT3", r"^ATATT3[A-Za-z0-9_=-]{100,}"),
    token("postman-key", "PMAK-", r"^PMAK-[a-f0-9]{24}-[a-f0-9]{34}\b"),
    token("planetscale-token", "pscale_", r"^pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,}"),
    token("vault-token", "hvs.|hvb.", r"^hv[sb]\.[A-Za-z0-9_-]{24,}"),
    inner("terraform-token", ".atlasv1.", 14, r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    token("age-key", "AGE-SECRET-KEY-1", r"^AGE-SECRET-KEY-1[0-9A-Z]{58}\b"),
    token("pulumi-token", "pul-", r"^pul-[a-f0-9]{40}\b"),
    token("square-token", "sq0csp-|sq0atp-", r"^sq0(?:csp|atp)-[A-Za-z0-9_-]{22,43}"),
    token("alibaba-key", "LTAI", r"^LTAI[A-Za-z0-9]{17,21}\b"),
    token("jwt", "eyJ", r"^eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    Rule {
        kind: "connection-string",
        anchors: "://",
        back: 18,
        shape: r#"\b[a-zA-Z][a-zA-Z0-9+.-]{2,17}://[^\s:/@"'<>`]{0,64}:(?P<s>[^\s@"'<>`/]{3,100})@[^\s"'<>`@]"#,
        check: Check::Address,
    },
    Rule {
        kind: "password",
        anchors: "password|passwd|secret|token|api_key|apikey|api-key|access_key|accesskey|private_key|credential|pwd",
        back: 0,
        shape: r#"^(?i:password|passwd|(?:client_?|shared_?|app_?)?secret(?:_?key)?|(?:auth_?|access_?)?token|api[_-]?key|access_?key|private_?key|credentials?|pwd)[A-Za-z0-9_]{0,12}(?:["'\]]{0,2}\s*(?:=>|:=|[:=])\s*(?:["'`](?P<s>[^"'`\s]{8,200})["'`])|=(?P<u>[^"'`\s]{10,200})(?:\s|$))"#,
        check: Check::Random,
    },
];

static RULE_OF_ANCHOR: LazyLock<Vec<usize>> = LazyLock::new(|| {
    RULES.iter().enumerate().flat_map(|(index, rule)| rule.anchors.split('|').map(move |_| index)).collect()
});

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(anchors())
        .expect("a few dozen short constant patterns fit any automaton")
});

static SHAPES: [OnceLock<Regex>; RULES.len()] = [const { OnceLock::new() }; RULES.len()];

/// A secret does not go on further than this after its anchor, except for key blocks.
const AHEAD: usize = 420;

impl Rule {
    /// The secret at an anchor, if the place holds one.
    fn at(&self, index: usize, text: &str, anchor: usize) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        let word = |at: usize| bytes[at].is_ascii_alphanumeric();
        // `ask-` is not `sk-`; a variable may well be called `db_password`.
        if self.back == 0 && self.check == Check::Shape && self.kind != "aws-secret" && anchor > 0 && word(anchor - 1) {
            return None;
        }
        let start = floor(text, anchor.saturating_sub(self.back));
        let end = line_end(bytes, anchor).min(floor(text, anchor + AHEAD));
        let window = text.get(start..end)?;
        let shape = SHAPES[index].get_or_init(|| pattern(self.shape));
        let found = shape.captures(window)?;
        let whole = found.get(0)?;
        let secret = found.name("s").or_else(|| found.name("u")).unwrap_or(whole);
        let passes = match self.check {
            Check::Shape => self.kind == "private-key" || !is_placeholder(secret.as_str()),
            Check::Random => looks_random(secret.as_str(), found.name("u").is_some()),
            Check::Address => {
                !is_placeholder(secret.as_str())
                    && !is_reference(secret.as_str())
                    && !is_sample(window, secret.as_str())
            }
        };
        let range = start + secret.start()..start + secret.end();
        passes.then(|| if self.kind == "private-key" { block(text, range) } else { range })
    }
}

/// A key block runs to its end marker, where that is in the text.
fn block(text: &str, head: Range<usize>) -> Range<usize> {
    const LONGEST: usize = 16 * 1024;
    let rest = &text[head.end..floor(text, head.end + LONGEST)];
    let end = rest.find("-----END ").and_then(|at| rest[at + 9..].find("-----").map(|tail| at + 9 + tail + 5));
    head.start..end.map_or(head.end, |end| head.end + end)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let limit = (from + AHEAD).min(bytes.len());
    bytes[from..limit].iter().position(|byte| *byte == b'\n').map_or(limit, |at| from + at)
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// Made-up values that stand where a secret would.
fn is_placeholder(value: &str) -> bool {
    const WORDS: [&str; 26] = [
        "example",
        "placeholder",
        "changeme",
        "change_me",
        "change-me",
        "your",
        "xxxx",
        "****",
        "....",
        "dummy",
        "sample",
        "redacted",
        "foobar",
        "secret_here",
        "insert",
        "replace",
        "todo",
        "fixme",
        "12345678",
        "abcdefgh",
        "not-a",
        "notreal",
        "fake",
        "mock",
        "default",
        "localhost",
    ];
    let lower = value.to_ascii_lowercase();
    let distinct = value.bytes().collect::<std::collections::BTreeSet<u8>>().len();
    // `secret123`, `Password1!`: a word everybody takes, with a number behind it.
    const COMMON: [&str; 12] = [
        "secret", "password", "passwd", "pass", "token", "admin", "test", "qwerty", "letmein", "welcome", "apikey",
        "user",
    ];
    let word = lower.trim_matches(|c: char| !c.is_ascii_alphabetic());
    WORDS.iter().any(|word| lower.contains(word)) || COMMON.contains(&word) || distinct <= 4
}

/// `${PASSWORD}`, `{{ .Values.x }}`, `$(cat …)`, `%s`, `<password>`: a place for a secret, filled elsewhere.
fn is_reference(value: &str) -> bool {
    value.starts_with(['$', '%', '<', '{', '#', '&', '*', '@', ':'])
        || [
            "${",
            "{{",
            "$(",
            "%s",
            "%v",
            "%{",
            "#{",
            "<%",
            "env(",
            "process.env",
            "os.environ",
            "getenv",
            "secrets.",
            "vault:",
            "ref+",
            "arn:aws",
        ]
        .iter()
        .any(|mark| value.contains(mark))
        || value.contains("{") && value.contains("}")
}

/// Names and passwords that every tutorial uses for a database on the same machine.
fn is_sample(window: &str, password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    let same_as_user = window.contains(&format!("//{password}:{password}@"));
    let common = [
        "password", "passwd", "pass", "postgres", "root", "admin", "secret", "test", "user", "guest", "mysql", "redis",
        "pwd", "pw", "token",
    ];
    same_as_user
        || common.contains(&lower.as_str())
        || [
            "@localhost",
            "@127.0.0.1",
            "@db:",
            "@db/",
            "@postgres:",
            "@postgres/",
            "@example",
            "@host:",
            "@host/",
            "@0.0.0.0",
        ]
        .iter()
        .any(|host| window.contains(host))
}

/// Does a value look like a random string and not like a word, a path, an identifier or an expression?
fn looks_random(value: &str, unquoted: bool) -> bool {
    if is_placeholder(value) || is_reference(value) || value.contains(['(', ')', '[', ']', ';', ',', ' ', '\\']) {
        return false;
    }
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let (digit, lower, upper) = (has(u8::is_ascii_digit), has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
    let symbol = value
        .bytes()
        .any(|byte| matches!(byte, b'!' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'=' | b'~' | b'?'));
    let kinds = [digit, lower, upper, symbol].iter().filter(|known| **known).count();
    let dashes = value.bytes().filter(|byte| matches!(byte, b'-' | b'_' | b'.' | b'/' | b':')).count();
    // `refresh_token_v2`, `/var/run/secrets/token`, `io.acme.token-1`: names and places are made of words.
    let wordy = dashes * 6 >= value.len() || value.starts_with(['/', '.']) || value.contains("://");
    let needed = if unquoted { 3.4 } else { 2.8 };
    digit && kinds >= 2 && !wordy && entropy(value) >= needed
}

/// Shannon entropy in bits per byte.
fn entropy(value: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens are put together here so that no scanner takes this file for a leak.
    fn made_up(prefix: &str, length: usize) -> String {
        let alphabet = b"Zq7Rk2Wv9Xn4Lp8Bt6Hc3Jd5Mf";
        prefix.to_owned() + &(0..length).map(|at| char::from(alphabet[(at * 7 + at / 26) % 26])).collect::<String>()
    }

    fn kinds(text: &str) -> Vec<&'static str> {
        find_secrets(text).into_iter().map(|span| span.kind).collect()
    }

    #[test]
    fn every_shape_compiles() {
        for rule in &RULES {
            assert!(!pattern(rule.shape).is_match("nothing at all"), "{}", rule.kind);
        }
    }

    #[test]
    fn known_tokens_are_found_and_masked() {
        let aws = format!("AK{}", "IAQ3EGT2ZPLMN7WXYZ");
        let github = made_up("ghp_", 36);
        let text = format!("id = {aws}\nheader = \"Authorization: {github}\"\n");
        assert_eq!(kinds(&text), ["aws-key", "github-token"]);
        let masked = masked(&text);
        assert!(!masked.contains(&aws) && !masked.contains(&github));
        assert_eq!(masked, "id = [REDACTED:aws-key]\nheader = \"Authorization: [REDACTED:github-token]\"\n");
    }

    #[test]
    fn a_key_block_is_masked_to_its_end() {
        let text = format!("before\n-----BEGIN RSA {}-----\nMIIEow\nabc\n-----END RSA {0}-----\nafter", "PRIVATE KEY");
        assert_eq!(masked(&text), "before\n[REDACTED:private-key]\nafter");
        assert_eq!(kinds("-----BEGIN PUBLIC KEY-----"), Vec::<&str>::new());
    }

    #[test]
    fn passwords_need_a_value_that_looks_like_one() {
        assert_eq!(kinds(r#"db_password = "hT7!kq92Lm""#), ["password"]);
        assert_eq!(kinds("DB_PASSWORD=hT7kq92LmZx41pQ\n"), ["password"]);
        assert_eq!(kinds("postgres://pay:s3cr3tV4lue@db-1.internal.acme:5432/pay"), ["connection-string"]);
        for harmless in [
            r#"password = "changeme""#,
            r#"password = "${DB_PASSWORD}""#,
            r#"token = "refresh_token""#,
            r#"secret: "my-secret-name-1""#,
            "password = os.Getenv(\"X\")",
            "token := parser.next()",
            r#"password: "<your password>""#,
            "postgres://postgres:postgres@localhost/x",
            "https://example.com/a:b@c",
            "redis://:${PASS}@cache:6379",
            "the secret of 12 good habits",
            r#"secretName: "pay-tls-2024""#,
            "password=$DB_PASSWORD1",
            r#"tokenUrl: "https://auth.acme.dev/token1""#,
            "mysql://root:root@db/x",
            "token = 'secret123'",
        ] {
            assert_eq!(kinds(harmless), Vec::<&str>::new(), "{harmless}");
        }
    }

    #[test]
    fn text_of_many_bytes_per_character_is_no_trouble() {
        assert_eq!(kinds("비밀번호 password = \"비밀번호비밀번호\" 🔑 ://🔑:x@y"), Vec::<&str>::new());
    }
}
