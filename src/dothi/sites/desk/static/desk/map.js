/** The records of a page as places; a click opens the record. The list beside holds the same records. */
import { Map as MapLibre, AttributionControl, NavigationControl, Popup } from "../vendor/maplibre-gl/maplibre-gl.mjs";

const NOTHING = { type: "FeatureCollection", features: [] };
const config = JSON.parse(document.getElementById("map-config").textContent);
const box = document.getElementById("map");
const probe = document.createElement("i");
probe.hidden = true;
document.body.append(probe);

/** The value of a colour token on the ground of now. */
function colour(token) {
  probe.style.color = `var(--${token})`;
  return getComputedStyle(probe).color;
}

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

function paint(map) {
  const own = colour("brand");
  map.addSource("records", { type: "geojson", data: config.features });
  map.addLayer({ id: "areas", type: "fill", source: "records", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": own, "fill-opacity": 0.35 } });
  map.addLayer({ id: "edges", type: "line", source: "records", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": own, "line-width": 2 } });
  map.addSource("places", { type: "geojson", data: dots });
  map.addLayer({ id: "points", type: "circle", source: "places", paint: { "circle-color": own, "circle-radius": 6, "circle-stroke-width": 1.5, "circle-stroke-color": colour("panel") } });
}

/** Every position of a geometry. */
function positions(geometry) {
  const found = [];
  const walk = (each) => { if (typeof each?.[0] === "number") found.push(each); else each?.forEach(walk); };
  walk(geometry.coordinates ?? []);
  return found;
}

/** One point for each record: an outline of some metres would not be seen from afar. */
const dots = { type: "FeatureCollection", features: config.features.features.flatMap((each) => {
  const [first] = positions(each.geometry);
  return first ? [{ ...each, geometry: { type: "Point", coordinates: first } }] : [];
}) };

function around() {
  const all = config.features.features.flatMap((each) => positions(each.geometry));
  if (!all.length) return [106.2, 10.2, 107.2, 11.3];
  const bounds = all.reduce(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [180, 90, -180, -90]);
  const room = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]) < 0.01 ? 0.01 : 0;
  return [bounds[0] - room, bounds[1] - room, bounds[2] + room, bounds[3] + room];
}

function explain(map) {
  const popup = new Popup({ closeButton: false });
  for (const layer of ["points", "areas", "edges"]) {
    map.on("mousemove", layer, ({ features: [one], lngLat }) => {
      map.getCanvas().style.cursor = one.properties.href ? "pointer" : "";
      const text = document.createElement("span");
      text.textContent = one.properties.label;
      popup.setLngLat(lngLat).setDOMContent(text).addTo(map);
    });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; popup.remove(); });
    map.on("click", layer, ({ features: [one] }) => { if (one.properties.href) location.assign(one.properties.href); });
  }
}

if (!canDraw()) {
  box.dataset.state = "none";
  document.getElementById("map-note").textContent = config.words.none;
} else {
  const map = new MapLibre({ container: box, style: base(), bounds: around(), fitBoundsOptions: { padding: 36, maxZoom: 16 }, attributionControl: false, maxPitch: 0, dragRotate: false });
  map.addControl(new AttributionControl({ compact: false, customAttribution: "" }));
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  const wards = fetch(config.wards).then((answer) => (answer.ok ? answer.json() : NOTHING)).catch(() => NOTHING);
  const dress = async () => { paint(map); map.getSource("wards")?.setData(await wards); };
  map.once("load", async () => { await dress(); explain(map); box.dataset.state = "ready"; box.dataset.count = String(config.features.features.length); });
  document.documentElement.addEventListener("dothi:ground", () => { map.setStyle(base()); map.once("styledata", dress); });
}
