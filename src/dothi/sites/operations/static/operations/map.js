/** The map: units, their colour, the things on them. Everything it shows is also in the list. */
import { Map as MapLibre, AttributionControl, ScaleControl } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { config, getJson, word } from "./config.js";
import { bandOf, find, isStale, shown, watchCity } from "./city.js";
import { change, state, watch } from "./state.js";
import { draw, signName } from "./symbols.js";
import { NOTHING, basemap, style } from "./style.js";

const box = document.getElementById("map");
const MOST_APART = 150;
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let map = null;
let units = null;
let colouring = null;
const listeners = { unit: new Set() };

/** Whether this device can draw the map. */
export function canDraw() {
  try {
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2"));
  } catch { return false; }
}

/** Calls `listener(properties)` when a person picks a unit on the map. */
export const onUnit = (listener) => listeners.unit.add(listener);

function feature(one) {
  const stale = isStale(one);
  const icon = signName(one, bandOf(one), stale);
  const parts = icon.split("|");
  parts[2] += "b";
  return { type: "Feature", properties: { id: one.id, icon, bigIcon: parts.join("|"), rank: stale ? 0 : one.rank, label: one.name }, geometry: { type: "Point", coordinates: [one.lon, one.lat] } };
}

/** Puts the things that pass the filters on the map. Warnings are not hidden in a cluster. */
export function drawThings() {
  const source = map?.getSource("things");
  if (!source) return;
  const made = shown().filter((one) => one.lon !== null).map(feature);
  // So many warnings that they would hide each other are clustered too; the rings of the clusters tell the worst.
  const apart = [3, 4, 5].find((rank) => made.filter((each) => each.properties.rank >= rank).length <= MOST_APART);
  const calmOnes = made.filter((each) => each.properties.rank < apart);
  const abnormal = made.filter((each) => each.properties.rank >= apart);
  source.setData({ type: "FeatureCollection", features: calmOnes });
  map.getSource("abnormal").setData({ type: "FeatureCollection", features: abnormal });
  box.dataset.count = String(calmOnes.length + abnormal.length);
  drawChosen();
}

function drawChosen() {
  const one = state.id ? find(state.id) : null;
  const point = one && one.lon !== null ? { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [one.lon, one.lat] } } : null;
  map.getSource("chosen")?.setData(point ?? NOTHING);
}

function labels(features) {
  const lang = config.language;
  return features.map(({ properties: p, geometry: g }) => ({
    type: "Feature", properties: { name: p[lang], area: g.coordinates.flat(3).length }, geometry: { type: "Point", coordinates: [p.lon, p.lat] },
  }));
}

async function drawUnits() {
  units ??= await getJson(config.urls.wards);
  const { features } = units;
  map.getSource("wards").setData(units);
  map.getSource("outline").setData(units.outline);
  map.getSource("labels").setData({ type: "FeatureCollection", features: labels(features) });
}

/** Colours the units: `means` from code to a number from 0 to 1; null takes the colour away. */
export function colourUnits(means) {
  colouring = means;
  if (!map?.getSource("wards")) return;
  map.removeFeatureState({ source: "wards" });
  for (const [code, mean] of means ?? []) map.setFeatureState({ source: "wards", id: code }, { mean });
  markUnit();
}

function markUnit() {
  if (state.unit && map?.getSource("wards")) map.setFeatureState({ source: "wards", id: state.unit }, { chosen: true });
}

function padding() {
  const wide = box.clientWidth > 900;
  return wide ? { top: 70, bottom: 40, left: 60, right: 60 } : { top: 76, bottom: 70, left: 16, right: 16 };
}

/** Shows the whole city (its mainland). */
export function home({ animate = true } = {}) {
  if (config.box) map.fitBounds(config.box, { padding: padding(), animate: animate && !calm });
}

/** Looks at a point, or at a unit's box. */
export function lookAt(lon, lat, zoom = 14) {
  map?.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), zoom), animate: !calm });
}

/** Brings a point into sight if it is not, without zooming. */
export function reveal(lon, lat) {
  if (!map) return;
  const point = map.project([lon, lat]);
  const low = matchMedia("(max-width: 1099px)").matches; // there the panel covers the lower part
  const [width, height] = [box.clientWidth, box.clientHeight * (low ? 0.28 : 1)];
  if (point.x > 20 && point.y > 60 && point.x < width - 20 && point.y < height - 20) return;
  map.easeTo({ center: [lon, lat], offset: [0, low ? -box.clientHeight * 0.33 : 0], animate: !calm });
}

