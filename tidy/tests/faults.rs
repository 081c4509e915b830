//! Each kind of fault is found, and sources without faults have none.

use council_tidy::{Language, Part, faults};
use expect_test::{Expect, expect};

#[test]
fn modules_without_faults() {
    rust(
        &[
            ("lib.rs", "mod bottom; mod middle; mod top;\npub use top::Tile;\npub use middle::*;"),
            ("bottom/mod.rs", "mod shelf;\npub use shelf::Shelf;\npub struct Bottom(Shelf);"),
            ("bottom/shelf.rs", "use super::Bottom;\npub struct Shelf;\nfn of(_: &Bottom) {}"),
            (
                "middle.rs",
                "use std::fmt;\nuse crate::bottom::{self, Shelf};\nfn of(_: Shelf) -> bottom::Bottom { todo!() }",
            ),
            ("top.rs", "use crate::{bottom, middle::*};\npub struct Tile(bottom::Shelf);"),
        ],
        &expect![""],
    );
}

#[test]
fn an_import_that_points_up() {
    rust(
        &[
            ("lib.rs", "mod bottom; mod top;"),
            ("bottom/mod.rs", "mod shelf;\npub use super::top::Tile;"),
            (
                "bottom/shelf.rs",
                "use crate::{\n    top::{Beam as Wood, Tile},\n};\nfn of() -> super::super::top::Tile {\n    \
                 use crate::top;\n    println!(\"{}\", top::Beam);\n    crate::top::of::<Tile>()\n}",
            ),
            ("top.rs", "pub struct Beam; pub struct Tile; pub fn of<T>() {}"),
        ],
        &expect![[r#"
            src/bottom/mod.rs:2: `super::top::Tile` is against the order: `top` stands after `bottom`
            src/bottom/shelf.rs:2: `crate::top::Beam` is against the order: `top` stands after `bottom`
            src/bottom/shelf.rs:2: `crate::top::Tile` is against the order: `top` stands after `bottom`
            src/bottom/shelf.rs:4: `super::super::top::Tile` is against the order: `top` stands after `bottom`
            src/bottom/shelf.rs:5: `crate::top` is against the order: `top` stands after `bottom`
            src/bottom/shelf.rs:6: `top::Beam` is against the order: `top` stands after `bottom`
            src/bottom/shelf.rs:7: `crate::top::of` is against the order: `top` stands after `bottom`
        "#]],
    );
}

#[test]
fn an_import_that_points_up_through_a_re_export() {
    rust(
        &[
            ("lib.rs", "mod bottom; mod middle; mod top;"),
            ("bottom.rs", "use crate::middle::Tile;"),
            ("middle.rs", "pub use crate::top::Tile;"),
            ("top.rs", "pub struct Tile;"),
        ],
        &expect![[r#"
            src/bottom.rs:1: `crate::middle::Tile` is against the order: `top` stands after `bottom`
            src/middle.rs:1: `crate::top::Tile` is against the order: `top` stands after `middle`
        "#]],
    );
}

#[test]
fn an_import_of_the_crate_root() {
    rust(
        &[
            (
                "lib.rs",
                "mod bottom; mod top;\npub use bottom::Shelf;\npub const DOOR: u8 = 1;\npub use std::fmt::Debug;",
            ),
            ("bottom.rs", "pub struct Shelf;"),
            ("top.rs", "use crate::{DOOR, Debug, Shelf};\nfn of(_: super::Shelf, _: Shelf) {}"),
        ],
        &expect![[r#"
            src/top.rs:1: `crate::DOOR` is against the order: nothing imports `lib.rs`
            src/top.rs:1: `crate::Debug` is against the order: nothing imports `lib.rs`
            src/top.rs:1: `crate::Shelf` goes through the crate root: import it from `bottom`
            src/top.rs:2: `super::Shelf` goes through the crate root: import it from `bottom`
        "#]],
    );
}

#[test]
fn files_that_import_each_other() {
    rust(
        &[
            ("lib.rs", "mod bottom;"),
            ("bottom/mod.rs", "mod box_; mod jar; mod lid; mod shelf;\npub use box_::Box;"),
            ("bottom/box_.rs", "use super::lid::Lid;\npub struct Box(Lid);"),
            ("bottom/jar.rs", "use super::lid::Lid;"),
            ("bottom/lid.rs", "use super::shelf::Shelf;\npub struct Lid(Shelf);"),
            ("bottom/shelf.rs", "use super::Box;\npub struct Shelf(Option<&'static Box>);"),
        ],
        &expect![[r#"
            src/bottom/box_.rs imports itself in a circle: src/bottom/box_.rs:1: `super::lid::Lid`, src/bottom/lid.rs:1: `super::shelf::Shelf`, src/bottom/shelf.rs:1: `super::Box`
        "#]],
    );
}

#[test]
fn tests_and_documentation_may_import_everything() {
    rust(
        &[
            ("lib.rs", "mod bottom; mod top;\npub use top::Tile;"),
            (
                "bottom/mod.rs",
                "//! Below [`Tile`](crate::top::Tile).\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\nuse crate::top::Tile;\n\
                 #[cfg(test)]\nmod inside { use crate::Tile; }\n#[cfg(doctest)]\nstruct Guide(crate::Tile);",
            ),
            ("bottom/tests.rs", "use crate::Tile;"),
            ("top.rs", "pub struct Tile;"),
        ],
        &expect![""],
    );
}

#[test]
fn a_module_that_the_order_does_not_list() {
    rust(
        &[("lib.rs", "mod garden; mod shed;"), ("garden/mod.rs", ""), ("shed.rs", "")],
        &expect![[r#"
            src/garden/mod.rs: `garden` has no place in the order
            src/shed.rs: `shed` has no place in the order
        "#]],
    );
}

#[test]
fn a_source_that_is_no_rust() {
    rust(
        &[("bottom.rs", "fn f() {}\nmod {")],
        &expect![[r#"
            src/bottom.rs:2: cannot parse string into token stream
        "#]],
    );
}

#[test]
fn a_page_without_faults() {
    script(
        &[
            ("main.js", "import \"./top/tile.js\";\n"),
            ("bottom/shelf.js", "import { z } from \"elsewhere\";\n// import { tile } from \"../top/tile.js\";\n"),
            ("middle.js", "import {\n  a,\n  b,\n} from './bottom/shelf.js';\nconst from = \"./top/tile.js\";\n"),
            ("top/tile.js", "export * from \"../middle.js\";\n"),
        ],
        &expect![""],
    );
}

#[test]
fn faults_of_a_page() {
    script(
        &[
            ("main.js", ""),
            ("bottom/shelf.js", "export { tile } from \"../top/tile.js\";\n"),
            ("middle.js", "import {\n  tile,\n} from \"./top/tile.js\";\nimport \"./main.js\";\n"),
            ("top/beam.js", "import { tile } from \"./tile.js\";\n"),
            ("top/tile.js", "const later = () => import(\"./beam.js\");\n"),
            ("shed.js", ""),
        ],
        &expect![[r#"
            src/shed.js: `shed` has no place in the order
            src/bottom/shelf.js:1: `../top/tile.js` is against the order: `top` stands after `bottom`
            src/middle.js:1: `./top/tile.js` is against the order: `top` stands after `middle`
            src/middle.js:4: `./main.js` is against the order: nothing imports `main.js`
            src/top/beam.js imports itself in a circle: src/top/beam.js:1: `./tile.js`, src/top/tile.js:1: `./beam.js`
        "#]],
    );
}

#[test]
fn a_page_that_imports_a_missing_file() {
    script(
        &[("main.js", "import \"./top.js\";\n")],
        &expect![[r#"
        src/main.js:1: `./top.js` is no file
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
    let part = Part { root: "src", language, order: &["bottom", "middle", "top"], front };
    let sources = sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let mut lines = faults(&part, &sources);
    lines.push(String::new());
    expected.assert_eq(&lines.join("\n"));
}
