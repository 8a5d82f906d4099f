// Placeholders of a letter: a press puts one where the cursor was last, in a subject or a text of the same form.
//
//   <form> … <input> <textarea> … <dl data-placeholders><div><dt>{name}</dt><dd>…</dd></div></dl> … </form>
//
// Without scripts they are a list to read and to type from.

for (const list of document.querySelectorAll("[data-placeholders]")) {
  const form = list.closest("form");
  const fields = () => [...form.querySelectorAll('textarea, input[type="text"]')];
  let last = null;
  form.addEventListener("focusin", (event) => {
    if (fields().includes(event.target)) last = event.target;
  });
  for (const name of list.querySelectorAll("dt")) {
    const words = name.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "placeholder";
    button.textContent = words;
    button.addEventListener("click", () => {
      const field = last ?? form.querySelector("textarea");
      field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
      field.focus();
    });
    name.replaceChildren(button);
  }
}
