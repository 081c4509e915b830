//! The client and the server as programs, with nothing of the tester's environment.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::support::program;

/// The output of the client, its errors, and its exit code.
pub(crate) struct Said {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

pub(crate) fn client(server: &str, arguments: &[&str]) -> Said {
    let output = at(server, arguments).output().unwrap();
    Said {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

pub(crate) fn at(server: &str, arguments: &[&str]) -> Command {
    let mut command = command(program("client"));
    command.args(["--server", server]).args(arguments);
    command
}

/// The errors of the client, if it has no other output.
pub(crate) fn refused(server: &str, arguments: &[&str]) -> String {
    let said = client(server, arguments);
    assert_eq!((said.stdout.as_str(), said.code), ("", Some(1)));
    said.stderr
}

/// A server that is killed when the test has done with it.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) child: Child,
}

impl Server {
    /// It keeps nothing.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::keeping(":memory:", "http://127.0.0.1:0", arguments)
    }

    /// It keeps its runs in this file, and listens at this address.
    pub(crate) fn keeping(database: &str, address: &str, arguments: &[&str]) -> Self {
        let listen = address.strip_prefix("http://").unwrap();
        let mut command = command(server());
        command.args(["--model", "rehearsal", "--database", database, "--listen", listen]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("council-server listening on ").unwrap().to_owned();
        Self { address, child }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(program: PathBuf) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars() {
        let is_read = ["COUNCIL_", "ANTHROPIC_", "OPENAI_", "OLLAMA_", "RUST_"];
        if is_read.iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Cargo builds the programs of the other packages when it tests the workspace.
fn server() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let server = test.ancestors().nth(2).unwrap().join(format!("council-server{}", std::env::consts::EXE_SUFFIX));
    assert!(server.exists(), "build it first: cargo build -p council-server");
    server
}
