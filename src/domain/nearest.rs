//! What was probably meant by a word that is not known?

/// The closest of `known` to what was typed (Damerau–Levenshtein, case aside), if it is close enough to be a slip:
/// a third of the known word's letters, and one more.
pub fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::damerau_levenshtein(&typed.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= name.chars().count().max(3) / 3 + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
