// Courtesies on top of pages that work without any script: toasts that go, calmer polling, busy buttons, copying,
// and rows of a form. Nothing here is needed for anything.
"use strict";

document.documentElement.classList.add("script");

// Toasts -------------------------------------------------------------------------------------------------

// One goes after 8 seconds and longer for a long text, but not while it is hovered or focused; an error stays.

function toast(message, level = "success") {
  const note = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  note.classList.add(level, "rises");
  note.querySelector("p").textContent = message;
  document.getElementById("toasts").append(note);
  if (level !== "error") expire(note);
}

function expire(note) {
  const wait = () => setTimeout(() => note.remove(), 8000 + 50 * note.textContent.length);
  let timer = wait();
  for (const name of ["mouseenter", "focusin"]) note.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["mouseleave", "focusout"])
    note.addEventListener(name, () => {
      clearTimeout(timer);
      timer = wait();
    });
}

function closeToast(note) {
  const hadFocus = note.contains(document.activeElement);
  note.remove();
  if (hadFocus) document.getElementById("main").focus({ preventScroll: true });
}

document.addEventListener("toast", (event) => toast(event.detail.message, event.detail.level));

// A screen reader announces what is added to a live region, and not what it held when the page opened.
document.addEventListener("DOMContentLoaded", () =>
  setTimeout(() => {
    for (const note of document.querySelectorAll("#toasts [data-toast]")) {
      const copy = note.cloneNode(true);
      note.replaceWith(copy);
      expire(copy);
    }
  }, 300),
);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog:modal")) return;
  const note = document.querySelector("#toasts [data-toast]:last-child");
  if (note) closeToast(note);
});

// Polling ------------------------------------------------------------------------------------------------
// The server says how often in the markup and when to stop (286). Here ticks are left out while the tab is
// hidden, and more and more of them while the answers stay the same: after n equal answers up to 2^n - 1.

const polls = new WeakMap();
let isPaused = false; // the reader has paused the updates of this page
// Nothing is replaced while somebody stands in it by keyboard, has opened a part of it, or selects its text.
const isBeingRead = (element) =>
  "quiet" in element.dataset &&
  (element.contains(document.activeElement) || element.querySelector("details[open]") || getSelection()?.containsNode(element, true) && !getSelection().isCollapsed);
const isStep = (element) => "step" in element.dataset; // of a sync, which goes on in a hidden tab too
const isPoll = (element) => (element.getAttribute("hx-trigger") || "").startsWith("every") || isStep(element);

document.addEventListener("htmx:beforeRequest", (event) => {
  const element = event.detail.elt;
  if (!isPoll(element)) return;
  const poll = polls.get(element) || { state: null, same: 0, skip: 0, until: 0 };
  polls.set(element, poll);
  if (isPaused || isBeingRead(element)) return event.preventDefault();
  if (isStep(element)) return;
  if (document.hidden || poll.skip > 0 || performance.now() < poll.until) {
    poll.skip -= document.hidden || poll.skip === 0 ? 0 : 1;
    event.preventDefault();
  }
});

// A day that is chosen is written into the field beside it, where a time can be added.
document.addEventListener("change", ({ target }) => {
  if (target.dataset?.fills && target.value) document.getElementById(target.dataset.fills).value = target.value;
});

// A list is asked for as it stands in the address, which a search has changed since.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if ("here" in detail.elt.dataset) detail.path = location.pathname + location.search;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const poll = polls.get(event.detail.requestConfig.elt);
  if (!poll || event.detail.isError) return;
  const state = event.detail.xhr.getResponseHeader("X-Poll-State");
  poll.same = state !== null && state === poll.state ? Math.min(poll.same + 1, 4) : 0;
  poll.state = state;
  poll.skip = 2 ** poll.same - 1;
});

// A failure counts as an answer that stays the same, and may say when to ask again.
document.addEventListener("htmx:responseError", (event) => {
  const poll = polls.get(event.detail.elt);
  if (!poll) return;
  poll.same = Math.min(poll.same + 1, 4);
  poll.skip = 2 ** poll.same - 1;
  poll.until = performance.now() + 1000 * (Number(event.detail.xhr.getResponseHeader("Retry-After")) || 0);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[hx-trigger^=every]")) {
    const poll = polls.get(element);
    if (poll) Object.assign(poll, { same: 0, skip: 0 });
  }
});

// A part that is brought anew keeps the focus and the ticks in it: somebody may be at work there.

