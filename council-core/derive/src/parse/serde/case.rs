//! The rules of `rename_all`, as serde applies them to the names of fields.

/// The key of a field by the rule, or `None` if serde knows no such rule and reports it.
pub(super) fn rename(rule: &str, field: &str) -> Option<String> {
    Some(match rule {
        "lowercase" | "snake_case" => field.to_owned(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => field.to_ascii_uppercase(),
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => field.to_ascii_uppercase().replace('_', "-"),
        "PascalCase" => pascal(field),
        "camelCase" => {
            let pascal = pascal(field);
            let mut characters = pascal.chars();
            let first = characters.next().map(|first| first.to_ascii_lowercase());
            first.into_iter().chain(characters).collect()
        }
        _ => return None,
    })
}

fn pascal(field: &str) -> String {
    let mut pascal = String::new();
    let mut is_start = true;
    for character in field.chars() {
        if character == '_' {
            is_start = true;
        } else {
            pascal.push(if is_start { character.to_ascii_uppercase() } else { character });
            is_start = false;
        }
    }
    pascal
}
