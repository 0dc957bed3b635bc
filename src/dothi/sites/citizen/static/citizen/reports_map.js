/** Reports on a map beside their list: colour and size say what the list says in words; and one's own position. */
import { Popup } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { around, colour, config, makeMap, say } from "../data/base_map.js";

const features = config.rows.map((row) => ({ type: "Feature", properties: { code: row.code, label: row.label, href: row.href, state: row.late ? "late" : row.open ? "open" : "done" }, geometry: { type: "Point", coordinates: row.at } }));
const dot = (state) => ["==", ["get", "state"], state];

function paint(map) {
  if (map.getSource("reports")) return;
  map.addSource("reports", { type: "geojson", data: { type: "FeatureCollection", features } });
  map.addLayer({ id: "reports", type: "circle", source: "reports", paint: {
    "circle-color": ["case", dot("late"), colour("alert"), dot("open"), colour("info"), colour("map-quiet")],
    "circle-radius": ["case", dot("late"), 9, dot("open"), 7, 5], "circle-stroke-color": colour("map-edge"), "circle-stroke-width": 1.5,
  } });
}

function explain(map) {
  const popup = new Popup({ closeButton: false, className: "map-popup", offset: 10 });
  const lit = (code) => { for (const line of document.querySelectorAll("[data-code]")) line.classList.toggle("lit", line.dataset.code === code); };
  map.on("mousemove", "reports", ({ features: [one] }) => {
    map.getCanvas().style.cursor = "pointer";
    const text = document.createElement("span");
    text.textContent = `${one.properties.label} · ${one.properties.code}`;
    popup.setLngLat(one.geometry.coordinates).setDOMContent(text).addTo(map);
    lit(one.properties.code);
  });
  map.on("mouseleave", "reports", () => { map.getCanvas().style.cursor = ""; popup.remove(); lit(""); });
  map.on("click", "reports", ({ features: [one] }) => { if (document.querySelector("[data-code]")) location.assign(one.properties.href); });
  for (const line of document.querySelectorAll("[data-code]")) {
    const row = config.rows.find((each) => each.code === line.dataset.code);
    if (!row) continue;
    const show = () => { const text = document.createElement("span"); text.textContent = row.label; popup.setLngLat(row.at).setDOMContent(text).addTo(map); };
    line.addEventListener("mouseenter", show);
    line.addEventListener("focusin", show);
    line.addEventListener("mouseleave", () => popup.remove());
    line.addEventListener("focusout", () => popup.remove());
  }
}

const near = document.getElementById("near-me");
if (near && "geolocation" in navigator) {
  const english = document.documentElement.lang === "en";
  const said = document.getElementById("near-said"), form = document.getElementById("filters");
  near.hidden = false;
  near.addEventListener("click", () => {
    said.textContent = english ? "Looking for your position…" : "Đang tìm vị trí của bạn…";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { form.querySelector("[data-lat]").value = coords.latitude.toFixed(6); form.querySelector("[data-lon]").value = coords.longitude.toFixed(6); form.requestSubmit(); },
      () => { said.textContent = english ? "Your position cannot be found. Choose a ward instead." : "Không tìm được vị trí. Hãy chọn phường, xã."; },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 });
  });
}

if (features.length > 1) say(config.words.shown.replace("{count}", new Intl.NumberFormat(document.documentElement.lang).format(features.length)));
await makeMap({ bounds: around(config.centre ? [config.centre, ...config.rows.map((row) => row.at)] : config.rows.map((row) => row.at)), repaint: paint, ready: explain });
