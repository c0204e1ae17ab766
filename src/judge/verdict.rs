//! What a look at one signal comes to, and the numbers behind it.

/// What a look at one signal comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Better,
    Same,
    Worse,
    MuchWorse,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Same => "same",
            Self::Worse => "worse",
            Self::MuchWorse => "much worse",
        }
    }
}

/// With what a signal was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Against {
    /// The time just before the change.
    Before,
    /// The same time of so many earlier days, at today's level.
    Days(usize),
    /// The old version, which runs beside the new one.
    OldVersion,
}

impl Against {
    pub fn name(self) -> String {
        match self {
            Self::Before => "the two hours before the change".to_owned(),
            Self::Days(1) => "the same time a day earlier, at today's level".to_owned(),
            Self::Days(days) => format!("the same time of {days} earlier days, at today's level"),
            Self::OldVersion => "the old version at the same time".to_owned(),
        }
    }
}

/// The numbers behind a verdict; a card, a chart and an answer read the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    pub measured: f64,
    /// What it would have been.
    pub baseline: f64,
    /// The band of normal around the baseline.
    pub low: f64,
    pub high: f64,
    /// Of what was measured to the baseline, as far as next to nothing lets a ratio be told.
    pub ratio: f64,
    pub against: Against,
    /// The effect in spreads of its placebos, and how many it had to exceed.
    pub score: f64,
    pub bar: f64,
    pub placebos: usize,
    /// Seconds from the change to the first moment of the window that was judged.
    pub from: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    Told(Verdict, Numbers),
    /// Why it cannot be said.
    NotEnough(&'static str),
    /// It was measured steadily until then, seconds since the change, and is not any more.
    Vanished {
        since: i64,
    },
}

impl Judged {
    pub fn is_worse(&self) -> bool {
        matches!(self, Self::Told(Verdict::Worse | Verdict::MuchWorse, _) | Self::Vanished { .. })
    }

    pub fn is_much_worse(&self) -> bool {
        matches!(self, Self::Told(Verdict::MuchWorse, _) | Self::Vanished { .. })
    }
}
