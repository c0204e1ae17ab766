//! What kind of thing does a text tell of: which part, what was changed, how it failed? By words; the most spoken of first.

pub use super::index::Classes;
use crate::domain::incident::{ChangeClass, Component, Failure};
use regex::Regex;
use std::sync::LazyLock;

/// Of each kind at most this many are kept: a text that is about everything is about nothing.
const KEPT: usize = 2;

type Table<T> = LazyLock<Vec<(T, Regex)>>;

static COMPONENTS: Table<Component> = LazyLock::new(|| {
    table(&[
        (
            Component::Database,
            "databases?|postgres(ql)?|mysql|mariadb|mongo(db)?|rds|sql|aurora|schemas?|데이터베이스|디비",
        ),
        (Component::Queue, "queues?|kafka|rabbitmq|celery|sqs|brokers?|consumers?|topics?|큐"),
        (Component::Cache, "cach(e|es|ing)|redis|memcached|valkey|cdn|캐시"),
        (
            Component::Dns,
            "dns|coredns|kube-dns|route ?53|name resolution|hosted zones?|nxdomain|domain names?|네임 ?서버",
        ),
        (Component::Certificate, "certificates?|certs?|cert-manager|tls|ssl|x509|let'?s ?encrypt|인증서"),
        (
            Component::Network,
            "networks?|networking|cni|calico|subnets?|vpc|vpn|nat|firewalls?|ip addresses|iptables|kube-proxy|네트워크",
        ),
        (
            Component::LoadBalancer,
            "load ?balancers?|alb|nlb|elb|ingress(es)?|ingress-nginx|nginx|traefik|prox(y|ies)|gateways?|로드 ?밸런서",
        ),
        (Component::Storage, "disks?|storage|volumes?|inodes?|ebs|efs|pvc|filesystems?|inotify|s3|buckets?|디스크"),
        (Component::Cluster, "clusters?|kubernetes|k8s|eks|gke|openshift|control plane|etcd|api ?server|쿠버네티스"),
        (Component::Node, "nodes?|node ?groups?|kubelet|instances?|worker groups?|servers? restart(ed)?|노드"),
        (Component::Image, "images?|registr(y|ies)|docker ?hub|ecr|quay|imagepull\\w*|이미지"),
        (
            Component::Pipeline,
            "pipelines?|ci|concourse|jenkins|travis|github actions|flux(cd)?|argo ?cd|builds?|배포 ?파이프라인",
        ),
        (
            Component::Identity,
            "iam|kiam|oidc|sso|oauth2?|ldap|ad ?sync|active directory|authenticat\\w*|authori[sz]at\\w*|rbac|service accounts?|log ?ins?|인증|권한",
        ),
        (
            Component::Monitoring,
            "prometheus|grafana|alertmanager|alerting|monitoring|metrics?|pingdom|thanos|메트릭|모니터링",
        ),
        (Component::Logging, "logs|logging|fluent-?(bit|d)|elasticsearch|opensearch|kibana|로그"),
        (
            Component::ThirdParty,
            "aws|azure|gcp|google cloud|github('s)?|gitlab|fedora|upstream|third[- ]party|vendor|provider|copr|koji|testing farm",
        ),
        (Component::Secrets, "secrets?|credentials?|passwords?|tokens?|api keys?|access keys?|kms|vault|비밀번호|토큰"),
        (Component::Infrastructure, "terraform|iac|infrastructure as code|helm|ansible|state files?|cloudformation"),
    ])
});

static CHANGES: Table<ChangeClass> = LazyLock::new(|| {
    table(&[
        (
            ChangeClass::Upgrade,
            "upgrad(e|es|ed|ing)|updat(e|ed|ing) (to|of|the)|new version|version bump|bump(ed|s)?|downgrad\\w+|patch(ed|ing)|업그레이드",
        ),
        (
            ChangeClass::Migration,
            "schema|migrations?|alembic|alter table|create index|drop column|backfill\\w*|마이그레이션",
        ),
        (
            ChangeClass::Configuration,
            "misconfigur\\w+|config(uration|map|s)?|settings?|parameters?|flags?|feature flags?|annotations?|설정",
        ),
        (
            ChangeClass::Deletion,
            "delet(e|es|ed|ing|ion)|remov(e|ed|ing|al)|destroy(ed|ing)?|clean(ed|ing)?[- ]?up|terminat(ed|ing|ion)|dropped|삭제",
        ),
        (ChangeClass::Expiry, "expir(e|es|ed|y|ing|ation)|renew(al|ed|ing)?|rotat(e|ed|ion|ing)|만료|갱신"),
        (ChangeClass::Scaling, "scal(e|ed|ing)( ?(up|down|out|in))?|autoscal\\w+|replicas?|resiz(e|ed|ing)|capacity"),
        (
            ChangeClass::Move,
            "mov(e|ed|ing) (to|from|our|the|of|production)|migrat(ed?|ing|ion) (to|from|of)|new cluster|cut ?over|switch(ed|ing)? (to|over)|이전",
        ),
        (
            ChangeClass::Rollout,
            "deploy(ed|ing|ment|ments|s)?|releas(e|ed|ing)|roll(ed|ing)?[- ]?out|merg(e|ed|ing)|pull request|배포",
        ),
        (ChangeClass::Permission, "permissions?|polic(y|ies)|privileges?|roles?|security groups?|rbac|scc"),
        (
            ChangeClass::Traffic,
            "traffic|load|spike[sd]?|surge|flood(ed)?|overload(ed)?|overwhelm\\w*|burst|backlog|demand|트래픽",
        ),
    ])
});

