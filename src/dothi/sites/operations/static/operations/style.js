/** How the map looks, from the colour tokens of the ground of now. No tile, glyph or picture is fetched:
 * labels are drawn from the page's own fonts. */
import { config } from "./config.js";
import { colour } from "./chart.js";

const FONT = ["Be Vietnam Pro Medium"];
const BOLD = ["Be Vietnam Pro Semibold"];
export const NOTHING = { type: "FeatureCollection", features: [] };
const LEVEL_TOKENS = ["map-quiet", "sign-info", "sign-warn", "sign-alert", "sign-critical"];

/** The colours of the scale of means, lowest first. */
export const ramp = () => [0, 1, 2, 3, 4].map((i) => colour(`ramp-${i}`));

function wardLayers() {
  const steps = ramp().flatMap((each, i) => [i / 4, each]);
  const plain = ["case", ["==", ["%", ["to-number", ["get", "code"]], 2], 0], colour("map-land"), colour("map-land-2")];
  return [
    { id: "wards", type: "fill", source: "wards", paint: {
      "fill-color": ["case", ["==", ["feature-state", "mean"], null], ["case", ["boolean", ["feature-state", "faded"], false], colour("map-land"), plain], ["interpolate", ["linear"], ["feature-state", "mean"], ...steps]],
      "fill-antialias": true,
    } },
    { id: "ward-lines", type: "line", source: "wards", paint: { "line-color": colour("map-line"), "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 12, 1.1, 15, 1.8] } },
    { id: "ward-hover", type: "line", source: "wards", paint: { "line-color": colour("map-label"), "line-width": ["case", ["boolean", ["feature-state", "chosen"], false], 2.4, ["boolean", ["feature-state", "hover"], false], 1.6, 0] } },
  ];
}

function signLayers() {
  const big = 13;
  const image = ["step", ["zoom"], ["get", "icon"], big, ["get", "bigIcon"]];
  const common = { "icon-image": image, "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-padding": 0 };
  const label = { "text-field": ["step", ["zoom"], "", 15, ["get", "label"]], "text-font": FONT, "text-size": 12, "text-offset": [0, 1.35], "text-anchor": "top", "text-optional": true, "text-max-width": 11 };
  const ink = { "text-color": colour("map-label"), "text-halo-color": colour("map-halo"), "text-halo-width": 1.4 };
  const worst = ["match", ["get", "worst"], 1, colour(LEVEL_TOKENS[1]), 2, colour(LEVEL_TOKENS[2]), 3, colour(LEVEL_TOKENS[3]), 4, colour(LEVEL_TOKENS[4]), colour("map-quiet")];
  return [
    { id: "clusters", type: "circle", source: "things", filter: ["has", "point_count"], paint: {
      "circle-color": colour("raised"), "circle-stroke-color": worst, "circle-stroke-width": ["case", [">", ["get", "worst"], 1], 2.4, 1.2],
      "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 9, 20, 13, 100, 17, 600, 24],
    } },
    { id: "cluster-counts", type: "symbol", source: "things", filter: ["has", "point_count"], layout: {
      "text-field": ["get", "point_count_abbreviated"], "text-font": BOLD, "text-size": ["interpolate", ["linear"], ["get", "point_count"], 2, 11, 100, 12.5], "text-allow-overlap": true, "text-ignore-placement": true,
    }, paint: { "text-color": colour("ink") } },
    { id: "things", type: "symbol", source: "things", filter: ["!", ["has", "point_count"]], layout: { ...common, ...label, "symbol-sort-key": ["get", "rank"] }, paint: ink },
    { id: "chosen", type: "circle", source: "chosen", paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 13, 13, 19], "circle-color": "transparent", "circle-stroke-color": colour("focus"), "circle-stroke-width": 2.6 } },
    { id: "abnormal", type: "symbol", source: "abnormal", layout: { ...common, ...label, "symbol-sort-key": ["get", "rank"] }, paint: ink },
  ];
}

function wardLabels() {
  return {
    id: "ward-labels", type: "symbol", source: "labels", minzoom: 9.6,
    layout: {
      "text-field": ["get", "name"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 9.6, 10.5, 12, 12.5, 15, 15], "text-max-width": 7,
      "text-padding": 6, "symbol-sort-key": ["-", ["get", "area"]], "text-letter-spacing": 0.01,
    },
    paint: { "text-color": colour("map-label"), "text-halo-color": colour("map-halo"), "text-halo-width": 1.3, "text-opacity": ["interpolate", ["linear"], ["zoom"], 9.6, 0.75, 12, 1] },
  };
}

/** The layers of ours, from the ground up. */
export function ownLayers() {
  const [clusters, counts, things, chosen, abnormal] = signLayers();
  return [...wardLayers(), { id: "outline", type: "line", source: "outline", paint: { "line-color": colour("map-edge"), "line-width": 1.6, "line-opacity": 0.9 } }, clusters, counts, things, wardLabels(), abnormal, chosen];
}

/** The sources of ours, empty. */
export function ownSources() {
  const points = { type: "geojson", data: NOTHING };
  return {
    wards: { ...points, promoteId: "code", attribution: "" },
    outline: points, labels: points, chosen: points, abnormal: points,
    things: { ...points, cluster: true, clusterRadius: 26, clusterMaxZoom: 11, clusterProperties: { worst: ["max", ["get", "rank"]] } },
  };
}

const font = (file) => new URL(`../vendor/be-vietnam-pro/${file}.woff2`, import.meta.url).href;
const VIETNAMESE = ["U+0102-0103", "U+0110-0111", "U+0128-0129", "U+0168-0169", "U+01A0-01A1", "U+01AF-01B0", "U+0300-0323", "U+1EA0-1EF9", "U+20AB"];
const face = (weight) => [{ url: font(`vietnamese-${weight}`), "unicode-range": VIETNAMESE }, { url: font(`latin-${weight}`) }];
/** Our letters beside those of a basemap, whose glyph server does not have them. */
export const FACES = { [FONT[0]]: face(500), [BOLD[0]]: face(600) };

/** The online basemap of the settings with the city on it; null when none is set or it cannot be had. */
export async function basemap() {
  if (!config.basemap) return null;
  try {
    const found = await (await fetch(config.basemap)).json();
    const ours = ownLayers().map((layer) => (layer.id === "wards" ? { ...layer, paint: { ...layer.paint, "fill-opacity": 0.5 } } : layer));
    return { ...found, "font-faces": { ...found["font-faces"], ...FACES }, sources: { ...found.sources, ...ownSources() }, layers: [...found.layers, ...ours] };
  } catch { return null; }
}

/** The whole style without a basemap: water, and the city on it. */
export function style() {
  return { version: 8, sources: ownSources(), layers: [{ id: "water", type: "background", paint: { "background-color": colour("map-water") } }, ...ownLayers()] };
}
