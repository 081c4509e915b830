//! Scales, fractions and numbers in all their spellings.

use crate::{Case, check};

#[test]
fn scales() {
    check(SCALES);
}

#[test]
fn numbers() {
    check(NUMBERS);
}

#[test]
fn stars() {
    check(STARS);
}

const SCALES: &[Case] = &[
    ("SCORE: 9/10", Some(9.0)),
    ("SCORE: 8,5 / 10", Some(8.5)),
    ("SCORE: 8.5/10.", Some(8.5)),
    ("SCORE: 85/100", Some(8.5)),
    ("SCORE: 4/5", Some(8.0)),
    ("SCORE: 17/20", Some(8.5)),
    ("SCORE: 35/50", Some(7.0)),
    ("SCORE: 25/30", Some(8.33)),
    ("SCORE: 0.7/1", Some(7.0)),
    ("SCORE: 7 out of 10", Some(7.0)),
    ("SCORE: 85 OUT OF 100", Some(8.5)),
    ("SCORE OUT OF 100: 85", Some(8.5)),
    ("SCORE (out of 100): 72", Some(7.2)),
    ("Score (1-5): 4", Some(8.0)),
    ("Score/10: 7", Some(7.0)),
    ("SCORE on a scale of 1 to 5: 3", Some(6.0)),
    ("SCORE: 85%", Some(8.5)),
    ("SCORE: 85 %", Some(8.5)),
    ("SCORE: 85 percent", Some(8.5)),
    ("SCORE: 7 (out of 10)", Some(7.0)),
    ("SCORE: 36 (max 50)", Some(7.2)),
    ("SCORE: 7 of 10", Some(7.0)),
    ("SCORE: 7/10 points", Some(7.0)),
    ("SCORE: 7 points out of 10", Some(7.0)),
    ("SCORE: $\\frac{7}{10}$", Some(7.0)),
    ("SCORE: ⁷⁄₁₀", Some(7.0)),
    // Without a scale, or outside it.
    ("SCORE: 85", None),
    ("SCORE: 15", None),
    ("SCORE: 11", None),
    ("SCORE: 99999999999999999999999999999999999999999999", None),
    ("SCORE: 12/10", None),
    ("SCORE: 120/100", None),
    ("SCORE: 120%", None),
    ("SCORE: 7/0", None),
    ("SCORE: -3", None),
    ("SCORE: \u{2212}3", None),
    ("SCORE -7", None),
    ("SCORE: 1e400", None),
    ("SCORE: 7th", None),
    ("SCORE: 7:30", None),
    ("SCORE: 1.2.3", None),
    ("SCORE: 2026-05-01", None),
    // Ranges.
    ("SCORE: 7-8", None),
    ("SCORE: 7–8", None),
    ("SCORE: 7-8/10", None),
    ("SCORE: 7/10 - 8/10", None),
    ("SCORE: 7 to 8", None),
    ("SCORE: 7 or 8", None),
    ("SCORE: between 7 and 8", None),
    ("SCORE: 8+", None),
    ("SCORE: 8 or higher", None),
    ("SCORE: > 8", None),
    ("SCORE: at least 8", None),
    ("SCORE: 7/8", None),
];

const NUMBERS: &[Case] = &[
    ("SCORE: 8½", Some(8.5)),
    ("SCORE: 8 ½", Some(8.5)),
    ("SCORE: 7¾/10", Some(7.75)),
    ("SCORE: 8 1/2", Some(8.5)),
    ("SCORE: seven", Some(7.0)),
    ("SCORE: Eight", Some(8.0)),
    ("SCORE: eight out of ten", Some(8.0)),
    ("SCORE: seven and a half", Some(7.5)),
    ("SCORE: seven point five", Some(7.5)),
    ("SCORE: seven/10", Some(7.0)),
    ("SCORE: ８", Some(8.0)),
    ("ＳＣＯＲＥ：８．５", Some(8.5)),
    ("SCORE: ٨", Some(8.0)),
    ("SCORE: ٨٫٥", Some(8.5)),
    ("SCORE: ۷", Some(7.0)),
    ("SCORE: ७", Some(7.0)),
    ("SCORE: ⑧", Some(8.0)),
    ("SCORE: 𝟕", Some(7.0)),
    ("𝐒𝐂𝐎𝐑𝐄: 𝟕/𝟏𝟎", Some(7.0)),
    ("SCORE: 🔟", Some(10.0)),
];

const STARS: &[Case] = &[
    ("★★★★☆", Some(8.0)),
    ("SCORE: ★★★★☆", Some(8.0)),
    ("SCORE: ⭐⭐⭐☆☆", Some(6.0)),
    ("SCORE: ★★★½☆", Some(7.0)),
    ("SCORE: ★★★★☆ (4/5)", Some(8.0)),
    ("SCORE: ⭐⭐⭐⭐ (4/5)", Some(8.0)),
    ("SCORE: 4/5 stars", Some(8.0)),
    ("SCORE: 4 out of 5 stars", Some(8.0)),
    ("SCORE: ★★★★★★★☆☆☆", Some(7.0)),
    ("SCORE: ★★★★★★★★★★", Some(10.0)),
    // Out of how many?
    ("SCORE: ★★★★", None),
    ("SCORE: ⭐⭐⭐⭐⭐", None),
];