static FAILURES: Table<Failure> = LazyLock::new(|| {
    table(&[
        (
            Failure::Unavailable,
            "unavailab\\w+|outages?|down(time)?|unreachable|not (available|accessible|reachable)|offline|inaccessible|장애|중단",
        ),
        (Failure::Slow, "slow(ly|er|ness)?|latenc(y|ies)|delay(s|ed)?|longer|degraded?|degradation|지연"),
        (
            Failure::OutOfMemory,
            "oom|oom[- ]?kill\\w*|out[- ]of[- ]memory|memory (leak|limit|usage|pressure|exhaust\\w+)|메모리",
        ),
        (
            Failure::DiskFull,
            "disk (is |was )?full|no space left|disk ?space|full disk|lack of (disk )?space|volume (is |was )?full|disk pressure",
        ),
        (
            Failure::Exhausted,
            "exhaust\\w*|starvation|ran out of|run(ning)? out of|too many|limits? (reached|exceeded|hit)|quotas?|max(imum)? connections|throttl\\w+",
        ),
        (Failure::Expired, "expired?|expiry|expiration|만료"),
        (
            Failure::ServerErrors,
            "50[0-4]s?|5xx|internal server errors?|bad gateway|service unavailable|error rate|errors?|오류|에러",
        ),
        (
            Failure::DataLoss,
            "data ?loss|lost (data|metrics|logs)|missing (data|metrics|logs)|corrupt\\w*|accidental\\w* delet\\w+|유실",
        ),
        (
            Failure::CrashLoop,
            "crash(ed|es|ing)?[- ]?loop\\w*|crash(ed|es|ing)?|restart(ed|ing|s)? (several|multiple|loop)|evicted|panic\\w*",
        ),
        (
            Failure::Denied,
            "40[13]s?|forbidden|unauthori[sz]ed|denied|access denied|not authori[sz]ed|authentication fail\\w+|거부",
        ),
        (
            Failure::NotResolved,
            "nxdomain|servfail|(could|can)( ?not|'t) (be )?resolved?|name resolution|dns (fail\\w+|errors?|resolution)|unknown host",
        ),
        (Failure::Timeout, "time[d]?[- ]?outs?|timeouts?|timing out|deadline exceeded|타임아웃"),
        (Failure::RateLimited, "rate[- ]?limit\\w*|429|too many requests|api limits?|throttl\\w+"),
        (
            Failure::Drift,
            "drift|accidental\\w*|unintended|unintentional\\w*|revert(ed)?|out of sync|unexpected(ly)? (deleted|removed)",
        ),
    ])
});

fn table<T: std::marker::Copy>(rows: &[(T, &str)]) -> Vec<(T, Regex)> {
    // A Korean word goes on with its particle.
    let compiled = |words: &str| Regex::new(&format!(r"(?i)\b(?:{words})(?:\b|[가-힣])")).expect("the table is ours");
    rows.iter().map(|(one, words)| (*one, compiled(words))).collect()
}

/// What a text tells of, the most spoken of first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub components: Vec<Component>,
    pub changes: Vec<ChangeClass>,
    pub failures: Vec<Failure>,
}

impl Told {
    pub fn classes(&self) -> Classes {
        Classes::of(&self.components, &self.changes, &self.failures)
    }
}

/// `head` is what says it shortly (a title, a first sentence) and counts three times as much as the rest.
pub fn told(head: &str, rest: &str) -> Told {
    Told {
        components: most(&COMPONENTS, head, rest),
        changes: most(&CHANGES, head, rest),
        failures: most(&FAILURES, head, rest),
    }
}

/// Text beyond this says the same again.
const READ: usize = 6_000;

fn most<T: std::marker::Copy>(table: &[(T, Regex)], head: &str, rest: &str) -> Vec<T> {
    let rest = &rest[..rest.floor_char_boundary(READ)];
    let count = |words: &Regex| 3 * words.find_iter(head).count() + words.find_iter(rest).count();
    let mut counted: Vec<(usize, T)> =
        table.iter().map(|(one, words)| (count(words), *one)).filter(|(n, _)| *n > 0).collect();
    counted.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    // What is named in passing beside what it is about is left out.
    let least = counted.first().map_or(0, |(n, _)| n.div_ceil(3));
    counted.into_iter().filter(|(n, _)| *n >= least).take(KEPT).map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_by_what_it_speaks_of_most() {
        let told = told(
            "KIAM Service disruption\nThe server certificate for KIAM expired.",
            "Pods could not assume IAM roles.",
        );
        assert_eq!(told.components, [Component::Identity, Component::Certificate]);
        assert_eq!(told.failures, [Failure::Expired]);
        let told = super::told("인증서 만료로 결제 장애", "");
        assert!(
            told.components.contains(&Component::Certificate) && told.failures.contains(&Failure::Expired),
            "{told:?}"
        );
    }

    #[test]
    fn a_word_in_a_word_is_none() {
        assert_eq!(told("enormous decision about catalogs", ""), Told::default());
    }
}
