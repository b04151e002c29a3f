//! A small web server for files, like any static host: no special headers that the page
//! could come to depend on, and nothing kept in a browser's cache unasked.

use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use percent_encoding::percent_decode_str;
use tiny_http::{HTTPVersion, Header, Method, Request, Response, ResponseBox, Server};

use crate::config::Site;
use crate::error::{Error, Result};
use crate::site::served;
use crate::status::Board;

/// How many requests are answered at a time; a browser opens about six connections.
const THREADS: usize = 6;

/// How many ports are tried after the one asked for.
const PORTS: u16 = 50;

/// What is served, and where.
#[derive(Debug)]
pub struct Served {
    /// The folder.
    pub dir: PathBuf,
    /// The path under which it appears: starts and ends with a slash.
    pub base: String,
    /// If the folder is the repository: what of it may be seen, and which bundles are ready.
    pub limits: Option<(Site, Arc<Board>)>,
}

/// Starts to serve from threads of its own; returns the page's address.
///
/// Takes `port`, or the next free one after it; 0 takes any.
///
/// # Errors
/// If no port is free or the address is not this machine's.
pub fn start(site: Served, host: IpAddr, port: u16) -> Result<String> {
    let no_port = |e: &dyn std::fmt::Display| Error::Missing {
        missing: format!("No server can be opened on {host}, port {port}: {e}."),
        commands: vec!["cargo xtask serve --port 9000".to_owned()],
    };
    let listener = listen(host, port).map_err(|e| no_port(&e))?;
    let address = listener.local_addr().map_err(|e| no_port(&e))?;
    let server = Server::from_listener(listener, None).map_err(|e| no_port(&e))?;
    let (server, site) = (Arc::new(server), Arc::new(site));
    let url = format!("http://{address}{}", site.base);
    for _ in 0..THREADS {
        let (server, site) = (Arc::clone(&server), Arc::clone(&site));
        std::thread::spawn(move || {
            while let Ok(request) = server.recv() {
                let response = site.answer(&request);
                // A browser that has gone away needs no answer.
                let _ = respond(request, response);
            }
        });
    }
    Ok(url)
}

/// Answers in HTTP/1.0, so that the browser closes the connection afterwards. A connection that
/// stays open keeps one of the library's threads, and where more connections arrive at once than
/// it has idle threads the rest would wait for as long as the others are kept open.
fn respond(request: Request, response: ResponseBox) -> std::io::Result<()> {
    let headers = request.headers().to_vec();
    let without_body = *request.method() == Method::Head;
    let mut writer = request.into_writer();
    response.raw_print(&mut writer, HTTPVersion(1, 0), &headers, without_body, None)?;
    writer.flush()
}

fn listen(host: IpAddr, port: u16) -> std::io::Result<TcpListener> {
    let mut result = TcpListener::bind(SocketAddr::new(host, port));
    for next in 1..=PORTS {
        match &result {
            Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {
                let Some(port) = port.checked_add(next) else { break };
                result = TcpListener::bind(SocketAddr::new(host, port));
            }
            _ => break,
        }
    }
    result
}

impl Served {
    fn answer(&self, request: &Request) -> ResponseBox {
        if !matches!(request.method(), Method::Get | Method::Head) {
            return text(405, "Only GET and HEAD are answered here.");
        }
        let url = request.url();
        if url.split('?').next().is_some_and(|path| format!("{path}/") == self.base) {
            return text(308, "The page is one slash further.").with_location(&self.base);
        }
        let Some(path) = inside(url, &self.base) else {
            return text(404, "There is no such file.");
        };
        self.file(&path, request)
    }

    fn file(&self, path: &Path, request: &Request) -> ResponseBox {
        if let Some((site, board)) = &self.limits {
            if !served(path, site) {
                return text(404, "There is no such file.");
            }
            if board.withheld(path) {
                return text(503, "This bundle is not built; bundles.json says why.");
            }
        }
        let Some((file, tag)) = open(&self.dir, path) else {
            return text(404, "There is no such file.");
        };
        let known = request.headers().iter().any(|h| {
            h.field.equiv("If-None-Match") && h.value.as_str().split(", ").any(|v| v == tag)
        });
        let response =
            if known { Response::empty(304).boxed() } else { Response::from_file(file).boxed() };
        response
            .with("Content-Type", mime(path))
            .with("Cache-Control", "no-cache")
            .with("ETag", &tag)
    }
}

