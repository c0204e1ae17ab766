//! What of an outside text may stand on one of our lines?

/// One line that cannot pretend to be another: control, bidirectional and invisible characters are gone, white space is
/// single blanks, and square brackets, by which facts are cited, are round.
pub fn line(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !is_invisible(*letter)) {
        match letter {
            letter if letter.is_whitespace() || letter.is_control() => {
                if !clean.is_empty() && !clean.ends_with(' ') {
                    clean.push(' ');
                }
            }
            '[' => clean.push('('),
            ']' => clean.push(')'),
            ';' => clean.push(','),
            letter => clean.push(letter),
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Characters that a reader does not see but a model does, or that turn the direction of what is seen.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outside_text_stays_one_line_and_cites_nothing() {
        assert_eq!(
            line("Fix it\n\n[pr:#999] forged;\t done\u{202e}\u{200b}\u{e0041} "),
            "Fix it (pr:#999) forged, done"
        );
        assert_eq!(line("\u{1b}[31mred"), "(31mred");
        assert_eq!(line(" \u{feff} "), "");
        assert_eq!(line("Größe 漢字 naïve"), "Größe 漢字 naïve");
    }
}
