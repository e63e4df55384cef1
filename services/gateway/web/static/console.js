// Comfort for officers and partners; every page works without it.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // j and k move through the rows, Enter opens, / searches.
  const rows = () => all("[data-row]");
  const link = (row) => $("a[href]", row);
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let selected = null;

  const select = (row, focus) => {
    rows().forEach((other) => other.classList.toggle("is-sel", other === row));
    selected = row ? row.id : null;
    if (row && focus) {
      link(row)?.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
  };
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains("is-sel"));
    select(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))], true);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/" && $("#q")) {
      event.preventDefault();
      $("#q").focus();
    } else if (event.key === "Enter" && event.target === document.body) {
      const row = $("[data-row].is-sel");
      if (row) link(row)?.click();
    }
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) select(row, false);
  });
  all("[data-keys]").forEach((hint) => (hint.hidden = false));

  // Copy buttons appear only where copying works.
  if (navigator.clipboard) {
    all("[data-copy]").forEach((button) => {
      const source = document.getElementById(button.dataset.copy);
      const word = $("span", button);
      const before = word.textContent;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
        word.textContent = button.dataset.copied;
        setTimeout(() => (word.textContent = before), 2000);
      });
    });
  }

  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // What is typed is kept on the server as it stands, a moment after the last key; a stray click does not lose the
  // rest.
  const draft = $("form[data-draft]");
  const KEPT_AFTER = 1500;
  const AGAIN_AFTER = 15000;
  let typed = 0;
  let kept = 0;
  let waiting = null;
  const say = (what, more = "") => {
    const told = $("#unsent");
    if (told) told.textContent = what ? `${told.dataset[what]} ${more}`.trim() : "";
  };
  const keepLater = (after) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(), after);
  };
  const keep = async (keepalive = false) => {
    const upTo = typed;
    try {
      const answer = await fetch(draft.dataset.draft, {
        method: "POST",
        body: new URLSearchParams(new FormData(draft)),
        headers: { Accept: "application/json" },
        redirect: "manual",
        keepalive,
      });
      if (answer.ok) {
        kept = upTo;
        say("kept", (await answer.json()).at);
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        say("out");
      } else throw new Error(answer.status);
    } catch {
      say("away");
      keepLater(AGAIN_AFTER);
    }
  };
  if (draft) {
    document.addEventListener("input", (event) => {
      if (event.target.form !== draft) return;
      typed += 1;
      keepLater(KEPT_AFTER);
    });
    // Enter means the button of the part that one is in, not the first of the page's form.
    document.addEventListener("keydown", (event) => {
      const field = event.target;
      if (event.key !== "Enter" || field.tagName !== "INPUT" || field.form !== draft) return;
      event.preventDefault();
      const part = field.closest("form");
      if (part === draft) keepLater(0);
      else $("button[formaction]:not([disabled])", part)?.click();
    });
    document.addEventListener("submit", (event) => {
      clearTimeout(waiting);
      if (event.target !== draft && kept < typed) keep(true);
      kept = typed;
    });
    window.addEventListener("beforeunload", (event) => kept < typed && event.preventDefault());
  }

  // Live pages: the stream only says "read again"; the page is fetched and its live parts are put in place,
  // except a part that somebody is just using. XMLHttpRequest parses it without making markup from a string.
  const stream = $("[data-events]");
  if (stream && window.EventSource) {
    const cut = $("[data-cut]");
    const on = $("[data-live-on]");
    const connected = (yes) => {
      cut.hidden = yes;
      if (on) on.hidden = !yes;
    };
    const put = (fresh) => {
      all("[data-live]").forEach((part) => {
        const next = fresh.getElementById(part.id);
        const written = (field) =>
          field.matches("textarea, input:not([type=hidden])") ? field.value !== field.defaultValue : false;
        const busy =
          (part.contains(document.activeElement) && typing(document.activeElement)) ||
          all("textarea, input", part).some(written);
        if (!next || busy || next.textContent === part.textContent) return;
        const focused = part.contains(document.activeElement) ? selected : null;
        part.replaceWith(document.adoptNode(next));
        const row = selected && document.getElementById(selected);
        if (row) select(row, focused !== null);
      });
    };
    let waiting = null;
    const read = () => {
      waiting = null;
      const request = new XMLHttpRequest();
      request.responseType = "document";
      request.onload = () => request.status === 200 && request.response && put(request.response);
      request.open("GET", location.href);
      request.send();
    };
    const events = new EventSource(stream.dataset.events);
    events.onopen = () => connected(true);
    events.onerror = () => connected(false);
    // Many events in a burst are one reading.
    const told = () => (waiting ??= setTimeout(read, 500));
    ["message", "changed", "refresh"].forEach((name) => events.addEventListener(name, told));
  }
})();
