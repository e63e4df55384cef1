// Runs in pages of other sites: puts the report form's frame in the place of its own <script> and gives it its height.
(() => {
  "use strict";
  const script = document.currentScript;
  const address = new URL(script.src);
  address.pathname = address.pathname.replace(/\.js$/, "");
  address.search = "";
  for (const name of ["kind", "lang"]) {
    if (script.dataset[name]) address.searchParams.set(name, script.dataset[name]);
  }
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Formulir laporan";
  frame.style.width = "100%";
  frame.style.height = "900px";
  frame.style.border = "0";
  window.addEventListener("message", (event) => {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    const height = event.data && event.data.simpulHeight;
    if (Number.isFinite(height) && height > 0 && height < 20000) frame.style.height = Math.ceil(height) + "px";
  });
  script.replaceWith(frame);
})();
