// A text input over a list of options that the server fills (htmx): arrow keys choose, Enter takes, Escape closes.
//
//   <div class="combobox" data-combobox>
//     <label for="q">…</label>
//     <input id="q" name="q" type="text" enterkeyhint="search" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list"
//            autocomplete="off" data-hx-get="…" data-hx-trigger="input changed delay:150ms" data-hx-target="#found" data-hx-sync="this:replace">
//     <div id="found" class="combobox-list" role="listbox" aria-label="…"></div>
//     <p class="visually-hidden" role="status" data-status data-none="…" data-one="…" data-many="… {n} …"></p>
//   </div>
//
// Each option is itself a link or a button: <a role="option" href="…"> or <button role="option" name="…" value="…">; taking
// it presses it. The last one may be class="add": «add what was typed». Without scripts the form is sent and the list comes
// as a page, where links and buttons are pressed as usual.

const options = (box) => [...box.querySelectorAll('[role="option"]')];

function start(box) {
  const input = box.querySelector('[role="combobox"]');
  const list = document.getElementById(input.getAttribute("aria-controls"));
  const status = box.querySelector("[data-status]");
  // The list answers what was typed before: until the new answer is here, Enter takes nobody.
  let stale = false;

  function choose(option) {
    for (const other of options(box)) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open && options(box).length > 0));
    if (!open) choose(null);
  }

  function filled() {
    const found = options(box);
    stale = false;
    found.forEach((option, place) => {
      option.id ||= `${list.id}-${place}`;
      // The input keeps the focus; the options are reached by the arrows.
      option.tabIndex = -1;
    });
    show(true);
    choose(found.length && input.value.trim() ? found[0] : null);
    if (status) {
      const people = found.filter((option) => !option.classList.contains("add")).length;
      const say = people === 0 ? status.dataset.none : people === 1 ? status.dataset.one : status.dataset.many;
      status.textContent = (say || "").replace("{n}", people);
    }
  }

  input.addEventListener("keydown", (event) => {
    const found = options(box);
    const now = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!found.length) return;
      event.preventDefault();
      if (list.hidden) show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = now === -1 && step === -1 ? 0 : now;
      choose(found[(from + step + found.length) % found.length]);
    } else if (event.key === "Enter" && stale) {
      event.preventDefault();
    } else if (event.key === "Enter" && now !== -1 && !list.hidden) {
      event.preventDefault();
      found[now].click();
    } else if (event.key === "Escape" && !list.hidden && found.length) {
      event.preventDefault();
      show(false);
    }
  });

  input.addEventListener("input", () => {
    stale = input.hasAttribute("data-hx-get") && Boolean(window.htmx);
    if (stale) choose(null);
  });
  box.addEventListener("htmx:responseError", () => (stale = false));
  box.addEventListener("htmx:sendError", () => (stale = false));
  input.addEventListener("focus", () => list.hidden && options(box).length && show(true));
  document.addEventListener("click", (event) => box.contains(event.target) || show(false));
  list.addEventListener("htmx:afterSwap", filled);
  if (options(box).length) filled();
}

function startAll(root) {
  for (const box of root.querySelectorAll("[data-combobox]:not([data-started])")) {
    box.dataset.started = "";
    start(box);
  }
}

startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.target.parentElement || document));
