//! One address fetched, politely: only what the user named, once, within bounds, saying who asks.
//!
//! A host's `robots.txt` (RFC 9309) is asked first and obeyed. Redirects are followed a few times and never from the world into this
//! machine or its network: an address that the user did not name cannot reach what the user did not mean. Proxies are those of the
//! environment.

mod robots;

use std::{
    io::Read,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use ledger::{Fetched, Page};
use serde::{Deserialize, Serialize};
use ureq::{
    Agent,
    config::Config,
    http::{Response, Uri},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

/// Who asks.
const AGENT: &str = concat!("attest/", env!("CARGO_PKG_VERSION"), " (reads one page that its user named; obeys robots.txt)");
/// Longest time for a page with all that leads to it.
const LONGEST: Duration = Duration::from_secs(60);
/// Most redirects.
const REDIRECTS: usize = 5;
/// Most bytes of a `robots.txt` that are read; RFC 9309 asks for at least 500 kibibytes.
const ROBOTS: u64 = 512_000;

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No address of a page.
    #[error("{0:?} is no address that begins with http:// or https://")]
    Address(String),
    /// The network, the host or the protocol.
    #[error("{address} cannot be fetched: {why}")]
    Network {
        /// Of what.
        address: String,
        /// In the client's words.
        why: String,
    },
    /// The host answered, but not with the page.
    #[error("{address} answers with status {status}")]
    Status {
        /// Which.
        address: String,
        /// The number.
        status: u16,
    },
    /// More than allowed.
    #[error("{address} has more than the {limit} bytes allowed")]
    TooLarge {
        /// Which.
        address: String,
        /// How many are allowed.
        limit: usize,
    },
    /// The host does not want programs there.
    #[error("the robots.txt of its host asks programs not to fetch {0}; save the page and add the file")]
    Robots(String),
    /// A redirect that leads nowhere good.
    #[error("{from} leads on to {to:?}, which is not followed: {why}")]
    Redirect {
        /// From where.
        from: String,
        /// To where.
        to: String,
        /// Why not.
        why: &'static str,
    },
}

/// By what a host tells whether a page has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// `ETag`.
    pub tag: Option<String>,
    /// `Last-Modified`.
    pub modified: Option<String>,
}

impl Seen {
    /// What to show a host next time.
    pub fn of(fetched: &Fetched) -> Seen {
        Seen { tag: fetched.etag.clone(), modified: fetched.last_modified.clone() }
    }
}

/// Whether a source is an address and no file.
pub fn is_address(source: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| source.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// Fetches a page; `None` when it has not changed since it was seen.
///
/// # Errors
/// When the address is none, the network or the host says no, or there is more than `max_bytes`.
pub fn fetch(address: &str, max_bytes: usize, seen: Option<&Seen>) -> Result<Option<Page>, Error> {
    let mut uri = parsed(address)?;
    let inside = is_inside(&uri);
    let agent = agent(inside);
    let end = Instant::now() + LONGEST;
    for _ in 0..=REDIRECTS {
        let here = shown(&uri.to_string());
        if !allowed(&agent, &uri, end) {
            return Err(Error::Robots(here));
        }
        let mut request = agent
            .get(&uri)
            .config()
            .timeout_global(Some(left(end)))
            .build()
            .header("Accept", "text/html, application/xhtml+xml, application/pdf, application/xml, application/json, text/*;q=0.8, */*;q=0.5");
        for (name, value) in
            [("If-None-Match", seen.and_then(|seen| seen.tag.as_ref())), ("If-Modified-Since", seen.and_then(|seen| seen.modified.as_ref()))]
        {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let response = request.call().map_err(|error| Error::Network { address: here.clone(), why: why(&error) })?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        match response.status().as_u16() {
            304 if seen.is_some() => return Ok(None),
            301 | 302 | 303 | 307 | 308 => {
                let to = header("Location").unwrap_or_default();
                uri = next(&uri, &to, inside)?;
            }
            status @ 200..=299 => {
                let (content_type, etag, last_modified) = (header("Content-Type"), header("ETag"), header("Last-Modified"));
                let bytes = body(response, max_bytes as u64).map_err(|error| Error::Network { address: here.clone(), why: error.to_string() })?;
                if bytes.len() > max_bytes {
                    return Err(Error::TooLarge { address: here, limit: max_bytes });
                }
                let (asked, raw_hash, fetched_at) = (shown(address), ledger::raw_hash(&bytes), Timestamp::now());
                let fetched = Fetched { asked, address: here, status, content_type, etag, last_modified, raw_hash, fetched_at };
                return Ok(Some(Page { fetched, bytes }));
            }
            status => return Err(Error::Status { address: here, status }),
        }
    }
    Err(Error::Redirect { from: shown(address), to: shown(&uri.to_string()), why: "it is one redirect too many" })
}

/// What is left of the time, or next to nothing.
fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}

/// An address without the name and the password that may stand in it: they are not kept. Where it is none, they are taken to reach
/// as far as they can.
pub fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = if uri(address).is_some() { rest.find(['/', '?', '#']).unwrap_or(rest.len()) } else { rest.len() };
    let known = rest[..end].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", &rest[known..])
}

