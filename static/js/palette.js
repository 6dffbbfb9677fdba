// The command palette: a combobox in a dialog, opened by Ctrl-K (Cmd-K) or the button that says so. Its entries are links
// that the server lists for what is typed; without script the button is a link to the search.
"use strict";

{
  const dialog = document.getElementById("palette");
  const input = dialog?.querySelector("input");
  const list = dialog?.querySelector("[role=listbox]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  const selected = () => list.querySelector("[aria-selected=true]");

  function select(option) {
    selected()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function move(by) {
    const all = options();
    const at = all.indexOf(selected());
    select(all[(at + by + all.length) % all.length]);
  }

  function open() {
    if (document.querySelector("dialog:modal")) return;
    dialog.showModal();
    input.select();
    if (!options().length || input.value) htmx.trigger(input, "palette");
  }

  function go(option, isNewTab) {
    if (!option) return;
    if (isNewTab) window.open(option.href, "_blank", "noopener");
    else location.assign(option.href);
  }

  if (dialog) {
    document.addEventListener("keydown", (event) => {
      if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (!("keys" in document.documentElement.dataset)) return;
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open();
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-palette]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      open();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Enter") go(selected(), event.ctrlKey || event.metaKey);
      else return;
      event.preventDefault();
    });
    list.addEventListener("pointermove", (event) => select(event.target.closest("[role=option]") || selected()));
    list.addEventListener("htmx:afterSwap", () => {
      options().forEach((option, number) => (option.id = `palette-${number}`));
      select(options()[0]);
    });
  }
}
