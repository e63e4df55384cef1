// Inside the frame: tells the page around it, if the office allows that page, how high the form is.
(() => {
  "use strict";
  if (window.parent === window) return;
  const framers = document.querySelector("meta[name=framers]").content.split(" ").filter(Boolean);
  const tell = () => {
    const simpulHeight = document.body.getBoundingClientRect().height;
    framers.forEach((origin) => window.parent.postMessage({ simpulHeight }, origin));
  };
  document.addEventListener("DOMContentLoaded", () => new ResizeObserver(tell).observe(document.body));
})();
