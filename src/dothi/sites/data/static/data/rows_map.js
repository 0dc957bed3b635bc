/** The rows of a dataset as places, coloured as the reader chose. The list beside holds the same rows. */
import { Popup } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { NOTHING, around, colour, config, makeMap, say } from "./base_map.js";

const STEPS = [0, 1, 2, 3, 4].map((i) => `ramp-${i}`);
const NAMES = ["d1", "d2", "d3", "d4", "d5", "d6"];

/** Which class of the legend a value belongs to. */
function classOf(value) {
  const scale = config.scale;
  if (!scale || value === null) return -1;
  if (scale.kind === "names") {
    const place = scale.names.indexOf(String(value));
    return place < 0 ? scale.names.length : place;
  }
  return scale.edges.filter((edge) => value >= edge).length;
}

function feature(row, at, index) {
  const value = config.colour ? row[at.get(config.colour)] : null;
  const geometry = config.where.length === 1
    ? row[at.get(config.where[0])]
    : { type: "Point", coordinates: [row[at.get(config.where[0])], row[at.get(config.where[1])]] };
  if (!geometry || (geometry.type === "Point" && geometry.coordinates.some((each) => each === null))) return null;
  return { type: "Feature", id: index, geometry, properties: { class: classOf(value), label: String(row[at.get(config.label)] ?? ""), value: value === null ? "" : String(value) } };
}

const points = (geometry) => (geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates.flat(Infinity).reduce((pairs, each, i, all) => (i % 2 ? pairs : [...pairs, [each, all[i + 1]]]), []).slice(0, 2000));

let collection = NOTHING;
function paint(map) {
  if (map.getSource("rows")) return;
  const tokens = config.scale?.kind === "names" ? NAMES : STEPS;
  const byClass = ["match", ["get", "class"], ...tokens.flatMap((token, i) => [i, colour(token)]), config.scale ? colour("map-quiet") : colour("d1")];
  map.addSource("rows", { type: "geojson", data: collection });
  map.addLayer({ id: "areas", type: "fill", source: "rows", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": byClass, "fill-opacity": 0.55, "fill-outline-color": colour("map-edge") } });
  map.addLayer({ id: "lines", type: "line", source: "rows", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": byClass, "line-width": 2 } });
  map.addLayer({ id: "points", type: "circle", source: "rows", filter: ["==", ["geometry-type"], "Point"], paint: {
    "circle-color": byClass, "circle-stroke-color": colour("map-edge"), "circle-stroke-width": 1, "circle-radius": ["interpolate", ["linear"], ["zoom"], 5, 3.5, 12, 7],
  } });
}

function explain(map) {
  const popup = new Popup({ closeButton: false, className: "map-popup" });
  for (const layer of ["points", "areas", "lines"]) {
    map.on("mousemove", layer, ({ features: [one], lngLat }) => {
      map.getCanvas().style.cursor = "pointer";
      const text = document.createElement("span");
      text.textContent = one.properties.value ? `${one.properties.label} · ${one.properties.value}` : one.properties.label;
      popup.setLngLat(lngLat).setDOMContent(text).addTo(map);
    });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; popup.remove(); });
  }
}

function onlyHere(map) {
  const button = document.getElementById("only-here");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const bounds = map.getBounds();
    const address = new URL(location.href);
    address.searchParams.delete("after");
    address.searchParams.set("bbox", [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((each) => each.toFixed(5)).join(","));
    location.assign(address);
  });
}

const answer = await fetch(config.rows);
if (answer.ok) {
  const page = await answer.json();
  const at = new Map(page.columns.map((name, i) => [name, i]));
  collection = { type: "FeatureCollection", features: page.rows.map((row, i) => feature(row, at, i)).filter(Boolean) };
  const count = new Intl.NumberFormat(document.documentElement.lang).format(collection.features.length);
  say((page.next ? config.words.more : config.words.shown).replace("{count}", count));
}
await makeMap({
  bounds: around(collection.features.flatMap((each) => points(each.geometry))),
  repaint: paint,
  ready: (map) => { explain(map); onlyHere(map); document.getElementById("map").dataset.count = String(collection.features.length); },
});
