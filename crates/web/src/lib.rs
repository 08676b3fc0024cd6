//! The web app: pages about a ledger, made here and read without scripts.
//!
//! A door, after `views`: a page *is* an address with all its state in it; what a page shows is a struct of `views`, and
//! `.json` after the address gives that struct. What needs the rest of the program (adding up under other rules, reading
//! a pasted text) comes in through [`Desk`]. Nothing is loaded from any other host, and reports are other people's words:
//! every text is escaped, and what could turn a line around is made visible.
//!
//! ```
//! # use std::sync::Arc;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("sample.attest");
//! # drop(ledger::Ledger::create(&path)?);
//! let app = web::app(web::Site::new(&path, Arc::new(web::NoDesk)).read_only());
//! # let _: axum::Router = app;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod actors;
mod adding;
mod address;
mod api;
mod ask;
mod card;
mod cite;
mod deciding;
mod deeds;
mod desk;
mod effects;
mod fault;
mod fields;
mod guard;
mod incident;
mod list;
mod map;
mod multipart;
mod names;
mod page;
mod pages;
mod places;
mod plain;
mod plot;
mod query;
mod report;
mod review;
mod site;
mod sources;
mod tolls;
mod trends;
mod what_if;
mod words;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};

pub use address::Address;
pub use desk::{Desk, NoDesk, Paste, Told, Wish};
pub use site::Site;

use ask::Ask;
use fault::Fault;

/// Largest body of a request, in bytes: a long report, not a library.
const LARGEST: usize = 4 << 20;

/// Largest body with files, in bytes.
const LARGEST_FILES: usize = 64 << 20;

/// Everything that is served, ready to be asked; tests need no socket.
pub fn app(site: Site) -> Router {
    let to_programs = ["/api", "/api/", "/api/{*rest}", "/ogc", "/ogc/", "/ogc/{*rest}", "/incidents.atom", "/incidents.feed.json"];
    let pages = Router::new()
        .route("/add", get(read).post(adding::add))
        .route("/add/files", post(adding::files).layer(axum::extract::DefaultBodyLimit::max(LARGEST_FILES)))
        .route("/decide", get(read).post(deciding::decide))
        .route("/settings", post(page::settings))
        .fallback(get(read));
    to_programs
        .into_iter()
        .fold(pages, |app, path| app.route(path, any(api::answer)))
        .layer(axum::middleware::from_fn_with_state(site.clone(), guard::guard))
        .layer(axum::extract::DefaultBodyLimit::max(LARGEST))
        .with_state(site)
}

/// Serves until the process ends. `ready` is told the address once it listens.
///
/// # Errors
/// When the address is taken or not allowed.
pub fn serve(site: Site, address: SocketAddr, ready: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        ready(listener.local_addr()?);
        axum::serve(listener, app(site)).await
    })
}

/// Every page that is only read. What it shows is one state of the ledger, the last event that it knows of included.
async fn read(State(site): State<Site>, request: Request) -> Response {
    let ask = Ask::of(&site, &request);
    if let [folder, name] = ask.path()[..]
        && folder == "static"
    {
        return page::file(name, request.headers());
    }
    let for_fault = ask.clone();
    let answered = site.read(move |site, ledger| ledger.snapshot(|ledger| answer(site, ledger, &ask))).await;
    answered.unwrap_or_else(|fault| fault.response(&for_fault)).into_response()
}

/// The page that an address names.
fn answer(site: &Site, ledger: &ledger::Ledger, ask: &Ask) -> Result<Response, Fault> {
    match ask.path()[..] {
        [] => Ok(page::redirect("/incidents")),
        ["incidents"] => list::incidents(site, ledger, ask),
        ["incidents", id] => incident::incident(site, ledger, ask, id),
        ["reports"] => pages::reports(site, ledger, ask),
        ["reports", id] => report::report(site, ledger, ask, id),
        ["claims"] => pages::claims(site, ledger, ask),
        ["claims", id] => report::claim(ledger, ask, id),
        ["sources"] => sources::sources(site, ledger, ask),
        ["sources", name] => sources::speaker(site, ledger, ask, name),
        ["actors"] => actors::actors(site, ledger, ask),
        ["actors", name] => actors::actor(site, ledger, ask, name),
        ["places"] => places::places(site, ledger, ask),
        ["places", country, name] => places::place(site, ledger, ask, country, name),
        ["trends"] => trends::trends(site, ledger, ask),
        ["review"] => review::review(site, ledger, ask),
        ["decide"] => deciding::preview(site, ledger, ask),
        ["add"] => adding::form(site, ledger, ask),
        ["add", job] => adding::job(site, ledger, ask, job),
        ["now"] => page::now(ledger, ask),
        ["help"] => pages::help(site, ledger, ask),
        ["id", id] => pages::find(ledger, id),
        _ => Err(Fault::no_page(&ask.address)),
    }
}
