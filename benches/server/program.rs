//! A measured server: its own process, with a provider that answers at once and a database in a directory.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Failure;
use crate::provider::Provider;
use crate::usage::Usage;

/// A running server. It is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) usage: Usage,
    /// The directory of the database.
    files: PathBuf,
}

impl Program {
    /// Starts `command` with its settings in the environment, and waits for the line that names its address.
    pub(crate) fn start(command: &str, provider: &Provider, directory: &Path) -> Result<Self, Failure> {
        let files = directory.join(format!("council-server-bench-{}", std::process::id()));
        std::fs::create_dir_all(&files)?;
        let mut words = command.split_whitespace();
        let mut command = Command::new(words.next().ok_or("a side has no command")?);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        for name in ["COUNCIL_TOKEN", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"] {
            command.env_remove(name);
        }
        command.env("COUNCIL_LISTEN", "127.0.0.1:0").env("COUNCIL_DATABASE", files.join("council.db"));
        command.env("COUNCIL_MODEL", "openai/instant").env("OPENAI_BASE_URL", provider.base_url());
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the server has no standard output")?).read_line(&mut line)?;
        let (_, address) = line.trim().split_once("listening on http://").ok_or("the server did not start")?;
        let (address, usage) = (address.parse()?, Usage::of_process(child.id()));
        Ok(Self { child, address, usage, files })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.files);
    }
}
