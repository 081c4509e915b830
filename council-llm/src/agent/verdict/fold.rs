//! Characters that mean the same, folded into one: wide forms, digits of other scripts, accents, case.

/// The character that stands for `c`, or `None` if it is not seen.
pub(super) fn fold(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    if is_unseen(c) {
        return None;
    }
    let c = match c {
        // Full-width forms.
        '\u{ff01}'..='\u{ff5e}' => shifted(c, '\u{ff01}', '!'),
        // Letters and digits of mathematical typefaces.
        '\u{1d400}'..='\u{1d6a3}' => letter((u32::from(c) - 0x1_d400) % 52),
        '\u{1d7ce}'..='\u{1d7ff}' => digit((u32::from(c) - 0x1_d7ce) % 10),
        '\u{2080}'..='\u{2089}' => shifted(c, '\u{2080}', '0'),
        '\u{2074}'..='\u{2079}' => shifted(c, '\u{2074}', '4'),
        '\u{2070}' => '0',
        '\u{b9}' => '1',
        '\u{b2}' => '2',
        '\u{b3}' => '3',
        '\u{2212}' | '\u{2010}' | '\u{2011}' => '-',
        '\u{2012}'..='\u{2015}' => '–',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{66a}' => '%',
        '\u{60c}' | '、' => ',',
        '\u{66b}' | '。' => '.',
        '؛' => ';',
        '؟' => '?',
        '【' | '「' | '『' => '[',
        '】' | '」' | '』' => ']',
        '⇒' | '➡' | '➜' | '⟶' => '→',
        '∶' => ':',
        '│' | '┃' => '|',
        c => c,
    };
    if let Some(&zero) = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&u32::from(c))) {
        return Some(digit(u32::from(c) - zero));
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    let base = ACCENTED.iter().find(|(_, accented)| accented.contains(lower));
    Some(base.map_or(lower, |&(base, _)| base))
}

/// Whether a character is a word of its own, because its script puts no spaces between words.
pub(super) fn is_word(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Marks that change how a character looks, and marks of direction.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{feff}' | '\u{64b}'..='\u{652}' | '\u{640}')
}

fn shifted(c: char, from: char, to: char) -> char {
    let moved = u32::from(c) - u32::from(from) + u32::from(to);
    char::from_u32(moved).unwrap_or(c).to_ascii_lowercase()
}

fn digit(value: u32) -> char {
    char::from_digit(value % 10, 10).unwrap_or('0')
}

fn letter(index: u32) -> char {
    char::from_u32(u32::from('a') + index % 26).unwrap_or('a')
}

/// The digit zero of the scripts whose digits are read: Arabic, Persian, Devanagari, Bengali, Thai.
const ZEROS: [u32; 5] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50];

const ACCENTED: &[(char, &str)] = &[
    ('a', "áàâäãåā"),
    ('c', "çćč"),
    ('e', "éèêëęē"),
    ('i', "íìîïī"),
    ('l', "ł"),
    ('n', "ñń"),
    ('o', "óòôöõøō"),
    ('s', "śš"),
    ('u', "úùûüū"),
    ('y', "ýÿ"),
    ('z', "źżž"),
    ('е', "ё"),
    ('ا', "أإآ"),
];
