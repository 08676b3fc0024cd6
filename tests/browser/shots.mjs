// The screenshots of the manual: each stands on a page of docs/guide.

import { join } from "node:path";
import { picture } from "./lib.mjs";
import { pages } from "./manners.mjs";

const PHONE = { viewport: { width: 390, height: 780 } };

export async function shots(desk, folder) {
  const all = await pages(desk.url);
  const wanted = [
    ["incidents", all.incidents],
    ["incident", all.incident],
    ["incident-dark", all.incident, { colorScheme: "dark" }],
    ["incident-phone", all.incident, PHONE],
    ["report", all.report],
    ["review", all.review],
    ["review-ar", all.review, { locale: "ar" }],
    ["review-phone", all.review, PHONE],
    ["merge", all.merge],
    ["trends", all.trends],
    ["merge-names", all["merge names"]],
  ];
  for (const [name, path, options] of wanted) {
    const { page, close } = await desk.open({ viewport: { width: 1280, height: 900 }, ...options });
    await page.goto(desk.url + path);
    await picture(page, join(folder, `web-${name}.png`));
    await close();
    console.log(`shot  web-${name}.png`);
  }
}
