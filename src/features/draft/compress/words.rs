//! Which words of a text carry content?

/// Content words in order: runs of letters, at least four of them, lower-cased, without stop words.
pub fn content(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphabetic())
        .filter(|word| word.len() >= 4 && word.len() <= 40)
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 4 && !is_stop(word))
}

/// The word without its commonest English ending, as long as four letters remain.
pub fn stem(word: &str) -> &str {
    const ENDINGS: [&str; 14] = ["ations", "ation", "ings", "ing", "ers", "ies", "ied", "ed", "es", "er", "ly", "s", "e", "y"];
    ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).find(|stem| stem.len() >= 4).unwrap_or(word)
}

/// Words that say nothing about a change: grammar, and the vocabulary of version control itself.
fn is_stop(word: &str) -> bool {
    STOP.binary_search(&word).is_ok()
}

/// Sorted, so that a look-up is a binary search.
const STOP: &[&str] = &[
    "about", "above", "across", "actually", "after", "again", "against", "allows", "almost", "along", "already", "also", "although",
    "always", "another", "anything", "aren", "around", "authored", "because", "become", "been", "before", "being", "below",
    "between", "both", "branch", "came", "cannot", "case", "cases", "closes", "come", "commit", "commits", "could", "couldn",
    "does", "doesn", "doing", "done", "down", "during", "each", "either", "else", "ensure", "even", "ever", "every", "feat",
    "first", "from", "further", "gets", "getting", "gives", "goes", "going", "have", "having", "hence", "here", "however",
    "http", "https", "instead", "into", "isn", "it", "itself", "just", "kind", "last", "less", "like", "likely", "longer",
    "made", "make", "makes", "making", "many", "master", "maybe", "merge", "merged", "might", "more", "moreover", "most",
    "much", "must", "need", "needed", "needs", "never", "next", "nothing", "once", "only", "onto", "other", "others",
    "otherwise", "over", "part", "patch", "perhaps", "please", "pull", "quite", "rather", "really", "refs", "request", "same",
    "seems", "several", "shall", "should", "shouldn", "signed", "since", "some", "something", "still", "such", "take", "than",
    "that", "their", "them", "then", "there", "therefore", "these", "they", "thing", "things", "this", "those", "though",
    "through", "thus", "together", "under", "until", "upon", "used", "uses", "using", "various", "very", "want", "wasn",
    "well", "were", "what", "when", "where", "whether", "which", "while", "whose", "will", "with", "within", "without", "would",
    "wouldn", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar_is_left_out_and_identifiers_fall_into_words() {
        let words: Vec<String> = content("Retry the `max_retries` budget when THIS is 2x over: naïve").collect();
        assert_eq!(words, ["retry", "retries", "budget", "naïve"]);
    }

    #[test]
    fn the_list_is_sorted_as_the_look_up_needs_it() {
        assert!(STOP.is_sorted());
    }
}
