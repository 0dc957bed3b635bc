/** The ground of every map of the portal: the city's wards, no tiles, colours from the tokens of the ground of now. */
import { Map as MapLibre, AttributionControl, NavigationControl } from "../vendor/maplibre-gl/maplibre-gl.mjs";

export const NOTHING = { type: "FeatureCollection", features: [] };
export const config = JSON.parse(document.getElementById("map-config").textContent);
const note = document.getElementById("map-note");
const probe = document.createElement("i");
probe.hidden = true;
document.body.append(probe);

/** The value of a colour token. */
export function colour(token) {
  probe.style.color = `var(--${token})`;
  return getComputedStyle(probe).color;
}

/** Says something below the map. */
export function say(text) { if (note) note.textContent = text; }

function canDraw() {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
}

function base() {
  return {
    version: 8,
    sources: { wards: { type: "geojson", data: NOTHING } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour("map-water") } },
      { id: "wards", type: "fill", source: "wards", paint: { "fill-color": colour("map-land") } },
      { id: "ward-lines", type: "line", source: "wards", paint: { "line-color": colour("map-line"), "line-width": 0.8 } },
    ],
  };
}

/** Makes the map in `#map` and calls `ready(map)` once, and `repaint(map)` whenever its style is new. */
export async function makeMap({ bounds, ready, repaint }) {
  const box = document.getElementById("map");
  if (!canDraw()) { box.dataset.state = "none"; say(config.words.none); return null; }
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new MapLibre({
    container: box, style: base(), bounds, fitBoundsOptions: { padding: 36, maxZoom: 13 }, attributionControl: false,
    fadeDuration: calm ? 0 : 200, cooperativeGestures: document.body.classList.contains("embed"), maxPitch: 0, dragRotate: false,
  });
  map.addControl(new AttributionControl({ compact: false, customAttribution: "" }));
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  await Promise.all([document.fonts.load('16px "Be Vietnam Pro Medium"', "Phường ỳ")]).catch(() => {});
  const wards = fetch(config.wards).then((answer) => (answer.ok ? answer.json() : NOTHING)).catch(() => NOTHING);
  const dress = async () => { repaint(map); map.getSource("wards")?.setData(await wards); };
  map.once("load", async () => { await dress(); await ready(map); box.dataset.state = "ready"; });
  document.documentElement.addEventListener("dothi:ground", () => { map.setStyle(base()); map.once("styledata", dress); });
  return map;
}

/** The box around points: west, south, east, north; the city when there are none. */
export function around(points) {
  if (!points.length) return [106.2, 10.2, 107.2, 11.3];
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of points) {
    box[0] = Math.min(box[0], lon); box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon); box[3] = Math.max(box[3], lat);
  }
  const thin = Math.max(box[2] - box[0], box[3] - box[1]) < 0.02 ? 0.02 : 0;
  return [box[0] - thin, box[1] - thin, box[2] + thin, box[3] + thin];
}