/// The path inside the folder that an address asks for, or `None` if it leads out of it.
fn inside(url: &str, base: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.strip_prefix(base)?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if path.contains(['\\', '\0', ':']) {
        return None;
    }
    let name = if path.is_empty() || path.ends_with('/') { "index.html" } else { "" };
    let path = PathBuf::from(format!("{path}{name}"));
    let plain = |c: Component| matches!(c, Component::Normal(n) if !starts_with_dot(n));
    path.components().all(plain).then_some(path)
}

fn starts_with_dot(name: &std::ffi::OsStr) -> bool {
    name.to_string_lossy().starts_with('.')
}

/// Opens a file and makes its tag, which changes with the file's size or time.
fn open(dir: &Path, path: &Path) -> Option<(File, String)> {
    let real = dir.join(path).canonicalize().ok()?;
    // A symbolic link could lead out of the folder.
    if !real.starts_with(dir.canonicalize().ok()?) {
        return None;
    }
    let file = File::open(real).ok()?;
    let meta = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let time = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((file, format!("\"{:x}-{:x}\"", meta.len(), time.as_nanos())))
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|e| e.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" | "ts" | "" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn text(status: u16, sentence: &str) -> ResponseBox {
    Response::from_string(format!("{sentence}\n"))
        .with_status_code(status)
        .boxed()
        .with("Cache-Control", "no-store")
}

trait With {
    fn with(self, name: &str, value: &str) -> Self;
    fn with_location(self, to: &str) -> Self;
}

impl With for ResponseBox {
    fn with(mut self, name: &str, value: &str) -> Self {
        // Names and values are ours and plain ASCII, which is all that is asked of them.
        if let Ok(header) = Header::from_bytes(name, value) {
            self.add_header(header);
        }
        self
    }

    fn with_location(self, to: &str) -> Self {
        self.with("Location", to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::net::{Ipv4Addr, TcpStream};

    #[test]
    fn addresses_cannot_lead_out_of_the_folder() {
        let cases = [
            ("/", Some("index.html")),
            ("/www/a.js?v=1", Some("www/a.js")),
            ("/with%20space.css", Some("with space.css")),
            ("/data/", Some("data/index.html")),
            ("/../secret", None),
            ("/%2e%2e/secret", None),
            ("/www/%2e%2e%2f%2e%2e%2fsecret", None),
            ("/..%5csecret", None),
            ("//etc/passwd", None),
            ("/www/.git/config", None),
            ("/%ff", None),
        ];
        for (url, expected) in cases {
            assert_eq!(inside(url, "/"), expected.map(PathBuf::from), "{url}");
        }
        assert_eq!(inside("/a/b/x.js", "/a/b/"), Some("x.js".into()));
        assert_eq!(inside("/x.js", "/a/b/"), None);
    }

    fn ask(address: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("connected");
        write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    #[test]
    fn files_are_sent_with_their_type_and_a_tag_under_any_path() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("a.wasm"), "wasm!").expect("a file");
        std::fs::write(dir.path().join("index.html"), "<p>").expect("a file");
        let site =
            Served { dir: dir.path().to_path_buf(), base: "/some/where/".to_owned(), limits: None };
        let url = start(site, Ipv4Addr::LOCALHOST.into(), 0).expect("started");
        let address =
            url.strip_prefix("http://").and_then(|u| u.split('/').next()).expect("address");

        let answer = ask(address, "GET /some/where/a.wasm HTTP/1.1");
        assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
        assert!(answer.contains("Content-Type: application/wasm"), "{answer}");
        assert!(answer.contains("Cache-Control: no-cache"), "{answer}");
        assert!(answer.ends_with("wasm!"), "{answer}");
        let tag = answer.lines().find_map(|l| l.strip_prefix("ETag: ")).expect("a tag");
        let again =
            ask(address, &format!("GET /some/where/a.wasm HTTP/1.1\r\nIf-None-Match: {tag}"));
        assert!(again.starts_with("HTTP/1.0 304"), "{again}");

        assert!(ask(address, "GET /some/where/ HTTP/1.1").ends_with("<p>"));
        assert!(ask(address, "GET /some/where HTTP/1.1").contains("Location: /some/where/"));
        assert!(ask(address, "GET /elsewhere HTTP/1.1").starts_with("HTTP/1.0 404"));
        assert!(ask(address, "POST /some/where/ HTTP/1.1").starts_with("HTTP/1.0 405"));
    }

    #[test]
    fn a_port_in_use_gives_the_next_free_one() {
        let host = Ipv4Addr::LOCALHOST.into();
        let taken = listen(host, 0).expect("any port").local_addr().expect("address").port();
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).expect("taken");
        let second = listen(host, taken).expect("another");
        let port = second.local_addr().expect("address").port();
        assert!(port > taken, "{port} after {taken}");
        drop(first);
    }
}