/** The box of what the map shows now: west, south, east, north. */
export function inSight() {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}

function moved() {
  const { lng, lat } = map.getCenter();
  const patch = { map: [map.getZoom(), lat, lng] };
  if (state.bbox) patch.bbox = inSight();
  change(patch);
}

let hovered = null;
function hover(event) {
  const id = event?.features?.[0]?.id ?? null;
  if (id === hovered) return;
  if (hovered !== null) map.setFeatureState({ source: "wards", id: hovered }, { hover: false });
  hovered = id;
  if (id !== null) map.setFeatureState({ source: "wards", id }, { hover: true });
}

async function clicked(event) {
  const near = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]];
  const [hit] = map.queryRenderedFeatures(near, { layers: ["abnormal", "things", "clusters"] });
  if (hit?.properties.id) return change({ id: hit.properties.id, attr: "" }, { push: true });
  if (hit) {
    const zoom = await map.getSource("things").getClusterExpansionZoom(hit.properties.cluster_id);
    return map.easeTo({ center: hit.geometry.coordinates, zoom: zoom + 0.2, animate: !calm });
  }
  const [unit] = map.queryRenderedFeatures(event.point, { layers: ["wards"] });
  for (const listener of listeners.unit) listener(unit ? unit.properties : null);
  return undefined;
}

function listen() {
  map.on("moveend", moved);
  map.on("click", clicked);
  map.on("mousemove", "wards", hover);
  map.on("mouseleave", "wards", () => hover(null));
  for (const layer of ["things", "abnormal", "clusters"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
}

async function fonts() {
  // The map measures letters before it draws them: both subsets must be there first.
  const text = "Phường Thủ Đức ỳ";
  await Promise.all(["Medium", "Semibold"].map((weight) => document.fonts.load(`16px "Be Vietnam Pro ${weight}"`, text))).catch(() => {});
}

function ready() {
  drawUnits().then(() => { colourUnits(colouring); box.dataset.units = String(units.features.length); });
  drawThings();
  map.once("idle", () => { box.dataset.state = "ready"; document.getElementById("veil").hidden = true; });
}

let later = 0;
function soon() {
  later ||= setTimeout(() => { later = 0; drawThings(); }, 250);
}

/** Makes the map; resolves when it is on the page. */
export async function startMap() {
  const [base] = await Promise.all([basemap(), fonts()]);
  const place = state.map ? { center: [state.map[2], state.map[1]], zoom: state.map[0] } : { bounds: config.box ?? [106.3, 10.3, 107.1, 11.2], fitBoundsOptions: { padding: padding() } };
  map = new MapLibre({
    container: box, style: base ?? style(), ...place, minZoom: 6, maxZoom: 18, attributionControl: false, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, fadeDuration: calm ? 0 : 150, locale: { "Map.Title": word("mapLabel") },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-right");
  if (base) map.addControl(new AttributionControl({ compact: true }));
  map.setMissingStyleImageResolver(async (id) => {
    if (id.split("|").length !== 4 || map.hasImage(id)) return;
    const { image, options } = draw(id);
    map.addImage(id, image, options);
  });
  map.once("load", () => { ready(); listen(); });
  document.documentElement.addEventListener("dothi:ground", async () => {
    map.setStyle((await basemap()) ?? style(), { diff: false });
    map.once("style.load", ready);
  });
  watchCity(soon);
  watch((changed) => {
    if (["layers", "levels", "source", "q", "unit", "bbox"].some((key) => changed.has(key))) soon();
    if (changed.has("id")) drawChosen();
    if (changed.has("unit")) colourUnits(colouring);
    if (changed.has("view")) requestAnimationFrame(() => map.resize());
  });
  setInterval(drawThings, 60_000); // what has grown stale meanwhile turns grey
  for (const button of document.querySelectorAll("[data-map]")) {
    button.addEventListener("click", () => ({ in: () => map.zoomIn({ animate: !calm }), out: () => map.zoomOut({ animate: !calm }), home })[button.dataset.map]());
  }
  globalThis.dothiMap = map;
}
