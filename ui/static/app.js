// What only the browser can do. Called from ui/components/browser.py with JSON arguments.
window.tallystick = {
  // Returns whether the text is on the clipboard. Plain http has no clipboard API, so a field is
  // selected and copied the old way, within the few seconds that a click allows it.
  async copy(text) {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        // refused: try the old way
      }
    }
    const host = document.querySelector(".q-dialog .dialog") || document.body;
    const field = document.createElement("textarea");
    const before = document.activeElement;
    field.value = text;
    field.className = "off-screen";
    host.append(field);
    field.select();
    let copied = false;
    try {
      copied = document.execCommand("copy");
    } catch {
      copied = false;
    }
    field.remove();
    before?.focus?.();
    return copied;
  },

  // Changes cells of rows on screen without sending the table again.
  patch(table, rows) {
    const shown = getElement(table)?.$refs.qRef?.rows ?? [];
    for (const change of rows) {
      const row = shown.find((each) => each.id === change.id);
      if (row) Object.assign(row, change);
    }
  },

  isAtTop() {
    return window.scrollY < 40;
  },

  selectAll(id) {
    const field = document.querySelector(`#c${id} textarea, textarea#c${id}`);
    field?.focus();
    field?.select();
  },

  submit(id) {
    document.getElementById(id)?.submit();
  },
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pane=toggle]")) document.body.classList.toggle("pane-open");
  else if (event.target.closest("[data-pane=close], .pane a")) document.body.classList.remove("pane-open");
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("pane-open");
});
