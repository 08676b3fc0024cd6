// What every browser test needs: a browser that is there already, a ledger of the sample reports, and a server for it.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/** The path of a Chromium: what CHROMIUM names, or the first of the usual names in PATH; null without one. */
export function findChromium() {
  const there = (path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  if (process.env.CHROMIUM) return there(process.env.CHROMIUM) ? process.env.CHROMIUM : null;
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(there) ?? null;
}

export const launch = (executablePath) => chromium.launch({ executablePath, chromiumSandbox: false });

/** A sample ledger in a folder of its own; `copy()` gives another file with the same in it. */
export function sample(attest) {
  const folder = mkdtempSync(join(tmpdir(), "attest-browser-"));
  const made = spawnSync(attest, ["demo", join(folder, "demo")], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`attest demo ended with ${made.status ?? made.signal ?? made.error}: ${made.stderr}`);
  const ledger = join(folder, "demo", "ledger.attest");
  let copies = 0;
  return {
    ledger,
    copy() {
      const path = join(folder, `copy-${++copies}.attest`);
      copyFileSync(ledger, path);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Serves a ledger at a free port. */
export function serve(attest, ledger, ...options) {
  const child = spawn(attest, ["--db", ledger, "serve", "--port", "0", ...options], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ATTEST_WHO: "ana" } });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url) resolve({ url, stop: () => child.kill() });
    });
    child.on("error", reject).on("exit", (code) => reject(new Error(`attest serve ended with ${code}: ${said}`)));
  });
}

/** A screenshot; with few colours where there is pngquant, as pictures are part of every checkout. */
export async function picture(page, path) {
  await page.screenshot({ path });
  // Without it the picture stays as it is: larger, and as good.
  spawnSync("pngquant", ["--force", "--strip", "--speed", "1", "--output", path, "64", path]);
}

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with what was expected. */
export function check(what, holds, seen = "") {
  if (!holds) throw new Error(`${what}${seen === "" ? "" : `; seen: ${typeof seen === "string" ? seen : JSON.stringify(seen)}`}`);
}
