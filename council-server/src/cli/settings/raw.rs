//! The settings as text, with their sources, which faults name.

use std::fmt;
use std::sync::Arc;

use super::table::{ALL, Setting, ValueKind};

/// The source of a setting.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Flag(&'static str),
    Variable(&'static str),
    /// A variable that belongs to no setting.
    UnknownVariable(String),
    /// A line of the file, from 1; without a line, the whole file.
    File {
        file: Arc<str>,
        line: Option<usize>,
    },
    Default,
}

impl Source {
    /// The priority of the source: the highest rank wins.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Variable(_) | Self::UnknownVariable(_) => 2,
            Self::Flag(_) => 3,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(formatter, "--{name}"),
            Self::Variable(name) => formatter.write_str(name),
            Self::UnknownVariable(name) => formatter.write_str(name),
            Self::File { file, line: Some(line) } => write!(formatter, "{file}: line {line}"),
            Self::File { file, line: None } => formatter.write_str(file),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// A fault of a setting: `--threshold: ...`, `council.toml: line 3: threshold: ...`.
#[derive(Debug)]
pub(crate) struct SettingFault {
    source: Source,
    why: String,
}

impl SettingFault {
    pub(crate) fn new(source: Source, why: impl fmt::Display) -> Self {
        Self { source, why: why.to_string() }
    }

    /// A fault of this setting. The name of a flag or a variable is that of its setting; a line of the file has no name.
    pub(crate) fn of(setting: &Setting, source: Source, why: impl fmt::Display) -> Self {
        match source {
            Source::File { .. } => Self { why: format!("{}: {why}", setting.name), source },
            source => Self::new(source, why),
        }
    }

    /// The order of faults: by source, and in the file by line.
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

/// The settings that were given, as text, and the providers of the file.
#[derive(Debug, Default)]
pub(crate) struct RawSettings {
    texts: Vec<(&'static str, String, Source)>,
    pub(crate) providers: Vec<FileProvider>,
}

/// A provider of the file.
#[derive(Debug)]
pub(crate) struct FileProvider {
    pub(crate) name: String,
    /// Dialect, address and source of the key, for people.
    pub(crate) line: String,
    pub(crate) source: Source,
    /// Whether it has no fault.
    pub(crate) is_usable: bool,
}

impl RawSettings {
    /// Adds a setting. If it is there already, the first value stays.
    pub(crate) fn add(&mut self, setting: &Setting, text: String, source: Source) {
        if self.find(setting).is_none() {
            self.texts.push((setting.name, text, source));
        }
    }

    /// The given value, or the default.
    pub(crate) fn get(&self, setting: &Setting) -> Option<(&str, Source)> {
        let given = self.find(setting).map(|(_, text, source)| (text.as_str(), source.clone()));
        given.or_else(|| setting.default.map(|text| (text, Source::Default)))
    }

    /// Each setting that has a value, in the form that may be shown, with its source.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (&'static str, &str, Source)> {
        ALL.into_iter().filter_map(|setting| {
            let (text, source) = self.get(setting)?;
            Some((setting.name, if setting.kind == ValueKind::Secret { "(not shown)" } else { text }, source))
        })
    }

    fn find(&self, setting: &Setting) -> Option<&(&'static str, String, Source)> {
        self.texts.iter().find(|(name, ..)| *name == setting.name)
    }
}
