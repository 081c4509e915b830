//! Each kind of fault is found, and nothing else is.

use council_tidy::{Language, Part, faults};
use expect_test::{Expect, expect};

#[test]
fn a_house_in_order() {
    rust(
        &[
            ("lib.rs", "mod cellar; mod ground; mod roof;\npub use roof::Tile;\npub use ground::*;"),
            ("cellar/mod.rs", "mod shelf;\npub use shelf::Shelf;\npub struct Cellar(Shelf);"),
            ("cellar/shelf.rs", "use super::Cellar;\npub struct Shelf;\nfn of(_: &Cellar) {}"),
            (
                "ground.rs",
                "use std::fmt;\nuse crate::cellar::{self, Shelf};\nfn of(_: Shelf) -> cellar::Cellar { todo!() }",
            ),
            ("roof.rs", "use crate::{cellar, ground::*};\npub struct Tile(cellar::Shelf);"),
        ],
        &expect![""],
    );
}

#[test]
fn an_import_that_points_up() {
    rust(
        &[
            ("lib.rs", "mod cellar; mod roof;"),
            ("cellar/mod.rs", "mod shelf;\npub use super::roof::Tile;"),
            (
                "cellar/shelf.rs",
                "use crate::{\n    roof::{Beam as Wood, Tile},\n};\nfn of() -> super::super::roof::Tile {\n    \
                 use crate::roof;\n    println!(\"{}\", roof::Beam);\n    crate::roof::of::<Tile>()\n}",
            ),
            ("roof.rs", "pub struct Beam; pub struct Tile; pub fn of<T>() {}"),
        ],
        &expect![[r#"
            src/cellar/mod.rs:2: `super::roof::Tile` is against the order: `roof` stands after `cellar`
            src/cellar/shelf.rs:2: `crate::roof::Beam` is against the order: `roof` stands after `cellar`
            src/cellar/shelf.rs:2: `crate::roof::Tile` is against the order: `roof` stands after `cellar`
            src/cellar/shelf.rs:4: `super::super::roof::Tile` is against the order: `roof` stands after `cellar`
            src/cellar/shelf.rs:5: `crate::roof` is against the order: `roof` stands after `cellar`
            src/cellar/shelf.rs:6: `roof::Beam` is against the order: `roof` stands after `cellar`
            src/cellar/shelf.rs:7: `crate::roof::of` is against the order: `roof` stands after `cellar`
        "#]],
    );
}

#[test]
fn an_import_that_points_up_through_a_re_export() {
    rust(
        &[
            ("lib.rs", "mod cellar; mod ground; mod roof;"),
            ("cellar.rs", "use crate::ground::Tile;"),
            ("ground.rs", "pub use crate::roof::Tile;"),
            ("roof.rs", "pub struct Tile;"),
        ],
        &expect![[r#"
            src/cellar.rs:1: `crate::ground::Tile` is against the order: `roof` stands after `cellar`
            src/ground.rs:1: `crate::roof::Tile` is against the order: `roof` stands after `ground`
        "#]],
    );
}

#[test]
fn an_import_of_the_crate_root() {
    rust(
        &[
            (
                "lib.rs",
                "mod cellar; mod roof;\npub use cellar::Shelf;\npub const DOOR: u8 = 1;\npub use std::fmt::Debug;",
            ),
            ("cellar.rs", "pub struct Shelf;"),
            ("roof.rs", "use crate::{DOOR, Debug, Shelf};\nfn of(_: super::Shelf, _: Shelf) {}"),
        ],
        &expect![[r#"
            src/roof.rs:1: `crate::DOOR` is against the order: nothing imports `lib.rs`
            src/roof.rs:1: `crate::Debug` is against the order: nothing imports `lib.rs`
            src/roof.rs:1: `crate::Shelf` goes through the crate root: import it from `cellar`
            src/roof.rs:2: `super::Shelf` goes through the crate root: import it from `cellar`
        "#]],
    );
}

#[test]
fn files_that_import_each_other() {
    rust(
        &[
            ("lib.rs", "mod cellar;"),
            ("cellar/mod.rs", "mod box_; mod jar; mod lid; mod shelf;\npub use box_::Box;"),
            ("cellar/box_.rs", "use super::lid::Lid;\npub struct Box(Lid);"),
            ("cellar/jar.rs", "use super::lid::Lid;"),
            ("cellar/lid.rs", "use super::shelf::Shelf;\npub struct Lid(Shelf);"),
            ("cellar/shelf.rs", "use super::Box;\npub struct Shelf(Option<&'static Box>);"),
        ],
        &expect![[r#"
            src/cellar/box_.rs imports itself in a circle: src/cellar/box_.rs:1: `super::lid::Lid`, src/cellar/lid.rs:1: `super::shelf::Shelf`, src/cellar/shelf.rs:1: `super::Box`
        "#]],
    );
}

#[test]
fn tests_and_documentation_import_what_they_like() {
    rust(
        &[
            ("lib.rs", "mod cellar; mod roof;\npub use roof::Tile;"),
            (
                "cellar/mod.rs",
                "//! Below [`Tile`](crate::roof::Tile).\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\nuse crate::roof::Tile;\n\
                 #[cfg(test)]\nmod inside { use crate::Tile; }\n#[cfg(doctest)]\nstruct Guide(crate::Tile);",
            ),
            ("cellar/tests.rs", "use crate::Tile;"),
            ("roof.rs", "pub struct Tile;"),
        ],
        &expect![""],
    );
}

#[test]
fn a_module_without_a_place() {
    rust(
        &[("lib.rs", "mod garden; mod shed;"), ("garden/mod.rs", ""), ("shed.rs", "")],
        &expect![[r#"
            src/garden/mod.rs: `garden` has no place in the order
            src/shed.rs: `shed` has no place in the order
        "#]],
    );
}

#[test]
fn a_long_file() {
    let (code, reason) = ("fn f() {}\n".repeat(300), "// Long: one table.\n");
    rust(
        &[
            ("lib.rs", &format!("{code}#[cfg(test)]\nmod tests {{\n}}\n")),
            ("cellar.rs", &format!("//! A cellar.\n{reason}{code}")),
            ("ground.rs", &format!("// Long: \n{code}")),
            ("roof.rs", &format!("{code}{reason}")),
        ],
        &expect![[r#"
            src/ground.rs: 301 lines are more than 300: divide the file, or say why not in a line `// Long: ...` at its top
            src/roof.rs: 301 lines are more than 300: divide the file, or say why not in a line `// Long: ...` at its top
        "#]],
    );
}

#[test]
fn a_source_that_is_no_rust() {
    rust(
        &[("cellar.rs", "fn f() {}\nmod {")],
        &expect![[r#"
            src/cellar.rs:2: cannot parse string into token stream
        "#]],
    );
}

#[test]
fn a_page_in_order() {
    script(
        &[
            ("main.js", "import \"./roof/tile.js\";\n"),
            ("cellar/shelf.js", "import { z } from \"elsewhere\";\n// import { tile } from \"../roof/tile.js\";\n"),
            ("ground.js", "import {\n  a,\n  b,\n} from './cellar/shelf.js';\nconst from = \"./roof/tile.js\";\n"),
            ("roof/tile.js", "export * from \"../ground.js\";\n"),
        ],
        &expect![""],
    );
}

#[test]
fn faults_of_a_page() {
    script(
        &[
            ("main.js", ""),
            ("cellar/shelf.js", "export { tile } from \"../roof/tile.js\";\n"),
            ("ground.js", "import {\n  tile,\n} from \"./roof/tile.js\";\nimport \"./main.js\";\n"),
            ("roof/beam.js", "import { tile } from \"./tile.js\";\n"),
            ("roof/tile.js", "const later = () => import(\"./beam.js\");\n"),
            ("shed.js", ""),
        ],
        &expect![[r#"
            src/shed.js: `shed` has no place in the order
            src/cellar/shelf.js:1: `../roof/tile.js` is against the order: `roof` stands after `cellar`
            src/ground.js:1: `./roof/tile.js` is against the order: `roof` stands after `ground`
            src/ground.js:4: `./main.js` is against the order: nothing imports `main.js`
            src/roof/beam.js imports itself in a circle: src/roof/beam.js:1: `./tile.js`, src/roof/tile.js:1: `./beam.js`
        "#]],
    );
}

#[test]
fn a_page_that_imports_what_is_not_there() {
    script(
        &[("main.js", "import \"./roof.js\";\n")],
        &expect![[r#"
        src/main.js:1: `./roof.js` is no file
    "#]],
    );
}

fn rust(sources: &[(&str, &str)], expected: &Expect) {
    check(Language::Rust, &["lib.rs"], sources, expected);
}

fn script(sources: &[(&str, &str)], expected: &Expect) {
    check(Language::Script, &["main.js"], sources, expected);
}

fn check(language: Language, front: &'static [&'static str], sources: &[(&str, &str)], expected: &Expect) {
    let part = Part { root: "src", language, order: &["cellar", "ground", "roof"], front };
    let sources = sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let mut lines = faults(&part, &sources);
    lines.push(String::new());
    expected.assert_eq(&lines.join("\n"));
}
