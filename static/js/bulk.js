// Courtesies of lists with rows to tick: ticking all rows of a page, a range of them with Shift, and how many are ticked.
"use strict";

(() => {
  const shown = new WeakMap(); // of each form that was furnished, how to count anew

  function furnish(form) {
    const scope = form.querySelector('select[name="scope"]'); // where there is more to act on than what is ticked
    const count = form.querySelector(".picked-count");
    const boxes = () => [...form.querySelectorAll('tbody input[name="pick"]')];
    let last = ""; // the value of the box that was ticked, or freed, before: a poll may replace its row

    const everyone = document.createElement("input");
    everyone.type = "checkbox";
    everyone.setAttribute("aria-label", `Select all ${form.dataset.picks} on this page`);
    form.querySelector("thead .pick")?.replaceChildren(everyone);

    // On a phone the head of the table is not shown.
    const all = document.createElement("button");
    all.type = "button";
    all.className = "btn small tick-all";
    form.querySelector(".bulk-bar").insertBefore(all, count);

    function show() {
      const every = boxes();
      const ticked = every.filter((box) => box.checked).length;
      count.hidden = false;
      count.textContent = `${ticked} selected`;
      everyone.checked = ticked > 0 && ticked === every.length;
      everyone.indeterminate = ticked > 0 && ticked < every.length;
      all.textContent = everyone.checked ? "Clear selection" : "Select all";
    }

    function ticked() {
      if (scope) scope.value = "picked";
      show();
    }

    function tick(checked) {
      for (const box of boxes()) box.checked = checked;
      last = "";
      ticked();
    }

    everyone.addEventListener("change", () => tick(everyone.checked));
    all.addEventListener("click", () => tick(!everyone.checked));

    // In some browsers Enter in a box sends the form, as its first button does.
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input[type=checkbox]")) event.preventDefault();
    });

    form.addEventListener("click", (event) => {
      const box = event.target;
      if (!(box instanceof HTMLInputElement) || box.name !== "pick") return;
      const every = boxes();
      const before = every.findIndex((one) => one.value === last);
      if (event.shiftKey && before >= 0) {
        const [start, end] = [before, every.indexOf(box)].sort((a, b) => a - b);
        for (const one of every.slice(start, end + 1)) one.checked = box.checked;
      }
      last = box.value;
      ticked();
    });

    shown.set(form, show);
  }

  // A table that is swapped in has a form of its own, and a row that is brought up to date may be gone: count anew.
  function look() {
    for (const form of document.querySelectorAll("form[data-picks]")) {
      if (!shown.has(form)) furnish(form);
      shown.get(form)();
    }
  }

  document.addEventListener("htmx:afterSettle", look);
  addEventListener("pageshow", look);
  look();
})();
