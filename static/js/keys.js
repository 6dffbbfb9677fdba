// Single keys on top of pages that work without any: `/` and `?`, `g` and a letter, `j` and `k` through rows, and what a
// control names in `aria-keyshortcuts`. They can be switched off in the preferences, do nothing while somebody types or
// holds another key, and never change anything at the API.
"use strict";

{
  const TYPING = "input, textarea, select, [contenteditable], dialog";
  const GO_WITHIN = 1500; // milliseconds between `g` and its letter
  let goUntil = 0;

  const isShown = (element) => element?.checkVisibility({ checkVisibilityCSS: true }) ?? false;
  const control = (key) =>
    [...document.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(key)}"]`)].find((one) => isShown(one) && !one.closest("dialog"));

  function use(found) {
    if (found.matches("input")) {
      found.focus();
      found.select();
    } else found.click();
    return true;
  }

  // The search of this page, or the command palette.
  function search() {
    const here = [...document.querySelectorAll("main input[type=search], main input[name=q]")].find(isShown);
    return use(here || document.querySelector("[data-palette]"));
  }

  function go(key) {
    const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (place) location.assign(place.href); // it may be hidden on a phone
    return Boolean(place);
  }

  // Rows: each is stood on by its first link, so that the focus is seen and Enter opens it without our help.
  const rowLink = (row) => [...row.querySelectorAll("a.name, a[href]")].find(isShown);

  function step(by) {
    const links = [...document.querySelectorAll("main .table tbody tr, main .problems li")].map(rowLink).filter(Boolean);
    const at = links.findIndex((link) => (link.closest("tr, li") || link).contains(document.activeElement));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (!next) return links.length > 0;
    next.focus();
    next.closest("tr, li").scrollIntoView({ block: "nearest" });
    return true;
  }

  function open() {
    const link = document.activeElement;
    return link.matches("main tr a[href], main .problems a[href]") && use(link);
  }

  const KEYS = { "/": search, "?": () => use(document.querySelector("[data-help]")), j: () => step(1), k: () => step(-1), o: open };

  document.addEventListener("keydown", (event) => {
    if (!("keys" in document.documentElement.dataset)) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const { key, target } = event;
    if (!key) return; // a browser that fills a field by itself names none
    // A sign such as `?` needs the shift key on many keyboards; a letter with it is another letter.
    if (key.length > 1 && (!key.startsWith("Arrow") || event.shiftKey)) return;
    if (target.closest(TYPING) || document.querySelector("dialog:modal")) return;
    // What has the focus and can be scrolled wants the arrows for itself.
    if (key.startsWith("Arrow") && target.closest("[tabindex]:not(main)")) return;
    const isGoing = Date.now() < goUntil;
    goUntil = 0;
    let isDone = false;
    if (isGoing) isDone = go(key);
    else if (key === "g") {
      goUntil = Date.now() + GO_WITHIN;
      isDone = true;
    } else {
      const own = control(key); // the page's own goes before what the key does elsewhere
      isDone = own ? use(own) : Boolean(Object.hasOwn(KEYS, key) && KEYS[key]());
    }
    if (isDone) event.preventDefault();
  });

  // Help comes into a dialog; without script its link is a page. What has a key on this page is read off the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-help]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    htmx.ajax("GET", link.href, { target: "#help", swap: "innerHTML" });
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const help = document.getElementById("help");
    if (event.detail.target !== help) return;
    const list = help.querySelector("[data-keys-here]");
    for (const one of document.querySelectorAll("main [aria-keyshortcuts]")) {
      if (!isShown(one)) continue;
      const line = document.createElement("div");
      const keys = document.createElement("dt");
      for (const key of one.getAttribute("aria-keyshortcuts").split(" ")) {
        const sign = document.createElement("kbd");
        sign.textContent = { ArrowLeft: "←", ArrowRight: "→" }[key] || key;
        keys.append(sign, " ");
      }
      const words = document.createElement("dd");
      words.textContent = one.getAttribute("aria-label") || one.placeholder || one.textContent.trim().replace(/\s+/g, " ");
      line.append(keys, words);
      list.append(line);
    }
    if (!help.open) help.showModal();
  });
}
