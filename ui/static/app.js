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

  now() {
    return Date.now();
  },

  isAtTop() {
    return window.scrollY < 40;
  },

  selectAll(id) {
    const field = document.querySelector(`#c${id} textarea, textarea#c${id}`);
    field?.focus();
    field?.select();
  },

  // What had the focus may be gone with the rows that were drawn anew; then the panel has it.
  holdFocus(id) {
    setTimeout(() => {
      const lost = document.activeElement === document.body;
      if (lost) document.getElementById(id)?.closest(".q-menu")?.focus({ preventScroll: true });
    }, 50);
  },

  // The same button in a row that was drawn anew, unless the person went on to something else.
  refocus(id) {
    setTimeout(() => {
      if (document.activeElement === document.body) document.getElementById(id)?.focus();
    }, 50);
  },

  submit(id) {
    document.getElementById(id)?.submit();
  },
};

// The side pane is a drawer on small screens; it opens with the focus in it and gives it back.
const pane = {
  get isOpen() {
    return document.body.classList.contains("pane-open");
  },
  set(open) {
    if (open === this.isOpen) return;
    const button = document.querySelector("[data-pane=toggle]");
    document.body.classList.toggle("pane-open", open);
    button?.setAttribute("aria-expanded", String(open));
    (open ? document.querySelector(".pane a") : button)?.focus({ preventScroll: true });
  },
};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pane=toggle]")) pane.set(!pane.isOpen);
  else if (event.target.closest("[data-pane=close], .pane a, .q-menu .q-item")) pane.set(false);
  else if (event.target.closest("[data-skip]")) {
    event.preventDefault();
    document.querySelector("main.content")?.focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector(".q-menu")) pane.set(false);
});

// The arrow keys go through a menu; Quasar itself knows only Tab there.
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".q-menu:is([role=menu], .bell-panel)");
  const step = { ArrowDown: 1, ArrowUp: -1, Home: 0, End: 0 }[event.key];
  if (!menu || step === undefined) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".q-item[tabindex='0'], .bell-panel .q-btn[tabindex='0']")];
  const here = items.indexOf(document.activeElement);
  const next = { Home: 0, End: -1 }[event.key] ?? (here < 0 && step < 0 ? -1 : (here + step) % items.length);
  items.at(next)?.focus();
});
