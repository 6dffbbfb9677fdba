// Courtesies of the log viewer on top of pages that work without any script: following the end, stepping through what
// was found, full screen, wrapping. Nothing here is needed for anything.
"use strict";

const card = () => document.querySelector(".log-card");
const lines = () => document.getElementById("log-lines");
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Links to lines, #L120 and #L120-L130: lines that are not in the page are asked for with the part that holds them ----

function chosenRange() {
  const match = /^#L(\d{1,10})(?:-L(\d{1,10}))?$/.exec(location.hash);
  if (!match) return null;
  const [start, end] = [Number(match[1]), Number(match[2] || match[1])]; // the end moves, and may stand before the start
  return { start, end, first: Math.min(start, end), last: Math.max(start, end) };
}

const lineAt = (number) => document.getElementById(`L${number}`);
const chosenLines = (range) =>
  [...(lines()?.children || [])].filter((line) => !range || (Number(line.id.slice(1)) >= range.first && Number(line.id.slice(1)) <= range.last));

function showChosen() {
  const range = chosenRange();
  for (const line of document.querySelectorAll("#log-lines .chosen")) line.classList.remove("chosen");
  const marked = range ? chosenLines(range) : [];
  for (const line of marked) line.classList.add("chosen");
  const words = document.querySelector("[data-log-copy] span");
  const names = range && (range.first === range.last ? ` line ${range.first}` : ` lines ${range.first}–${range.last}`);
  if (words) words.textContent = `Copy${marked.length ? names : ""}`;
}

function openLine() {
  showChosen();
  const range = chosenRange();
  if (!range) return;
  const line = lineAt(range.first);
  if (line) {
    const [box, room] = [line, lines()].map((element) => element.getBoundingClientRect());
    if (box.top < room.top || box.bottom > room.bottom || box.top < 0 || box.bottom > innerHeight) line.scrollIntoView({ block: "center" });
    return;
  }
  if (!document.querySelector("[data-log]")) return;
  const here = new URL(location.href);
  if (here.searchParams.get("line") === String(range.first) || range.first > Number(lines()?.dataset.total)) return;
  here.searchParams.set("line", range.first);
  location.replace(here);
}

window.addEventListener("hashchange", openLine);

// A click on a number selects its line, with Shift all from the line that was selected before.
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest("#log-lines a.n")) event.preventDefault(); // no text is selected
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#log-lines a.n");
  if (!link || event.ctrlKey || event.metaKey || event.button) return;
  event.preventDefault(); // the line is here: only the address changes
  const here = new URL(link.href);
  const now = new URL(location.href);
  if (document.querySelector("[data-log]") && here.searchParams.has("line")) now.searchParams.set("line", here.searchParams.get("line"));
  history.replaceState(history.state, "", now);
  const range = event.shiftKey && chosenRange();
  location.hash = range ? `#L${range.start}-${here.hash.slice(1)}` : here.hash;
});

// By keyboard: Shift and an arrow key, from the selected line or the first that is seen.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.target.id !== "log-lines" || !step || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const range = chosenRange();
  if (!range || !lineAt(range.end)) {
    const top = lines().getBoundingClientRect().top;
    const seen = [...lines().children].find((line) => line.getBoundingClientRect().top >= top);
    if (seen) location.hash = `#${seen.id}`;
  } else if (lineAt(range.end + step)) {
    location.hash = `#L${range.start}-L${range.end + step}`;
    lineAt(range.end + step).scrollIntoView({ block: "nearest" });
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-log-copy]")) return;
  const marked = chosenRange() ? chosenLines(chosenRange()) : [];
  copyText((marked.length ? marked : chosenLines(null)).map((line) => line.lastElementChild.textContent).join("\n"));
});

// Following the end, until the reader scrolls up -----------------------------------------------------------------------

let isFollowing = true;
let unseen = 0;
const button = () => document.querySelector("[data-log-follow]");
const isAtEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 40;

