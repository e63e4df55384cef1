// Help on top of pages that are whole without it: smaller pictures, a draft when offline, copying, live refresh.
"use strict";

const LONGEST_EDGE = 2400;
const JPEG_QUALITY = 0.85;
const RETRY_MS = 15000;

// A photo of 8 MB becomes one of 600 KB before it costs anybody's data plan. A file that would grow stays as it is.
async function shrink(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size < 1e6) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

async function shrinkChosen(input) {
  const chosen = [...input.files];
  try {
    const smaller = await Promise.all(chosen.map(shrink));
    if (smaller.every((file, i) => file === chosen[i])) return;
    const transfer = new DataTransfer();
    smaller.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
  } catch {
    // A picture the browser cannot read goes up as it is; the server says what is wrong with it.
  }
}

// Kept only while there is no connection, without the secrets of the page; gone when the server has the report.
const draftKey = (form) => "draft:" + form.dataset.draft;
const kept = (form) =>
  [...form.elements].filter((el) => el.name && !["hidden", "file", "submit", "button"].includes(el.type));

function store(action) {
  try {
    return action(localStorage);
  } catch {
    return null; // Private windows may forbid it.
  }
}

function saveDraft(form) {
  const values = kept(form).map((el) => [el.name, /checkbox|radio/.test(el.type) ? el.checked && el.value : el.value]);
  store((shelf) => shelf.setItem(draftKey(form), JSON.stringify(values)));
}

function restoreDraft(form) {
  const text = store((shelf) => shelf.getItem(draftKey(form)));
  if (!text || kept(form).some((el) => el.tagName === "TEXTAREA" && el.value)) return;
  for (const [name, value] of JSON.parse(text)) {
    for (const el of kept(form).filter((one) => one.name === name)) {
      if (!/checkbox|radio/.test(el.type)) el.value = value || "";
      else if (value !== false) el.checked = el.value === value;
    }
  }
}

const show = (id, visible) => {
  const el = document.getElementById(id);
  if (el) el.hidden = !visible;
};

function guardOffline(form) {
  if (form.dataset.draft) restoreDraft(form);
  const keep = () => navigator.onLine || !form.dataset.draft || saveDraft(form);
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    keep();
    show("offline", true);
    document.getElementById("offline").focus();
  });
  addEventListener("online", () => show("offline", false));
}

// While somebody types, answers that are published already: below the form, so that nothing moves under the fingers.
// What is slow, refused or offline is passed over in silence; a document made by XMLHttpRequest needs no Trusted Types.
const PAUSE_MS = 120;
const WORTH_MS = 800;
const LEAST_LETTERS = 15;

function offerWhileTyping(form) {
  const said = document.getElementById("offered");
  const place = document.getElementById("offers");
  const put = (into, part) =>
    into.replaceChildren(...(part ? [...part.childNodes].map((node) => document.importNode(node, true)) : []));
  const shown = (answer) => {
    put(said, answer?.getElementById("offered"));
    put(place, answer?.getElementById("offers"));
    place.hidden = !answer;
  };
  let due = 0;
  let request = null;
  const ask = () => {
    const text = form.elements.text.value.trim();
    if (text.length < LEAST_LETTERS || !navigator.onLine) return shown(null);
    request = new XMLHttpRequest();
    request.responseType = "document";
    request.timeout = WORTH_MS;
    request.onload = ({ target }) => {
      if (target.status === 200 || target.status === 204) shown(target.status === 200 ? target.response : null);
    };
    request.open("POST", form.dataset.offers);
    request.send(new URLSearchParams({ csrf: form.elements.csrf.value, text }));
  };
  form.elements.text.addEventListener("input", () => {
    clearTimeout(due);
    request?.abort();
    due = setTimeout(ask, PAUSE_MS);
  });
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText((source.value ?? source.textContent).trim().replace(/\s+\n/g, "\n"));
  const said = document.getElementById(button.dataset.said);
  if (said) said.textContent = button.dataset.done;
}

// The page is asked for again and the parts marked data-live are exchanged; what is being typed elsewhere stays.
// A document made by XMLHttpRequest runs no script and needs no Trusted Types policy.
function refresh() {
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.onload = () => {
    if (request.status !== 200 || !request.response) return;
    for (const old of document.querySelectorAll("[data-live]")) {
      const fresh = request.response.getElementById(old.id);
      const typed = [...old.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
      if (!fresh || typed || old.contains(document.activeElement) || old.innerHTML === fresh.innerHTML) continue;
      old.replaceWith(document.importNode(fresh, true));
    }
    document.title = request.response.title;
  };
  request.open("GET", location.href);
  request.send();
}

let stream = null;

function follow(url) {
  let due = 0;
  let missed = false;
  stream = new EventSource(url);
  stream.onopen = () => {
    show("stale", false);
    if (missed) refresh();
    missed = false;
  };
  stream.onerror = () => {
    missed = true;
    show("stale", true);
    // The browser gives up for good on an answer that is no stream, such as a 503 while a gateway is exchanged.
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MS, url);
  };
  stream.onmessage = () => {
    clearTimeout(due);
    due = setTimeout(refresh, 250); // One refresh for a burst of events.
  };
}

document.addEventListener("change", (event) => {
  if (event.target.type === "file") shrinkChosen(event.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
// Whoever leaves the receipt is asked once more, until they have said that it is noted down.
function guardReceipt(form) {
  let noted = false;
  document.addEventListener("submit", () => (noted = true));
  document.addEventListener("click", (event) => (noted ||= event.target.closest("[data-copy]") !== null));
  addEventListener("beforeunload", (event) => noted || event.preventDefault());
}

// A question that hangs on an answer is asked at once; without this it is asked on the next page.
function askAlong(form) {
  form.addEventListener("change", () => {
    for (const part of form.querySelectorAll("[data-when]")) {
      part.hidden = new FormData(form).get(part.dataset.when) !== part.dataset.is;
      part.disabled = part.hidden;
    }
  });
}

document.addEventListener("DOMContentLoaded", () => {
  new Set([...document.querySelectorAll("[data-when]")].map((part) => part.form)).forEach(askAlong);
  document.querySelectorAll("form[data-receipt]").forEach(guardReceipt);
  document.documentElement.classList.add("js");
  document.querySelectorAll("form[data-offline]").forEach(guardOffline);
  document.querySelectorAll("form[data-offers]").forEach(offerWhileTyping);
  const sent = document.querySelector("[data-drafts-done]");
  if (sent)
    store((shelf) =>
      Object.keys(shelf)
        .filter((k) => k.startsWith("draft:"))
        .forEach((k) => shelf.removeItem(k)),
    );
  const live = document.querySelector("[data-stream]");
  if (live) {
    follow(live.dataset.stream);
    // A stream left open blocks the back/forward cache.
    addEventListener("pagehide", () => stream.close());
    addEventListener("pageshow", (event) => event.persisted && (refresh(), follow(live.dataset.stream)));
  }
  document.querySelector(".banner--error[tabindex]")?.focus();
});
