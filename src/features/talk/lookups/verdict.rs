//! Why is it graded so?

use super::{grade, head, note};
use crate::domain::review::{Grade, Review, Standing};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::texts as text;
use crate::features::{Context, store_trouble};
use futures::future::BoxFuture;

pub const VERDICT: Spoken = Spoken {
    says: ["why is note 7 risky?", "노트 7은 왜 위험해?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bwhy\b.*\b(?:verdict|graded?|risky|risk|danger(?:ous)?|caution|block(?:ed)?|unsafe|red|orange|refused|not pass|fail(?:s|ed)?)\b",
        r"\bwhat(?:'s| is)? (?:wrong|the (?:verdict|grade|risk|problem))\b",
        r"\bhow risky\b|\bis (?:it|this|that|note \d+) (?:safe|risky|dangerous)\b",
        r"^\W*why\W*$",
        r"왜.*(?:위험|주의|차단|판정|등급|안\s*돼|막)|얼마나\s*위험|안전(?:해|한가|합니까)|^\W*왜\W*$",
    ],
    fits: |_| true,
    answer,
};

/// Points that are told; the review has them all.
const TOLD: usize = 4;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let (language, note) = (asked.language, note(context, asked).await?);
        let review = context.records.reviews.latest(note.id).await.map_err(store_trouble)?;
        let Some(review) = review else {
            return Ok(Reply::text(text::VERDICT_NONE.of(language, &[("id", &note.id)])));
        };
        let head = head(context, asked, &note).await?;
        Ok(Reply::text(format!("{head}{}", told(&review, asked, &context.note_url(note.id)))))
    })
}

fn told(review: &Review, asked: &Asked<'_>, url: &str) -> String {
    let language = asked.language;
    let name = grade(review.grade, language);
    let mut lines = vec![match review.grade {
        Grade::Pass => text::VERDICT_PASS.of(language, &[("grade", &name)]),
        _ => text::VERDICT.of(language, &[("grade", &name), ("reasons", &review.reasons.join(" "))]),
    }];
    lines.extend(review.findings.iter().take(TOLD).map(|finding| {
        text::VERDICT_POINT.of(
            language,
            &[("rule", &finding.rule), ("what", &finding.what), ("why", &finding.why), ("instead", &finding.instead)],
        )
    }));
    if review.findings.len() > TOLD {
        lines.push(text::MORE.of(language, &[("count", &(review.findings.len() - TOLD))]));
    }
    let (met, of) = review.standards_met();
    let unknown = review.standards.iter().filter(|one| matches!(one.standing, Standing::Unknown(_))).count();
    lines.push(String::new());
    lines.push(text::VERDICT_STANDARDS.of(
        language,
        &[("met", &met), ("asked", &of), ("unknown", &unknown), ("number", &review.number), ("url", &url)],
    ));
    lines.join("\n")
}
