// What holds on every page: access, weight, width, direction, reading without scripts.

import { gzipSync } from "node:zlib";
import { AXE, check } from "./lib.mjs";
import { disputed } from "./journeys.mjs";

/** Every page there is, by name. */
export async function pages(url) {
  const incident = await disputed(url);
  const { claims } = await (await fetch(`${url}/incidents/${incident.id}.json`)).json();
  const report = claims[0].claim.report;
  const actors = (await (await fetch(`${url}/actors.json`)).json()).items;
  const places = (await (await fetch(`${url}/places.json`)).json()).items;
  const speaker = (await (await fetch(`${url}/sources.json`)).json()).speakers.items[0];
  const key = (place) => encodeURIComponent(`${place.country ?? "-"}/${place.name}`);
  const decide = (deed, more = "") => `/decide?do=${deed}&id=${incident.id}${more}`;
  return {
    incidents: "/incidents",
    filtered: "/incidents?disputed=yes&view=map",
    "nothing fits": "/incidents?country=NZ",
    incident: `/incidents/${incident.id}`,
    "incident by fact": `/incidents/${incident.id}?by=fact&without=nobody&rules=envelope`,
    report: `/reports/${report}`,
    reports: "/reports",
    claims: "/claims?kind=deaths",
    trends: "/trends?split=actor",
    sources: "/sources",
    actors: "/actors",
    actor: `/actors/${encodeURIComponent(actors[0].name)}`,
    speaker: `/sources/${encodeURIComponent(speaker.name)}?speaker_kind=${speaker.kind}`,
    places: "/places",
    place: `/places/${places[0].country ?? "-"}/${encodeURIComponent(places[0].name)}`,
    review: "/review",
    decided: "/review?reviewed=yes",
    merge: decide("merge"),
    split: decide("split", `&claim=${claims[0].claim.id}`),
    correct: decide("set"),
    reject: decide("reject"),
    "merge names": `/decide?do=same&id=${encodeURIComponent(actors.at(-1).name)}&with=${encodeURIComponent(actors.at(-2).name)}`,
    "merge places": `/decide?do=same-place&id=${key(places.at(-1))}&with=${key(places.at(-2))}`,
    add: "/add",
    help: "/help",
    "no such page": "/nowhere",
  };
}

