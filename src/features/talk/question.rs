//! What no pattern fits.

use crate::domain::language::Language;
use crate::domain::message::{Block, Message};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::{Context, SPOKEN, texts as text};
use futures::future::BoxFuture;

pub const QUESTION: Spoken = Spoken {
    says: ["does anything read the dropped column?", "삭제된 컬럼을 읽는 코드가 있어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[],
    fits: |_| true,
    answer: asked,
};

fn asked<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move { Ok(Reply::Say(not_understood(context, asked.language))) })
}

/// What can be asked.
fn not_understood(context: &Context, language: Language) -> Message {
    let own = |spoken: &&&Spoken| spoken.manner != Manner::Politeness;
    let examples =
        SPOKEN.iter().filter(own).map(|spoken| format!("- {}", spoken.says[usize::from(language == Language::Korean)]));
    let lines: Vec<String> = std::iter::once(text::NOT_UNDERSTOOD.plain(language)).chain(examples).collect();
    let mut message = Message::text(lines.join("\n"));
    if !context.asker.has_model() {
        message = message.with(Block::Footnote { markdown: text::NO_MODEL.plain(language) });
    }
    message
}
