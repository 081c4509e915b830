//! Converts errors of SQLite into errors of the journal.

use std::sync::Arc;

use rusqlite::{Error, ErrorCode};

use crate::journal::error::JournalError;

/// The error of a call: a rule of the journal, an error of SQLite, or damaged data.
#[derive(Debug)]
pub(super) enum LedgerError {
    Rule(JournalError),
    Sqlite(Error),
    Damaged(String),
}

impl From<Error> for LedgerError {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<JournalError> for LedgerError {
    fn from(error: JournalError) -> Self {
        Self::Rule(error)
    }
}

impl LedgerError {
    /// Converts it into an error of the journal at this place.
    pub(super) fn at(self, place: &str) -> JournalError {
        match self {
            Self::Rule(error) => error,
            Self::Sqlite(error) => of_sqlite(error, place),
            Self::Damaged(found) => JournalError::Damaged { place: place.to_owned(), found },
        }
    }
}

pub(super) fn of_sqlite(error: Error, place: &str) -> JournalError {
    let place = place.to_owned();
    if is_odd_value(&error) {
        return JournalError::Damaged { place, found: error.to_string() };
    }
    let code = error.sqlite_error_code();
    let source = Arc::new(error);
    match code {
        Some(ErrorCode::DiskFull) => JournalError::Full { place, source },
        Some(ErrorCode::ReadOnly) => JournalError::ReadOnly { place, source },
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => JournalError::Unavailable { place, source },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::Busy { place, source },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            JournalError::Damaged { place, found: source.to_string() }
        }
        _ => JournalError::Backend { source },
    }
}

/// Whether a column contains a value that no journal writes.
pub(super) fn is_odd_value(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    )
}