let inUse = []; // what a swap may replace, and the place of each among its like in the nearest part that has an id

function alike(part, element) {
  const isAlike = (other) => ["href", "name", "value"].every((name) => other.getAttribute(name) === element.getAttribute(name));
  return [...part.querySelectorAll(element.tagName)].filter(isAlike);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  inUse = [];
  const { elt } = event.detail.requestConfig;
  if (!isStep(elt) && !(elt.getAttribute("hx-trigger") || "").includes("every")) return;
  for (const element of document.querySelectorAll("main :is(:focus, input[name=pick]:checked)")) {
    const part = element.parentElement.closest("[id]");
    inUse.push({ element, id: part.id, place: alike(part, element).indexOf(element), hasFocus: element.matches(":focus") });
  }
});

document.addEventListener("htmx:afterSwap", () => {
  for (const { element, id, place, hasFocus } of inUse) {
    const part = document.getElementById(id);
    const next = part && !element.isConnected && alike(part, element)[place];
    if (!next) continue;
    if (element.checked) next.checked = true;
    if (hasFocus) next.focus({ preventScroll: true });
  }
  inUse = [];
});

// A form that was sent and is drawn anew, or stands still for a refusal, lost the focus with its disabled button: it goes
// to the first field that is wrong, or back to the button.

document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  const { elt, triggeringEvent } = detail.requestConfig;
  const button = triggeringEvent?.submitter;
  if (!elt.matches("form") || !button || document.activeElement !== document.body) return;
  const isSame = (other) => ["name", "value", "textContent"].every((name) => other[name] === button[name]);
  const again = button.isConnected ? button : [...target.querySelectorAll("button")].find(isSame);
  (target.querySelector("[aria-invalid=true]") || again)?.focus();
});

// Favorites: a saved change sets the star, which asks for the opposite from then on. An update that was requested before
// the change arrives with the former state: the star is set again after each swap.

const favorites = new Map(); // actor to whether it was made a favorite on this page

function setStars() {
  for (const [actor, isFavorite] of favorites) {
    for (const star of document.querySelectorAll(`.star[value="${CSS.escape(actor)}"]`)) {
      star.setAttribute("aria-pressed", String(isFavorite));
      star.name = isFavorite ? "remove" : "add";
    }
  }
}

document.addEventListener("favorite", ({ detail: { actor, isFavorite } }) => {
  favorites.set(actor, isFavorite);
  setStars();
});
document.addEventListener("htmx:afterSwap", setStars);
document.addEventListener("htmx:oobAfterSwap", setStars);

// Alerts -------------------------------------------------------------------------------------------------
// The server says where they go. What could not be read is said once, until the same part of the page can be read.

let unread = null; // the element whose request failed

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target?.id !== "read-alert" || !event.detail.isError) return;
  const words = (root) => root.querySelector("[data-alert] p")?.textContent;
  const next = words(new DOMParser().parseFromString(xhr.responseText, "text/html"));
  // A server in front of the portal answers with a page of its own: there is nothing in it to show.
  if (!next || next === words(target)) event.detail.shouldSwap = false;
  if (next) unread = requestConfig.elt;
  else if (isWrite(requestConfig)) sayUnknown();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!unread || !event.detail.successful) return;
  if (unread !== event.detail.elt && unread.isConnected) return;
  document.getElementById("read-alert").replaceChildren();
  unread = null;
});

// What was sent by somebody, not by a part of the page itself, such as a preview.
const isWrite = ({ verb, elt }) => verb !== "get" && elt.matches("form");

function sayUnknown() {
  const title = "Outcome unknown.";
  const advice = "Check before you retry.";
  const alert = alertOf(title, "The portal did not respond, so we do not know whether this succeeded.", advice);
  document.getElementById("write-alerts").prepend(alert);
}

function alertOf(title, text, advice) {
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const words = make("div", {}, make("p", {}, make("strong", {}, title), ` ${text}`), make("p", {}, advice));
  const close = make("button", { type: "button", className: "btn small" }, "Close");
  close.dataset.closeAlert = "";
  const alert = make("div", { className: "notice error", role: "alert" }, words, close);
  alert.dataset.alert = "";
  return alert;
}

// Searches that follow the typing ------------------------------------------------------------------------
// Each puts its address into the history: the links around the list that lead back to it go on from there.

