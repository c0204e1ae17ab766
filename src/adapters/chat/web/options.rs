//! Where does the web chat listen, who may enter, and which channels does it have?

use axum::http::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use std::net::{IpAddr, SocketAddr};

/// How the web chat is set up. `check` refuses what would leave the door open.
#[derive(Debug, Clone)]
pub struct WebOptions {
    pub address: SocketAddr,
    /// Whoever has it may enter; at least 16 characters.
    pub token: Option<SecretString>,
    /// A header that names the person, and the proxies that are believed when they send it.
    pub identity_header: Option<(String, Vec<IpAddr>)>,
    /// Lower-case letters, digits, `-` and `_`; the first one is where people arrive.
    pub channels: Vec<String>,
    /// How people reach it from elsewhere: `https://releases.example.org`.
    pub public_url: Option<String>,
    pub bot_name: String,
}

impl WebOptions {
    /// `Err` is a sentence that says what is wrong and what to set.
    pub fn check(&self) -> Result<(), String> {
        if !self.address.ip().is_loopback() && self.token.is_none() && self.identity_header.is_none() {
            return Err(format!(
                "the web chat would listen on `{}`, which others can reach, with nothing that keeps them out. Set an \
                 access token or a trusted proxy's identity header, or listen on `127.0.0.1:{}`.",
                self.address,
                self.address.port()
            ));
        }
        if self.token.as_ref().is_some_and(|token| token.expose_secret().chars().count() < 16) {
            return Err("the web chat's access token is shorter than 16 characters. Choose a longer one, for example \
                        from `openssl rand -hex 24`."
                .to_owned());
        }
        self.check_identity_header()?;
        self.check_channels()?;
        match &self.public_url {
            Some(url) if host_of(url).is_none() => Err(format!(
                "the web chat's public address `{url}` is not one. Write scheme and host, as in \
                 `https://releases.example.org`."
            )),
            _ => Ok(()),
        }
    }

    fn check_identity_header(&self) -> Result<(), String> {
        let Some((name, trusted)) = &self.identity_header else { return Ok(()) };
        if HeaderName::try_from(name.as_str()).is_err() {
            return Err(format!("`{name}` cannot be the name of a header. Name the one your proxy sets."));
        }
        if trusted.is_empty() {
            return Err(format!(
                "the identity header `{name}` is believed from no address. List the addresses of your proxy."
            ));
        }
        Ok(())
    }

    fn check_channels(&self) -> Result<(), String> {
        if self.channels.is_empty() {
            return Err("the web chat has no channels. Name at least one, for example `releases`.".to_owned());
        }
        match self.channels.iter().find(|name| !is_channel_name(name)) {
            Some(name) => Err(format!(
                "`{name}` cannot be a channel's name. Use up to 40 lower-case letters, digits, `-` and `_`."
            )),
            None => Ok(()),
        }
    }

    /// What links start with, without a slash at the end.
    pub fn base(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if self.address.ip().is_unspecified() => format!("http://127.0.0.1:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// May a browser have asked for this host? On loopback only our own names count, or a foreign page could rebind its
    /// name to this machine and speak as the person.
    pub fn knows_host(&self, host: &str) -> bool {
        if self.public_url.as_deref().and_then(host_of).is_some_and(|own| own.eq_ignore_ascii_case(host)) {
            return true;
        }
        if !self.address.ip().is_loopback() {
            return self.public_url.is_none() || host == self.address.to_string();
        }
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port),
            _ => (host, "80"),
        };
        let local = ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| own.eq_ignore_ascii_case(name));
        port == self.address.port().to_string() && (local || host == self.address.to_string())
    }

    pub fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

pub fn is_channel_name(name: &str) -> bool {
    let fits = (1..=40).contains(&name.len());
    fits && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

/// `releases.example.org:8443` of `https://releases.example.org:8443/`; nothing may follow the host.
fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.trim_end_matches('/');
    (!host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(address: &str) -> WebOptions {
        WebOptions {
            address: address.parse().expect("an address"),
            token: None,
            identity_header: None,
            channels: vec!["releases".to_owned()],
            public_url: None,
            bot_name: "slipway".to_owned(),
        }
    }

    #[test]
    fn an_open_door_is_refused_with_a_way_out() {
        assert_eq!(options("127.0.0.1:8787").check(), Ok(()));
        assert_eq!(options("[::1]:8787").check(), Ok(()));
        let refused = options("0.0.0.0:8787").check().expect_err("everybody could enter");
        assert!(refused.contains("`0.0.0.0:8787`") && refused.contains("`127.0.0.1:8787`"), "{refused}");
        let guarded = WebOptions { token: Some("0123456789abcdef".into()), ..options("0.0.0.0:8787") };
        assert_eq!(guarded.check(), Ok(()));
        let behind = WebOptions {
            identity_header: Some(("x-user".into(), vec!["10.0.0.2".parse().expect("an address")])),
            ..options("0.0.0.0:8787")
        };
        assert_eq!(behind.check(), Ok(()));
        let trusting_nobody = WebOptions { identity_header: Some(("x-user".into(), vec![])), ..options("0.0.0.0:1") };
        assert!(trusting_nobody.check().is_err());
    }

    #[test]
    fn what_cannot_work_is_named() {
        let short = WebOptions { token: Some("short".into()), ..options("127.0.0.1:1") };
        assert!(short.check().is_err_and(|sentence| sentence.contains("16 characters")));
        let loud = WebOptions { channels: vec!["Releases!".into()], ..options("127.0.0.1:1") };
        assert!(loud.check().is_err_and(|sentence| sentence.contains("`Releases!`")));
        let none = WebOptions { channels: vec![], ..options("127.0.0.1:1") };
        assert!(none.check().is_err());
        let odd = WebOptions { public_url: Some("releases.example.org".into()), ..options("127.0.0.1:1") };
        assert!(odd.check().is_err_and(|sentence| sentence.contains("`releases.example.org`")));
    }

    #[test]
    fn on_loopback_only_our_own_names_are_known() {
        let local = options("127.0.0.1:8787");
        for host in ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"] {
            assert!(local.knows_host(host), "{host}");
        }
        for host in
            ["evil.example", "evil.example:8787", "localhost", "localhost:80", "127.0.0.1.evil.example:8787", ""]
        {
            assert!(!local.knows_host(host), "{host}");
        }
        let public = WebOptions { public_url: Some("https://r.example.org/".into()), ..options("0.0.0.0:8787") };
        assert!(public.knows_host("r.example.org") && !public.knows_host("evil.example"));
        assert_eq!(public.base(), "https://r.example.org");
        assert!(public.is_secure());
    }
}
