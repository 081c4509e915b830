//! Reads settings one by one, and collects their faults.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use council_llm::{parse_time, parse_time_limit};
use council_server::{InvalidToken, Token};

use super::raw::{RawSettings, SettingFault, Source};
use super::table::{self, Setting, ValueKind};

/// Reads settings, and collects their faults.
pub(crate) struct SettingsReader {
    pub(crate) given: RawSettings,
    pub(crate) faults: Vec<SettingFault>,
    /// Whether the file of settings could be read, if one was named.
    pub(crate) is_all_known: bool,
}

impl SettingsReader {
    /// A text.
    pub(crate) fn text(&self, setting: &Setting) -> Option<String> {
        self.given.get(setting).map(|(text, _)| text.to_owned())
    }

    /// A whole number in the range of the setting.
    pub(crate) fn whole(&mut self, setting: &Setting) -> Option<u32> {
        let ValueKind::Whole(range) = setting.kind else { return None };
        self.read(setting, |text| {
            let number = text.trim().parse().ok().filter(|number| range.contains(f64::from(*number)));
            number.ok_or_else(|| format!("`{text}` is not a whole {range}"))
        })
    }

    /// A number in the range of the setting.
    pub(crate) fn number(&mut self, setting: &Setting) -> Option<f64> {
        let ValueKind::Number(range) = setting.kind else { return None };
        self.read(setting, |text| {
            let number = text.trim().parse().ok().filter(|number| range.contains(*number));
            // -0 is 0.
            number.map(f64::abs).ok_or_else(|| format!("`{text}` is not a {range}"))
        })
    }

    /// A time, also a time of 0 if the setting may be 0.
    pub(crate) fn time(&mut self, setting: &Setting) -> Option<Duration> {
        let parse = match setting.kind {
            ValueKind::Time => parse_time,
            ValueKind::TimeLimit => parse_time_limit,
            _ => return None,
        };
        self.read(setting, |text| parse(text).map_err(|error| error.to_string()))
    }

    /// A switch, in the usual words for true and false.
    pub(crate) fn switch(&mut self, setting: &Setting) -> Option<bool> {
        self.read(setting, |text| match text.trim().to_ascii_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Ok(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Ok(false),
            _ => Err(format!("`{text}` is neither `true` nor `false`")),
        })
    }

    /// A list. Each item that is invalid is a fault.
    pub(crate) fn list<T: FromStr<Err: Display>>(&mut self, setting: &Setting) -> Vec<T> {
        let Some((texts, source)) = self.given.get(setting) else { return Vec::new() };
        let texts = texts.split(',').map(str::trim).filter(|text| !text.is_empty());
        let (mut items, mut faults) = (Vec::new(), Vec::new());
        for item in texts.map(str::parse) {
            match item {
                Ok(item) => items.push(item),
                Err(error) => faults.push(SettingFault::of(setting, source.clone(), error)),
            }
        }
        self.faults.extend(faults);
        items
    }

    /// The token, from its setting or from its file.
    pub(crate) fn token(&mut self) -> Option<Token> {
        let rank = |setting| self.given.get(setting).map_or(0, |(_, source)| source.rank());
        let (itself, file) = (rank(&table::TOKEN), rank(&table::TOKEN_FILE));
        if itself == file && itself > 0 {
            self.fault(&table::TOKEN_FILE, "the token is set too: use only one of the two");
        }
        if file <= itself {
            return self.read(&table::TOKEN, token);
        }
        self.read(&table::TOKEN_FILE, |path| match std::fs::read_to_string(path) {
            Ok(text) => token(&text),
            Err(error) => Err(format!("cannot read `{path}`: {error}")),
        })
    }

    /// Whether a token may have been intended, also if it could not be read.
    pub(crate) fn may_want_token(&self) -> bool {
        !self.is_all_known || [&table::TOKEN, &table::TOKEN_FILE].into_iter().any(|it| self.given.get(it).is_some())
    }

    /// Reads a setting with this function.
    pub(crate) fn read<T>(&mut self, setting: &Setting, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (text, source) = self.given.get(setting)?;
        read(text).map_err(|why| self.faults.push(SettingFault::of(setting, source, why))).ok()
    }

    /// Adds a fault of the setting.
    pub(crate) fn fault(&mut self, setting: &Setting, why: impl Display) {
        let source = match self.given.get(setting) {
            Some((_, source)) if !matches!(source, Source::Default) => source,
            // A setting that has no source can be set by its flag.
            _ => Source::Flag(setting.name),
        };
        self.faults.push(SettingFault::of(setting, source, why));
    }
}

fn token(text: &str) -> Result<Token, String> {
    text.parse().map_err(|error: InvalidToken| error.to_string())
}
