// Draws what the links beside the pictures download. The mark of bpmn.io in the corner stays, as its licence asks.
async function fetched(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

for (const box of document.querySelectorAll("[data-bpmn]")) {
  const viewer = new window.BpmnJS({ container: box });
  await viewer.importXML(await fetched(box.dataset.bpmn));
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport");
  if (canvas.zoom() < 0.35) canvas.zoom(0.6, { x: 0, y: 0 });
  for (const button of box.closest("section").querySelectorAll("[data-zoom]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const how = button.dataset.zoom;
      canvas.zoom(how === "fit" ? "fit-viewport" : canvas.zoom() * (how === "in" ? 1.3 : 1 / 1.3));
    });
  }
  box.dataset.state = "drawn";
}

for (const box of document.querySelectorAll("[data-dmn]")) {
  const viewer = new window.DmnJS({ container: box });
  await viewer.importXML(await fetched(box.dataset.dmn));
  const table = viewer.getViews().find((view) => view.type === "decisionTable");
  if (table) await viewer.open(table);
  // Hidden from screen readers: the grid it links to says the same as a table. Nothing in it takes the focus.
  for (const one of box.querySelectorAll("a, button, [tabindex], [contenteditable]")) one.tabIndex = -1;
  box.dataset.state = "drawn";
}