async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(" ")} ${node.any[0]?.message ?? node.failureSummary}`));
}

const scheme = (colorScheme) => [`axe finds nothing, ${colorScheme}`, async ({ open, url }) => {
  const page = await open({ colorScheme });
  const found = [];
  for (const [name, path] of Object.entries(await pages(url))) {
    await page.goto(url + path);
    // What is folded is part of the page.
    await page.evaluate(() => document.querySelectorAll("details:not([name])").forEach((details) => (details.open = true)));
    found.push(...(await axe(page)).map((line) => `${name}: ${line}`));
    for (const verdict of await page.locator("details[name]").all()) {
      await verdict.evaluate((details) => (details.open = true));
      found.push(...(await axe(page)).map((line) => `${name}, opened: ${line}`));
    }
  }
  check("no violation of WCAG 2.2 AA", found.length === 0, [...new Set(found)].join("\n"));
}];

export const manners = [
  scheme("light"),
  scheme("dark"),

  ["axe finds nothing, Arabic and French", async ({ open, url }) => {
    for (const locale of ["ar", "fr-FR"]) {
      const page = await open({ locale });
      for (const path of ["/incidents", "/review", "/help"]) {
        await page.goto(url + path);
        const found = await axe(page);
        check(`no violation on ${path} in ${locale}`, found.length === 0, found.join("\n"));
      }
    }
  }],

  ["320 pixels are wide enough", async ({ open, url }) => {
    const page = await open({ viewport: { width: 320, height: 640 } });
    const wide = [];
    for (const locale of ["en", "ar"]) {
      for (const [name, path] of Object.entries(await pages(url))) {
        await page.goto(`${url}${path}${path.includes("decide") ? "" : `${path.includes("?") ? "&" : "?"}lang=${locale}`}`);
        const over = await page.evaluate(() => {
          const width = document.documentElement.scrollWidth;
          if (width <= 320) return "";
          const past = [...document.querySelectorAll("main *, header *, footer *")].filter((element) => {
            const { left, right } = element.getBoundingClientRect();
            return (right > 321 || left < -1) && !element.closest(".scroll, svg, .unseen, nav ul, pre");
          });
          return `${width}: ${past.slice(0, 3).map((element) => `${element.tagName}.${element.className}`).join(", ")}`;
        });
        if (over) wide.push(`${name} ${locale} ${over}`);
      }
    }
    check("no page scrolls sideways", wide.length === 0, wide.join("\n"));
  }],

  ["Arabic runs from right to left, figures do not", async ({ open, url }) => {
    const page = await open({ locale: "ar" });
    for (const path of Object.values(await pages(url))) {
      await page.goto(url + path);
      check(`${path} is from right to left`, await page.evaluate(() => getComputedStyle(document.body).direction === "rtl"));
    }
    await page.goto(`${url}/incidents`);
    // The first digit of a range stands left of its last.
    const ordered = await page.evaluate(() => {
      const cell = [...document.querySelectorAll(".list .toll")].find((cell) => /\d–\d/.test(cell.textContent));
      const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      let text = walk.nextNode();
      while (text && !/\d–\d/.test(text.data)) text = walk.nextNode();
      const at = (offset) => {
        const range = document.createRange();
        range.setStart(text, offset);
        range.setEnd(text, offset + 1);
        return range.getBoundingClientRect().left;
      };
      const digits = [...text.data.matchAll(/\d/g)].map((match) => match.index);
      return at(digits[0]) < at(digits.at(-1));
    });
    check("a range reads low to high", ordered);
  }],

  ["everything reads, and decides, without scripts", async ({ open, own }) => {
    const url = await own();
    const page = await open({ javaScriptEnabled: false });
    for (const [name, path] of Object.entries(await pages(url))) {
      const answer = await page.goto(url + path);
      check(`${name} has a heading`, (await page.locator("h1").count()) === 1, `${answer.status()}`);
      check(`${name} says something`, (await page.locator("main").innerText()).length > 40);
    }
    await page.goto(`${url}/review`);
    await page.getByRole("button", { name: "Accept" }).click();
    check("a form accepts", (await page.locator(".told").innerText()).includes("accepted"));
    await page.locator("summary", { hasText: "Reject" }).click();
    await page.getByRole("button", { name: "duplicate" }).click();
    check("and rejects", (await page.locator(".told").innerText()).includes("rejected"));
    await page.locator(".tools .undo button").click();
    check("and undoes", (await page.locator(".told").innerText()).includes("undone"));
  }],

  ["the keyboard reaches everything, and is seen", async ({ open, url }) => {
    const page = await open();
    await page.goto(`${url}/incidents`);
    await page.keyboard.press("Tab");
    check("the skip link comes first", await page.evaluate(() => document.activeElement?.classList.contains("skip")));
    await page.keyboard.press("Enter");
    check("and leads to the content", await page.evaluate(() => document.activeElement?.id === "main"));
    await page.keyboard.press("/");
    check("/ goes to the search", await page.evaluate(() => document.activeElement?.id === "q"));
    await page.keyboard.type("hospital");
    await page.keyboard.press("Enter");
    await page.waitForURL(/text=hospital/);
    const bare = [];
    for (let n = 0; n < 60; n += 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return "";
        // The calendar's button inside a date is drawn, and its focus shown, by the browser.
        if (element.matches('[type="date"]') && !element.matches(":focus")) return "";
        const style = getComputedStyle(element);
        const mark = element.querySelector?.(".sign, .hit");
        const shown = (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || (mark && getComputedStyle(mark).strokeWidth === "3px") || mark?.classList.contains("hit");
        return shown ? "" : `${element.tagName}.${element.getAttribute("class")}`;
      });
      if (seen) bare.push(seen);
    }
    check("the focus is always seen", bare.length === 0, bare.join(", "));
    // Single keys can be turned off.
    await page.goto(`${url}/incidents`);
    await page.locator(".prefs summary").click();
    await page.locator('.prefs [name="keys"][value="off"]').click();
    await page.keyboard.press("/");
    check("keys are off", await page.evaluate(() => document.activeElement?.id !== "q"));
  }],

  ["print is light, without what cannot be used on paper", async ({ open, url }) => {
    const page = await open({ colorScheme: "dark" });
    const all = await pages(url);
    await page.goto(`${url}/incidents`);
    await page.locator(".prefs summary").click();
    await page.locator('.prefs [name="theme"][value="dark"]').click();
    for (const path of [all.incident, all.report, all.incidents]) {
      await page.goto(url + path);
      const colours = () => page.evaluate(() => ["backgroundColor", "color"].map((name) => getComputedStyle(document.body)[name]));
      check(`${path} is dark on the screen`, (await colours())[0] !== "rgb(255, 255, 255)", await colours());
      await page.emulateMedia({ media: "print" });
      check(`${path} is black on white`, JSON.stringify(await colours()) === '["rgb(255, 255, 255)","rgb(0, 0, 0)"]', await colours());
      for (const gone of [".top nav", ".search", ".acts"]) check(`${gone} is not printed`, (await page.locator(`${gone}:visible`).count()) === 0);
      await page.emulateMedia({ media: "screen" });
    }
  }],

  ["no English is left on a page in French or Arabic", async ({ open, url }) => {
    // Words of the interface that no report, name or record of the sample has in it.
    const interfaceWords = /\b(Killed|killed|Standing|Where it comes|corroborated|reported|claimed|Unidentified armed group|civilians|own voice|no stake|attacker|defender|nobody doubts|Accept|Reject|Preview|Waiting|Decided|reports|claims|deaths)\b/;
    for (const locale of ["fr-FR", "ar"]) {
      const page = await open({ locale });
      const found = [];
      for (const [name, path] of Object.entries(await pages(url))) {
        await page.goto(url + path);
        const left = await page.evaluate((pattern) => {
          const words = new RegExp(pattern);
          const lines = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            // What reports, people and programs say stays as it is.
            if (node.parentElement.closest("q, blockquote, code, pre, .quote, .text, .headline, .lede, .excerpt, [lang='en'], .citation, .log, script, .difference, .forms, option, a[href^='/reports/'], .provenance dd")) continue;
            if (words.test(node.data)) lines.push(node.data.trim().slice(0, 60));
          }
          for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
            for (const name of ["aria-label", "title", "placeholder"]) {
              const value = element.getAttribute(name) ?? "";
              if (words.test(value)) lines.push(`${name}: ${value.slice(0, 60)}`);
            }
          }
          return [...new Set(lines)];
        }, interfaceWords.source);
        found.push(...left.map((line) => `${name} ${locale}: ${line}`));
      }
      check("every word is translated", found.length === 0, found.slice(0, 25).join("\n"));
    }
  }],

  ["pages are light", async ({ url }) => {
    const size = async (path) => gzipSync(Buffer.from(await (await fetch(url + path)).arrayBuffer())).length;
    const without = async (path) => {
      const text = await (await fetch(url + path)).text();
      return gzipSync(text.replace(/<svg class="map[\s\S]*?<\/svg>/g, "")).length;
    };
    const files = (await size("/static/style.css")) + (await size("/static/attest.js")) + (await size("/static/icon.svg"));
    const all = await pages(url);
    const first = files + (await without(all.incidents));
    check("the first page is at most 150 kB", first <= 150_000, first);
    const heavy = [];
    for (const [name, path] of Object.entries(all)) {
      const bytes = await without(path);
      if (bytes > 40_000) heavy.push(`${name} ${bytes}`);
    }
    check("a later page is at most 40 kB", heavy.length === 0, heavy.join(", "));
    console.log(`      first page ${(first / 1000).toFixed(1)} kB, of it files ${(files / 1000).toFixed(1)} kB; with the map ${((files + (await size(all.incidents))) / 1000).toFixed(1)} kB`);
  }],
];
