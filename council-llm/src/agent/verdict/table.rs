//! Tables with the scores below their heading.

use std::ops::Range;

use super::candidate::{Candidate, Form};
use super::meaning::Meaning;
use super::token::Kind;
use super::value::{Reader, Value};

/// A table: the tokens that it covers, and the score that is its result.
pub(super) struct Table {
    pub(super) tokens: Range<usize>,
    pub(super) result: Option<Candidate>,
}

impl Reader<'_> {
    /// All tables with a column of scores.
    pub(super) fn tables(&self) -> Vec<Table> {
        let lines = self.lines();
        let (mut found, mut at) = (Vec::new(), 0);
        while at < lines.len() {
            let table = self.table(&lines[at..]);
            at += table.as_ref().map_or(1, |(_, count)| *count);
            found.extend(table.map(|(table, _)| table));
        }
        found
    }

    fn lines(&self) -> Vec<Range<usize>> {
        let mut start = 0;
        let breaks = self.tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Break);
        breaks.map(|(at, _)| std::mem::replace(&mut start, at + 1)..at).collect()
    }

    /// The table that begins with these lines, and the number of its lines.
    fn table(&self, lines: &[Range<usize>]) -> Option<(Table, usize)> {
        let heading = self.cells(&lines[0]);
        let column = heading.iter().rposition(|cell| self.is_heading(cell)).filter(|_| heading.len() > 1)?;
        let is_total = heading[column].clone().any(|at| self.is(at, Meaning::Final));
        let (mut rows, mut totals, mut count) = (Vec::new(), Vec::new(), 1);
        for line in &lines[1..] {
            let cells = self.cells(line);
            if cells.is_empty() || cells.len() != heading.len() && !self.is_rule(line) {
                break;
            }
            count += 1;
            // No heading is looked at for longer without a score below it: so many headings do not make a long text slow.
            if rows.is_empty() && totals.is_empty() && count > FARTHEST_ROW {
                return None;
            }
            let Some(value) = cells.get(column).and_then(|cell| self.cell(cell)).filter(|_| !self.is_rule(line)) else {
                continue;
            };
            let candidate = self.candidate(cells[column].start, value, Form::Final, true);
            let is_named =
                column > 0 && cells[0].clone().any(|at| self.is(at, Meaning::Final) || self.is(at, Meaning::Asked));
            if is_named { totals.push(candidate) } else { rows.push(candidate) }
        }
        if rows.is_empty() && totals.is_empty() {
            return None;
        }
        let is_of_parts = heading.iter().enumerate().any(|(at, cell)| at != column && self.has_unknown(cell));
        let result = match (totals.last(), rows.as_slice()) {
            (Some(&total), _) => Some(total),
            (None, &[row]) if is_total || !is_of_parts => Some(row),
            _ => None,
        };
        Some((Table { tokens: lines[0].start..lines[count - 1].end, result }, count))
    }

    /// The cells of a line; none if it is no row.
    fn cells(&self, line: &Range<usize>) -> Vec<Range<usize>> {
        let (mut cells, mut start) = (Vec::new(), line.start);
        for at in line.clone().filter(|&at| self.is_sign(at, &['|'])) {
            cells.push(std::mem::replace(&mut start, at + 1)..at);
        }
        if cells.is_empty() {
            return cells;
        }
        cells.push(start..line.end);
        // The borders around a row are no cells.
        let is_outer = |cell: Option<&Range<usize>>| cell.is_some_and(Range::is_empty);
        if is_outer(cells.last()) {
            cells.pop();
        }
        if is_outer(cells.first()) {
            cells.remove(0);
        }
        cells
    }

    /// Whether a cell is the heading of scores.
    fn is_heading(&self, cell: &Range<usize>) -> bool {
        let names = |at| matches!(self.meaning(at), Some(Meaning::Asked | Meaning::Score | Meaning::Final));
        cell.clone().any(names) && !self.has_unknown(cell)
    }

    fn has_unknown(&self, cell: &Range<usize>) -> bool {
        cell.clone().any(|at| matches!(self.tokens[at].kind, Kind::Word(None)))
    }

    /// The score that fills a cell.
    fn cell(&self, cell: &Range<usize>) -> Option<Value> {
        let value = self.value(cell.start, None)?;
        (value.next <= cell.end).then_some(value)
    }

    /// Whether a line is the rule below a heading.
    fn is_rule(&self, line: &Range<usize>) -> bool {
        line.clone().all(|at| self.is_sign(at, &['|', '-', '–', ':', '+', '=']))
    }
}

const FARTHEST_ROW: usize = 50;
