// Ticks all rows of a signed sheet that have no mark yet, so that only the exceptions are left to tick.
const form = document.querySelector("[data-sheet]");
if (form) {
  form.querySelector("[data-all-label]").hidden = false;
  for (const button of form.querySelectorAll("[data-tick-all]")) {
    button.addEventListener("click", () => {
      for (const none of form.querySelectorAll('input[type="radio"][value=""]:checked')) {
        form.querySelector(`input[name="${none.name}"][value="${button.dataset.tickAll}"]`).checked = true;
      }
    });
  }
}
