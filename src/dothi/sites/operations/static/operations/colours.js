/** Colouring the units by the mean of one attribute, with its legend and the card of one unit. */
import { address, config, getJson, make, number, say, since, word } from "./config.js";
import { watchCity } from "./city.js";
import { colourUnits, onUnit } from "./map.js";
import { change, state, watch } from "./state.js";

const select = document.getElementById("color");
const scale = document.getElementById("scale");
const card = document.getElementById("ward-card");
let data = null;
let unit = null;
let turn = 0;

function ends(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (low === high) return low < 0 ? [low, 0] : [0, low || 1];
  const step = 10 ** Math.floor(Math.log10(high - low));
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

function drawScale() {
  scale.hidden = !data;
  if (!data) return;
  const ticks = scale.querySelector(".ticks");
  const note = scale.querySelector(".source");
  if (!data.codes.length) {
    ticks.replaceChildren();
    note.textContent = word("noReadings");
    return;
  }
  const [low, high] = data.ends;
  const decimals = high - low < 10 ? data.decimals : 0;
  ticks.replaceChildren(...[low, (low + high) / 2, high].map((value, i) => make("span", {}, number(value, decimals) + (i === 2 ? ` ${data.unit}` : ""))));
  const count = data.counts.reduce((a, b) => a + b, 0);
  note.replaceChildren(`${word("mean")} · ${word("readings", { count: number(count) })} · `, make("time", { datetime: new Date(data.at).toISOString(), "data-ago": true }, since(data.at / 1000)));
  note.append(make("br"), make("span", { class: "none" }, word("noReadings")));
  if (data.simulated) note.append(" · ", make("span", { class: "sim-word" }, `◇ ${word("simulated")}`));
}

async function load() {
  const mine = ++turn;
  if (!state.color) {
    data = null;
    colourUnits(null);
    drawScale();
    return drawCard();
  }
  try {
    const found = await getJson(address("choropleth", state.color));
    if (mine !== turn) return undefined;
    data = found;
    data.ends = data.codes.length ? ends(data.means) : [0, 1];
    const [low, high] = data.ends;
    colourUnits(new Map(data.codes.map((code, i) => [code, (data.means[i] - low) / (high - low)])));
  } catch (error) {
    if (mine !== turn) return undefined;
    data = null;
    colourUnits(null);
    say(error.message);
  }
  drawScale();
  return drawCard();
}

function drawCard() {
  card.hidden = !unit;
  if (!unit) return;
  const i = data ? data.codes.indexOf(unit.code) : -1;
  const mean = i < 0 ? (data ? word("noReadings") : "") : `${data.label}: ${number(data.means[i], data.decimals)} ${data.unit} · ${word("readings", { count: data.counts[i] })}`;
  const only = make("button", { type: "button", class: "btn quiet small" }, word(state.unit === unit.code ? "wholeCity" : "onlyHere"));
  only.addEventListener("click", () => { change({ unit: state.unit === unit.code ? "" : unit.code }); drawCard(); });
  const shut = make("button", { type: "button", class: "icon-btn", "aria-label": word("close") }, "✕");
  shut.addEventListener("click", () => { unit = null; drawCard(); });
  card.replaceChildren(
    make("div", {}, make("strong", {}, unit[config.language]), mean ? make("p", { class: "small muted" }, mean) : null),
    shut, make("p", { class: "cluster" }, make("a", { class: "btn plain small", href: address("unit", unit.code) }, word("unitPage")), only),
  );
}

/** Connects the colouring to its control, the address and the live city. */
export function startColours() {
  select.addEventListener("change", () => change({ color: select.value }));
  onUnit((properties) => { unit = properties; drawCard(); });
  watch((changed) => {
    if (changed.has("color")) { select.value = state.color; load(); }
    if (changed.has("unit")) drawCard();
  });
  let later = 0;
  watchCity((key) => {
    if (!state.color.startsWith(`${key}.`) || later) return;
    later = setTimeout(() => { later = 0; load(); }, 10_000);
  });
  if (state.color) load();
}
