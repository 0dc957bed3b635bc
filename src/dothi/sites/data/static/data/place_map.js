/** Where the datasets of a search are, and a box drawn over them by pointer or by keyboard. */
import { NOTHING, around, colour, config, makeMap } from "./base_map.js";

const corner = ([west, south, east, north]) => [[west, south], [east, north]];
const ring = ([west, south, east, north]) => ({ type: "Polygon", coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] });
const feature = (box, properties = {}) => ({ type: "Feature", properties, geometry: ring(box) });
const datasets = { type: "FeatureCollection", features: config.datasets.map((each) => feature(each.box, { key: each.key })) };
const fields = ["west", "south", "east", "north"].map((id) => document.getElementById(id));
let chosen = config.box;
let lit = "";

const provinces = { type: "FeatureCollection", features: config.places.map(({ name, at }) => ({ type: "Feature", properties: { name }, geometry: { type: "Point", coordinates: at } })) };

function paint(map) {
  if (map.getSource("datasets")) return;
  map.addSource("provinces", { type: "geojson", data: provinces });
  map.addLayer({ id: "provinces", type: "circle", source: "provinces", paint: { "circle-radius": 2.5, "circle-color": colour("map-quiet") } });
  map.addLayer({ id: "province-names", type: "symbol", source: "provinces", layout: { "text-field": ["get", "name"], "text-font": ["Be Vietnam Pro Medium"], "text-size": 11.5, "text-anchor": "left", "text-offset": [0.6, 0] }, paint: { "text-color": colour("map-label"), "text-halo-color": colour("map-halo"), "text-halo-width": 1.2 } });
  map.addSource("datasets", { type: "geojson", data: datasets });
  map.addSource("chosen", { type: "geojson", data: chosen ? feature(chosen) : NOTHING });
  map.addLayer({ id: "datasets", type: "line", source: "datasets", paint: { "line-color": colour("d1"), "line-width": 1.4, "line-opacity": 0.75 } });
  map.addLayer({ id: "lit", type: "fill", source: "datasets", filter: ["==", ["get", "key"], lit], paint: { "fill-color": colour("d1"), "fill-opacity": 0.2 } });
  map.addLayer({ id: "chosen", type: "line", source: "chosen", paint: { "line-color": colour("focus"), "line-width": 2.6, "line-dasharray": [2, 1.5] } });
}

function light(map) {
  for (const line of document.querySelectorAll("[data-key]")) {
    const set = (key) => () => { lit = key; if (map.getLayer("lit")) map.setFilter("lit", ["==", ["get", "key"], key]); };
    line.addEventListener("mouseenter", set(line.dataset.key));
    line.addEventListener("focusin", set(line.dataset.key));
    line.addEventListener("mouseleave", set(""));
    line.addEventListener("focusout", set(""));
  }
}

function take(box) {
  fields.forEach((field, i) => { field.value = box[i].toFixed(4); });
  document.getElementById("place-form").requestSubmit();
}

/** A frame over the map, in pixels of it: arrows move it, with Shift they change its size. */
class Frame {
  constructor(map) {
    this.map = map;
    this.canvas = map.getContainer();
    this.node = document.createElement("div");
    this.node.className = "draw-frame";
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "application");
    this.node.setAttribute("aria-label", document.getElementById("draw").textContent);
    this.node.setAttribute("aria-describedby", "draw-help");
    for (const name of ["nw", "ne", "sw", "se"]) {
      const grip = document.createElement("i");
      grip.className = `grip ${name}`;
      grip.dataset.grip = name;
      this.node.append(grip);
    }
    this.node.addEventListener("keydown", (event) => this.key(event));
    this.node.addEventListener("pointerdown", (event) => this.drag(event));
  }

  open() {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    this.box = { x: w * 0.3, y: h * 0.3, w: w * 0.4, h: h * 0.4 };
    document.getElementById("draw-help").hidden = false;
    this.canvas.append(this.node);
    this.place();
    this.node.focus();
  }

  close() {
    this.node.remove();
    document.getElementById("draw-help").hidden = true;
    document.getElementById("draw").focus();
  }

  place() {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    const box = this.box;
    box.w = Math.min(Math.max(box.w, 24), w);
    box.h = Math.min(Math.max(box.h, 24), h);
    box.x = Math.min(Math.max(box.x, 0), w - box.w);
    box.y = Math.min(Math.max(box.y, 0), h - box.h);
    for (const [name, value] of [["left", box.x], ["top", box.y], ["width", box.w], ["height", box.h]]) this.node.style[name] = `${value}px`;
    this.degrees().forEach((each, i) => { fields[i].value = each.toFixed(4); });
  }

  degrees() {
    const { x, y, w, h } = this.box;
    const a = this.map.unproject([x, y + h]);
    const b = this.map.unproject([x + w, y]);
    return [a.lng, a.lat, b.lng, b.lat];
  }

  key(event) {
    const far = event.ctrlKey ? 2 : 16;
    const [dx, dy] = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key] ?? [0, 0];
    if (event.key === "Enter") take(this.degrees());
    else if (event.key === "Escape") this.close();
    else if (!dx && !dy) return;
    else if (event.shiftKey) { this.box.w += dx; this.box.h += dy; this.place(); }
    else { this.box.x += dx; this.box.y += dy; this.place(); }
    event.preventDefault();
    event.stopPropagation();
  }

  drag(event) {
    const grip = event.target.dataset.grip ?? "";
    const from = { x: event.clientX, y: event.clientY, ...{ box: { ...this.box } } };
    const move = ({ clientX, clientY }) => {
      const [dx, dy] = [clientX - from.x, clientY - from.y];
      const b = from.box;
      this.box = grip
        ? { x: b.x + (grip.includes("w") ? dx : 0), y: b.y + (grip.includes("n") ? dy : 0), w: b.w + (grip.includes("w") ? -dx : dx), h: b.h + (grip.includes("n") ? -dy : dy) }
        : { ...b, x: b.x + dx, y: b.y + dy };
      this.place();
    };
    const end = () => { removeEventListener("pointermove", move); removeEventListener("pointerup", end); };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    event.preventDefault();
    event.stopPropagation();
    this.node.focus();
  }
}

const every = chosen ? corner(chosen) : config.datasets.flatMap((each) => corner(each.box));
await makeMap({
  bounds: around(every),
  repaint: paint,
  ready: (map) => {
    light(map);
    const frame = new Frame(map);
    const draw = document.getElementById("draw");
    const sight = document.getElementById("in-sight");
    draw.hidden = sight.hidden = false;
    draw.addEventListener("click", () => frame.open());
    sight.addEventListener("click", () => {
      const bounds = map.getBounds();
      take([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]);
    });
  },
});