document.addEventListener("htmx:pushedIntoHistory", () => {
  const here = new URLSearchParams(location.search);
  for (const link of document.querySelectorAll("main :is(.head, .seg) a[href]")) {
    const to = new URL(link.href);
    if (to.pathname !== location.pathname) continue;
    const all = [...to.searchParams.keys(), ...here.keys()].filter((name) => name !== "read");
    for (const name of link.closest(".seg") ? ["q"] : all) {
      const value = here.get(name);
      if (value) to.searchParams.set(name, value);
      else to.searchParams.delete(name);
    }
    link.setAttribute("href", to.pathname + to.search);
  }
});

// What may not be done -------------------------------------------------------------------------------------
// Its button belongs to no form, and a form without a button would be sent by Enter in its only field. Where it has
// several fields, the browser sends nothing, and says nothing.

function refuse(event, form) {
  const refused = form?.querySelector("button[form=none][aria-disabled=true]");
  if (!refused) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(refused.title, "error");
}

document.addEventListener("submit", (event) => event.submitter || refuse(event, event.target), true);
document.addEventListener(
  "keydown",
  (event) => {
    const { form } = event.target;
    const isSent = event.key === "Enter" && !event.isComposing && event.target.matches("input");
    if (isSent && ![...form?.elements ?? []].some((element) => element.matches("button:not([type=button])"))) refuse(event, form);
  },
  true,
);

// What is more than the portal takes ---------------------------------------------------------------------
// It reads nothing of such a form, so that its answer could not hold what was typed: it is said before it is sent.

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if ((form.method || "get").toLowerCase() !== "post") return;
    const { bytes, fields } = document.body.dataset;
    const data = [...new FormData(form)];
    const size = form.enctype === "multipart/form-data" ? sizeOfParts(data) : new URLSearchParams(data).toString().length;
    if (size <= Number(bytes) && data.length <= Number(fields)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const [all, most] = [[size, data.length], [bytes, fields]].map((pair) => pair.map((n) => Number(n).toLocaleString("en")));
    const text = `This form has ${all[0]} bytes and ${all[1]} fields; the limit is ${most[0]} bytes and ${most[1]} fields.`;
    const alert = alertOf("Too large.", text, "Nothing was sent. Send less data, or split it into parts.");
    document.getElementById("alerts").replaceChildren(alert);
    alert.scrollIntoView({ block: "center" });
  },
  true,
);

// Each part has a head of its own, some 120 bytes beside its name.
const sizeOfParts = (data) => data.reduce((sum, [name, value]) => sum + 120 + new Blob([name, value]).size, 0);

// What could not be sent ---------------------------------------------------------------------------------

for (const [name, text] of [
  ["htmx:sendError", "Cannot reach the portal. Your input is still here."],
  ["htmx:timeout", "The request timed out. Check whether it went through before you retry."],
]) {
  document.addEventListener(name, (event) => {
    if (isWrite(event.detail.requestConfig)) sayUnknown();
    else if (!isPoll(event.detail.elt)) toast(text, "error");
  });
}

// Busy buttons: one press is enough. The server makes sure of it; this only shows it. ---------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if ((form.method || "get").toLowerCase() !== "post" || form.hasAttribute("hx-post")) return;
  form.dataset.sent = "true";
  const button = event.submitter;
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  if (button.dataset.busy) button.textContent = button.dataset.busy;
  if (form.hasAttribute("data-download")) setTimeout(() => rest(form), 3000);
});

function rest(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(rest));

// Popovers: a press outside closes them, and so does Escape, which takes the focus back to the button ------------

const openPopovers = () => document.querySelectorAll("details.pop[open]");

document.addEventListener("click", (event) => {
  for (const popover of openPopovers()) if (!popover.contains(event.target)) popover.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const popover of openPopovers()) {
    if (popover.contains(document.activeElement)) popover.querySelector("summary").focus();
    popover.open = false;
  }
});

// Where the tabs are wider than the window, the current one is in view -------------------------------------

document.addEventListener("DOMContentLoaded", () => {
  const tabs = document.querySelector(".tabs"), current = tabs?.querySelector("[aria-current]");
  if (current) tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;
});

// Signing in over the page: what was typed stays as it is and is not sent by itself ------------------------

let interrupted = null; // the form that was sent when the sign-in had ended

document.addEventListener("htmx:beforeSwap", (event) => {
  // What asks by itself, such as a preview, must not replace a sign-in that somebody may be typing into.
  const { xhr, requestConfig } = event.detail;
  if (xhr.status !== 401 || requestConfig.elt.matches("form")) return;
  if (!document.querySelector("#alerts dialog[open]")) return;
  event.detail.shouldSwap = false;
  // Where every cookie was lost, it has brought a proof of origin in place of the one that the sign-in was made with.
  prove(new DOMParser().parseFromString(xhr.responseText, "text/html"));
});