function showFollowing() {
  const follow = button();
  if (!follow) return;
  follow.setAttribute("aria-pressed", String(isFollowing));
  const words = unseen ? `Follow (${unseen} new ${unseen === 1 ? "line" : "lines"})` : "Follow";
  follow.querySelector("span").textContent = isFollowing ? "Following" : words;
}

function toEnd(log) {
  log.scrollTop = log.scrollHeight;
}

function setFollowing(on) {
  isFollowing = on;
  if (on) unseen = 0;
  showFollowing();
  const log = lines();
  if (on && log) toEnd(log);
}

document.addEventListener("scroll", (event) => {
  if (event.target.id !== "log-lines") return;
  const end = isAtEnd(event.target);
  if (end === isFollowing) return;
  isFollowing = end;
  if (end) unseen = 0;
  showFollowing();
}, true);

// The badge, the title and the picture in the tab of a log's own page follow the execution.
function showState(state) {
  const badge = document.querySelector("[data-log-outcome]");
  if (!state || !badge) return;
  badge.replaceChildren(...[...state.childNodes].map((node) => document.adoptNode(node)));
  document.title = state.dataset.title;
  document.querySelector("link[rel=icon]").setAttribute("href", state.dataset.icon);
}

// The line that says why a run failed stands beside the log; it comes with the log, which is written after the end.
function showReason(reason) {
  document.getElementById("execution-reason")?.replaceChildren(...[...(reason?.childNodes || [])].map((node) => document.adoptNode(node)));
}

// The notes above and below the lines: those with the same words stay, so that nothing in use is taken away.
function renewNotes(frame, lines, nextFrame, nextLines) {
  const isNote = (element) => !element.matches("#log-lines, [data-log-state], [data-log-reason]");
  for (const side of [Node.DOCUMENT_POSITION_PRECEDING, Node.DOCUMENT_POSITION_FOLLOWING]) {
    const notesOf = (root, list) => [...root.children].filter((one) => isNote(one) && list.compareDocumentPosition(one) & side);
    const notes = notesOf(frame, lines);
    const next = notesOf(nextFrame, nextLines).map((note) => {
      const same = notes.findIndex((old) => old.textContent === note.textContent);
      return same < 0 ? document.adoptNode(note) : notes.splice(same, 1)[0];
    });
    const focus = notes.some((note) => note.contains(document.activeElement)) && document.activeElement;
    notes.forEach((note) => note.remove());
    next.forEach((note, at) => {
      if (note.isConnected) return;
      if (at) next[at - 1].after(note);
      else if (side === Node.DOCUMENT_POSITION_PRECEDING) frame.prepend(note);
      else lines.after(note);
    });
    if (!focus) continue;
    const controls = next.flatMap((note) => [...note.querySelectorAll(focus.tagName)]);
    (controls.find((one) => one.textContent === focus.textContent) || lines).focus({ preventScroll: true });
  }
}

// What a poll brings is put behind what is there, so that nothing a reader has selected or looks at is taken away.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, isError } = event.detail;
  if (target.id !== "execution-log" || isError) return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  showState(page.querySelector("[data-log-state]"));
  showReason(page.querySelector("[data-log-reason]"));
  if (xhr.status !== 200) return;
  const old = lines();
  const fresh = page.getElementById("log-lines");
  if (!old?.lastElementChild || !fresh?.lastElementChild) return;
  const first = document.getElementById(fresh.firstElementChild.id);
  if (!first || first.parentElement !== old) return;
  const last = old.lastElementChild; // it may have been written to since
  const same = fresh.querySelector(`#${last.id}`);
  if (!same) return;
  event.detail.shouldSwap = false;
  const added = [];
  for (let next = same.nextElementSibling; next; next = next.nextElementSibling) added.push(next);
  if (same.textContent !== last.textContent) last.replaceWith(document.adoptNode(same));
  old.append(...added.map((line) => document.adoptNode(line)));
  if (isFollowing) while (old.firstElementChild.id !== first.id) old.firstElementChild.remove();
  renewNotes(target, old, page.body, fresh);
  unseen += isFollowing ? 0 : added.length;
  showFollowing();
  if (isFollowing) toEnd(old);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const log = lines();
  if (event.detail.target.id !== "execution-log" || !log) return;
  showChosen();
  if (isFollowing) toEnd(log);
});

