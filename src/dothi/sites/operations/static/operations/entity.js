/** The page of one entity: only its chart needs a script. */
import { config, getJson, word } from "./config.js";
import { drawChart } from "./chart.js";

const section = document.querySelector("[data-history]");
if (section) {
  const id = document.querySelector("[data-id]").dataset.id;
  const query = new URLSearchParams({ id, attr: section.dataset.attr, window: section.dataset.window });
  const box = section.querySelector("[data-chart]");
  const note = section.querySelector("[data-chart-note]");
  let plot = null;
  let data = null;
  const draw = () => { plot?.destroy(); plot = drawChart(box, note, data, { height: 260 }); };
  getJson(`${config.urls.series}?${query}`).then((found) => { data = found; draw(); }).catch((error) => { note.textContent = error.message || word("failed"); });
  document.documentElement.addEventListener("dothi:ground", () => data && draw());
  addEventListener("resize", () => data && draw());
}
