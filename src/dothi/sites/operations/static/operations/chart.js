/** Time series with uPlot: the mean as a line, lowest to highest as a band, declared levels behind. */
import uPlot from "../vendor/uplot/uplot.mjs";
import { day, hour, moment, number, word } from "./config.js";

const probe = document.createElement("i");
/** The value of a colour token in the ground of now. */
export function colour(token) {
  probe.hidden = true;
  document.body.append(probe);
  probe.style.color = `var(--${token})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function levelsBehind(data) {
  return (u) => {
    const { ctx } = u;
    const { left, width, top, height } = u.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    let taken = -Infinity;
    for (const band of data.bands.toReversed()) {
      if (band.level === "normal" || band.from === null) continue;
      const y = u.valToPos(band.from, "y", true);
      if (y < top || y > top + height) continue;
      ctx.strokeStyle = colour(band.level === "info" ? "info" : band.level);
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
      ctx.fillStyle = ctx.strokeStyle;
      ctx.font = `500 ${11 * devicePixelRatio}px "Be Vietnam Pro", sans-serif`;
      ctx.textAlign = "left";
      if (y - taken < 15 * devicePixelRatio) continue; // no room for its name; the line still stands
      taken = y;
      ctx.fillText(band.label, left + 4 * devicePixelRatio, y - 4 * devicePixelRatio);
    }
    if (data.forecast) {
      const x = u.valToPos(data.now, "x", true);
      ctx.setLineDash([]);
      ctx.strokeStyle = colour("ink-3");
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
    }
    ctx.restore();
  };
}

function range(data) {
  return (_u, low, high) => {
    if (low === null) return [0, 1];
    const pad = (high - low) * 0.12 || Math.abs(high) * 0.1 || 1;
    return [low >= 0 && low - pad < 0 ? 0 : low - pad, high + pad];
  };
}

const HOURS = [1, 2, 3, 6, 12, 24, 48, 120, 168, 240];
const OFFSET = 7 * 3600; // the city keeps one time all year

/** Whole hours or days of the city between two times, as many as have room. */
function ticks(from, to, width) {
  const most = Math.max(2, width / 68);
  const step = (HOURS.find((hours) => (to - from) / (hours * 3600) <= most) ?? 240) * 3600;
  const found = [];
  for (let at = Math.ceil((from + OFFSET) / step) * step - OFFSET; at <= to; at += step) found.push(at);
  return found;
}

const tickText = (span) => (at) => (span > 5 * 86400 || (at + OFFSET) % 86400 === 0 ? day(at) : hour(at));

function axes(data, span) {
  const grid = { stroke: colour("line"), width: 1 };
  const common = { stroke: colour("ink-3"), grid, ticks: { show: false }, font: '12px "Be Vietnam Pro", sans-serif' };
  return [
    { ...common, splits: (u) => ticks(data.from, data.from + span, u.width), values: (_u, splits) => splits.map(tickText(span)), size: 26, gap: 6 },
    { ...common, size: 46, gap: 6, values: (_u, splits) => splits.map((v) => number(v, Math.abs(splits[1] - splits[0]) < 1 ? (Math.abs(splits[1] - splits[0]) < 0.1 ? 2 : 1) : 0)) },
  ];
}

function columns(data) {
  if (!data.forecast) return [data.t, data.mean, data.min, data.max];
  const t = [...data.t, ...data.forecast.t];
  const gap = new Array(data.forecast.t.length).fill(null);
  const before = new Array(data.t.length).fill(null);
  if (before.length) before[before.length - 1] = data.mean.at(-1);
  return [t, [...data.mean, ...gap], [...data.min, ...gap], [...data.max, ...gap], [...before, ...data.forecast.level]];
}

function series(data) {
  const line = colour("brand");
  const soft = line.replace("rgb(", "rgba(").replace(")", ", .22)");
  const points = { show: data.t.length < 16 };
  const all = [
    {},
    { label: word("mean"), stroke: line, width: 2, points, spanGaps: false },
    { label: "min", stroke: "transparent", width: 0, points: { show: false } },
    { label: "max", stroke: "transparent", width: 0, points: { show: false } },
  ];
  if (data.forecast) all.push({ label: word("forecast"), stroke: line, width: 2, dash: [3, 4], points: { show: false } });
  return { all, bands: [{ series: [3, 2], fill: soft }] };
}

/** What the cursor stands on, in words. */
function reader(data, note, rest) {
  return (u) => {
    const i = u.cursor.idx;
    const value = i === null || i === undefined ? null : u.data[1][i] ?? u.data[4]?.[i];
    if (value === null || value === undefined) { note.textContent = rest; return; }
    const spread = u.data[2][i] !== null && u.data[3][i] - u.data[2][i] > 0 ? ` (${number(u.data[2][i], data.decimals)} – ${number(u.data[3][i], data.decimals)})` : "";
    const kind = u.data[1][i] === null || u.data[1][i] === undefined ? ` · ${word("forecast")}` : "";
    note.textContent = `${moment(u.data[0][i])}: ${number(value, data.decimals)} ${data.unit}${spread}${kind}`;
  };
}

function summary(data) {
  const values = data.mean.filter((v) => v !== null);
  if (!values.length) return word("noHistory");
  const low = Math.min(...data.min.filter((v) => v !== null));
  const high = Math.max(...data.max.filter((v) => v !== null));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return `${word("range")}: ${number(low, data.decimals)} – ${number(high, data.decimals)} ${data.unit} · ${word("mean")} ${number(mean, data.decimals)}`;
}

/** Draws `data` into `box`; the summary, or what the cursor is on, goes into `note`. Gives back the plot or null. */
export function drawChart(box, note, data, { height = 190 } = {}) {
  const rest = summary(data);
  note.textContent = rest;
  box.setAttribute("aria-label", `${data.label}. ${rest}`);
  if (!data.t.length) {
    box.replaceChildren(Object.assign(document.createElement("p"), { className: "empty small", textContent: word("noHistory") }));
    return null;
  }
  box.replaceChildren();
  const to = data.forecast ? data.forecast.t.at(-1) : data.to;
  const { all, bands } = series(data);
  const plot = new uPlot({
    width: box.clientWidth, height, series: all, bands, axes: axes(data, to - data.from), legend: { show: false },
    scales: { x: { time: false, range: () => [data.from, to] }, y: { range: range(data) } },
    cursor: { y: false, points: { size: 8 }, drag: { x: false, y: false } },
    hooks: { drawClear: [levelsBehind(data)], setCursor: [reader(data, note, rest)] },
    padding: [12, 8, 0, 0],
  }, columns(data), box);
  return plot;
}