fn why(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Other(why) => why.to_string(),
        error => error.to_string(),
    }
}

fn body(response: Response<ureq::Body>, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    response.into_body().into_reader().take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn uri(address: &str) -> Option<Uri> {
    // What comes after # is for the reader's eyes.
    let plain = address.split('#').next().unwrap_or_default();
    let uri = plain.parse::<Uri>().ok().filter(|uri| is_address(plain) && uri.host().is_some_and(|host| !host.is_empty()))?;
    // What stands for a port and is none may be the beginning of a password.
    let after = uri.authority()?.as_str().rsplit(['@', ']']).next().unwrap_or_default();
    (uri.port_u16().is_some() || !after.contains(':')).then_some(uri)
}

fn parsed(address: &str) -> Result<Uri, Error> {
    uri(address).ok_or_else(|| Error::Address(shown(address)))
}

/// Where a redirect leads.
fn next(from: &Uri, to: &str, inside: bool) -> Result<Uri, Error> {
    let refused = |why| Error::Redirect { from: shown(&from.to_string()), to: shown(to), why };
    let (scheme, host) = (from.scheme_str().unwrap_or("https"), from.authority().map_or("", |authority| authority.as_str()));
    let has_scheme = to.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    let whole = if has_scheme {
        to.to_owned()
    } else if to.is_empty() {
        return Err(refused("it is no address of a page"));
    } else if to.starts_with("//") {
        format!("{scheme}:{to}")
    } else if to.starts_with('/') {
        format!("{scheme}://{host}{to}")
    } else if to.starts_with('?') {
        format!("{scheme}://{host}{}{to}", from.path())
    } else {
        let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{host}{folder}/{to}")
    };
    let uri = parsed(&whole).map_err(|_| refused("it is no address of a page"))?;
    if !inside && is_inside(&uri) {
        return Err(refused("it is inside this machine or its network"));
    }
    Ok(uri)
}

/// Whether an address says by itself that it is of this machine or its network.
fn is_inside(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(ip) => !is_public(ip),
        Err(_) => {
            host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local") || host.ends_with(".internal") || !host.contains('.')
        }
    }
}

/// Whether a number is one of the world's (the registries of special addresses, RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let measured = a == 198 && matches!(b, 18 | 19);
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation()
                || shared
                || measured
                || [a, b, c] == [192, 0, 0]
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(v6) => match within(v6) {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => {
                let [first, second, ..] = v6.segments();
                // Of the world's 2000::/3, not Teredo, which leads to any IPv4 number, nor what is for books.
                first & 0xe000 == 0x2000 && !(first == 0x2001 && matches!(second, 0 | 0xdb8))
            }
        },
    }
}

/// The IPv4 number in an IPv6 one: mapped, translated (64:ff9b::/96, RFC 6052), or 6to4 (2002::/16, RFC 3056).
fn within(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let number = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => number(high, low),
        _ => v6.to_ipv4_mapped(),
    }
}

