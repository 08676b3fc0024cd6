// The screenshots of the manual, with few colours where pngquant is there: they are part of every checkout.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pages } from "./manners.mjs";

const PHONE = { viewport: { width: 390, height: 780 } };

export async function shots(desk, folder) {
  const all = await pages(desk.url);
  const wanted = [
    ["incidents", all.incidents],
    ["incidents-dark", all.incidents, { colorScheme: "dark" }],
    ["incidents-ar", all.incidents, { locale: "ar" }],
    ["incidents-phone", all.incidents, PHONE],
    ["incident", all.incident],
    ["incident-dark", all.incident, { colorScheme: "dark" }],
    ["incident-fr", all.incident, { locale: "fr-FR" }],
    ["incident-phone", all.incident, PHONE],
    ["report", all.report],
    ["report-ar", all.report, { locale: "ar" }],
    ["review", all.review],
    ["review-dark", all.review, { colorScheme: "dark" }],
    ["review-fr", all.review, { locale: "fr-FR" }],
    ["review-ar", all.review, { locale: "ar" }],
    ["review-phone", all.review, PHONE],
    ["merge", all.merge],
    ["trends", all.trends],
    ["sources", all.sources],
    ["actors", all.actors],
    ["merge-names", all["merge names"]],
    ["speaker", all.speaker],
    ["places", all.places],
  ];
  for (const [name, path, options] of wanted) {
    const { page, close } = await desk.open({ viewport: { width: 1280, height: 900 }, ...options });
    await page.goto(desk.url + path);
    const path = join(folder, `web-${name}.png`);
    await page.screenshot({ path });
    // Without it the picture stays as it is: larger, and as good.
    spawnSync("pngquant", ["--force", "--strip", "--speed", "1", "--output", path, "64", path]);
    await close();
    console.log(`shot  web-${name}.png`);
  }
}
