//! Imports of ECMAScript modules.

use crate::import::Import;

/// All imports of files by each other.
pub(crate) fn imports(files: &[(&str, &str)]) -> Result<Vec<Import>, String> {
    let mut imports = Vec::new();
    for (from, (path, text)) in files.iter().enumerate() {
        for (line, specifier) in specifiers(text) {
            if !specifier.starts_with('.') {
                continue;
            }
            let target = resolve(path, specifier);
            let to = files.iter().position(|(path, _)| *path == target);
            let to = to.ok_or_else(|| format!("{path}:{line}: `{specifier}` is no file"))?;
            imports.push(Import { from, line, to, text: specifier.into(), by_root: false, is_within_folder: false });
        }
    }
    Ok(imports)
}

/// The specifiers of `import ... from "..."`, `import "..."`, `export ... from "..."` and `import("...")`, with their lines.
fn specifiers(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        let begins = line.starts_with("import ") || line.starts_with("import{") || line.starts_with("import\"");
        let lists = line.starts_with("export {") || line.starts_with("export *") || line.starts_with("export{");
        if begins || lists {
            (at, open) = (index + 1, true);
        }
        if open {
            let from = line.find("from ").map(|place| place + "from ".len());
            let specifier = from.or(begins.then_some(0)).and_then(|place| quoted(&line[place..]));
            found.extend(specifier.map(|specifier| (at, specifier)));
            open = specifier.is_none() && !line.contains(';');
        }
        let later = line.match_indices("import(").filter_map(|(place, call)| quoted(&line[place + call.len()..]));
        found.extend(later.map(|specifier| (index + 1, specifier)));
    }
    found
}

/// The text between the first two quotes.
fn quoted(text: &str) -> Option<&str> {
    let begin = text.find(['"', '\''])?;
    let text = &text[begin..];
    let (quote, text) = text.split_at(1);
    Some(&text[..text.find(quote)?])
}

/// Resolves a specifier in the file at `path`.
fn resolve(path: &str, specifier: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
