use std::str::FromStr;

use axum::http::Uri;

/// Where others find a site, when it is not where it listens: scheme, host and perhaps port, as a browser writes an origin.
///
/// ```
/// let address: web::Address = "https://Records.example.org:443/".parse()?;
/// assert_eq!(address.to_string(), "https://records.example.org");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        &self.0
    }

    /// Host and port, as a browser sends them.
    pub(crate) fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }

    /// Whether it is a name of this machine, which nobody else can reach it by.
    pub fn is_own(&self) -> bool {
        is_own(self.host())
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Address {
    type Err = String;

    /// # Errors
    /// When it is anything but `http` or `https`, a host and perhaps a port.
    fn from_str(text: &str) -> Result<Address, String> {
        let origin = || {
            let uri: Uri = text.parse().ok().filter(|_| !text.contains('#'))?;
            let (scheme, host, port) = (uri.scheme_str()?, uri.host()?, uri.port_u16());
            let usual = match scheme {
                "http" => 80,
                "https" => 443,
                _ => return None,
            };
            let whole = |port: Option<u16>| port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
            let bare = !host.is_empty() && uri.authority()?.as_str() == whole(port) && uri.path() == "/" && uri.query().is_none();
            bare.then(|| format!("{scheme}://{}", whole(port.filter(|port| *port != usual)).to_lowercase()))
        };
        origin().map(Address).ok_or_else(|| "it is not http or https and a host alone, such as https://records.example.org".to_owned())
    }
}

/// Whether a host is a name of this machine, whatever the port.
pub(crate) fn is_own(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        for (text, origin) in [
            ("https://records.example.org", Some("https://records.example.org")),
            ("https://Records.Example.org:443/", Some("https://records.example.org")),
            ("http://records.example.org:8080", Some("http://records.example.org:8080")),
            ("https://records.example.org:80", Some("https://records.example.org:80")),
            ("http://[::1]:8017", Some("http://[::1]:8017")),
            ("records.example.org", None),
            ("ftp://records.example.org", None),
            ("https://", None),
            ("https://:443", None),
            ("https://records.example.org/attest", None),
            ("https://records.example.org/?x", None),
            ("https://records.example.org/#x", None),
            ("https://records.example.org#x", None),
            ("https://ana@records.example.org", None),
            ("https://records.example.org:", None),
            ("https://records.example.org:99999", None),
            ("https://two words.example.org", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Address>().ok().as_ref().map(Address::origin), origin, "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_meant() {
        for (host, own) in [
            ("localhost:8017", true),
            ("LOCALHOST", true),
            ("127.0.0.1:1", true),
            ("[::1]:80", true),
            ("example.org", false),
            ("127.0.0.1.example.org", false),
            ("localhost.example.org:80", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_own(host), own, "{host}");
        }
    }
}
