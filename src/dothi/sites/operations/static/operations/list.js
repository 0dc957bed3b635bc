/** The list beside the map: the same things, sorted, in pages; every row is a link that opens the panel. */
import { config, make, number, sign, since, word } from "./config.js";
import { isStale, levelOf, levelWord, shapeOf, shown, sorted, LEVELS } from "./city.js";
import { change, query, state } from "./state.js";
import { address } from "./config.js";

const PAGE = 60;
const body = document.getElementById("rows");
const table = document.getElementById("table");
const empty = document.getElementById("list-empty");
const pager = document.getElementById("pager");
const total = document.getElementById("total");
const listPage = document.getElementById("list-page");
let pages = 1;

/** A thing's value with its unit, as people read it. */
export function valueText(one) {
  if (typeof one.value === "number") return `${number(one.value, one.type.decimals)}\u00a0${one.type.unit}`.trim();
  const choice = one.type.choices.find((each) => each.value === one.value);
  return choice?.label ?? one.value ?? "–";
}

function row(one) {
  const level = levelOf(one);
  const title = levelWord(one);
  const mark = make("td", { class: "sign" }, make("span", { title }, sign(shapeOf(one), level), make("span", { class: "unseen" }, title)));
  const link = make("a", { href: address("entity", one.id), "data-entity": one.id }, one.name);
  const about = [one.type.label, config.units[one.unit]].filter(Boolean).join(" · ");
  const sub = make("span", { class: "sub" }, about);
  if (one.simulated) sub.append(" · ", make("span", { class: "sim-word" }, `◇ ${word("simulated")}`));
  const when = one.at ? make("time", { datetime: new Date(one.at * 1000).toISOString(), "data-ago": true }, since(one.at)) : "–";
  const line = make(
    "tr", { class: isStale(one) ? "is-stale" : null, "aria-current": one.id === state.id ? "true" : null },
    mark, make("th", { scope: "row" }, link, sub), make("td", { class: `n value ${level}` }, valueText(one), make("span", { class: "when" }, when)),
  );
  return line;
}

function counts() {
  const found = new Array(LEVELS.length).fill(0);
  for (const one of shown({ anyLevel: true })) found[one.rank] += 1;
  for (const chip of document.querySelectorAll("#levels [data-level]")) {
    const count = found[LEVELS.indexOf(chip.dataset.level)];
    chip.querySelector("b").textContent = number(count);
    chip.setAttribute("aria-pressed", String(state.levels.has(chip.dataset.level)));
  }
}

/** Draws the page of the list that the address asks for. */
export function drawList() {
  const things = sorted(shown());
  pages = Math.max(1, Math.ceil(things.length / PAGE));
  const page = Math.min(state.page, pages);
  const focused = document.activeElement?.closest?.("#rows [data-entity]")?.dataset.entity;
  body.replaceChildren(...things.slice((page - 1) * PAGE, page * PAGE).map(row));
  if (focused) body.querySelector(`[data-entity="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  total.textContent = number(things.length);
  empty.hidden = things.length > 0;
  pager.hidden = pages < 2;
  document.getElementById("page-of").textContent = word("page", { page: number(page), pages: number(pages) });
  pager.querySelector('[data-page="-1"]').disabled = page <= 1;
  pager.querySelector('[data-page="1"]').disabled = page >= pages;
  listPage.href = config.urls.list + query({ list: true });
  for (const button of document.querySelectorAll("[data-sort]")) {
    const now = button.dataset.sort === state.sort;
    const heading = button.closest("th");
    const order = state.desc ? "descending" : "ascending";
    if (now) button.setAttribute("aria-current", order);
    else button.removeAttribute("aria-current");
    if (now) heading.setAttribute("aria-sort", order);
    else if (!heading.querySelector("[aria-current]")) heading.removeAttribute("aria-sort");
  }
  counts();
}

function step(by) {
  change({ page: Math.min(pages, Math.max(1, state.page + by)) });
  table.scrollTop = 0;
}

function arrows(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = event.target.closest("tr");
  if (!by || !here) return;
  const next = by > 0 ? here.nextElementSibling : here.previousElementSibling;
  const link = next?.querySelector("[data-entity]");
  if (link) { event.preventDefault(); link.focus(); }
}

function toggled(set, key) {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** Connects the list's controls. */
export function startList() {
  pager.addEventListener("click", (event) => {
    const button = event.target.closest("[data-page]");
    if (button) step(Number(button.dataset.page));
  });
  body.addEventListener("keydown", arrows);
  document.getElementById("levels").addEventListener("click", (event) => {
    const chip = event.target.closest("[data-level]");
    if (chip) change({ levels: toggled(state.levels, chip.dataset.level) });
  });
  table.querySelector("thead").addEventListener("click", (event) => {
    const key = event.target.closest("[data-sort]")?.dataset.sort;
    if (key) change({ sort: key, desc: state.sort === key ? !state.desc : false });
  });
  const q = document.getElementById("q");
  q.addEventListener("input", () => change({ q: q.value }));
  const source = document.getElementById("source");
  source.addEventListener("change", () => change({ source: source.value }));
  document.getElementById("clear").addEventListener("click", () => {
    change({ levels: new Set(), source: "all", q: "", unit: "", bbox: null });
    q.value = "";
    source.value = "all";
    q.focus();
  });
}
