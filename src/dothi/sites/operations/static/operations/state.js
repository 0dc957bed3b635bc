/** Everything the page shows is in its address: this reads it, writes it and tells who listens. */
import { config } from "./config.js";

const LEVELS = config.levels.map((level) => level.key);
const listeners = new Set();

function defaults() {
  return {
    layers: null, color: "", levels: new Set(), source: "all", q: "", unit: "", bbox: null,
    view: "map", map: null, id: "", attr: "", window: "24h", sort: "level", desc: false, page: 1,
  };
}

function numbers(text, separator, count) {
  const found = (text ?? "").split(separator).map(Number);
  return text && found.length === count && found.every(Number.isFinite) ? found : null;
}

function read() {
  const query = new URLSearchParams(location.search);
  const state = defaults();
  const list = (key) => query.getAll(key).join(",").split(",").filter(Boolean);
  if (query.has("layers")) state.layers = new Set(list("layers"));
  state.levels = new Set(list("level").filter((level) => LEVELS.includes(level)));
  const colour = query.get("color") ?? config.colour;
  state.color = colour === "none" ? "" : colour;
  for (const key of ["q", "unit", "id", "attr"]) state[key] = query.get(key) ?? "";
  for (const key of ["source", "view", "window"]) state[key] = query.get(key) || state[key];
  state.bbox = numbers(query.get("bbox"), ",", 4);
  state.map = numbers(query.get("map"), "/", 3);
  const sort = query.get("sort") || "level";
  state.desc = sort.startsWith("-");
  state.sort = sort.replace("-", "");
  state.page = Number(query.get("page")) || 1;
  return state;
}

export const state = read();

/** The layers switched on: the chosen ones, or all that have entities. */
export function layersOn() {
  if (state.layers) return state.layers;
  return new Set(config.types.filter((type) => config.counts[type.key]).map((type) => type.key));
}

/** The state as a query, for this page or (without what only the map knows) for the list page. */
export function query({ list = false } = {}) {
  const pairs = [];
  const add = (key, value) => { if (value) pairs.push(`${key}=${encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":")}`); };
  if (state.layers) pairs.push(`layers=${[...state.layers].join(",")}`);
  if (!list && state.color !== config.colour) add("color", state.color || "none");
  add("level", LEVELS.filter((level) => state.levels.has(level)).join(","));
  add("source", state.source === "all" ? "" : state.source);
  add("q", state.q);
  add("unit", state.unit);
  add("bbox", state.bbox?.map((n) => Number(n.toFixed(4))).join(","));
  const sort = (state.desc ? "-" : "") + state.sort;
  add("sort", sort === "level" ? "" : sort);
  if (!list) {
    add("view", state.view === "map" ? "" : state.view);
    add("map", state.map ? `${state.map[0].toFixed(2)}/${state.map[1].toFixed(5)}/${state.map[2].toFixed(5)}` : "");
    add("id", state.id);
    add("attr", state.id ? state.attr : "");
    add("window", state.window === "24h" ? "" : state.window);
  }
  add("page", state.page > 1 ? String(state.page) : "");
  return pairs.length ? `?${pairs.join("&")}` : "";
}

function tell(changed) {
  for (const listener of listeners) listener(changed);
}

const NARROWS = ["layers", "levels", "source", "q", "unit", "bbox", "sort", "desc"];
let writeLater = 0;

/** Changes some of the state. `push` makes a step that the back button undoes. */
export function change(patch, { push = false } = {}) {
  const changed = new Set(Object.keys(patch).filter((key) => state[key] !== patch[key]));
  if (!changed.size) return;
  Object.assign(state, patch);
  if (!("page" in patch) && NARROWS.some((key) => changed.has(key)) && state.page !== 1) {
    state.page = 1;
    changed.add("page");
  }
  clearTimeout(writeLater);
  if (push) history.pushState(null, "", location.pathname + query());
  else writeLater = setTimeout(() => history.replaceState(null, "", location.pathname + query()), 120);
  tell(changed);
}

/** Calls `listener(changed keys)` whenever the state changes. */
export function watch(listener) {
  listeners.add(listener);
}

addEventListener("popstate", () => {
  Object.assign(state, read());
  tell(new Set(Object.keys(state)));
});
