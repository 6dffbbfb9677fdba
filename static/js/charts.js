// Courtesies of the charts of executions, which are links already: what a bar holds is shown beside it at once, a span of
// time is selected by dragging over the drawing, and the arrow keys walk over its bars.
"use strict";

// Dragging: from edge to edge, so that what is selected is what the bars count -----------------------------

let drag = null;
let dragged = false; // the click that ends a drag follows no link

const shareAt = (svg, event) => {
  const box = svg.getBoundingClientRect();
  return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
};

function chosen({ svg, start }, share) {
  const places = svg.dataset.places.split(" ").map(Number);
  const [low, high] = [Math.min(start, share), Math.max(start, share)];
  const first = Math.max(places.findLastIndex((place) => place <= low), 0);
  const after = places.findIndex((place, number) => place >= high && number > first);
  const last = after < 0 ? places.length - 1 : after;
  return { first: Math.min(first, last - 1), last, places };
}

document.addEventListener("pointerdown", (event) => {
  const svg = event.target.closest?.("svg[data-range]");
  dragged = false;
  // A finger scrolls; the other buttons are the browser's.
  if (!svg || event.button !== 0 || event.pointerType === "touch") return;
  drag = { svg, start: shareAt(svg, event), x: event.clientX, shown: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag || (!drag.shown && Math.abs(event.clientX - drag.x) < 5)) return;
  const { svg } = drag;
  if (!drag.shown) {
    drag.shown = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    drag.shown.setAttribute("class", "chosen");
    drag.shown.setAttribute("height", svg.getAttribute("height") - 20);
    hideTip();
    svg.append(drag.shown);
    svg.classList.add("choosing");
  }
  const { first, last, places } = chosen(drag, shareAt(svg, event));
  drag.shown.setAttribute("x", `${100 * places[first]}%`);
  drag.shown.setAttribute("width", `${100 * (places[last] - places[first])}%`);
});

document.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { svg, shown } = drag;
  const { first, last } = chosen(drag, shareAt(svg, event));
  endDrag();
  if (!shown) return;
  dragged = true;
  const edges = svg.dataset.edges.split(" ").map(encodeURIComponent);
  location.assign(svg.dataset.range.replace("{from}", edges[first]).replace("{to}", edges[last]));
});

function endDrag() {
  drag?.shown?.remove();
  drag?.svg.classList.remove("choosing");
  drag = null;
}

document.addEventListener("pointercancel", endDrag);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("svg[data-range]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (dragged && event.target.closest?.("svg[data-range]")) event.preventDefault();
  dragged = false;
}, true);

// Keys: one stop of the tab key for a drawing, the arrows from bar to bar and up and down within one --------

const COLUMNS = ".plot .column";

function reach() {
  for (const plot of document.querySelectorAll(".plot:not(:has(.column [tabindex='0']))")) {
    plot.querySelector(".column a")?.setAttribute("tabindex", "0");
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    endDrag();
    hideTip();
  }
  const link = event.target.closest?.(`${COLUMNS} a`);
  if (!link || event.altKey || event.ctrlKey || event.metaKey) return;
  const column = link.closest(".column");
  const links = [...column.querySelectorAll("a")];
  const columns = [...column.closest(".plot").querySelectorAll(".column")];
  const here = columns.indexOf(column);
  const to = {
    ArrowLeft: () => columns[here - 1]?.querySelector("a"),
    ArrowRight: () => columns[here + 1]?.querySelector("a"),
    Home: () => columns[0].querySelector("a"),
    End: () => columns.at(-1).querySelector("a"),
    ArrowUp: () => links[links.indexOf(link) + 1],
    ArrowDown: () => links[links.indexOf(link) - 1],
  }[event.key]?.();
  if (!to) return;
  event.preventDefault();
  link.setAttribute("tabindex", "-1");
  to.setAttribute("tabindex", "0");
  to.focus();
});

// What a bar or a dot holds, at once: beside it, by mouse and by keyboard -------------------------------------

const tip = Object.assign(document.createElement("div"), { className: "chart-tip", hidden: true });
tip.setAttribute("aria-hidden", "true"); // the links have these words as their names

// The browser would show a title of its own a second later.
function nameOf(link) {
  const title = link.querySelector(":scope > title");
  if (title) {
    link.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  return link.getAttribute("aria-label") || "";
}

function tipLine(link, isHere) {
  const words = nameOf(link).split(": ").at(-1);
  const [, count, noun] = /^([\d\u202f]+) (.+)$/.exec(words) || [];
  const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: 8, height: 8 })) swatch.setAttribute(name, value);
  for (const [name, value] of Object.entries({ width: 8, height: 8, rx: 2, class: link.lastElementChild.getAttribute("class") })) square.setAttribute(name, value);
  swatch.append(square);
  const text = Object.assign(document.createElement("span"), { textContent: noun || words });
  const number = Object.assign(document.createElement("b"), { textContent: count || "" });
  const line = Object.assign(document.createElement("li"), { className: isHere ? "is-here" : "" });
  line.append(swatch, text, number);
  return line;
}

function showTip(link) {
  const column = link.closest(".column");
  const links = column ? [...column.querySelectorAll("a")] : [link];
  const head = Object.assign(document.createElement("strong"), { textContent: nameOf(links[0]).split(": ").slice(0, -1).join(": ") });
  const list = document.createElement("ul");
  list.append(...(links.length > 1 ? links.slice(1) : links).map((part) => tipLine(part, part === link)));
  tip.replaceChildren(head, list);
  tip.hidden = false;
  if (!tip.isConnected) document.body.append(tip);
  const [at, plot, own] = [column || link, link.closest(".plot"), tip].map((element) => element.getBoundingClientRect());
  const isRoom = at.right + own.width + 16 < innerWidth;
  tip.style.left = `${Math.max(8, isRoom ? at.right + 8 : at.left - own.width - 8)}px`;
  tip.style.top = `${Math.min(Math.max(8, plot.top), innerHeight - own.height - 8)}px`;
}

function hideTip() {
  tip.hidden = true;
}

for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, (event) => {
    if (drag?.shown || event.pointerType === "touch") return;
    const link = event.target.closest?.(".plot a");
    if (link) showTip(link);
    else if (type === "pointerover") hideTip();
  });
}
document.addEventListener("focusout", hideTip);
document.addEventListener("scroll", hideTip, true);
document.addEventListener("htmx:beforeSwap", hideTip);

document.addEventListener("htmx:load", reach);
document.addEventListener("DOMContentLoaded", reach);
