/** The search over the map: a combobox of wards and things, by name with or without diacritics. */
import { config, getJson, make, say, word } from "./config.js";

const box = document.getElementById("find");
const list = document.getElementById("found");
let results = [];
let active = -1;
let turn = 0;
let later = 0;

function close() {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
  active = -1;
}

function mark(next) {
  const options = [...list.querySelectorAll('[role="option"]')];
  if (!options.length) return;
  active = (next + options.length) % options.length;
  options.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
  box.setAttribute("aria-activedescendant", options[active].id);
  options[active].scrollIntoView({ block: "nearest" });
}

function draw() {
  const options = results.map((hit, i) => make(
    "li", { role: "option", id: `hit-${i}`, "data-hit": i, "aria-selected": "false" },
    make("span", { class: "hit-name" }, hit.name), make("span", { class: "sub" }, hit.kind === "unit" ? word("unit") : hit.label),
  ));
  list.replaceChildren(...(options.length ? options : [make("li", { class: "muted small" }, word("noResults"))]));
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  active = -1;
  say(options.length ? word("results", { count: options.length }) : word("noResults"));
}

async function ask() {
  const q = box.value.trim();
  const mine = ++turn;
  if (q.length < 2) {
    results = [];
    return close();
  }
  try {
    const found = await getJson(`${config.urls.search}?${new URLSearchParams({ q })}`);
    if (mine !== turn) return undefined;
    results = found.results;
    draw();
  } catch { close(); }
  return undefined;
}

/** Connects the search; `choose(hit)` is called with what a person picked. */
export function startSearch(choose) {
  const pick = (i) => {
    const hit = results[i];
    if (!hit) return;
    box.value = hit.name;
    close();
    choose(hit);
  };
  box.addEventListener("input", () => { clearTimeout(later); later = setTimeout(ask, 160); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) ask(); else mark(active + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(active - 1); }
    else if (event.key === "Enter") { event.preventDefault(); pick(Math.max(0, active)); }
    else if (event.key === "Escape") { if (list.hidden) box.value = ""; close(); }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-hit]");
    if (hit) pick(Number(hit.dataset.hit));
  });
  box.addEventListener("blur", () => setTimeout(close, 120));
}
