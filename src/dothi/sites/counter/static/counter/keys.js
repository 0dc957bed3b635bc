// Keys of the counter: a letter presses the button that names it, J and K move in a list. Nothing while somebody types.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const rows = [...document.querySelectorAll("[data-rows] tbody a")];
let at = -1;

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  const button = document.querySelector(`[data-hot="${CSS.escape(key)}"]`);
  const focus = document.querySelector(`[data-hot-focus="${CSS.escape(key)}"]`);
  if (button) { event.preventDefault(); button.click(); }
  else if (focus) { event.preventDefault(); focus.closest("form").querySelector("textarea, input:not([type=hidden])").focus(); }
  else if ((key === "j" || key === "k") && rows.length) {
    event.preventDefault();
    at = Math.max(0, Math.min(rows.length - 1, at + (key === "j" ? 1 : -1)));
    document.querySelector("[data-at]")?.removeAttribute("data-at");
    rows[at].closest("tr").setAttribute("data-at", "");
    rows[at].focus();
  }
});

// A page that waits for letters and fees looks again by itself, a few times.
const waits = document.querySelector("[data-waits]");
const tries = Number(sessionStorage.getItem(location.pathname) ?? 0);
if (waits && tries < 6 && !document.querySelector("#faults")) {
  sessionStorage.setItem(location.pathname, String(tries + 1));
  setTimeout(() => location.replace(location.href), 1500);
} else if (!waits) sessionStorage.removeItem(location.pathname);

// A board brings itself up to date: the same page, its part exchanged.
const board = document.querySelector("[data-live]");
if (board) setInterval(async () => {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(board.id);
    if (fresh && fresh.innerHTML !== board.innerHTML) board.innerHTML = fresh.innerHTML;
    board.removeAttribute("data-stale");
  } catch { board.setAttribute("data-stale", ""); }
}, Number(board.dataset.live));
