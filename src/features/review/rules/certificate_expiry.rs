//! No certificate of a host that the note names ends soon.

use super::{Check, Checked, Found, Rule, options};
use crate::domain::review::Grade;
use crate::features::phrase::count;
use crate::features::review::facts::Facts;
use serde::Deserialize;

pub const RULE: Rule = Rule {
    id: "certificate-expiry",
    asks: "No certificate ends soon",
    why: "It ends at a moment everybody could know, and takes down what was never touched.",
    grade: Grade::Caution,
    read: options::<CertificateExpiry>,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CertificateExpiry {
    /// Days before its end from which it is said.
    days: i64,
}

impl Default for CertificateExpiry {
    fn default() -> Self {
        Self { days: 21 }
    }
}

impl Check for CertificateExpiry {
    fn check(&self, facts: &Facts<'_>) -> Checked {
        if facts.certificates.is_empty() {
            return Checked::NotAsked;
        }
        let when = facts.planned().map_or(facts.now, |(_, until)| until);
        let renews = facts.note.work.as_ref().is_some_and(|work| work.template == "certificate-renewal");
        let mut found = Vec::new();
        for ends in facts.certificates {
            let left = (ends.at - facts.now).num_seconds().div_euclid(86_400);
            let over = ends.at <= when;
            if left > self.days && !over {
                continue;
            }
            let day = ends.at.with_timezone(&facts.zone).format("%-d %b %Y %H:%M");
            let what = match (left < 0, over) {
                (true, _) => format!("The certificate of `{}` ended on {day}.", ends.host),
                (_, true) => {
                    format!("The certificate of `{}` ends on {day}, before this is planned to be done.", ends.host)
                }
                _ => format!(
                    "The certificate of `{}` ends on {day}, in {}.",
                    ends.host,
                    count(usize::try_from(left).unwrap_or(0), "day")
                ),
            };
            // A renewal in time is what this finding asks for.
            if renews && !over {
                continue;
            }
            let instead = if renews {
                "Renew it before that moment: plan the work earlier."
            } else {
                "Renew it first, or plan its renewal now: `/release work renew certificate`."
            };
            let one = Found::new(ends.host.clone(), what, instead).value("ends", ends.at.to_rfc3339());
            found.push(if over { one.graded(Grade::Danger) } else { one });
        }
        Checked::of(found)
    }
}
