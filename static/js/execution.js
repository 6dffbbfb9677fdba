// Courtesies of the page of one execution: the picture in the tab follows its state, why it waits goes when it does
// not, and keys lead to its neighbours. Nothing here is needed for anything.
"use strict";

document.addEventListener("htmx:afterSwap", () => {
  const state = document.querySelector("[data-icon]");
  const picture = document.querySelector("link[rel=icon]");
  if (!state || !picture) return;
  if (picture.getAttribute("href") !== state.dataset.icon) picture.setAttribute("href", state.dataset.icon);
  if (state.dataset.state !== "waiting") document.getElementById("execution-why")?.remove();
});

const NEIGHBOURS = { j: "next", ArrowRight: "next", k: "prev", ArrowLeft: "prev" };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.repeat || event.isComposing || !Object.hasOwn(NEIGHBOURS, event.key)) return;
  const at = event.target;
  if (at.closest("input, textarea, select, [contenteditable], dialog")) return;
  // What has the focus and can be scrolled wants the arrows for itself.
  if (event.key.startsWith("Arrow") && at.closest("[tabindex]:not(main)")) return;
  document.querySelector(`.neighbours a[rel=${NEIGHBOURS[event.key]}]`)?.click();
});
