/** Reads a line chart to the pointer and to the arrow keys: the numbers stand in the table below in any case. */
for (const box of document.querySelectorAll("[data-chart]")) {
  const figure = JSON.parse(document.getElementById("figure-data")?.textContent ?? "null");
  const plot = box.querySelector(".plot");
  if (!figure || !figure.labels.length || !plot) continue;
  const lang = document.documentElement.lang;
  const number = new Intl.NumberFormat(lang === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 3 });
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.setAttribute("class", "cursor");
  line.setAttribute("y1", "0");
  line.setAttribute("y2", "100%");
  line.setAttribute("visibility", "hidden");
  plot.append(line);
  const told = document.createElement("p");
  told.className = "chart-told small";
  told.setAttribute("role", "status");
  box.after(told);
  let here = -1;
  const tell = (index) => {
    here = Math.min(Math.max(index, 0), figure.labels.length - 1);
    const x = `${figure.xs[here] / 10}%`;
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    line.setAttribute("visibility", "visible");
    const parts = figure.series.map((series, i) => `${figure.names[i] ? `${figure.names[i]} ` : ""}${series[here] === null ? "–" : number.format(series[here])}`);
    told.textContent = `${figure.labels[here]}: ${parts.join(" · ")}`;
  };
  const nearest = (event) => {
    const { left, width } = plot.getBoundingClientRect();
    const at = ((event.clientX - left) / width) * 1000;
    let best = 0;
    figure.xs.forEach((x, i) => { if (Math.abs(x - at) < Math.abs(figure.xs[best] - at)) best = i; });
    tell(best);
  };
  plot.addEventListener("pointermove", nearest);
  plot.addEventListener("pointerdown", nearest);
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", plot.getAttribute("aria-label"));
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12 }[event.key];
    if (!step) return;
    tell(here + step);
    event.preventDefault();
  });
}
