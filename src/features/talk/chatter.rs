//! What wants no fact for an answer, and gets one line.

use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::texts as text;
use futures::future::BoxFuture;

pub const THANKS: Spoken = Spoken {
    says: ["thanks!", "고마워"],
    needs: Permission::Read,
    manner: Manner::Politeness,
    patterns: &[
        r"^\W*(?:many\s+|ok(?:ay)?\W+|great\W+|nice\W+)*(?:thanks|thank you|thx|ty|cheers|merci|danke|well done|good (?:bot|job)|nice work)\b[^?]*$",
        r"^\W*(?:고마워|고맙|감사|수고)[^?]*$",
    ],
    fits: |_| true,
    answer: |_, asked| say(asked, text::WELCOME),
};

pub const HELLO: Spoken = Spoken {
    says: ["hello, are you there?", "안녕, 거기 있어?"],
    needs: Permission::Read,
    manner: Manner::Politeness,
    patterns: &[
        r"^\W*(?:hi|hey|hello|yo|ping|good (?:morning|evening|afternoon))\b\W*(?:slipway|bot|there|all)?\W*(?:are you (?:there|alive|awake))?\W*$",
        r"^\W*are you (?:there|alive|awake)\W*$",
        r"^\W*(?:안녕(?:하세요)?|하이)\W*(?:거기)?\s*(?:있어|있나요|계세요)?\W*$",
    ],
    fits: |_| true,
    answer: |_, asked| say(asked, text::HERE),
};

fn say<'a>(asked: &'a Asked<'a>, line: text::Text) -> BoxFuture<'a, Result<Reply, crate::domain::trouble::Trouble>> {
    Box::pin(async move { Ok(Reply::text(line.plain(asked.language))) })
}
