// Ticks in a table: tick all, a range with shift, and how many are ticked in the bar of acts.
//
//   <form method="post" data-selection>
//     … <input type="checkbox" data-all hidden aria-label="…"> in the head, <input type="checkbox" name="selected" …> in the rows …
//     <div class="bulk-bar" data-bulk><p role="status"><strong data-count>0</strong> …</p> buttons </div>
//   </form>
//
// Without scripts the bar is always there and the box over all (hidden in the page) stays away.

function start(form) {
  // Asked for each time: htmx may have put other ones there.
  const head = () => form.querySelector("[data-all]");
  let last = null;

  const boxes = () => [...form.querySelectorAll('input[type="checkbox"][name="selected"]:not(:disabled)')];

  function count() {
    const every = boxes();
    const ticked = every.filter((box) => box.checked).length;
    const all = head();
    const bar = form.querySelector("[data-bulk]");
    if (all) {
      all.hidden = false;
      all.checked = ticked > 0 && ticked === every.length;
      all.indeterminate = ticked > 0 && ticked < every.length;
    }
    if (bar) {
      bar.hidden = ticked === 0;
      const number = bar.querySelector("[data-count]");
      if (number) number.textContent = ticked;
    }
  }

  form.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== "selected") return;
    const every = boxes();
    if (event.shiftKey && last && last !== box && every.includes(last)) {
      const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
      for (const between of every.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });

  form.addEventListener("change", (event) => {
    if (event.target === head()) for (const box of boxes()) box.checked = event.target.checked;
    count();
  });
  form.addEventListener("htmx:afterSwap", count);

  count();
}

for (const form of document.querySelectorAll("[data-selection]")) start(form);
// A page kept by the browser may come back with its ticks.
window.addEventListener("pageshow", () => document.querySelectorAll("[data-selection]").forEach((form) => form.dispatchEvent(new Event("change"))));
