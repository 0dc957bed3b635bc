/** The event stream: applies what happens, says how the connection is, and comes back by itself. */
import { config, getJson, hour, say, word } from "./config.js";
import { apply, loaded, load } from "./city.js";

const light = document.getElementById("live");
const listeners = new Set();
let source = null;
let lastId = "";
let lostAt = null;
let wait = 1000;
let updated = 0;
let retryLater = 0;

/** Calls `listener(thing)` for every reading that arrives. */
export function watchReadings(listener) {
  listeners.add(listener);
}

function show(name) {
  if (!light || light.dataset.state === name) return;
  light.dataset.state = name;
  const text = name === "offline" ? word("offline", { time: hour(lostAt / 1000) }) : word(name);
  light.lastElementChild.textContent = text;
  if (name !== "connecting") say(text);
}

function received(message) {
  lastId = message.lastEventId || lastId;
  let event;
  try { event = JSON.parse(message.data); } catch { return; }
  const one = apply(event);
  updated += 1;
  if (one) for (const listener of listeners) listener(one);
}

function reloadAll() {
  for (const key of loaded()) load(key).catch(() => {});
}

function opened() {
  const again = lostAt !== null;
  lostAt = null;
  wait = 1000;
  show("live");
  // What happened before the first event, or while nobody listened for long, is in the layers themselves.
  if (again) reloadAll();
}

function lost() {
  lostAt ??= Date.now();
  show(navigator.onLine && Date.now() - lostAt < 10_000 ? "reconnecting" : "offline");
  if (source.readyState !== EventSource.CLOSED) return;
  clearTimeout(retryLater);
  retryLater = setTimeout(connect, wait);
  wait = Math.min(wait * 2, 30_000);
}

async function streamAddress() {
  const query = new URLSearchParams({ log: "context" });
  if (lastId) query.set("after", lastId);
  if (config.ticket) {
    const { ticket } = await getJson(config.urls.ticket).catch(() => ({}));
    if (ticket) query.set("ticket", ticket);
  }
  return `${config.urls.stream}?${query}`;
}

const EVENTS = ["created", "updated", "deleted"].map((what) => `vn.dothi.context.entity-${what}`);

/** Connects, or connects anew. */
export async function connect() {
  source?.close();
  const url = await streamAddress();
  source = new EventSource(url);
  source.onopen = opened;
  source.onerror = lost;
  source.onmessage = received;
  for (const name of EVENTS) source.addEventListener(name, received);
  source.addEventListener("reset", (message) => { lastId = message.lastEventId; reloadAll(); });
}

setInterval(() => {
  if (lostAt !== null) show(navigator.onLine && Date.now() - lostAt < 10_000 ? "reconnecting" : "offline");
}, 2000);
setInterval(() => {
  if (updated) say(word("updated", { count: updated }));
  updated = 0;
}, 60_000);
addEventListener("offline", () => { lostAt ??= Date.now(); show("offline"); });
addEventListener("online", connect);
addEventListener("pagehide", () => source?.close());
