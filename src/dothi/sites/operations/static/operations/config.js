/** What the server handed over in the page, and how words, numbers and times are written. */
import { ago } from "../ui/shell.js";

export const config = JSON.parse(document.getElementById("configuration").textContent);
export const english = config.language === "en";
const locale = english ? "en-GB" : "vi-VN";
const zone = { timeZone: "Asia/Ho_Chi_Minh" };

/** A word of the page, with %(name)s filled in. */
export function word(key, values = {}) {
  return (config.words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

const formats = new Map();
/** A number with so many decimals, in the page's language. */
export function number(value, decimals = 0) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!formats.has(decimals)) {
    formats.set(decimals, new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  }
  return formats.get(decimals).format(value);
}

const clockFormat = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
const dayParts = new Intl.DateTimeFormat("en-GB", { ...zone, day: "2-digit", month: "2-digit" });
const fullFormat = new Intl.DateTimeFormat(locale, { ...zone, day: "2-digit", month: english ? "short" : "2-digit", year: "numeric" });

export const hour = (seconds) => clockFormat.format(seconds * 1000);
export const day = (seconds) => dayParts.formatToParts(seconds * 1000).filter((part) => part.type !== "literal").map((part) => part.value).join("/");
export const moment = (seconds) => `${hour(seconds)} ${fullFormat.format(seconds * 1000)}`;
export const since = (seconds) => ago(Date.now() / 1000 - seconds);

/** An address with its placeholder filled: `urls.entity` for one id. */
export function address(name, part = "") {
  return config.urls[name].replace(/~|(?<=\/)0(?=\/$)/, encodeURIComponent(part).replaceAll("%3A", ":"));
}

/** Fetches JSON; an error of the server becomes an Error with its own words. */
export async function getJson(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || problem.title || word("failed"));
  }
  return response.json();
}

/** An element: `make("td", {class: "n"}, "text", child)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
/** The sign of a level. */
export function sign(shape, level) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `shape ${level}`);
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#shape-${shape}`);
  svg.append(use);
  return svg;
}

const said = document.getElementById("said");
let sayLater = 0;
/** Tells a screen reader, politely and not too often. */
export function say(text) {
  clearTimeout(sayLater);
  sayLater = setTimeout(() => { if (said) said.textContent = text; }, 400);
}
