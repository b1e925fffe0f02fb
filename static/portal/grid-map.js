// Turns the server's drawing of grids into a map that can be moved and enlarged. Without this script the drawing stays.
(() => {
  "use strict";
  const looks = { own: { color: "#07424d", weight: 3, fillColor: "#0b5c6b", fillOpacity: 0.35 },
                  special: { color: "#8a4b00", weight: 1.5, fillColor: "#fdf2de", fillOpacity: 0.9 },
                  was: { color: "#8a4b00", weight: 2, dashArray: "6 4", fill: false, interactive: false },
                  "": { color: "#0b5c6b", weight: 1.5, fillColor: "#e5f1f3", fillOpacity: 0.8 } };

  function show(box) {
    const features = JSON.parse(document.getElementById(box.dataset.gridMap).textContent);
    if (!features.length) return;
    box.classList.add("is-live");
    const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
    const layer = L.geoJSON(features, {
      style: (feature) => looks[feature.properties.tone] || looks[""],
      onEachFeature: (feature, shape) => {
        const name = document.createElement("span");
        name.textContent = feature.properties.name;
        shape.bindTooltip(name, { sticky: true });
        if (feature.properties.href && feature.properties.tone !== "own") {
          shape.on("click", () => window.location.assign(feature.properties.href));
        }
      },
    }).addTo(map);
    layer.eachLayer((shape) => {
      if (!shape.feature.properties.short) return;
      const label = document.createElement("span");
      label.textContent = shape.feature.properties.short;
      const icon = L.divIcon({ className: "grid-label", html: label, iconSize: [40, 24] });
      L.marker(shape.feature.properties.at, { icon, interactive: false, keyboard: false }).addTo(map);
    });
    L.control.scale({ imperial: false }).addTo(map);
    map.fitBounds(layer.getBounds(), { padding: [12, 12] });
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (window.L) document.querySelectorAll("[data-grid-map]").forEach(show);
  });
})();