// Make every form go out with the proof of origin that stands in a document; return whether there is one.
function prove(root) {
  const token = root.querySelector("[name=csrfmiddlewaretoken]");
  if (!token) return false;
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token.value;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token.value }));
  return true;
}

document.addEventListener("htmx:afterSwap", (event) => {
  const alerts = document.getElementById("alerts");
  if (event.detail.target !== alerts) return;
  const sender = event.detail.requestConfig.elt;
  if (!prove(alerts)) return;
  if (sender.matches("form") && !alerts.contains(sender) && sender.isConnected) interrupted = sender;
  const dialog = alerts.querySelector("dialog");
  if (!dialog) interrupted?.querySelector("button:not([type=button])")?.focus();
  // Nor must it take the focus from somebody who is typing.
  else if (interrupted && !dialog.matches(":modal")) {
    dialog.close();
    dialog.showModal();
    [...dialog.querySelectorAll("input:not([type=hidden])")].find((input) => !input.value)?.focus();
  }
});

// The theme leads back to this page as its address is now: a search, or a step in a log, may have changed it ------------

document.addEventListener("submit", (event) => {
  if (event.target.matches(".theme")) event.target.elements.next.value = location.pathname + location.search;
});

// Clicks: copying, rows of a form -------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.hasAttribute("data-close-toast")) closeToast(button.closest("[data-toast]"));
  if (button.hasAttribute("data-close-alert")) {
    button.closest("[data-alert]").remove();
    document.getElementById("main").focus({ preventScroll: true });
  }
  if (button.hasAttribute("data-pause")) {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
    button.closest("[data-live]").classList.toggle("paused", isPaused);
  }
  if (button.dataset.copy) copyText(document.getElementById(button.dataset.copy).textContent.trim());
  if (button.dataset.addRow) {
    event.preventDefault();
    const rows = document.getElementById(button.dataset.addRow);
    const row = rows.querySelector(".pair:last-of-type").cloneNode(true);
    for (const input of row.querySelectorAll("input, textarea")) {
      input.value = "";
      input.removeAttribute("id");
      input.removeAttribute("aria-invalid");
    }
    rows.append(row);
    row.querySelector("input").focus();
  }
  if (button.hasAttribute("data-remove-row")) {
    const row = button.closest(".pair");
    const rows = row.parentElement;
    const next = row.nextElementSibling || row.previousElementSibling;
    if (next) {
      row.remove();
      next.querySelector("[data-remove-row]").focus();
    } else for (const input of row.querySelectorAll("input, textarea")) input.value = "";
    rows.dispatchEvent(new Event("change", { bubbles: true })); // a preview of the form is no longer true
  }
});

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text }); // plain HTTP has no clipboard
    const { activeElement } = document;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    activeElement?.focus({ preventScroll: true });
  }
  toast("Copied.", "success");
}

// Clocks: a time of UTC, also on the reader's own ---------------------------------------------------------

// As the server writes them, whatever the browser's language: so every filter that asks for a time can read them.
function onOwnClock(at) {
  const words = { day: "numeric", month: "short", year: "numeric" };
  const part = Object.fromEntries(new Intl.DateTimeFormat("en-US", words).formatToParts(at).map((one) => [one.type, one.value]));
  const two = (number) => String(number).padStart(2, "0");
  const ahead = -at.getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  const zone = ahead ? `UTC${ahead < 0 ? "-" : "+"}${hours}${minutes ? `:${two(minutes)}` : ""}` : "UTC";
  return `${part.day} ${part.month} ${part.year}, ${two(at.getHours())}:${two(at.getMinutes())} ${zone}`;
}

function clocks(root) {
  for (const time of root.querySelectorAll("time[data-clock]")) time.textContent = onOwnClock(new Date(time.dateTime));
}

// Whoever wants the times of the browser's clock lets the server know which that is; it writes them itself.
function tellZone() {
  const shown = document.querySelector("[data-browser-zone]");
  if (!shown && document.documentElement.dataset.zone !== "browser") return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (shown) shown.textContent = zone;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `portal-zone=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

document.addEventListener("DOMContentLoaded", tellZone);
document.addEventListener("DOMContentLoaded", () => clocks(document));
document.addEventListener("htmx:afterSettle", (event) => clocks(event.detail.elt));
