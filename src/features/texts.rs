//! What is answered in plain words, in English and in Korean: one table. What others wrote, names and figures are filled in as they are.

use crate::domain::language::Language;
use std::fmt::Display;

/// One sentence in each language. `{name}` is filled in.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    en: &'static str,
    ko: &'static str,
}

impl Text {
    pub fn of(&self, language: Language, values: &[(&str, &dyn Display)]) -> String {
        let text = match language {
            Language::English => self.en,
            Language::Korean => self.ko,
        };
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        // In one pass: a value that looks like a place to fill is none.
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, later)) = after.split_once('}') else { break };
            filled.push_str(before);
            match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => filled.push_str(&value.to_string()),
                None => tracing::error!(name, text, "a sentence has a place that nobody fills"),
            }
            rest = later;
        }
        filled + rest
    }

    pub fn plain(&self, language: Language) -> String {
        self.of(language, &[])
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $en:literal, $ko:literal;)+) => {
        $($(#[$doc])* pub const $name: Text = Text { en: $en, ko: $ko };)+

        #[cfg(test)]
        const ALL: &[(&str, Text)] = &[$((stringify!($name), $name)),+];
    };
}

texts! {
    // What can be asked.
    NOT_UNDERSTOOD = "I cannot make out what you ask. You can ask, for example:",
        "무엇을 묻는지 알 수 없습니다. 예를 들어 이렇게 물어볼 수 있습니다:";
    NO_MODEL = "No model is set up, so only questions like these are understood; `/release help` lists the commands.",
        "설정된 모델이 없어 이런 질문만 이해합니다. 명령 목록은 `/release help`에 있습니다.";
    ONLY_IN_A_THREAD = "Other questions are answered by a model from a note's facts: ask in the note's thread, or name it (`note 7`).",
        "그 밖의 질문에는 모델이 노트의 사실을 바탕으로 답합니다. 노트의 스레드에서 묻거나 번호를 붙여 주세요 (`노트 7`).";
    AS_MANY = "Only the first three questions were taken. Ask the rest in another message.",
        "질문 세 개까지만 답했습니다. 나머지는 다른 메시지로 물어보세요.";
    ONLY_A_QUOTE = "That is only a quote. Write what you want to know about it below it.",
        "인용문만 있습니다. 그 아래에 무엇을 알고 싶은지 적어 주세요.";
    WELCOME = "Gladly.", "천만에요.";
    HERE = "Here. Ask what is live, what changed, why a note is graded so, or type `/release help`.",
        "네, 여기 있습니다. 무엇이 떠 있는지, 무엇이 바뀌었는지, 왜 그런 판정인지 물어보거나 `/release help`를 입력하세요.";
    NO_NOTE = "There is no note here to answer from. Ask in a note's thread, or name it: `note 7`.",
        "여기에는 답할 근거가 되는 노트가 없습니다. 노트의 스레드에서 묻거나 번호를 붙여 주세요: `노트 7`.";
    ABOUT_NOTE = "[Note {id}]({url}), {title}", "[노트 {id}]({url}), {title}";

    // What is live.
    LIVE = "- `{service}`: **{version}**, live since {at} · [note {id}]({url}) · {state}",
        "- `{service}`: **{version}**, {at}부터 · [노트 {id}]({url}) · {state}";
    LIVE_WITHOUT = "- `{service}`: **{version}** in {environment} since {at}, says {source}; it has no note",
        "- `{service}`: **{version}**, {environment}, {at}부터 ({source}); 노트 없음";
    LIVE_TOLD = "- `{service}`: **{version}** in {environment} since {at}, said the code host when note {id} was drafted",
        "- `{service}`: **{version}**, {environment}, {at}부터 (노트 {id} 작성 시점의 코드 호스트 기록)";
    LIVE_UNKNOWN = "- `{service}`: nobody told Slipway what is live. `/release deployed NOTE` does.",
        "- `{service}`: 무엇이 떠 있는지 전달받지 못했습니다. `/release deployed NOTE`로 알려 주세요.";
    LIVE_HEAD = "**What is live, as far as Slipway was told**", "**전달받은 범위에서 현재 떠 있는 것**";
    UNWATCHED = "not watched", "관찰하지 않음";

    // What changed.
    CHANGED_HEAD = "**What changed since {since}**: {count}", "**{since} 이후의 변경**: {count}건";
    CHANGED_NOTHING = "Nothing changed since {since} that Slipway knows of: no deployment it was told of, no work in the calendar, no new tag.",
        "{since} 이후 Slipway가 아는 변경이 없습니다. 전달받은 배포, 일정에 있는 작업, 새 태그가 없습니다.";
    CHANGED_LINE = "- {at} · {kind} · {what}", "- {at} · {kind} · {what}";
    MORE = "- and {count} more", "- 그 외 {count}건";
    KIND_DEPLOYMENT = "deployment", "배포";
    KIND_UNANNOUNCED = "deployment without a note", "노트 없는 배포";
    KIND_WORK = "work", "작업";
    KIND_OUTSIDE = "other calendar", "다른 일정";
    KIND_PLANNED = "planned deployment", "예정된 배포";
    KIND_TAG = "tag", "태그";

    // Who approves.
    MAY_APPROVE = "**Who may approve**\n{lines}", "**승인할 수 있는 사람**\n{lines}";
    APPROVE_LEVEL = "- {level}: {people}", "- {level}: {people}";
    APPROVE_ANYBODY = "- anybody here: no reviewers are named in the policy", "- 누구나: 정책에 지정된 리뷰어가 없습니다";
    NOT_OWN = "Not {name}, who asked for it: a second pair of eyes is wanted.", "요청자인 {name} 님은 제외됩니다. 다른 사람의 눈이 필요합니다.";
    APPROVAL_OPEN = "Nobody was asked yet: `/release approval {id} ask`.", "아직 요청하지 않았습니다: `/release approval {id} ask`.";
    APPROVAL_REQUESTED = "Asked by {name}, not answered yet.", "{name} 님이 요청했고 아직 답이 없습니다.";
    APPROVAL_CHANGES = "{name} asked for changes: {text}", "{name} 님이 수정을 요청했습니다: {text}";
    APPROVAL_GIVEN = "Approved by {names}.", "{names} 님이 승인했습니다.";
    APPROVAL_LAPSED = "Approved by {names}, but not for what changed since: {sections}.",
        "{names} 님이 승인했지만 이후 바뀐 부분은 아닙니다: {sections}.";
    EVERYBODY = "everybody", "모두";

    // Freezes.
    FREEZE_NOW = "**Yes: {title}**, until {until}{services}.", "**예: {title}**, {until}까지{services}.";
    FREEZE_NONE = "**No**, there is no freeze now.", "**아니요**, 지금은 동결 기간이 아닙니다.";
    FREEZE_NEXT = "Next: {title}, {from} to {until}{services}.", "다음: {title}, {from}–{until}{services}.";
    FREEZE_NO_NEXT = "None begins in the next two weeks.", "앞으로 2주 안에 시작하는 동결도 없습니다.";
    FREEZE_OF = ", for {services}", ", 대상 {services}";
    HOLIDAY_NOW = "It is a holiday: {title}.", "휴일입니다: {title}.";

    // The verdict.
    VERDICT = "**{grade}.** {reasons}", "**{grade}.** {reasons}";
    VERDICT_PASS = "**{grade}.** Every rule that could be checked is met.", "**{grade}.** 확인할 수 있는 규칙을 모두 충족합니다.";
    VERDICT_POINT = "- `{rule}`: {what} {why} *Instead:* {instead}", "- `{rule}`: {what} {why} *대신:* {instead}";
    VERDICT_STANDARDS = "{met} of {asked} standards are met; {unknown} could not be checked. [Review {number}]({url}#review)",
        "기준 {asked}개 중 {met}개 충족, {unknown}개는 확인하지 못했습니다. [리뷰 {number}]({url}#review)";
    VERDICT_NONE = "Note {id} is not reviewed yet. `/release review {id}` does it now.", "노트 {id}은(는) 아직 리뷰되지 않았습니다. `/release review {id}`로 지금 할 수 있습니다.";
    GRADE_PASS = "Pass", "통과";
    GRADE_CAUTION = "Caution", "주의";
    GRADE_DANGER = "Danger", "위험";
    GRADE_BLOCK = "Block", "차단";

    // On watch.
    WATCH_HEAD = "**On watch now**", "**지금 관찰 중**";
    WATCH_NONE = "Nothing is on watch now.", "지금 관찰 중인 변경이 없습니다.";
    WATCH_LINE = "- [note {id}]({url}): {services}, live since {at}, **{state}**{next}", "- [노트 {id}]({url}): {services}, {at}부터, **{state}**{next}";
    WATCH_NEXT = ", next checkpoint {at}", ", 다음 점검 {at}";
    STATE_STABLE = "stable", "안정";
    STATE_UNKNOWN = "not enough data", "데이터 부족";
    STATE_MOSTLY = "mostly stable", "대체로 안정";
    STATE_UNSTABLE = "unstable", "불안정";

    // Who answers for it.
    ON_CALL_LINE = "- `{service}`: operated by {operators}; answered for by {owners}{channel}", "- `{service}`: 운영 {operators}; 담당 {owners}{channel}";
    ON_CALL_CHANNEL = "; told in {channel}", "; 알림 채널 {channel}";
    ON_CALL_NOTE = "Note {id} names {operators} as its operators.", "노트 {id}의 담당자: {operators}.";
    ON_CALL_AWAY = "Away today: {people}.", "오늘 부재: {people}.";
    ON_CALL_ROTA = "That is what the catalogue says; Slipway knows no rota.", "카탈로그의 내용이며, Slipway는 당직표를 알지 못합니다.";
    NOBODY = "nobody named", "지정 없음";
    WHICH_SERVICE = "For which service? There are {services}.", "어느 서비스인가요? {services} 중에서 골라 주세요.";

    // What was left out.
    LEFT_READ = "{read} of {total} files were read to the end, {by_name} are known by name and size only.", "파일 {total}개 중 {read}개를 끝까지 읽었고, {by_name}개는 이름과 크기만 압니다.";
    LEFT_NOTHING = "Nothing else was left out of it.", "그 밖에 빠진 것은 없습니다.";
    LEFT_HEAD = "And these are not in it, or not as a model wrote them:", "그리고 다음은 빠졌거나 모델이 쓴 그대로가 아닙니다:";

    // The last three.
    LAST_HEAD = "**The last {count} that went live**", "**최근 배포 {count}건**";
    LAST_LINE = "- [note {id}]({url}) · {title} · {at} · worst state: **{state}**{finding}", "- [노트 {id}]({url}) · {title} · {at} · 최저 상태: **{state}**{finding}";
    LAST_NONE = "Nothing of it went live under watch yet.", "아직 관찰된 배포가 없습니다.";

    // Edits by words.
    EDIT_HEAD = "**An edit of note {id}**, asked by {name}. Nothing is changed yet.", "**노트 {id} 수정 제안**, {name} 님 요청. 아직 아무것도 바뀌지 않았습니다.";
    EDIT_AGAIN = "**An edit of note {id}**, asked by {name}. {others} changed it meanwhile; this is the edit on top of what stands there now. Nothing is changed yet.",
        "**노트 {id} 수정 제안**, {name} 님 요청. 그 사이 {others}에 의해 바뀌었으며, 지금 내용 위에 다시 만든 제안입니다. 아직 아무것도 바뀌지 않았습니다.";
    SOMEBODY = "Somebody", "누군가";
    A_NEW_DRAFT = "A new draft", "새 초안";
    EDIT_TIME = "When: {after}\nIt was: {before}", "시각: {after}\n이전: {before}";
    EDIT_NO_TIME = "no time yet", "정해지지 않음";
    EDIT_APPLIED = "**Applied by {name}.** It was asked by {by}: \"{asked}\"", "**{name} 님이 적용했습니다.** {by} 님 요청: \"{asked}\"";
    EDIT_DISCARDED = "**Discarded by {name}.** It was asked by {by}: \"{asked}\"", "**{name} 님이 버렸습니다.** {by} 님 요청: \"{asked}\"";
    EDIT_UNDONE = "**Undone by {name}.** It was asked by {by}: \"{asked}\"", "**{name} 님이 되돌렸습니다.** {by} 님 요청: \"{asked}\"";
    EDIT_BY_RULES = "Made by rules, no model.", "모델 없이 규칙으로 만들었습니다.";
    EDIT_NOTHING_TO_UNDO = "No edit by words of note {id} is left to undo; the note's page has every revision.",
        "노트 {id}에 되돌릴 말로 한 수정이 없습니다. 모든 리비전은 노트 페이지에 있습니다.";
    EDIT_CANNOT_UNDO = "`{section}` was changed after that edit, so it cannot be undone without losing the later change. The note's page compares the revisions.",
        "그 수정 뒤에 `{section}`이(가) 다시 바뀌어, 되돌리면 나중 변경을 잃습니다. 노트 페이지에서 리비전을 비교할 수 있습니다.";
    EDIT_OVER = "This edit was {fate} already; nothing was changed.", "이 수정은 이미 처리되었습니다 ({fate}). 아무것도 바뀌지 않았습니다.";
    FATE_APPLIED = "applied by {name}", "{name} 님이 적용";
    FATE_DISCARDED = "discarded by {name}", "{name} 님이 버림";
    FATE_UNDONE = "undone by {name}", "{name} 님이 되돌림";
    BUTTON_APPLY = "Apply", "적용";
    BUTTON_DISCARD = "Discard", "버리기";
    BUTTON_UNDO = "Undo", "되돌리기";

    // A question to a model.
    QUESTION_WORKING = "Looking into it: {question}", "살펴보는 중: {question}";
    QUESTION_THINKING = "Reading and thinking", "읽고 생각하는 중";
    QUESTION_STOPPED = "Stopped by {name}. It was asked: {question}", "{name} 님이 멈췄습니다. 질문: {question}";
    QUESTION_OVER = "It is answered already.", "이미 답했습니다.";
    QUESTION_NOTHING = "**Nothing that I looked at answers it.** What the note has is on [its page]({url}); {whom} may know.",
        "**살펴본 것 중에 답이 없습니다.** 노트의 내용은 [페이지]({url})에 있으며, {whom}에게 물어보세요.";
    QUESTION_NO_ANSWER = "**The model did not answer.** What the note has is on [its page]({url}); {whom} may know.",
        "**모델이 답하지 않았습니다.** 노트의 내용은 [페이지]({url})에 있으며, {whom}에게 물어보세요.";
    QUESTION_LOOKED = "Looked up: {count}", "찾아본 것: {count}건";
    QUESTION_BY = "By model {model}, from {facts} facts, in {seconds} s", "모델 {model}, 사실 {facts}건, {seconds}초";
    QUESTION_DROPPED = "sentences left out because nothing given supports them: {count}", "근거가 없어 뺀 문장: {count}개";
    BUTTON_STOP = "Stop", "멈추기";

    // What was agreed.
    AGREED_KEPT = "Kept on note {id}: {text}. {others}", "노트 {id}에 남겼습니다: {text}. {others}";
    AGREED_UNDO = "`@slipway unpin {n}` takes it away.", "`@slipway unpin {n}`으로 지울 수 있습니다.";
    AGREED_ALREADY = "That stands on note {id} already.", "노트 {id}에 이미 있습니다.";
    AGREED_FULL = "Note {id} holds {most} agreements already. Take one away first: `@slipway unpin 1`.",
        "노트 {id}에 합의가 이미 {most}개 있습니다. 먼저 하나를 지우세요: `@slipway unpin 1`.";
    AGREED_NOTHING_SAID = "What was agreed? Write it behind it: `@slipway agreed: api goes first`.",
        "무엇을 합의했나요? 뒤에 적어 주세요: `@slipway 합의: api 먼저`.";
    AGREED_LIST = "**Agreed for note {id}**", "**노트 {id}의 합의 사항**";
    AGREED_LINE = "{n}. {text} · {name}, {at}", "{n}. {text} · {name}, {at}";
    AGREED_NONE = "Nothing was kept for note {id} yet. `@slipway agreed: …` keeps it.", "노트 {id}에 남긴 합의가 없습니다. `@slipway 합의: …`로 남길 수 있습니다.";
    AGREED_GONE = "Taken away from note {id}: {text}.", "노트 {id}에서 지웠습니다: {text}.";
    AGREED_NO_SUCH = "Note {id} has no agreement {n}.", "노트 {id}에 {n}번 합의가 없습니다.";

    // What was missed, and a hand-over.
    READING_THREAD = "Reading the thread …", "스레드를 읽는 중 …";
    MISSED_HEAD = "**Since you last wrote here, {since}**", "**마지막으로 글을 쓴 {since} 이후**";
    MISSED_ALL = "**You have not written here yet; this is all of it, since {since}**", "**여기에 아직 글을 쓰지 않으셨으므로 {since} 이후 전체입니다**";
    MISSED_NOTHING = "Nothing happened since then.", "그 이후로 아무 일도 없었습니다.";
    MISSED_SAID = "**Said** ({count}), by {people}", "**대화:** 메시지 {count}개, {people}";
    MISSED_EARLIER = "- and {count} earlier", "- 그 전 {count}개";
    MISSED_DID = "**Done:**", "**진행:**";
    DID_REVISION = "revision {number}: {who} {what}", "리비전 {number}: {who}, {what}";
    DID_REVIEW = "review {number}: **{grade}**", "리뷰 {number}: **{grade}**";
    DID_REQUESTED = "{who} asked for approval", "{who} 님이 승인을 요청";
    DID_APPROVED = "{who} approved it", "{who} 님이 승인";
    DID_CHANGES = "{who} asked for changes: {text}", "{who} 님이 수정을 요청: {text}";
    DID_OVERRIDDEN = "{who} overrode the review: {text}", "{who} 님이 리뷰를 무효로 처리: {text}";
    DID_LIVE = "live since {at}, told by {who}", "{at}부터 배포됨 ({who})";
    DID_CHECKPOINT = "watch, {after} after it: **{state}**", "관찰, {after} 뒤: **{state}**";
    DID_AGREED = "agreed: {text} ({who})", "합의: {text} ({who})";
    DID_ACKNOWLEDGED = "{who} acknowledged it for {services}", "{who} 님이 확인 ({services})";
    DID_OBJECTED = "{who} objects for {services}: {text}", "{who} 님이 반대 ({services}): {text}";
    WRITER_RULES = "rules", "규칙";
    HAND_HEAD = "**Hand-over of note {id}: {title}**", "**노트 {id} 인수인계: {title}**";
    HAND_PLANNED = "- Planned: {when}", "- 예정: {when}";
    HAND_LIVE = "- Live since {at}, told by {who}", "- {at}부터 배포됨 ({who})";
    HAND_NOT_LIVE = "- Not live yet, as far as Slipway was told", "- 전달받은 범위에서는 아직 배포되지 않음";
    HAND_WATCH = "- Watch: **{state}**{next}", "- 관찰: **{state}**{next}";
    HAND_REVIEW = "- Review {number}: **{grade}**. {reasons}", "- 리뷰 {number}: **{grade}**. {reasons}";
    HAND_AGREED = "- Agreed: {what}", "- 합의: {what}";
    HAND_OPEN = "- Open: {what}", "- 남은 일: {what}";
    HAND_NOTHING_OPEN = "- Nothing is left open that Slipway knows of", "- Slipway가 아는 남은 일 없음";
    HAND_PEOPLE = "- Operated by {operators}", "- 운영: {operators}";
    HAND_BACK = "- Way back: {way}", "- 되돌리는 방법: {way}";
    HAND_SAID = "- Last said: {what}", "- 마지막 대화: {what}";
    OPEN_STALE = "`{section}` may be out of date", "`{section}`이(가) 최신이 아닐 수 있음";
    OPEN_PROPOSAL = "an edit that {who} asked for waits for Apply or Discard", "{who} 님이 요청한 수정이 적용 또는 버리기를 기다림";
    OPEN_APPROVAL = "nobody approved it", "승인되지 않음";
    OPEN_OBJECTION = "{who} objects: {text}", "{who} 님의 반대: {text}";
    OPEN_QUESTION = "{who} asked and has no answer: {text}", "{who} 님의 질문에 답이 없음: {text}";

    // A postmortem.
    PM_NO_INCIDENT = "There is no incident here that Slipway knows. Say `@slipway file this` in its thread first, then ask again.",
        "여기에는 Slipway가 아는 인시던트가 없습니다. 스레드에서 먼저 `@slipway file this`라고 한 뒤 다시 요청하세요.";
    PM_DONE = "**A postmortem of incident {id} is begun**, from what was said and what changed. By rules: nothing in it is a guess, and what nobody said is marked so.",
        "**인시던트 {id}의 포스트모템 초안입니다.** 나눈 대화와 변경 기록으로 규칙이 작성했으며, 추측은 없고 아무도 말하지 않은 것은 그렇게 표시했습니다.";
    PM_UNSAID = "Nobody said it in the thread yet.", "스레드에서 아직 아무도 말하지 않았습니다.";
    PM_TITLE = "Postmortem: {title}", "포스트모템: {title}";
    PM_WHEN = "From {began} to {ended}.", "{began}부터 {ended}까지.";
    PM_NOT_OVER = "it is not over", "진행 중";
    PM_HAPPENED = "What happened", "무슨 일이 있었나";
    PM_IMPACT = "Impact", "영향";
    PM_TIMELINE = "Timeline", "타임라인";
    PM_CAUSE = "Cause", "원인";
    PM_TRIGGER = "What set it off", "발단";
    PM_FIX = "What ended it", "해결";
    PM_LESSON = "What is learnt", "배운 점";
    PM_CHANGES = "Changes of the 24 hours before", "이전 24시간의 변경";
    PM_NO_CHANGES = "None that Slipway knows of.", "Slipway가 아는 변경이 없습니다.";
    PM_NEXT = "Follow-ups", "후속 조치";
    PM_WHO = "Who does what until when? Nobody said it yet.", "누가 무엇을 언제까지 할지 아직 정해지지 않았습니다.";

    // Is this us?
    US_LOOKING = "Looking at every change before it …", "그 전의 모든 변경을 살펴보는 중 …";
    US_PROBABLY = "**Probably {what}.**", "**아마도 {what}.**";
    US_PERHAPS = "**Perhaps; no change stands out.** These are the likeliest:", "**확실하지 않으며 두드러진 변경이 없습니다.** 가능성이 높은 순서:";
    US_NONE = "**Probably not a change we know of.**", "**아마도 우리가 아는 변경 때문은 아닙니다.**";
    US_CONSIDERED = "Changes of the last 24 hours that were considered: {count}. It shows at {services} since {began}. Not named, because little speaks for them: {others}; gone out only after it began: {later}. Ranked by rules: who needs whom, the time between, what both are about, what was measured.",
        "살펴본 지난 24시간의 변경: {count}건. {began}부터 {services}에서 증상이 나타났습니다. 근거가 약해 제외: {others}건, 시작된 뒤에 나간 것: {later}건. 의존 관계, 시간 간격, 내용의 유사성, 측정값을 기준으로 규칙이 매긴 순서입니다.";
    US_SOMEWHERE = "a service that nobody named", "지정되지 않은 서비스";
    US_FOR = "**For it:**", "**근거:**";
    US_AGAINST = "**Against it:**", "**반대 근거:**";
    US_SAME = "It changed `{service}`, where it shows.", "증상이 나타난 `{service}`을(를) 변경했습니다.";
    US_NEEDS = "{path}: what shows it needs what was changed.", "{path}: 증상이 나타난 쪽이 변경된 쪽에 의존합니다.";
    US_CALLS = "{path}: what was changed only calls what shows it.", "{path}: 변경된 쪽이 증상이 나타난 쪽을 호출할 뿐입니다.";
    US_NO_PATH = "No dependency leads from {services} to what it changed.", "{services}에서 변경된 쪽으로 이어지는 의존 관계가 없습니다.";
    US_NO_SERVICE = "The post names no service of ours, so dependencies say nothing.", "글에 우리 서비스 이름이 없어 의존 관계로는 알 수 없습니다.";
    US_NOBODY_SAID = "Nobody said which services it touches.", "어떤 서비스를 건드리는지 알려지지 않았습니다.";
    US_UNDER_WAY = "It was under way when it began.", "시작될 때 진행 중이었습니다.";
    US_LAG = "It began {lag} after it.", "변경 {lag} 뒤에 시작됐습니다.";
    US_NAMED = "The post names {names}, which it touches.", "글에 이 변경이 건드리는 {names}이(가) 나옵니다.";
    US_ALIKE = "Both are about: {classes}.", "둘 다 관련된 것: {classes}.";
    US_NO_FIT = "Nothing it touches is named in the post.", "이 변경이 건드리는 것은 글에 나오지 않습니다.";
    US_NOT_MEASURED = "What was measured after it says nothing.", "이후 측정값으로는 알 수 없습니다.";
    US_STABLE = "What is measured of it stayed stable.", "이 변경 이후 측정값은 안정적입니다.";
    US_WORSE = "Measured after it: {finding}.", "이후 측정: {finding}.";
    US_UNDO = "Rolling the first one back means: {modules}.", "첫 번째를 되돌리면: {modules}.";
    US_BACK_TO = "`{service}` to `{version}` (commits undone: {commits})", "`{service}`을(를) `{version}`(으)로, 커밋 {commits}개 취소";
    US_LASTING = "It cannot undo this: {what}.", "되돌릴 수 없는 것: {what}.";
    US_UNDO_WORK = "Its way back, says its note: {way}", "노트에 적힌 되돌리는 방법: {way}";
    US_UNDO_UNKNOWN = "What taking it back would undo is not known: it has no note.", "노트가 없어 되돌리면 무엇이 취소되는지 알 수 없습니다.";
    HOURS = "{n} h", "{n}시간";
    MINUTES = "{n} min", "{n}분";

    // It happened before.
    SIMILAR_HEAD = "**Like it, of {count} incidents that are remembered**", "**기억하는 인시던트 {count}건 중 비슷한 것**";
    SIMILAR_NONE = "None of the {count} incidents that are remembered is like it.", "기억하는 인시던트 {count}건 중 비슷한 것이 없습니다.";
    SIMILAR_LINE = "- {title} · {date} · incident {id}{fix}\n  {why}", "- {title} · {date} · 인시던트 {id}{fix}\n  {why}";
    SIMILAR_FIX = " · what ended it: {fix}", " · 해결: {fix}";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for (name, text) in ALL {
            assert_eq!(places(text.en), places(text.ko), "{name}");
            assert_eq!(Language::of(text.en), Language::English, "{name}");
            let words_of_ours = places(text.ko)
                .iter()
                .fold(text.ko.to_owned(), |text, place| text.replace(&format!("{{{place}}}"), ""));
            let has_words = words_of_ours.chars().any(char::is_alphabetic);
            assert!(!has_words || Language::of(text.ko) == Language::Korean, "{name} is not in Korean");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let text = Text { en: "{a} and {b}", ko: "{a} {b}" };
        assert_eq!(text.of(Language::English, &[("a", &"{b}"), ("b", &"c")]), "{b} and c");
    }
}
