// What pages do beyond being read: keys, and the two sides of a claim lit together. Nothing here is needed to read.

const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.documentElement.dataset.keys === "off") return;
  if (press(event)) return;
  if (event.code === "Slash" && !event.shiftKey) {
    event.preventDefault();
    document.querySelector("#q")?.focus();
  } else if (event.code === "KeyJ" || event.code === "KeyK") {
    step(document.querySelectorAll(".reading a.mark"), event.code === "KeyJ" ? 1 : -1);
  } else if (event.key.startsWith("Arrow") && document.activeElement?.closest("svg.map")) {
    event.preventDefault();
    step(document.activeElement.closest("svg.map").querySelectorAll("a"), /Right|Down/.test(event.key) ? 1 : -1);
  }
});

// A button that says which key it has is pressed by it, when it can be seen. What has the focus keeps Enter for itself.
function press(event) {
  if (event.repeat) return false;
  if (event.key === "Enter" && document.activeElement?.closest("a, button, summary")) return false;
  const mine = [...document.querySelectorAll("[data-key]")].filter((button) => button.dataset.key === event.key && button.checkVisibility());
  if (mine.length === 0) return false;
  event.preventDefault();
  mine[0].click();
  const details = mine[0].closest("summary")?.parentElement;
  if (details?.open) details.querySelector("form button, form input:not([type=hidden]), form select")?.focus();
  return true;
}

// Moves the focus among some links, around the end.
function step(links, by) {
  if (links.length === 0) return;
  const at = [...links].indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : (at + by + links.length) % links.length;
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

// A claim's words and its card.
const lit = (id, on) => {
  for (const mark of document.querySelectorAll(`[data-claim="${CSS.escape(id)}"]`)) mark.classList.toggle("lit", on);
  document.getElementById(`c-${id}`)?.classList.toggle("lit", on);
};
for (const name of ["pointerover", "focusin", "pointerout", "focusout"]) {
  document.querySelector(".reading")?.addEventListener(name, (event) => {
    const mark = event.target.closest("a.mark, article.card");
    if (mark) lit(mark.dataset.claim ?? mark.id.slice(2), name === "pointerover" || name === "focusin");
  });
}

// A menu closes when something else is wanted.
document.addEventListener("pointerdown", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.prefs[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open], details.prefs[open]")) menu.open = false;
});

// Another window, or the command line, may change the ledger while a page about it is open: then the page says so. It is
// asked for a number, and only while somebody can see the page.
const seen = Number(document.body.dataset.seen ?? NaN);
async function look() {
  const notice = document.getElementById("changed");
  if (!notice?.hidden || Number.isNaN(seen)) return;
  if (!document.hidden) {
    const event = await fetch("/now.json").then((answer) => (answer.ok ? answer.json() : { event: seen })).catch(() => ({ event: seen }));
    notice.hidden = event.event <= seen;
  }
  setTimeout(look, 4000);
}
setTimeout(look, 4000);

// Files can be dropped anywhere on the page that takes them.
const drop = document.querySelector("form.files");
if (drop) {
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      drop.classList.toggle("over", name === "dragenter" || name === "dragover");
      if (name !== "drop" || event.dataTransfer.files.length === 0) return;
      drop.querySelector("input[type=file]").files = event.dataTransfer.files;
      drop.requestSubmit();
    });
  }
}
