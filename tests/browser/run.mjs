// Tests of the pages in a real browser.
//
//   npm ci && node run.mjs ../../target/release/attest              every test
//   node run.mjs PATH_TO_ATTEST --only axe                           those whose name has this word in it
//   node run.mjs PATH_TO_ATTEST --shots ../../docs/images            and the screenshots of the manual
//
// No browser is downloaded: the system's Chromium is used, found in PATH or named by CHROMIUM.

import { join, resolve } from "node:path";
import { findChromium, launch, picture, sample, serve } from "./lib.mjs";
import { journeys } from "./journeys.mjs";
import { manners } from "./manners.mjs";
import { shots } from "./shots.mjs";

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const attest = resolve(args[0] && !args[0].startsWith("--") ? args[0] : (process.env.ATTEST ?? "../../target/release/attest"));
const executable = findChromium();
if (!executable) {
  const named = process.env.CHROMIUM ? `CHROMIUM names ${process.env.CHROMIUM}, which cannot be run` : "there is no chromium in PATH";
  console.error(`error: ${named}\n  install one (apt-get install chromium), or name it: CHROMIUM=/path/to/chromium npm test`);
  process.exit(2);
}

const data = sample(attest);
const browser = await launch(executable);
const readers = await serve(attest, data.ledger);
// What leaves this machine, of all pages of all tests.
const strangers = new Set();
let failed = 0;

/** A window of its own, watched: what it asks of other hosts, and what goes wrong in its scripts. */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-GB", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") strangers.add(request.url());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // A refused form is an answer too.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) problems.push(message.text());
  });
  return { page, problems, close: () => context.close() };
}

const folder = option("--shots");

/** What a test gets: windows, the reading server, and servers of its own to change; a picture of how it ends. */
const desk = {
  open,
  async shot(page, name) {
    if (folder) await picture(page, join(resolve(folder), `five-${name}.png`));
  },
  url: readers.url,
  async own(...options) {
    const server = await serve(attest, data.copy(), ...options);
    servers.push(server);
    return server.url;
  },
};
const servers = [readers];

const only = option("--only");
const tests = [...journeys, ...manners, ["no request left this machine", () => {
  if (strangers.size > 0) throw new Error([...strangers].join("\n"));
}]];
try {
  for (const [name, run] of tests) {
    if (only && !name.includes(only)) continue;
    const begun = Date.now();
    const windows = [];
    const watched = { ...desk, open: async (options) => {
      const window = await open(options);
      windows.push(window);
      return window.page;
    } };
    try {
      await run(watched);
      const problems = windows.flatMap((window) => window.problems);
      if (problems.length > 0) throw new Error(`the page complained: ${problems.join("; ")}`);
      console.log(`ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n      ${String(error.message ?? error).split("\n").join("\n      ")}`);
    } finally {
      for (const window of windows) await window.close();
    }
  }
  if (folder) await shots(desk, resolve(folder));
} finally {
  await browser.close();
  for (const server of servers) server.stop();
  data.remove();
}
console.log(failed === 0 ? "all well" : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
