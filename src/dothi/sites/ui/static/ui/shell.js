/** What every page needs: switches that keep the page, relative times that stay true, the menu. */

const YEAR = 365 * 24 * 3600;
const root = document.documentElement;

/** Light or dark at once, without a new page; anyone who draws with colours listens for `dothi:ground`. */
function chooseGround(ground) {
  root.dataset.ground = ground;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `dothi_ground=${ground}; Max-Age=${YEAR}; Path=/; SameSite=Lax${secure}`;
  for (const button of document.querySelectorAll("[data-grounds] button")) {
    button.setAttribute("aria-pressed", String(button.value === ground));
  }
  root.dispatchEvent(new CustomEvent("dothi:ground", { bubbles: true }));
}

for (const form of document.querySelectorAll("form[data-keep-page]")) {
  form.addEventListener("submit", (event) => {
    form.elements.next.value = location.pathname + location.search;
    if (form.hasAttribute("data-grounds") && event.submitter) {
      event.preventDefault();
      chooseGround(event.submitter.value);
    }
  });
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (root.dataset.ground === "auto") root.dispatchEvent(new CustomEvent("dothi:ground", { bubbles: true }));
});

const relative = new Intl.RelativeTimeFormat(root.lang, { numeric: "always" });

/** "12 minutes ago" for a number of seconds, in the page's language. */
export function ago(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return relative.format(-s, "second");
  if (s < 3600) return relative.format(-Math.floor(s / 60), "minute");
  if (s < 86400) return relative.format(-Math.floor(s / 3600), "hour");
  return relative.format(-Math.floor(s / 86400), "day");
}

/** Brings every `<time data-ago>` below `node` up to date. */
export function refreshTimes(node = document) {
  for (const time of node.querySelectorAll("time[data-ago]")) {
    const text = ago((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}
setInterval(refreshTimes, 5000);

const clock = document.querySelector("[data-clock]");
if (clock) {
  const zone = { timeZone: "Asia/Ho_Chi_Minh" };
  const day = new Intl.DateTimeFormat(root.lang === "vi" ? "vi-VN" : "en-GB", { ...zone, dateStyle: root.lang === "vi" ? "short" : "medium" });
  const hour = new Intl.DateTimeFormat("en-GB", { ...zone, timeStyle: "medium" });
  const tick = () => { clock.textContent = `${hour.format(new Date())} · ${day.format(new Date())}`; };
  setInterval(tick, 1000);
  tick();
}

const menu = document.querySelector("[data-menu]");
menu?.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => { if (menu?.open && !menu.contains(event.target)) menu.open = false; });
