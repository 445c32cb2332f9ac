// Keys for people who go through many jobs. The page works without them.
"use strict";
{
  const cards = () => [...document.querySelectorAll(".card")];
  const current = () => document.activeElement?.closest?.(".card");
  const move = (by) => {
    const all = cards(), at = all.indexOf(current());
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const press = (status) => current()
    ?.querySelector(`form:has(input[name="status"][value="${status}"]) button`)?.click();
  const help = document.getElementById("keys");
  const actions = {
    j: () => move(1),
    k: () => move(-1),
    o: () => current()?.querySelector("h2 a")?.click(),
    s: () => press("SAVED"),
    d: () => press("DISMISSED"),
    x: () => current()?.querySelector(".tick")?.click(),
    "?": () => help.open ? help.close() : help.showModal(),
  };
  for (const card of cards()) card.tabIndex = -1;
  document.addEventListener("keydown", (e) => {
    const typing = e.target.closest?.("input, textarea, select");
    if (typing || e.ctrlKey || e.metaKey || e.altKey || !Object.hasOwn(actions, e.key)) return;
    if (help.open && e.key !== "?") return;
    e.preventDefault();
    actions[e.key]();
  });
  const range = document.getElementById("threshold");
  range?.addEventListener("input", () => { range.nextElementSibling.value = range.value; });
  if (location.hash.startsWith("#job-")) {
    document.getElementById(location.hash.slice(1))?.closest(".card")?.focus({ preventScroll: true });
  }
}
