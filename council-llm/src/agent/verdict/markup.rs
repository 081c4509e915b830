//! HTML tags that only change the look of a text, and commands of TeX.

/// What a tag stands for.
#[derive(Clone, Copy)]
pub(super) enum Tag {
    /// Nothing that is read.
    Style,
    /// The border of a line.
    Line,
    /// The border of a table's cell.
    Cell,
}

/// The HTML tag at the beginning of `text`, and its length. A tag of another name is no markup: `<score>`.
pub(super) fn tag(text: &str) -> Option<(Tag, usize)> {
    let body = text.strip_prefix('<')?;
    let name = body.strip_prefix('/').unwrap_or(body);
    let length = name.bytes().take(LONGEST_NAME + 1).take_while(u8::is_ascii_alphanumeric).count();
    let after = &name[length..];
    let &(_, tag) = TAGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name[..length]))?;
    if !after.starts_with(['>', ' ', '/']) {
        return None;
    }
    let close = after.bytes().take(LONGEST_ATTRIBUTES).position(|byte| byte == b'>')?;
    Some((tag, text.len() - after.len() + close + 1))
}

/// The TeX command at the beginning of `text`, its name and its length. A written-out `\n` is one too, the end of a line.
pub(super) fn command(text: &str) -> Option<(&str, usize)> {
    let body = text.strip_prefix('\\')?;
    let length = body.bytes().take_while(u8::is_ascii_alphabetic).count();
    match &body[..length] {
        "" => Some(("", 1)),
        name if name == "n" || name.starts_with('n') && name[1..].starts_with(|c: char| c.is_ascii_uppercase()) => {
            Some(("\n", 2))
        }
        name => Some((name, 1 + length)),
    }
}

const TAGS: &[(&str, Tag)] = &[
    ("b", Tag::Style),
    ("i", Tag::Style),
    ("u", Tag::Style),
    ("em", Tag::Style),
    ("strong", Tag::Style),
    ("span", Tag::Style),
    ("font", Tag::Style),
    ("mark", Tag::Style),
    ("code", Tag::Style),
    ("sup", Tag::Style),
    ("sub", Tag::Style),
    ("br", Tag::Line),
    ("p", Tag::Line),
    ("div", Tag::Line),
    ("li", Tag::Line),
    ("ul", Tag::Line),
    ("ol", Tag::Line),
    ("tr", Tag::Line),
    ("table", Tag::Line),
    ("h1", Tag::Line),
    ("h2", Tag::Line),
    ("h3", Tag::Line),
    ("h4", Tag::Line),
    ("td", Tag::Cell),
    ("th", Tag::Cell),
];

const LONGEST_NAME: usize = 6;
const LONGEST_ATTRIBUTES: usize = 200;
