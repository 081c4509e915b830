//! What was given, from wherever, and where exactly: a fault names its place.

use std::fmt;
use std::sync::Arc;

use super::table::{ALL, Setting, ValueKind};

/// Where a setting comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Flag(&'static str),
    Variable(&'static str),
    /// A line of the file of settings, from 1; without one it is all of it.
    File {
        file: Arc<str>,
        line: Option<usize>,
    },
    Default,
}

impl Source {
    /// Of two settings that mean the same, the one with the higher rank counts.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Variable(_) => 2,
            Self::Flag(_) => 3,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(formatter, "--{name}"),
            Self::Variable(name) => formatter.write_str(name),
            Self::File { file, line: Some(line) } => write!(formatter, "{file}: line {line}"),
            Self::File { file, line: None } => formatter.write_str(file),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// Why a setting cannot be used: `--threshold: ...`, `council.toml: line 3: ...`.
#[derive(Debug)]
pub(crate) struct SettingFault {
    source: Source,
    why: String,
}

impl SettingFault {
    pub(crate) fn new(source: Source, why: impl fmt::Display) -> Self {
        Self { source, why: why.to_string() }
    }

    /// In this order faults are told: those of the file as it is read, then the others.
    pub(crate) fn order(&self) -> (u8, Option<usize>) {
        let line = if let Source::File { line, .. } = &self.source { *line } else { None };
        (self.source.rank(), line)
    }
}

impl fmt::Display for SettingFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.source, self.why)
    }
}

/// The settings that somebody has given, as texts.
#[derive(Debug, Default)]
pub(crate) struct RawSettings(Vec<(&'static str, String, Source)>);

impl RawSettings {
    /// Takes a setting, unless it was given already: what is added first counts.
    pub(crate) fn add(&mut self, setting: &Setting, text: String, source: Source) {
        if self.find(setting).is_none() {
            self.0.push((setting.name, text, source));
        }
    }

    /// What was given, or the default.
    pub(crate) fn get(&self, setting: &Setting) -> Option<(&str, Source)> {
        let given = self.find(setting).map(|(_, text, source)| (text.as_str(), source.clone()));
        given.or_else(|| setting.default.map(|text| (text, Source::Default)))
    }

    /// Each setting that is something, as it may be shown, and where it comes from.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (&'static str, &str, Source)> {
        ALL.into_iter().filter_map(|setting| {
            let (text, source) = self.get(setting)?;
            Some((setting.name, if setting.kind == ValueKind::Secret { "(not shown)" } else { text }, source))
        })
    }

    fn find(&self, setting: &Setting) -> Option<&(&'static str, String, Source)> {
        self.0.iter().find(|(name, ..)| *name == setting.name)
    }
}
