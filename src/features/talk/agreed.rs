//! What was agreed in the thread, kept on the note because somebody asked for it.

use crate::domain::message::Message;
use crate::domain::note::{Agreed, Note};
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::phrase::plain;
use crate::features::spoken;
use crate::features::texts as text;
use crate::features::{Context, Plan, note, reviewing};
use crate::ports::store::Expect;
use futures::future::BoxFuture;
use regex::Regex;
use std::sync::LazyLock;

/// Of one note; a list nobody reads is worth nothing.
const MOST: usize = 10;
const LONGEST: usize = 300;

pub const AGREE: Spoken = Spoken {
    says: ["agreed: api goes first", "합의: api 먼저 배포"],
    needs: Permission::Edit,
    manner: Manner::Whole,
    patterns: &[
        r"^\W*(?:we\s+)?(?:agreed?|decided|decision|pin(?:\s+that)?|note\s+down|remember)\s*(?:that\b|:|,)",
        r"^\W*(?:합의|결정)(?:\s*사항)?\s*[:：]",
    ],
    fits: |_| true,
    answer: agree,
};

pub const UNPIN: Spoken = Spoken {
    says: ["unpin 1", "합의 1번 지워줘"],
    needs: Permission::Edit,
    manner: Manner::Whole,
    patterns: &[
        r"^\W*(?:unpin|forget\s+(?:the\s+)?(?:agreement|decision))\s*#?\d{1,2}\W*$",
        r"^\W*합의\s*\d{1,2}\s*번?\s*(?:을|를)?\s*(?:지워|삭제|빼)",
    ],
    fits: |_| true,
    answer: unpin,
};

pub const AGREED: Spoken = Spoken {
    says: ["what did we agree?", "뭐라고 합의했지?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bwhat\b.*\b(?:agree|agreed|decide|decided|decisions?)\b",
        r"(?:뭐|무엇|뭘).*(?:합의|결정)|(?:합의|결정)(?:한|된)?\s*(?:게|것|사항).*(?:뭐|무엇|알려|보여)",
    ],
    fits: |_| true,
    answer: list,
};

static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)^\W*(?:(?:we\s+)?(?:agreed?|decided|decision|pin(?:\s+that)?|note\s+down|remember)\s*(?:that\b|:|,)|(?:합의|결정)(?:\s*사항)?\s*[:：])\s*")
        .expect("the pattern is fixed")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d{1,2}").expect("the pattern is fixed"));

async fn own(context: &Context, asked: &Asked<'_>) -> Result<(Note, u64), Trouble> {
    let Some(known) = &asked.note else { return Err(Trouble::refused(text::NO_NOTE.plain(asked.language))) };
    note::find(context, known.id).await
}

fn agree<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let (mut note, version) = own(context, asked).await?;
        let what = HEAD.replace(asked.text, "");
        let what: String = masked(what.trim().trim_end_matches('.'))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(LONGEST)
            .collect();
        if what.is_empty() {
            return Err(Trouble::refused(text::AGREED_NOTHING_SAID.plain(language)));
        }
        if note.agreed.iter().any(|one| one.text == what) {
            return Err(Trouble::refused(text::AGREED_ALREADY.of(language, &[("id", &note.id)])));
        }
        if note.agreed.len() >= MOST {
            return Err(Trouble::refused(text::AGREED_FULL.of(language, &[("id", &note.id), ("most", &MOST)])));
        }
        note.agreed.push(Agreed { text: what.clone(), by: asked.heard.person.clone(), at: context.clock.now() });
        let others = text::AGREED_UNDO.of(language, &[("n", &note.agreed.len())]);
        let told = text::AGREED_KEPT.of(language, &[("id", &note.id), ("text", &plain(&what)), ("others", &others)]);
        kept(context, asked, &note, version, told).await
    })
}

fn unpin<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let (mut note, version) = own(context, asked).await?;
        let n: usize = NUMBER.find(asked.text).and_then(|digits| digits.as_str().parse().ok()).unwrap_or_default();
        if n == 0 || n > note.agreed.len() {
            return Err(Trouble::refused(text::AGREED_NO_SUCH.of(language, &[("id", &note.id), ("n", &n)])));
        }
        let gone = note.agreed.remove(n - 1);
        let told = text::AGREED_GONE.of(language, &[("id", &note.id), ("text", &plain(&gone.text))]);
        kept(context, asked, &note, version, told).await
    })
}

/// The note with its card, and the answer.
async fn kept(context: &Context, asked: &Asked<'_>, note: &Note, version: u64, told: String) -> Result<Reply, Trouble> {
    let heard = asked.heard;
    let because = format!("agreed/{}", heard.id);
    let plan = Plan::nothing()
        .write(context.records.notes.put(note, Expect::Version(version)))
        .write(reviewing::face(context, note, &because).await?);
    let key = format!("reply/{}/{}", heard.place.platform, heard.id);
    Ok(Reply::Do(plan.say(key, spoken::target(heard), Message::text(told))))
}

fn list<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let (note, _) = own(context, asked).await?;
        if note.agreed.is_empty() {
            return Ok(Reply::text(text::AGREED_NONE.of(language, &[("id", &note.id)])));
        }
        let zone = context.zone_of(Some(&note));
        let line = |(n, one): (usize, &Agreed)| {
            let at = language.moment(one.at, zone);
            text::AGREED_LINE
                .of(language, &[("n", &n), ("text", &plain(&one.text)), ("name", &plain(&one.by.name)), ("at", &at)])
        };
        let lines = (1..).zip(&note.agreed).map(line);
        let head = text::AGREED_LIST.of(language, &[("id", &note.id)]);
        Ok(Reply::text(std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")))
    })
}
