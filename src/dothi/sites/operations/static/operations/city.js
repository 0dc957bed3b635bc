/** The live city in memory: one layer for each type, kept true by the event stream. */
import { config, getJson, address } from "./config.js";
import { layersOn, state } from "./state.js";

export const types = new Map(config.types.map((type) => [type.key, type]));
export const LEVELS = config.levels.map((level) => level.key);
const layers = new Map();
const loading = new Map();
const listeners = new Set();
const DEFAULT_SHAPES = { normal: "circle", info: "square", warn: "diamond", alert: "triangle", critical: "hexagon" };

/** Calls `listener(type key)` whenever a layer was loaded or changed. */
export function watchCity(listener) {
  listeners.add(listener);
}

function tell(key) {
  for (const listener of listeners) listener(key);
}

const folds = new Map();
/** Text for search: lower case, without diacritics. */
export function fold(text) {
  let found = folds.get(text);
  if (found === undefined) {
    found = text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
    folds.set(text, found);
  }
  return found;
}

function thing(layer, i) {
  const type = types.get(layer.type);
  return {
    id: layer.ids[i], type, name: layer.names[i], lon: layer.lon[i], lat: layer.lat[i], value: layer.values[i],
    rank: layer.levels[i], band: layer.bands[i], at: layer.at[i], simulated: Boolean(layer.simulated[i]), unit: layer.units[i],
  };
}

/** Loads a layer, or asks whether it changed; resolves to its things. */
export async function load(key) {
  if (loading.has(key)) return loading.get(key);
  const work = getJson(address("layer", key)).then((data) => {
    const things = new Map();
    for (let i = 0; i < data.ids.length; i += 1) things.set(data.ids[i], thing(data, i));
    layers.set(key, things);
    config.counts[key] = things.size;
    tell(key);
    return things;
  }).finally(() => loading.delete(key));
  loading.set(key, work);
  return work;
}

/** The layers that are in memory. */
export const loaded = () => [...layers.keys()];

/** One thing by its id, if its layer is in memory. */
export function find(id) {
  for (const things of layers.values()) if (things.has(id)) return things.get(id);
  return null;
}

/** Whether its newest reading is too old; what was never measured (an inventory) is not stale, only without a time. */
export const isStale = (one, now = Date.now() / 1000) => (one.at === null ? one.type.headline !== null : now - one.at > one.type.stale);
export const levelOf = (one) => LEVELS[one.rank];

/** The declared band of a thing, or null. */
export const bandOf = (one) => one.type.bands[one.band] ?? null;

/** The sign of a thing: its band's shape, its choice's, or that of the level. */
export const shapeOf = (one) => bandOf(one)?.shape ?? DEFAULT_SHAPES[levelOf(one)];

/** What its level is called. */
export function levelWord(one) {
  return bandOf(one)?.label ?? config.levels[one.rank].label;
}

function matches(one, words, anyLevel) {
  if (!anyLevel && state.levels.size && !state.levels.has(levelOf(one))) return false;
  if (state.source !== "all" && one.simulated !== (state.source === "simulated")) return false;
  if (state.unit && one.unit !== state.unit) return false;
  if (state.bbox) {
    const [west, south, east, north] = state.bbox;
    if (one.lon === null || one.lon < west || one.lon > east || one.lat < south || one.lat > north) return false;
  }
  return !words || fold(one.name).includes(words) || one.id.toLowerCase().includes(words);
}

/** The things that pass the filters; `anyLevel` leaves that filter out (to count what each level would give). */
export function shown({ anyLevel = false } = {}) {
  const words = fold(state.q.trim());
  const found = [];
  for (const key of layersOn()) {
    for (const one of layers.get(key)?.values() ?? []) if (matches(one, words, anyLevel)) found.push(one);
  }
  return found;
}

const collator = new Intl.Collator("vi", { numeric: true });
const ORDERS = {
  level: (a, b) => isStale(a) - isStale(b) || b.rank - a.rank || collator.compare(a.name, b.name),
  name: (a, b) => collator.compare(a.name, b.name),
  value: (a, b) => (typeof a.value === "number" ? 0 : 1) - (typeof b.value === "number" ? 0 : 1) || a.value - b.value || collator.compare(a.name, b.name),
  unit: (a, b) => collator.compare(config.units[a.unit] ?? "\uffff", config.units[b.unit] ?? "\uffff"),
  observed: (a, b) => (b.at ?? 0) - (a.at ?? 0),
};

/** Sorts things as the address asks. */
export function sorted(things) {
  const order = ORDERS[state.sort] ?? ORDERS.level;
  return things.sort(state.desc ? (a, b) => order(b, a) : order);
}

function bandAt(type, value) {
  return type.bands.findIndex((band) => (band.from === null || value >= band.from) && (band.below === null || value < band.below));
}

function put(one, attribute) {
  const { type } = one;
  const raw = attribute.value;
  if (typeof raw === "number") {
    one.value = raw * type.factor + type.offset;
    one.band = bandAt(type, one.value);
    one.rank = one.band < 0 ? 0 : LEVELS.indexOf(type.bands[one.band].level);
  } else {
    const choice = type.choices.find((each) => each.value === raw);
    one.value = choice?.label ?? raw;
    one.rank = choice ? LEVELS.indexOf(choice.level) : 0;
  }
}

const newest = (attributes) => Math.max(0, ...Object.values(attributes).map((each) => Date.parse(each?.observedAt ?? "") || 0)) / 1000;
const single = (attribute) => (Array.isArray(attribute) ? attribute[0] : attribute);
const reloads = new Map();

function reload(key) {
  clearTimeout(reloads.get(key));
  reloads.set(key, setTimeout(() => load(key).catch(() => {}), 700));
}

/** Applies one event of the stream; gives the thing it changed, or null. */
export function apply(event) {
  const data = event.data ?? {};
  const key = [data.type ?? []].flat().find((name) => types.has(name));
  const things = key && layers.get(key);
  if (!things) return null;
  if (event.type.endsWith("deleted")) {
    things.delete(data.id);
    tell(key);
    return null;
  }
  const one = things.get(data.id);
  const attributes = Object.fromEntries(Object.entries(data.attributes ?? {}).map(([name, each]) => [name, single(each)]));
  const main = attributes[one?.type.headline];
  const strange = main?.unitCode && one.type.unitCode && main.unitCode !== one.type.unitCode;
  if (!one || strange || attributes.location) {
    reload(key);
    if (!one) return null;
  }
  if (main && !strange) put(one, main);
  if (attributes.name) one.name = attributes.name.value ?? one.name;
  if (attributes.provenance) one.simulated = attributes.provenance.value === "simulated";
  one.at = Math.max(one.at ?? 0, newest(attributes)) || one.at;
  one.changed = attributes;
  tell(key);
  return one;
}
