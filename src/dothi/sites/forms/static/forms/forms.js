// What scripts add to declared forms: one's own position, a map to move it on, focus on the summary of faults.
const summary = document.getElementById("faults");
if (summary) summary.focus();

for (const place of document.querySelectorAll("[data-place]")) {
  const lat = place.querySelector("[data-lat]"), lon = place.querySelector("[data-lon]");
  const said = place.querySelector("[data-said]"), button = place.querySelector("[data-locate]"), box = place.querySelector("[data-map]");
  const words = document.documentElement.lang === "en"
    ? { wait: "Looking for your position…", none: "Your position cannot be found. Write the address instead.", found: (m) => `Found, to within ${m} m. You can move the mark.` }
    : { wait: "Đang tìm vị trí của bạn…", none: "Không tìm được vị trí. Hãy ghi địa chỉ.", found: (m) => `Đã tìm thấy, sai số ${m} m. Bạn có thể dời dấu trên bản đồ.` };
  let map, mark;

  const put = (x, y, move) => {
    lon.value = x.toFixed(6); lat.value = y.toFixed(6);
    place.dispatchEvent(new CustomEvent("dothi:placed", { bubbles: true, detail: { lon: x, lat: y } }));
    if (mark) { mark.setLngLat([x, y]); if (move) map.jumpTo({ center: [x, y], zoom: Math.max(map.getZoom(), 15) }); }
  };

  if ("geolocation" in navigator) {
    button.hidden = false;
    button.addEventListener("click", () => {
      said.textContent = words.wait;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => { said.textContent = words.found(Math.round(coords.accuracy)); put(coords.longitude, coords.latitude, true); },
        () => { said.textContent = words.none; },
        { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 });
    });
  }

  const source = place.dataset.module;
  if (source && box) {
    // The same map as everywhere: the surface says where its module is.
    import(source).then(async ({ pointMap }) => {
      box.hidden = false;
      const start = lat.value && lon.value ? [Number(lon.value), Number(lat.value)] : null;
      ({ map, mark } = await pointMap(box, start, (x, y) => put(x, y, false)));
    }).catch(() => { box.hidden = true; });
  }
}
