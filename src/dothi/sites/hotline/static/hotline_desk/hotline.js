// What scripts add to the desk: clocks that run, keys, and word that what was written is kept.
const english = document.documentElement.lang === "en";
const words = english
  ? { kept: "Kept", lost: "Not kept: the connection is away. Do not close this page.", left: "left", over: "over" }
  : { kept: "Đã lưu", lost: "Chưa lưu được: mất kết nối. Đừng đóng trang này.", left: "còn", over: "quá" };

/** `4:05`, `1:02:09`: a time of so many seconds. */
function span(seconds) {
  const whole = Math.abs(Math.trunc(seconds)), pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

function tick() {
  const now = Date.now();
  for (const each of document.querySelectorAll("[data-since]")) each.textContent = span((now - Date.parse(each.dataset.since)) / 1000);
  for (const each of document.querySelectorAll("[data-due]")) {
    const left = (Date.parse(each.dataset.due) - now) / 1000;
    if (Math.abs(left) > 86400) continue; // days are not counted down
    each.textContent = `${left < 0 ? words.over : words.left} ${span(left)}`;
    each.closest(".due, .tag")?.classList.toggle("alert", left < 0);
  }
}
tick();
setInterval(tick, 1000);

const form = document.querySelector("[data-call]");
const kept = document.getElementById("kept");
if (form) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    dirty = !event.detail.successful;
    kept.textContent = event.detail.successful ? `${words.kept} ${new Date().toLocaleTimeString(english ? "en-GB" : "vi-VN")}` : words.lost;
  });
  // What was typed since the last pause goes with the page.
  addEventListener("pagehide", () => { if (dirty) navigator.sendBeacon(form.getAttribute("hx-post"), new FormData(form)); });

  const choose = (key) => {
    form.elements.category.value = key;
    form.elements.category.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) { event.preventDefault(); choose(button.dataset.choose); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); form.querySelector("[data-send]").click(); }
    if (event.altKey && /^Digit[1-3]$/.test(event.code)) {
      const button = document.querySelectorAll("[data-choose]")[Number(event.code.slice(5)) - 1];
      if (button) { event.preventDefault(); choose(button.dataset.choose); }
    }
  });
}
