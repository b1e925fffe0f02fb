// The telephone's own place, asked for only when the button is tapped and sent in the body of one request.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form[data-here]");
    if (!form || !navigator.geolocation) return;
    const button = form.querySelector("button"), words = form.querySelector("[role=status]");
    form.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      words.textContent = "正在取得位置……";
      navigator.geolocation.getCurrentPosition(
        (place) => {
          form.elements.lon.value = place.coords.longitude.toFixed(6);
          form.elements.lat.value = place.coords.latitude.toFixed(6);
          form.submit();
        },
        () => {
          button.disabled = false;
          words.textContent = "没有取得位置，请在下面选择社区。";
        },
        { timeout: 10000, maximumAge: 60000 },
      );
    });
  });
})();
