//! Which texts are near in meaning? Unit vectors in eight bits a number; a text has one for each of its pieces.

/// Of all vectors that are kept at one time; another model's are not comparable and are refused.
#[derive(Default)]
pub struct Vectors {
    dimension: usize,
    numbers: Vec<i8>,
    /// By vector: whose it is.
    slots: Vec<u32>,
}

/// A unit vector's numbers lie between −1 and 1.
const SCALE: f32 = 127.0;

impl Vectors {
    /// False: it has another dimension than those before it.
    pub fn add(&mut self, slot: u32, vector: &[f32]) -> bool {
        if self.slots.is_empty() {
            self.dimension = vector.len();
        }
        if vector.len() != self.dimension || vector.is_empty() {
            return false;
        }
        self.numbers.extend(vector.iter().map(|number| (number * SCALE).round().clamp(-SCALE, SCALE) as i8));
        self.slots.push(slot);
        true
    }

    /// For each slot the nearness of its nearest piece, by calling `found` for every piece.
    pub fn search(&self, query: &[f32], mut found: impl FnMut(u32, f32)) {
        if query.len() != self.dimension {
            return;
        }
        let query: Vec<i8> = query.iter().map(|number| (number * SCALE).round().clamp(-SCALE, SCALE) as i8).collect();
        for (vector, slot) in self.numbers.chunks_exact(self.dimension.max(1)).zip(&self.slots) {
            found(*slot, dot(vector, &query) as f32 / (SCALE * SCALE));
        }
    }
}

fn dot(one: &[i8], other: &[i8]) -> i32 {
    one.iter().zip(other).map(|(one, other)| i32::from(i16::from(*one) * i16::from(*other))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearness_survives_eight_bits_and_strangers_are_refused() {
        let mut vectors = Vectors::default();
        assert!(vectors.add(0, &[1.0, 0.0, 0.0]) && vectors.add(1, &[0.6, 0.8, 0.0]));
        assert!(!vectors.add(2, &[1.0, 0.0]));
        let mut near = Vec::new();
        vectors.search(&[1.0, 0.0, 0.0], |slot, nearness| near.push((slot, (nearness * 100.0).round())));
        assert_eq!(near, [(0, 100.0), (1, 60.0)]);
        vectors.search(&[1.0, 0.0], |_, _| panic!("another model's question"));
    }
}
