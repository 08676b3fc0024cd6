// The first five minutes of each user, as far as the program goes.

import { check } from "./lib.mjs";

/** The incident that most is disputed about: the one that the demo opens. */
export async function disputed(url) {
  const { items } = await (await fetch(`${url}/incidents.json?disputed=yes`)).json();
  return items.sort((a, b) => b.claims.length - a.claims.length)[0];
}

const queue = async (url) => (await fetch(`${url}/review.json`)).json();

export const journeys = [
  ["a coder reviews with the keyboard alone", async ({ open, own, shot }) => {
    const url = await own();
    const page = await open();
    const before = await queue(url);
    await page.goto(`${url}/review`);
    const id = () => page.locator(".where-in-queue code").innerText();
    const first = await id();
    check("the first in the queue is shown", first === before.waiting[0].claim, first);
    check("what changes is said before", (await page.locator(".changes").innerText()).includes("→"));
    await page.keyboard.press("Enter");
    await page.waitForURL(/told=/);
    check("Enter accepts and goes on", (await id()) === before.waiting[1].claim, await id());
    await page.keyboard.press("r");
    await page.keyboard.press("2");
    await page.waitForFunction((old) => document.querySelector(".where-in-queue code")?.textContent !== old, before.waiting[1].claim);
    let now = await queue(url);
    check("two are decided", now.decided === 2, now.decided);
    check("r and a digit reject", (await page.locator(".told").innerText()).includes("rejected"));
    // Later, and back.
    const here = await id();
    await page.keyboard.press("j");
    await page.waitForFunction((old) => document.querySelector(".where-in-queue code")?.textContent !== old, here);
    await page.keyboard.press("k");
    await page.waitForFunction((old) => document.querySelector(".where-in-queue code")?.textContent === old, here);
    // Fix: fields, with the cursor in the first.
    await page.keyboard.press("e");
    check("the cursor is in the form", await page.evaluate(() => document.activeElement?.closest(".panel") !== null));
    await page.locator('[name="f-weapon"]').fill("rifles");
    await page.keyboard.press("Enter");
    await page.waitForURL(/told=/);
    check("a field was corrected", (await page.locator(".told").innerText()).includes("corrected"));
    await shot(page, "coder");
    // Endless undo.
    for (let left = 2; left >= 0; left -= 1) {
      await page.goto(`${url}/review`);
      await page.keyboard.press("u");
      await page.waitForURL(/told=/);
      now = await queue(url);
      check("u takes one back", now.decided === left, now.decided);
    }
    const sorted = ({ waiting }) => JSON.stringify(waiting.map(({ claim }) => claim).sort());
    check("all is as it was", sorted(now) === sorted(before));
  }],

  ["a coder merges, splits and looks before", async ({ open, own }) => {
    const url = await own();
    const page = await open();
    const incident = await disputed(url);
    await page.goto(`${url}/incidents/${incident.id}`);
    await page.locator(".acts .menu summary").click();
    await page.getByRole("link", { name: "Merge with another" }).click();
    const other = page.locator(".option input").first();
    const into = await other.inputValue();
    await other.check();
    await page.getByRole("button", { name: "Preview" }).click();
    check("what changes is said", (await page.locator(".effects").innerText()).includes(`goes into ${incident.id}`));
    check("and nothing is done yet", (await fetch(`${url}/incidents/${into}`, { redirect: "manual" })).status === 200);
    await page.locator('.commit [name="why"]').fill("one fight, two spellings");
    await page.locator(".commit .primary").click();
    await page.waitForURL(/told=/);
    const led = await fetch(`${url}/incidents/${into}`, { redirect: "manual" });
    check("the other id leads on", led.status === 303 && led.headers.get("location") === `/incidents/${incident.id}`, led.status);
    check("the history says why", (await page.locator("#history").innerText()).includes("one fight, two spellings"));
    await page.locator(".told button").click();
    await page.waitForURL(/told=/);
    check("and it is two again", (await fetch(`${url}/incidents/${into}`, { redirect: "manual" })).status === 200);
    // Split a claim off from the review.
    await page.goto(`${url}/review?incident=${incident.id}`);
    await page.keyboard.press("s");
    await page.waitForURL(/do=split/);
    check("the claim is chosen", (await page.locator(".option input:checked").count()) === 1);
    await page.locator('.commit [name="why"]').fill("another fight");
    await page.locator(".commit .primary").click();
    await page.waitForURL(/told=/);
    check("split", (await page.locator(".told").innerText()).includes("split"));
  }],

  ["two windows do not overrule each other", async ({ open, own }) => {
    const url = await own();
    const [one, two] = [await open(), await open()];
    for (const page of [one, two]) await page.goto(`${url}/review`);
    const claim = await two.locator(".where-in-queue code").innerText();
    await one.keyboard.press("Enter");
    await one.waitForURL(/told=/);
    await two.keyboard.press("r");
    await two.keyboard.press("1");
    await two.waitForURL(/\/decide$/);
    check("it is refused", (await two.locator("h1").innerText()) === "This changed meanwhile", await two.locator("h1").innerText());
    await two.getByRole("link", { name: "Look again" }).click();
    await two.waitForURL(new RegExp(`at=${claim}`));
    check("what the other decided stands", (await two.locator(".said-so").innerText()).includes("Accepted by ana"));
  }],

  ["an open page says that another window changed the ledger", async ({ open, own }) => {
    const url = await own();
    const [one, two] = [await open(), await open()];
    await two.goto(`${url}/incidents`);
    check("nothing is said at first", await two.locator("#changed").isHidden());
    await one.goto(`${url}/review`);
    await one.keyboard.press("Enter");
    await one.waitForURL(/told=/);
    await two.locator("#changed").waitFor({ state: "visible" });
    await two.locator("#changed a").click();
    await two.waitForURL(`${url}/incidents`);
    check("the new page knows", await two.locator("#changed").isHidden());
  }],

  ["a coder merges two names of an actor, looks before, and parts them", async ({ open, own }) => {
    const url = await own();
    const page = await open();
    const actors = async () => (await (await fetch(`${url}/actors.json`)).json()).items;
    const before = await actors();
    const [usual, other] = before.filter(({ name }) => name !== "civilians");
    await page.goto(`${url}/actors`);
    await page.getByRole("link", { name: usual.name, exact: true }).first().click();
    check("its page", (await page.locator("h1").innerText()) === usual.name);
    await page.getByRole("button", { name: "Merge with other names" }).click();
    await page.locator(`.option input[value="${other.name}"]`).check();
    await page.getByRole("button", { name: "Preview" }).click();
    check("what changes is said", (await page.locator(".effects").innerText()).includes("becomes another name of it"));
    check("and nothing is done yet", (await actors()).length === before.length);
    await page.locator('.commit [name="why"]').fill("one command");
    await page.locator(".commit .primary").click();
    await page.waitForURL(/told=/);
    check("the page names both", (await page.locator("main").innerText()).includes(other.name));
    const merged = await actors();
    check("the list has one less", merged.length === before.length - 1, merged.length);
    const sum = merged.find(({ name }) => name === usual.name).incidents;
    check("counted together", sum >= Math.max(usual.incidents, other.incidents) && sum <= usual.incidents + other.incidents, sum);
    const filtered = await (await fetch(`${url}/incidents.json?actor=${encodeURIComponent(other.name)}`)).json();
    check("found by either name", filtered.figures.incidents >= sum, filtered.figures.incidents);
    await page.locator(".log").getByRole("link", { name: /Not the same/ }).click();
    await page.locator(".commit .primary").click();
    await page.waitForURL(/told=/);
    check("two again", (await actors()).length === before.length);
  }],

  ["an analyst filters, reads the sums and takes a table along", async ({ open, url, shot }) => {
    const page = await open();
    await page.goto(`${url}/`);
    const all = await page.locator(".list tbody tr").count();
    await page.locator(".facet a").first().click();
    await page.waitForURL(/country=/);
    await page.locator('[name="from"]').fill("2024-06-03");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/from=2024-06-03/);
    const rows = await page.locator(".list tbody tr").count();
    check("the filter narrows", rows > 0 && rows < all, { rows, all });
    check("sums are ranges", /killed/.test(await page.locator(".sums").innerText()));
    check("there is a map", await page.locator("svg.map").isVisible());
    await page.getByText("Take along").click();
    await shot(page, "analyst");
    const csv = await page.locator(".sheet a[href*='.csv']").getAttribute("href");
    const text = await (await fetch(url + csv)).text();
    check("the file has the rows of the page", text.trim().split("\r\n").length === rows + 1, text.split("\r\n").length);
  }],

  ["a journalist opens a figure down to its words, and cites", async ({ open, url, shot }) => {
    const page = await open();
    const incident = await disputed(url);
    await page.goto(`${url}/incidents/${incident.id}`);
    check("a plot", (await page.locator(".plotbox").count()) > 0);
    check("why each bound", (await page.locator(".why").first().innerText()).toLowerCase().includes("low"));
    const link = page.locator(".plot tbody .p-axis a").first();
    const claim = (await link.getAttribute("href")).split("#q-")[1];
    await link.click();
    await page.waitForURL(/\/reports\//);
    const lit = await page.evaluate((id) => {
      const anchor = document.getElementById(`q-${id}`);
      const mark = document.querySelector(`.mark[data-claim="${id}"]`) ?? anchor?.nextElementSibling;
      return mark && mark.getBoundingClientRect().top < innerHeight && mark.textContent.length > 0;
    }, claim);
    check("the words are in sight", lit);
    await page.goBack();
    await page.locator(".cite-form summary", { hasText: "RIS" }).click();
    check("citations for programs", (await page.locator(".cite-form pre").last().innerText()).startsWith("TY  - DATA"));
    await page.locator("#cite").scrollIntoViewIfNeeded();
    await shot(page, "journalist");
    const permalink = await page.locator("#cite a").first().getAttribute("href");
    const pinned = await page.goto(permalink);
    check("the permanent address holds", pinned.status() === 200 && (await page.locator(".notice:visible").first().innerText()).includes("As the ledger stood"));
  }],

  ["a journalist pastes a text and sees what became of it", async ({ open, own }) => {
    const url = await own();
    const page = await open();
    await page.goto(`${url}/add`);
    await page.locator('[name="title"]').fill("Bus ambushed near Gossi");
    await page.locator('textarea[name="text"]').fill("Gunmen ambushed a bus near Gossi on Tuesday, killing seven passengers, a hospital official in Gao said.\n\nThe army said it had no information.");
    await page.locator('[name="outlet"]').fill("Sahel Courier");
    await page.locator('[name="published"]').fill("2024-06-12");
    await page.getByRole("button", { name: "Read it" }).click();
    await page.getByText("Read and added").waitFor({ timeout: 60_000 });
    await page.getByRole("link", { name: "See the report" }).click();
    check("its claims are marked", (await page.locator(".reading .mark").count()) > 0);
    // Files, one of them a pair of reports; nobody waits for them.
    await page.goto(`${url}/add`);
    const file = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text) });
    await page.locator('input[type="file"]').setInputFiles([
      file("gao.txt", "text/plain", "Residents of Gao said on Monday that four people were killed when a shell hit the market."),
      file("pair.jsonl", "application/x-ndjson", '{"title":"Post attacked","text":"Two soldiers were killed in an attack at Bourem, the army said."}\n{"title":"Bridge","text":"A bomb destroyed a bridge near Ansongo."}\n'),
    ]);
    await page.getByRole("button", { name: "Read them" }).click();
    await page.waitForURL(/\/add\/all/);
    await page.goto(`${url}/incidents`);
    await page.goto(`${url}/add`);
    let jobs = [];
    for (let n = 0; n < 240 && !(jobs.length === 3 && jobs.every(({ state }) => state !== "running")); n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      jobs = await (await fetch(`${url}/add/all.json`)).json();
    }
    check("all are done", jobs.every(({ state }) => state === "done"), jobs);
    check("both files were read", jobs[0].reports + jobs[1].reports === 3, jobs);
  }],

  ["a recorder rejects a claim, sees the range move, and why", async ({ open, own, shot }) => {
    const url = await own();
    const page = await open();
    const incident = await disputed(url);
    const figures = () => page.locator(".p-figures").first().innerText();
    await page.goto(`${url}/incidents/${incident.id}`);
    const before = await figures();
    // The claims that set the high bound, one by one: several may give the same figure.
    let after = before;
    for (let n = 0; n < 5 && after === before; n += 1) {
      const { incident: now } = await (await fetch(`${url}/incidents/${incident.id}.json`)).json();
      const claim = now.deaths[0].because.find((bound) => bound.bound === "high").claims[0];
      await page.goto(`${url}/review?at=${claim}`);
      await page.locator("summary", { hasText: "Reject" }).click();
      await page.locator('.panel [name="why"]').first().fill("the list was withdrawn");
      await page.getByRole("button", { name: "wrong count" }).click();
      await page.waitForURL(/told=/);
      await page.goto(`${url}/incidents/${incident.id}`);
      after = await figures();
    }
    check("the range moved", after !== before, { before, after });
    const history = page.locator("#history");
    await history.scrollIntoViewIfNeeded();
    await shot(page, "recorder");
    check("the history says so", (await history.innerText()).includes("wrong count: the list was withdrawn"));
    await history.getByRole("link", { name: /Take back/ }).first().click();
    await page.locator(".commit .primary").click();
    await page.waitForURL(/told=/);
    check("and it is taken back", (await figures()) === before, await figures());
  }],

  ["a researcher takes the data from the addresses, and puts names in order", async ({ open, url, shot }) => {
    const json = async (path) => (await fetch(url + path)).json();
    const { items, figures } = await json("/incidents.json");
    check("every incident is there", items.length === figures.incidents);
    const geo = await json("/incidents.geojson");
    check("GeoJSON", geo.type === "FeatureCollection" && geo.features.length === items.length);
    for (const { id } of items.slice(0, 5)) {
      const { incident, claims } = await json(`/incidents/${id}.json`);
      const known = new Set(claims.map(({ claim }) => claim.id));
      for (const toll of incident.deaths) {
        check("low ≤ best ≤ high", toll.low <= toll.best && toll.best <= toll.high, toll);
        for (const bound of toll.because ?? []) check("a bound names claims", bound.claims.every((claim) => known.has(claim)), bound);
      }
    }
    const actors = (await json("/actors.json")).items;
    check("actors", actors.length > 0);
    const page = await open();
    await page.goto(`${url}/trends?split=actor`);
    check("a chart for each", (await page.locator(".chart").count()) === Math.min(12, actors.length));
    await page.locator(".chart summary").first().click();
    await shot(page, "researcher");
  }],
];
