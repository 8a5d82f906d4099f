// "Exit this page": leaves at once, and another site takes the place of this page in the tab's history. Also by pressing Shift
// three times, which is told to screen readers. Without scripts the button is a plain link. Stands in the head and is no module:
// who comes back after leaving must be led away before anything is drawn.
"use strict";
{
  const address = document.currentScript.dataset.exit;
  const root = document.documentElement;
  const MARK = "left"; // says nothing about what was left; the tab forgets it when it is closed
  const WAIT = 5000;

  // Storage may be refused: then Back can lead to an older visit of this page, and everything else works.
  const mark = (value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(MARK);
      if (value) sessionStorage.setItem(MARK, value);
      else sessionStorage.removeItem(MARK);
    } catch { /* no storage */ }
    return null;
  };

  const say = (name) => {
    const said = document.querySelector("[data-exit-page] [role=status]");
    if (said) said.textContent = said.dataset[name];
  };

  const leave = () => {
    root.classList.add("leaving");
    mark("1");
    say("leaving");
    location.replace(address);
  };

  // Who goes back, after leaving, to this page as it was visited earlier is led away again; who comes anew stays.
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") mark("");
  else if (mark()) leave();
  addEventListener("pageshow", (event) => {
    if (event.persisted && mark()) leave();
  });

  // Links inside this page, and to it in the other language, leave no second entry behind them.
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    if (!link) return;
    if (link.matches("[data-exit-page] a")) {
      event.preventDefault();
      leave();
    } else if (link.matches("a[href^='#'], .languages a") && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
      event.preventDefault();
      location.replace(link.href);
    }
  });

  // Shift pressed and let go by itself, three times, each within five seconds; a capital letter or a shortcut does not count.
  let presses = 0;
  let isAlone = false;
  let timer;

  const count = (number) => {
    presses = number;
    clearTimeout(timer);
    root.dataset.presses = number;
  };

  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      isAlone = false;
      count(0);
    } else if (!event.repeat) isAlone = !event.ctrlKey && !event.altKey && !event.metaKey;
  });
  addEventListener("pointerdown", () => { isAlone = false; });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !isAlone) return;
    isAlone = false;
    count(presses + 1);
    if (presses === 3) {
      leave();
      return;
    }
    say(presses === 1 ? "two" : "one");
    timer = setTimeout(() => {
      count(0);
      say("late");
    }, WAIT);
  });

  root.classList.add("can-exit");
}
