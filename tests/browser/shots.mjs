// The screenshots of the manual.

import { join } from "node:path";
import { picture } from "./lib.mjs";
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
    await picture(page, join(folder, `web-${name}.png`));
    await close();
    console.log(`shot  web-${name}.png`);
  }
}
