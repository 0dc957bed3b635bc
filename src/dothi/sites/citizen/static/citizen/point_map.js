/** A map with one mark that a person moves: by pointer, or with the arrow keys. The fields beside say the same in numbers. */
import { Marker } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { around, makeMap } from "../data/base_map.js";

const CITY = [106.70098, 10.77689];

/** Draws into `box`; calls `moved(lon, lat)` whenever the mark was put somewhere. Throws where maps cannot be drawn. */
export async function pointMap(box, start, moved) {
  box.id = "map";
  const map = await makeMap({ bounds: around([start ?? CITY]), repaint: () => {}, ready: () => {} });
  if (!map) throw new Error("no map");
  const mark = new Marker({ draggable: true }).setLngLat(start ?? CITY);
  const shown = () => { if (!mark.getElement().isConnected) mark.addTo(map); };
  const tell = () => { const { lng, lat } = mark.getLngLat(); moved(lng, lat); };
  const handle = mark.getElement();
  handle.tabIndex = 0;
  handle.setAttribute("role", "button");
  handle.setAttribute("aria-label", document.documentElement.lang === "en" ? "The place. Arrow keys move it." : "Vị trí. Dùng phím mũi tên để dời.");
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[event.key];
    if (!step) return;
    const at = map.project(mark.getLngLat());
    mark.setLngLat(map.unproject([at.x + step[0], at.y + step[1]]));
    tell();
    event.preventDefault();
    event.stopPropagation();
  });
  mark.on("dragend", tell);
  map.on("click", ({ lngLat }) => { mark.setLngLat(lngLat); shown(); tell(); });
  if (start) shown();
  return { map, mark: { setLngLat: (at) => { mark.setLngLat(at); shown(); } } };
}
