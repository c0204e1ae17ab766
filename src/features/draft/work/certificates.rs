//! What do the hosts that are named serve right now, in sentences that can be cited?

use crate::domain::certificate::{Certificate, Chain, Host, Served};
use crate::domain::change::Gap;
use crate::domain::note::Planned;
use crate::domain::planned::moment;
use crate::features::draft::rules::phrase::{count, name};
use crate::ports::certificates::Certificates;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures::future::join_all;

/// Hosts of one request that are looked at.
const HOSTS: usize = 5;

/// The hosts that a text names, each once.
pub fn hosts(what: &str) -> Vec<Host> {
    let mut found: Vec<Host> = Vec::new();
    let marks = |letter: char| "`\"'<>()[]{},;!?".contains(letter);
    for word in what.split_whitespace() {
        let word = word.trim_matches(marks).trim_end_matches(['.', ':']);
        let word = word.strip_prefix("https://").unwrap_or(word).split('/').next().unwrap_or_default();
        if let Some(host) = Host::read(word).filter(|host| !found.contains(host)) {
            found.push(host);
        }
    }
    found
}

/// Facts about what is served, and what could not be seen.
pub async fn look(
    certificates: Option<&dyn Certificates>,
    hosts: &[Host],
    planned: Option<&Planned>,
    now: DateTime<Utc>,
) -> (Vec<String>, Vec<Gap>) {
    let looks = hosts.iter().take(HOSTS).map(|host| one(certificates, host, planned, now));
    let (mut facts, mut gaps) = (Vec::new(), Vec::new());
    for (told, unseen) in join_all(looks).await {
        facts.extend(told);
        gaps.extend(unseen.into_iter().map(|sentence| Gap { sentence }));
    }
    (facts, gaps)
}

async fn one(
    certificates: Option<&dyn Certificates>,
    host: &Host,
    planned: Option<&Planned>,
    now: DateTime<Utc>,
) -> (Vec<String>, Vec<String>) {
    let called = name(&host.name);
    let Some(certificates) = certificates.filter(|certificates| certificates.allowed(host).is_some()) else {
        let why = format!(
            "The certificate that {called} serves was not looked at, because the host is not among `hosts` of `[certificates]`."
        );
        return (Vec::new(), vec![why]);
    };
    let served = match certificates.served(host).await {
        Ok(served) => served,
        Err(fault) => return (Vec::new(), vec![format!("No certificate was seen at {called}: it {fault}.")]),
    };
    let (mut facts, mut gaps): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut groups: Vec<Vec<Served>> = Vec::new();
    for looked in served {
        match looked {
            Err(unseen) => {
                gaps.push(format!("No certificate was seen at `{}` of {called}: it {}.", unseen.address, unseen.fault))
            }
            Ok(one) => match groups.iter_mut().find(|group| group[0].certificate == one.certificate) {
                Some(group) => group.push(one),
                None => groups.push(vec![one]),
            },
        }
    }
    let several = groups.len() > 1;
    for group in &groups {
        let at: Vec<String> = group.iter().map(|one| format!("`{}`", one.address)).collect();
        let at = if several { format!(" at {}", at.join(", ")) } else { String::new() };
        facts.push(ends(&called, &at, &group[0].certificate, planned, now));
        facts.push(what(&called, &at, &group[0].certificate));
        facts.extend(wrong(&called, &at, &group[0]));
    }
    (facts, gaps)
}

/// `The certificate that pay.example.com serves ends on 10 December 2026, 08:00 UTC: in 14 days, 7 days after the work`
fn ends(called: &str, at: &str, certificate: &Certificate, planned: Option<&Planned>, now: DateTime<Utc>) -> String {
    let day = moment(&certificate.not_after.with_timezone(&Tz::UTC));
    let days = |days: i64| count(usize::try_from(days.abs()).unwrap_or_default(), "day");
    let left = certificate.days_left(now);
    let when = match left {
        _ if certificate.not_after <= now => format!("ended on {day} UTC, {} ago", days(left)),
        0 => format!("ends on {day} UTC, within a day"),
        left => format!("ends on {day} UTC, in {}", days(left)),
    };
    let beside = planned.map(|planned| match certificate.days_left(planned.from) {
        _ if certificate.not_after <= planned.from => "; that is before the work is planned".to_owned(),
        0 => "; that is on the day of the work".to_owned(),
        left => format!("; {} after the work is planned", days(left)),
    });
    format!("The certificate that {called} serves{at} {when}{}", beside.unwrap_or_default())
}

fn what(called: &str, at: &str, certificate: &Certificate) -> String {
    let names: Vec<String> = certificate.names.iter().take(4).map(|one| name(one)).collect();
    let more = certificate.covers.saturating_sub(names.len());
    let more = if more == 0 { String::new() } else { format!(" and {}", count(more, "more name")) };
    format!(
        "{called}{at} shows serial {} of {}, {}, for {}{more}",
        name(&certificate.serial),
        name(&certificate.issuer),
        certificate.key,
        names.join(", "),
    )
}

fn wrong(called: &str, at: &str, served: &Served) -> Vec<String> {
    let chain = match &served.chain {
        Chain::Trusted => None,
        Chain::SelfSigned => Some("vouches for itself, so clients trust it only where they were told to".to_owned()),
        Chain::Incomplete => {
            Some("is sent without the certificates between it and its authority, so some clients refuse it".to_owned())
        }
        Chain::UnknownAuthority => Some("leads to an authority that this machine does not know".to_owned()),
        Chain::Broken(why) => Some(format!("has a chain that clients refuse: {why}")),
    };
    let names = (!served.names_host).then(|| format!("does not cover {called}"));
    chain.into_iter().chain(names).map(|what| format!("The certificate of {called}{at} {what}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_what_people_type() {
        let found = |text: &str| hosts(text).into_iter().map(|host| host.name).collect::<Vec<_>>();
        assert_eq!(found("renew certificate of pay.example.com."), ["pay.example.com"]);
        assert_eq!(
            found("renew `a.example.com`, (b.example.com:8443) and https://a.example.com/x"),
            ["a.example.com", "b.example.com"]
        );
        assert!(found("upgrade postgres 14.2 to 15.1").is_empty());
    }
}