/// Looks names up, and hides numbers of this machine's network unless the user named it.
#[derive(Debug)]
struct Guarded {
    inside: bool,
    /// The environment's proxy, which may well stand inside; behind it names are looked up there.
    proxy: Option<Uri>,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let any = self.inside || self.proxy.as_ref().is_some_and(|proxy| proxy.authority() == uri.authority());
        let mut kept = self.empty();
        for address in found.iter().filter(|address| any || is_public(address.ip())) {
            kept.push(*address);
        }
        let inside = "its name leads inside this machine or its network; save the page and add the file";
        if kept.is_empty() { Err(ureq::Error::Other(inside.into())) } else { Ok(kept) }
    }
}

fn agent(inside: bool) -> Agent {
    let config = Agent::config_builder().user_agent(AGENT).max_redirects(0).max_redirects_will_error(false).http_status_as_error(false).build();
    let proxy = config.proxy().map(|proxy| proxy.uri().clone());
    Agent::with_parts(config, DefaultConnector::default(), Guarded { inside, proxy })
}

/// Whether the host's `robots.txt` lets a program have the page; where there is none, or none to be had, it does.
fn allowed(agent: &Agent, uri: &Uri, end: Instant) -> bool {
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.authority()) else { return true };
    let request = agent.get(format!("{scheme}://{host}/robots.txt")).config().timeout_global(Some(left(end))).build();
    let Ok(response) = request.call() else { return true };
    if !response.status().is_success() {
        return true;
    }
    let text = body(response, ROBOTS).unwrap_or_default();
    robots::allows(&String::from_utf8_lossy(&text), uri.path_and_query().map_or("/", |path| path.as_str()))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Write},
        net::TcpListener,
    };

    use super::*;

    /// A host that answers each path with a status, fields and a body, as often as it is asked.
    fn host(answers: &'static [(&'static str, &'static str, &'static str)]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let asked = lines.next().unwrap_or_default();
                let fields: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let path = asked.split(' ').nth(1).unwrap_or_default().to_owned();
                let same = fields.iter().any(|field| field.eq_ignore_ascii_case("If-None-Match: \"a\""));
                let agent = fields.iter().any(|field| field.to_ascii_lowercase().starts_with("user-agent: attest/"));
                let (head, body) =
                    answers.iter().find(|(known, _, _)| *known == path).map_or(("404 Not Found", ""), |(_, head, body)| (*head, *body));
                let (head, body) = if same && agent { ("304 Not Modified", "") } else { (head, body) };
                let _ = write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            }
        });
        format!("http://{at}")
    }

    #[test]
    fn a_page_is_fetched_once_within_bounds_and_where_it_may_be() {
        let host = host(&[
            ("/robots.txt", "200 OK", "User-agent: *\nDisallow: /private\n"),
            ("/page", "200 OK\r\nETag: \"a\"\r\nContent-Type: text/html", "<p>Five killed.</p>"),
            ("/old", "301 Moved\r\nLocation: page", ""),
            ("/file", "302 Found\r\nLocation: file:///etc/passwd", ""),
            ("/loop", "302 Found\r\nLocation: /loop", ""),
            ("/unseen", "304 Not Modified", ""),
        ]);
        let get = |path: &str, seen: Option<&Seen>| fetch(&format!("{host}{path}"), 100, seen);
        let page = get("/old#top", None).unwrap().unwrap();
        let Fetched { asked, address, status, content_type, etag, last_modified, raw_hash, fetched_at: _ } = page.fetched.clone();
        assert_eq!((asked, address, status), (format!("{host}/old#top"), format!("{host}/page"), 200));
        assert_eq!((content_type.as_deref(), etag.as_deref(), last_modified), (Some("text/html"), Some("\"a\""), None));
        assert_eq!((page.bytes.as_slice(), raw_hash), (&b"<p>Five killed.</p>"[..], ledger::raw_hash(&page.bytes)));
        assert_eq!(get("/page", Some(&Seen::of(&page.fetched))).unwrap(), None);
        assert!(matches!(get("/private/x", None), Err(Error::Robots(_))));
        assert!(matches!(get("/file", None), Err(Error::Redirect { why: "it is no address of a page", .. })));
        assert!(matches!(get("/loop", None), Err(Error::Redirect { why: "it is one redirect too many", .. })));
        assert!(matches!(get("/none", None), Err(Error::Status { status: 404, .. })));
        // Nothing is unchanged that was never seen.
        assert!(matches!(get("/unseen", None), Err(Error::Status { status: 304, .. })));
        let known = get("/page", None).unwrap().unwrap();
        let secret = fetch(&format!("{}/page", host.replace("http://", "http://ana:secret@")), 100, None).unwrap().unwrap();
        assert_eq!([&secret.fetched.asked, &secret.fetched.address], [&known.fetched.address; 2], "a password is not kept");
        assert!(matches!(fetch(&format!("{host}/page"), 5, None), Err(Error::TooLarge { limit: 5, .. })));
        for address in
            ["file:///etc/passwd", "ftp://nord.example", "http://", "nord.example/1", "http://ana:secret@", "http://ana:se cret@nord.example/1"]
        {
            assert!(matches!(fetch(address, 5, None), Err(Error::Address(told)) if !told.contains("cret")), "{address}");
        }
        for (address, kept) in [
            ("https://ana:se@cret@nord.example:81/@page?to=a@b#c@d", "https://nord.example:81/@page?to=a@b#c@d"),
            ("https://ana@nord.example", "https://nord.example"),
            ("HTTP://ana:se/cret@nord.example:port/", "HTTP://nord.example:port/"),
            ("https://nord.example/page", "https://nord.example/page"),
            ("nord.example", "nord.example"),
        ] {
            assert_eq!(shown(address), kept);
        }
    }

    #[test]
    fn a_name_of_the_world_that_leads_inside_is_not_followed() {
        let resolve = |guard: &Guarded, address: &str| {
            guard
                .resolve(&address.parse().unwrap(), &Config::builder().build(), NextTimeout::default())
                .map(|found| found.len())
                .map_err(|error| why(&error))
        };
        let proxy = Some("http://127.0.0.1:3128".parse().unwrap());
        let world = Guarded { inside: false, proxy };
        // All are looked up as a name would be; the short form is a number of this machine.
        for address in ["http://127.0.0.1/", "http://127.1/", "http://[::ffff:127.0.0.1]/"] {
            assert!(resolve(&world, address).unwrap_err().contains("leads inside this machine"), "{address}");
        }
        assert_eq!(resolve(&world, "http://127.0.0.1:3128/"), Ok(1), "the proxy is the user's");
        assert_eq!(resolve(&Guarded { inside: true, proxy: None }, "http://127.0.0.1/"), Ok(1));
    }

    #[test]
    fn the_world_does_not_lead_inside() {
        let from: Uri = "https://nord.example/2025/06/page?x=1".parse().unwrap();
        let to = |to: &str| next(&from, to, false).map(|uri| uri.to_string()).map_err(|error| error.to_string());
        assert_eq!(to("other").unwrap(), "https://nord.example/2025/06/other");
        assert_eq!(to("/top").unwrap(), "https://nord.example/top");
        assert_eq!(to("//sud.example/a").unwrap(), "https://sud.example/a");
        assert_eq!(to("?x=2").unwrap(), "https://nord.example/2025/06/page?x=2");
        assert_eq!(to("login?to=https://nord.example/").unwrap(), "https://nord.example/2025/06/login?to=https://nord.example/");
        for inside in [
            "http://localhost/",
            "http://127.0.0.1:8017/",
            "http://[::1]/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "http://[::ffff:192.168.1.1]/",
            "http://router/",
        ] {
            assert!(to(inside).unwrap_err().ends_with("it is inside this machine or its network"), "{inside}");
        }
        for nowhere in ["", "javascript:alert(1)", "file:///etc/passwd", "http://"] {
            assert!(to(nowhere).unwrap_err().ends_with("it is no address of a page"), "{nowhere}");
        }
        for (ip, public) in [
            ("8.8.8.8", true),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("2001:4860:4860::8888", true),
            ("fd00::1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b::808:808", true),
            // A network's own translation may put the number elsewhere (RFC 8215): it leads inside, whatever stands at the end.
            ("64:ff9b:1::a00:1", false),
            ("64:ff9b:1::808:808", false),
            ("64:ff9b:1:a00:1:100:808:808", false),
            ("::7f00:1", false),
            ("2002:a00:1::", false),
            ("2001:0:a00:1::", false),
            ("fec0::1", false),
            ("198.18.0.1", false),
            ("192.0.2.1", false),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
    }
}
