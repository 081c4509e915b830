//! Settings of the access to a server.

use super::Config;
use crate::http::base_path::BasePath;
use crate::http::host::Host;
use crate::http::origin::Origin;
use crate::http::token::Token;

impl Config {
    /// Sets the host and port to listen on; port 0 picks a free port. Default: `127.0.0.1:8000`.
    ///
    /// [`Server::bind`](crate::Server::bind) reports an address that cannot be used.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().listen("127.0.0.1:0");
    /// ```
    pub fn listen(mut self, listen: impl Into<String>) -> Self {
        self.listen = listen.into();
        self
    }

    /// Sets the token that every request needs, except health checks and the code of the page. Default: none.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().token("open sesame".parse()?);
    /// # Ok::<(), council_server::InvalidToken>(())
    /// ```
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the origins whose pages may call this server from a browser, beside the server's own page. Default: `http://localhost:3000`.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().allowed_origins(["https://council.example".parse()?]);
    /// # Ok::<(), council_server::InvalidOrigin>(())
    /// ```
    pub fn allowed_origins(mut self, origins: impl IntoIterator<Item = Origin>) -> Self {
        self.allowed_origins = origins.into_iter().collect();
        self
    }

    /// Sets the hosts that this server answers for, beside loopback names, the address that it listens on, and the hosts of
    /// [allowed origins](Self::allowed_origins). Default: none.
    ///
    /// A request for another host is refused with 421, so that no web page reads the runs by pointing its own name at this server (DNS
    /// rebinding). A page at an allowed host may call the server from a browser. With a [token](Self::token), other hosts are refused only if
    /// this list is not empty. A server that listens on all addresses of the machine answers for each IP address.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().allowed_hosts(["council.example".parse()?]);
    /// # Ok::<(), council_server::InvalidHost>(())
    /// ```
    pub fn allowed_hosts(mut self, hosts: impl IntoIterator<Item = Host>) -> Self {
        self.allowed_hosts = hosts.into_iter().collect();
        self
    }

    /// Allows the server to listen beyond loopback without a token. Default: false.
    ///
    /// Otherwise [`Server::bind`](crate::Server::bind) refuses such an address with [`BindError::Exposed`](crate::BindError::Exposed).
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().listen("0.0.0.0:8000").insecure(true);
    /// ```
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.insecure = insecure;
        self
    }

    /// Sets the path below which all routes are, for a server behind a proxy that serves other programs too. Default: `/`.
    ///
    /// With `/council` the page is at `/council/`, and a run at `/council/api/runs/{id}`. Other paths are not found.
    ///
    /// ```
    /// # use council_server::Config;
    /// let config = Config::default().base_path("/council".parse()?);
    /// # Ok::<(), council_server::InvalidBasePath>(())
    /// ```
    pub fn base_path(mut self, path: BasePath) -> Self {
        self.base_path = path;
        self
    }
}
