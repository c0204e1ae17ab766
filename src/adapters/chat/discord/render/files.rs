//! Under which names do files go to Discord? It changes what it does not like, and an embed must know the name.

use crate::domain::message::Attachment;

/// The file under a name that Discord leaves as it is and no other file of the page has.
pub fn named(attachment: &Attachment, others: &[Attachment]) -> Attachment {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() || ".-_".contains(letter) { letter } else { '_' };
    let plain: String = attachment.name.chars().map(letter).collect();
    let plain = plain.trim_matches(['.', '_']);
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let stem = if stem.is_empty() { "file" } else { &stem[..stem.len().min(80)] };
    let ending = &ending[..ending.len().min(12)];
    let numbered = |number: usize| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        format!("{stem}{number}{}{ending}", if ending.is_empty() { "" } else { "." })
    };
    let free = |name: &String| others.iter().all(|other| other.name != *name);
    let name = (1..).map(numbered).find(free).expect("numbers do not end");
    Attachment { name, alt: alt(attachment), ..attachment.clone() }
}

fn alt(attachment: &Attachment) -> String {
    let alt = if attachment.alt.is_empty() { &attachment.name } else { &attachment.alt };
    crate::adapters::chat::inputs::words(alt, super::limits::FILE_ALT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_its_own() {
        let file = |name: &str| Attachment {
            name: name.to_owned(),
            media_type: String::new(),
            alt: String::new(),
            bytes: Vec::new(),
        };
        let first = named(&file("오류율 graph.png"), &[]);
        assert_eq!((first.name.as_str(), first.alt.as_str()), ("graph.png", "오류율 graph.png"));
        assert_eq!(named(&file("graph.png"), &[first]).name, "graph-2.png");
        assert_eq!(named(&file("보고서"), &[]).name, "file");
    }
}