// When nothing more comes there is nothing to follow.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target.id === "execution-log" && event.detail.xhr.status === 286) button()?.remove();
});

// Stepping through what was found: in the page as far as it goes, then to the part that has the next -----------------

function step(link, event) {
  const found = [...document.querySelectorAll("#log-lines .hit")];
  const at = found.findIndex((line) => line.matches("[aria-current]"));
  const next = found[at + (link.hasAttribute("data-log-down") ? 1 : -1)];
  const log = lines();
  if (!next || (at < 0 && !log)) return; // the link leads there
  event.preventDefault();
  mark(next);
  next.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  const here = new URL(location.href);
  here.searchParams.set("line", next.id.slice(1));
  here.hash = next.id;
  history.replaceState(history.state, "", here);
}

function mark(line) {
  for (const other of document.querySelectorAll("#log-lines [aria-current]")) other.removeAttribute("aria-current");
  line.setAttribute("aria-current", "true");
  const place = document.querySelector("[data-log-place]");
  if (place) place.textContent = `${line.dataset.hit} of ${place.dataset.total}`;
  // What lies beyond this part is asked for from the line that is marked now.
  const found = [...document.querySelectorAll("#log-lines .hit")];
  const at = found.indexOf(line);
  const links = { up: found[at - 1], down: found[at + 1] };
  for (const [name, near] of Object.entries(links)) {
    const link = document.querySelector(`[data-log-${name}]`);
    if (!link) continue;
    const to = new URL(link.href);
    const number = near ? near.id.slice(1) : link.dataset.beyond;
    to.searchParams.set("line", number);
    to.hash = `L${number}`;
    link.href = to;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-log-up], [data-log-down]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) step(link, event);
});

// Full screen, wrapping ----------------------------------------------------------------------------------------------

const LOUD = "script, template, dialog, [aria-live], [role=status], [role=alert]";

function setFull(on) {
  card().classList.toggle("full", on);
  document.documentElement.classList.toggle("has-full", on);
  document.querySelector("[data-log-full]").setAttribute("aria-pressed", String(on));
  // What the card covers can be neither reached nor read out; what speaks up by itself still is.
  for (let at = card(); at !== document.body; at = at.parentElement) {
    for (const other of at.parentElement.children) if (other !== at && !other.matches(LOUD)) other.inert = on;
  }
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (pressed?.hasAttribute("data-log-full")) setFull(!card().classList.contains("full"));
  if (pressed?.hasAttribute("data-log-follow")) setFollowing(!isFollowing);
});

document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("data-log-wrap")) return;
  const [value, pressed] = [event.target.elements.wrap, event.target.querySelector("button")];
  const on = value.value === "1";
  document.getElementById("execution-log")?.classList.toggle("no-wrap", !on);
  pressed.setAttribute("aria-pressed", String(on));
  if (isFollowing && lines()) toEnd(lines());
  // The form is read by htmx when this is over.
  setTimeout(() => { value.value = on ? "0" : "1"; });
});

// Keys are in keys.js; only leaving the full screen is ours, and works for whoever has switched them off, too -------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog:modal")) return; // which it closes
  if (card()?.classList.contains("full")) setFull(false);
});

// The page as it opens -----------------------------------------------------------------------------------------------

if (lines()) {
  const current = document.getElementById("here")?.closest("li");
  if (current) {
    current.setAttribute("aria-current", "true");
    current.scrollIntoView({ block: "center" });
  } else if (chosenRange()) openLine();
  else toEnd(lines());
}
