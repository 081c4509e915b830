//! Material between tags that it cannot forge.

/// `content` between a pair of tags on lines of their own.
pub(super) fn tagged(name: &str, attributes: &str, content: &str) -> String {
    let tag = free_tag(name, content);
    format!("<{tag}{attributes}>\n{content}\n</{tag}>")
}

/// `name`, or else `name-1`, `name-2`, ...: the first whose closing tag `content` does not hold.
fn free_tag(name: &str, content: &str) -> String {
    let content = content.to_lowercase();
    let mut tag = name.to_owned();
    let mut number = 0_u32;
    while content.contains(&format!("</{tag}")) {
        number += 1;
        tag = format!("{name}-{number}");
    }
    tag
}

#[cfg(test)]
/// The names and contents of a message's sections, in order. A message without sections gives none.
pub(super) fn sections(message: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = message;
    while let Some((name, content, after)) = first(rest) {
        found.push((name, content));
        rest = after;
    }
    found
}

#[cfg(test)]
/// The section at the beginning of `message`, as `tagged` writes it, and what follows it.
fn first(message: &str) -> Option<(&str, &str, &str)> {
    let (opening, rest) = message.trim_start().strip_prefix('<')?.split_once(">\n")?;
    let tag = opening.split(' ').next()?;
    let (content, after) = rest.split_once(&format!("\n</{tag}>"))?;
    Some((tag.split('-').next()?, content, after))
}
