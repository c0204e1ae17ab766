//! Does a thing work? One line for `doctor` and `/release status`.

/// How a checked thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Works,
    /// Not set up; Slipway does without it and says how.
    Off,
    Fails,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub health: Health,
    /// What was looked at: `git`, `slack`.
    pub what: String,
    pub sentence: String,
}

impl Check {
    pub fn works(what: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { health: Health::Works, what: what.into(), sentence: sentence.into() }
    }
    pub fn off(what: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { health: Health::Off, what: what.into(), sentence: sentence.into() }
    }
    pub fn fails(what: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { health: Health::Fails, what: what.into(), sentence: sentence.into() }
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let health = match self.health {
            Health::Works => "works",
            Health::Off => "off",
            Health::Fails => "FAILS",
        };
        write!(f, "**{}** {health}: {}", self.what, self.sentence)
    }
}
