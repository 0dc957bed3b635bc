/** The panel of one entity: fetched as a fragment, its chart drawn here, its values kept true by the stream. */
import { address, config, getJson, number, say, word } from "./config.js";
import { find, bandOf, levelWord } from "./city.js";
import { drawChart } from "./chart.js";
import { change, state, watch } from "./state.js";
import { refreshTimes } from "../ui/shell.js";

const panel = document.getElementById("panel");
let plot = null;
let data = null;
let shownId = "";
let lastFocus = null;
let asked = 0;

async function drawHistory() {
  const section = panel.querySelector("[data-history]");
  const article = panel.querySelector("[data-id]");
  if (!section) return;
  const query = new URLSearchParams({ id: article.dataset.id, attr: section.dataset.attr, window: section.dataset.window });
  const box = section.querySelector("[data-chart]");
  const note = section.querySelector("[data-chart-note]");
  box.dataset.busy = "true";
  try {
    data = await getJson(`${config.urls.series}?${query}`);
    if (!box.isConnected) return;
    plot?.destroy();
    plot = drawChart(box, note, data);
  } catch (error) {
    note.textContent = error.message;
  } finally {
    delete box.dataset.busy;
  }
}

function redraw() {
  const section = panel.querySelector("[data-history]");
  if (!section || !data) return;
  plot?.destroy();
  plot = drawChart(section.querySelector("[data-chart]"), section.querySelector("[data-chart-note]"), data);
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-btn close";
  button.setAttribute("aria-label", word("close"));
  button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg>';
  button.addEventListener("click", close);
  return button;
}

function failed(message) {
  const box = document.createElement("div");
  box.className = "empty";
  const title = Object.assign(document.createElement("h3"), { textContent: word("failed") });
  const text = Object.assign(document.createElement("p"), { textContent: message });
  const again = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet small", textContent: word("again") });
  again.addEventListener("click", () => open(true));
  box.append(title, text, again);
  panel.replaceChildren(closeButton(), box);
}

async function open(again = false) {
  const id = state.id;
  const turn = ++asked;
  if (!id) return hide();
  const fresh = shownId !== id;
  if (fresh && !again) lastFocus = document.activeElement;
  document.getElementById("main").dataset.panel = "open";
  panel.hidden = false;
  if (fresh) panel.innerHTML = '<div class="loading"><i></i><i></i><i></i></div>';
  shownId = id;
  const query = new URLSearchParams({ window: state.window });
  if (state.attr) query.set("attr", state.attr);
  try {
    const response = await fetch(`${address("entity", id)}?${query}`, { headers: { "HX-Request": "true" } });
    const text = await response.text();
    if (turn !== asked) return undefined;
    if (!response.ok) throw new Error(new DOMParser().parseFromString(text, "text/html").querySelector("main .notice")?.textContent.trim() ?? "");
    panel.innerHTML = text;
  } catch (error) {
    if (turn === asked) failed(error.message);
    return undefined;
  }
  panel.prepend(closeButton());
  refreshTimes(panel);
  if (fresh) {
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
    dispatchEvent(new CustomEvent("dothi:selected", { detail: { id } }));
  }
  return drawHistory();
}

function hide() {
  document.getElementById("main").dataset.panel = "";
  panel.hidden = true;
  panel.replaceChildren();
  shownId = "";
  data = null;
}

function close() {
  change({ id: "", attr: "" }, { push: true });
  if (lastFocus?.isConnected) lastFocus.focus();
  else document.querySelector(`#rows a`)?.focus();
}

function follow(event) {
  const time = event.target.closest("a[data-window]");
  const attribute = event.target.closest("a[data-attr]");
  if (!time && !attribute) return;
  event.preventDefault();
  if (time) change({ window: time.dataset.window });
  else change({ attr: attribute.dataset.attr });
}

/** A reading arrived: put it where the panel shows it, and flash it once. */
export function readingArrived(one) {
  if (one.id !== shownId || !one.changed) return;
  for (const [key, attribute] of Object.entries(one.changed)) {
    const value = attribute?.value;
    if (typeof value !== "number") continue;
    const main = key === one.type.headline;
    if (!main) { refreshSoon(); continue; }
    for (const cell of panel.querySelectorAll(`[data-live="${CSS.escape(key)}"]`)) {
      const small = cell.querySelector("small");
      const text = number(one.value, one.type.decimals);
      cell.replaceChildren(...(small ? [text, small] : [`${text} ${one.type.unit}`]));
      cell.classList.remove("fresh");
      void cell.offsetWidth;
      cell.classList.add("fresh");
    }
    const before = panel.dataset.level;
    panel.dataset.level = bandOf(one)?.label ?? "";
    if (before && before !== panel.dataset.level) say(`${one.name} ${word("levelIs", { level: levelWord(one) })}`);
    refreshSoon();
  }
}

let later = 0;
/** Fetches the panel anew a little later, so that many readings cost one fetch. */
function refreshSoon() {
  clearTimeout(later);
  later = setTimeout(() => { if (shownId && shownId === state.id) open(true); }, 4000);
}

/** Connects the panel to the state. */
export function startPanel() {
  panel.addEventListener("click", follow);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  watch((changed) => { if (["id", "attr", "window"].some((key) => changed.has(key))) open(); });
  document.documentElement.addEventListener("dothi:ground", redraw);
  new ResizeObserver(() => { if (plot && !panel.hidden) plot.setSize({ width: panel.querySelector("[data-chart]").clientWidth, height: plot.height }); }).observe(panel);
  if (state.id) open();
}

export { find };
