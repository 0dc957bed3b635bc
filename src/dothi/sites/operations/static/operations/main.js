/** Puts the page together: address, layers, list, map, panel, stream. Each part works when another fails. */
import { config, word } from "./config.js";
import { find, watchCity } from "./city.js";
import { startColours } from "./colours.js";
import { loadLayers, startLayers } from "./layers.js";
import { drawList, startList } from "./list.js";
import * as map from "./map.js";
import { readingArrived, startPanel } from "./panel.js";
import { startSearch } from "./search.js";
import { change, state, watch } from "./state.js";
import { connect, watchReadings } from "./stream.js";

const main = document.getElementById("main");
const inView = document.getElementById("in-view");
const unitChip = document.getElementById("unit-chip");

function drawView() {
  main.dataset.view = state.view;
  for (const tab of document.querySelectorAll(".tabs [data-view]")) {
    if (tab.dataset.view === state.view) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  inView.setAttribute("aria-pressed", String(Boolean(state.bbox)));
  unitChip.hidden = !state.unit;
  unitChip.textContent = state.unit ? `${config.units[state.unit] ?? state.unit}  ✕` : "";
  unitChip.setAttribute("aria-label", `${word("clear")}: ${config.units[state.unit] ?? ""}`);
}

let later = 0;
const listSoon = () => { later ||= setTimeout(() => { later = 0; drawList(); }, 200); };

function choose(id) {
  change({ id, attr: "" }, { push: true });
}

function found(hit) {
  if (hit.kind === "entity") {
    const layers = state.layers && !state.layers.has(hit.type) ? new Set([...state.layers, hit.type]) : state.layers;
    change({ layers, id: hit.id, attr: "", view: "map" }, { push: true });
    if (hit.lon !== null) map.lookAt(hit.lon, hit.lat, 14);
  } else {
    change({ unit: hit.code, view: "map" }, { push: true });
    if (hit.lon !== null) map.lookAt(hit.lon, hit.lat, 12.5);
  }
}

function follow(event) {
  const entity = event.target.closest("a[data-entity]");
  const tile = event.target.closest("a[data-follow]");
  if ((!entity && !tile) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (entity) return choose(entity.dataset.entity);
  const query = new URLSearchParams(tile.getAttribute("href"));
  change({ layers: new Set((query.get("layers") ?? "").split(",").filter(Boolean)), color: query.get("color") ?? state.color, view: "map" }, { push: true });
  return undefined;
}

function withoutMap() {
  document.getElementById("map").dataset.state = "none";
  const veil = document.getElementById("veil");
  veil.hidden = false;
  const text = document.createElement("p");
  text.className = "notice warn";
  text.textContent = word("noMap");
  veil.replaceChildren(text);
  main.dataset.map = "none";
  change({ view: state.view === "map" ? "list" : state.view });
}

watch((changed) => {
  if (["view", "bbox", "unit"].some((key) => changed.has(key))) drawView();
  if (["layers", "levels", "source", "q", "unit", "bbox", "sort", "desc", "page", "id"].some((key) => changed.has(key))) listSoon();
});
watchCity(listSoon);
watchReadings(readingArrived);
document.addEventListener("click", follow);
for (const tab of document.querySelectorAll(".tabs [data-view]")) tab.addEventListener("click", () => change({ view: tab.dataset.view }, { push: true }));
inView.addEventListener("click", () => change({ bbox: state.bbox ? null : map.inSight() }));
unitChip.addEventListener("click", () => change({ unit: "" }));
addEventListener("dothi:selected", ({ detail }) => {
  const one = find(detail.id);
  if (one?.lon !== null && one) map.reveal(one.lon, one.lat);
});

if (matchMedia("(max-width: 1099px)").matches) document.getElementById("legend").open = false;
drawView();
startLayers();
startList();
startPanel();
startSearch(found);
loadLayers().then(drawList);
if (map.canDraw()) map.startMap().catch(withoutMap);
else withoutMap();
startColours();
connect();
setInterval(listSoon, 60_000);
