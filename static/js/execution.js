// Courtesies of the page of one execution: the picture in the tab follows its state, and why it waits goes when it does
// not. Nothing here is needed for anything.
"use strict";

document.addEventListener("htmx:afterSwap", () => {
  const state = document.querySelector("[data-icon]");
  const picture = document.querySelector("link[rel=icon]");
  if (!state || !picture) return;
  if (picture.getAttribute("href") !== state.dataset.icon) picture.setAttribute("href", state.dataset.icon);
  if (state.dataset.state !== "waiting") document.getElementById("execution-why")?.remove();
});
