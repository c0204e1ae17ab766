//! Is an answer written in the script its input is written in?

/// Scripts told apart; East Asian ones count as one, because Japanese mixes three of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    Latin,
    EastAsian,
    Cyrillic,
    Arabic,
    Other,
}

impl Script {
    const ALL: [Script; 5] = [Script::Latin, Script::EastAsian, Script::Cyrillic, Script::Arabic, Script::Other];

    pub fn name(self) -> &'static str {
        match self {
            Script::Latin => "Latin",
            Script::EastAsian => "East Asian",
            Script::Cyrillic => "Cyrillic",
            Script::Arabic => "Arabic",
            Script::Other => "another",
        }
    }

    fn of(letter: char) -> Option<Self> {
        match letter {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(Script::Latin),
            '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => Some(Script::Arabic),
            '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => {
                Some(Script::EastAsian)
            }
            letter if letter.is_alphabetic() => Some(Script::Other),
            _ => None,
        }
    }
}

/// The script of more than half of a text's letters; `None` for fewer than 20 letters, which say nothing.
///
/// An East Asian letter counts as two: it carries a syllable or a word, and technical prose in those languages is full
/// of Latin names.
pub fn script(text: &str) -> Option<Script> {
    let mut counts = [0_usize; Script::ALL.len()];
    for letter in text.chars().filter_map(Script::of) {
        counts[letter as usize] += if letter == Script::EastAsian { 2 } else { 1 };
    }
    let total: usize = counts.iter().sum();
    let most = Script::ALL.into_iter().max_by_key(|script| counts[*script as usize])?;
    (total >= 20 && counts[most as usize] * 2 > total).then_some(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_most_letters_is_named_and_short_texts_are_not_judged() {
        assert_eq!(script("Refunds are idempotent now; retries are safe."), Some(Script::Latin));
        assert_eq!(script("환불은 이제 멱등입니다. `refund_key`로 재시도해도 안전합니다."), Some(Script::EastAsian));
        assert_eq!(script("Возвраты теперь идемпотентны и безопасны"), Some(Script::Cyrillic));
        assert_eq!(script("v2.4.0"), None);
    }
}
