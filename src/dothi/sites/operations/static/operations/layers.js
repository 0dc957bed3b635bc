/** The layer list: which types are shown, how many there are, and the worst sign among them. */
import { config, number, sign, word } from "./config.js";
import { find, isStale, levelOf, levelWord, load, loaded, shapeOf, shown, watchCity } from "./city.js";
import { change, layersOn, state, watch } from "./state.js";

const form = document.getElementById("layers");

function worst(key) {
  let found = null;
  let count = 0;
  for (const one of shown()) {
    if (one.type.key !== key || isStale(one)) continue;
    if (!found || one.rank > found.rank) { found = one; count = 0; }
    if (one.rank === found.rank) count += 1;
  }
  return found && found.rank > 1 ? [found, count] : [null, 0];
}

function drawLayers() {
  const on = layersOn();
  for (const input of form.querySelectorAll("input[name=layers]")) {
    input.checked = on.has(input.value);
    const [one, count] = input.checked ? worst(input.value) : [null, 0];
    const box = form.querySelector(`[data-worst="${CSS.escape(input.value)}"]`);
    box.replaceChildren(...(one ? [sign(shapeOf(one), levelOf(one)), number(count)] : []));
    box.title = one ? levelWord(one) : "";
    form.querySelector(`[data-count="${CSS.escape(input.value)}"]`).textContent = number(config.counts[input.value] ?? 0);
  }
}

/** Loads the layers that are on and not yet in memory; says on the page which failed. */
export async function loadLayers() {
  const missing = [...layersOn()].filter((key) => config.counts[key] !== undefined && !loaded().includes(key));
  const done = await Promise.allSettled(missing.map(load));
  const failed = missing.filter((_, i) => done[i].status === "rejected");
  for (const label of form.querySelectorAll("label.layer")) {
    const key = label.querySelector("input").value;
    label.classList.toggle("failed", failed.includes(key));
    label.title = failed.includes(key) ? word("failed") : "";
  }
}

/** Connects the layer list. */
export function startLayers() {
  form.addEventListener("change", () => {
    change({ layers: new Set([...form.querySelectorAll("input[name=layers]:checked")].map((input) => input.value)) });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  watch((changed) => {
    if (changed.has("layers")) loadLayers();
    if (["layers", "levels", "source", "q", "unit", "bbox"].some((key) => changed.has(key))) drawLayers();
  });
  let later = 0;
  watchCity(() => { later ||= setTimeout(() => { later = 0; drawLayers(); }, 500); });
  drawLayers();
}

export { find, state };
