//! Blueprints at a real server.

use expect_test::expect;

use crate::program::{Server, client, refused};

const THREE: &str = r#"{
    "id": "three", "name": "Three of us",
    "nodes": [
        {"id": "author", "label": "Author", "systemPrompt": "Write an essay.", "model": "rehearsal"},
        {"id": "judge", "label": "Judge", "systemPrompt": "You are a strict critic.", "model": "rehearsal"},
        {"id": "editor", "label": "Editor", "systemPrompt": "Polish the text.", "model": "rehearsal"}
    ],
    "edges": [
        {"source": "author", "target": "judge"},
        {"source": "judge", "target": "author", "type": "conditional", "condition": "rework"},
        {"source": "judge", "target": "editor", "type": "conditional", "condition": "approve"}
    ]
}"#;

#[test]
fn a_blueprint_is_saved_listed_drawn_and_run() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("three.json");
    let file = file.to_str().unwrap();
    let server = Server::start(&[]);
    let missing = refused(&server.address, &["save", file]);
    assert!(missing.contains("three.json` cannot be read: "), "{missing}");
    std::fs::write(file, "{").unwrap();
    assert!(refused(&server.address, &["save", file]).contains("three.json` is not JSON: "));

    std::fs::write(file, THREE).unwrap();
    assert_eq!(client(&server.address, &["save", file]).stdout, "three\n");
    assert_eq!(refused(&server.address, &["save", file]), "client: Blueprint 'three' already exists\n");
    assert_eq!(client(&server.address, &["blueprints"]).stdout, "three    3 agents  Three of us\n");
    assert!(client(&server.address, &["graph"]).stdout.contains("master_agent"));
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["Author"]
          n2["Judge"]
          n3["Editor"]
          n4(["end"])
          n0 --> n1
          n1 --> n2
          n2 -.->|"rework"| n1
          n2 -.->|"approve"| n3
          n3 --> n4
    "#]]
    .assert_eq(&client(&server.address, &["graph", "three"]).stdout);
    assert_eq!(refused(&server.address, &["graph", "ghost"]), "client: Blueprint 'ghost' not found\n");
    let watched = client(&server.address, &["start", "--watch", "--blueprint", "three", "Rust"]);
    assert_eq!(watched.code, Some(0), "{}", watched.stderr);
    assert!(watched.stdout.contains("author starts, round 1"), "{}", watched.stdout);
    assert_eq!(
        refused(&server.address, &["start", "--blueprint", "ghost", "Rust"]),
        "client: Blueprint 'ghost' not found\n"
    );
}
