//! Which blocks stand on which page, when one message does not hold them all?

use super::blocks::{Piece, context};
use super::limits;
use crate::adapters::chat::script::{Kind, Line, Run};

/// At least one page; none is without a block.
pub fn pack(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let all: Vec<usize> = (0..pieces.len()).collect();
    if PAGE.holds(&pieces, &all) {
        return vec![pieces];
    }
    let others = PAGE.less(MARK, 1);
    let mut pages = fill(&pieces, &all, others, others);
    if let Some(buttons) = lone_buttons(&pieces, &pages[0]) {
        let rest: Vec<usize> = all.into_iter().filter(|index| !buttons.contains(index)).collect();
        let size = buttons.iter().map(|index| pieces[*index].size).sum();
        pages = fill(&pieces, &rest, others.less(size, buttons.len()), others);
        pages[0].extend(buttons);
    }
    let count = pages.len();
    let mut pieces: Vec<Option<Piece>> = pieces.into_iter().map(Some).collect();
    let page = |(index, page): (usize, Vec<usize>)| {
        let taken = page.into_iter().filter_map(|index| pieces[index].take());
        taken.chain(mark(index + 1, count)).collect()
    };
    pages.into_iter().enumerate().map(page).collect()
}

/// The most a line like `Part 12 of 34` takes.
const MARK: usize = 120;

fn mark(part: usize, of: usize) -> Vec<Piece> {
    let line = Line { kind: Kind::Small, ..Line::of(vec![Run::plain(format!("Part {part} of {of}"))]) };
    context(vec![line]).into_iter().map(|piece| Piece { plain: String::new(), ..piece }).collect()
}

#[derive(Clone, Copy)]
struct Room {
    size: usize,
    blocks: usize,
}

const PAGE: Room = Room { size: limits::MESSAGE - 2, blocks: limits::BLOCKS };
/// What is kept together must leave the head page room for the buttons.
const UNIT: Room = Room { size: 7_500, blocks: 20 };

impl Room {
    fn less(self, size: usize, blocks: usize) -> Self {
        Self { size: self.size.saturating_sub(size), blocks: self.blocks.saturating_sub(blocks) }
    }

    fn holds(self, pieces: &[Piece], wanted: &[usize]) -> bool {
        wanted.len() <= self.blocks && wanted.iter().map(|index| pieces[*index].size).sum::<usize>() <= self.size
    }
}

/// The only buttons of a message belong to all of it. If they came to stand on a later page, they go to the first;
/// where there are several groups, each stays under what it is about.
fn lone_buttons(pieces: &[Piece], head: &[usize]) -> Option<Vec<usize>> {
    let buttons: Vec<usize> = (0..pieces.len()).filter(|index| pieces[*index].buttons).collect();
    let (first, last) = (buttons.first()?, buttons.last()?);
    let together = last - first + 1 == buttons.len();
    let few = buttons.iter().map(|index| pieces[*index].size).sum::<usize>() * 3 <= limits::MESSAGE;
    (together && few && !head.contains(first)).then_some(buttons)
}

fn fill(pieces: &[Piece], wanted: &[usize], first: Room, others: Room) -> Vec<Vec<usize>> {
    let mut pages: Vec<Vec<usize>> = vec![Vec::new()];
    let (mut left, mut empty) = (first, true);
    for unit in units(pieces, wanted) {
        if !empty && !left.holds(pieces, &unit) {
            pages.push(Vec::new());
            left = others;
        }
        left = left.less(unit.iter().map(|index| pieces[*index].size).sum(), unit.len());
        pages.last_mut().expect("there is always one").extend(unit);
        empty = false;
    }
    pages
}

/// What must not be torn apart: a heading and what follows, buttons and what they are about.
fn units(pieces: &[Piece], wanted: &[usize]) -> Vec<Vec<usize>> {
    let mut units: Vec<Vec<usize>> = Vec::new();
    let mut joined = false;
    for index in wanted {
        match units.last_mut().filter(|_| joined) {
            Some(unit) if UNIT.holds(pieces, &[unit.as_slice(), &[*index]].concat()) => unit.push(*index),
            _ => units.push(vec![*index]),
        }
        joined = pieces[*index].keep;
    }
    units
}
