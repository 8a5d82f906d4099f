// Names the rich-text areas by their labels (the editor hides the field that the label belongs to), and leads a click on the label there.
const name = (area) => {
  const field = area.closest(".prose-editor")?.querySelector("textarea");
  const label = field && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
  if (!label || area.hasAttribute("aria-label")) return;
  area.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
  area.setAttribute("aria-multiline", "true");
  area.lang = field.lang;
  area.spellcheck = true;
  const hint = document.getElementById(`${field.id}_helptext`);
  if (hint) area.setAttribute("aria-describedby", hint.id);
  label.addEventListener("click", () => area.focus());
};
// The toolbar knows English alone; the admin's catalogue has its words.
const gettext = window.gettext ?? ((word) => word);
const say = (button) => {
  const word = gettext(button.title);
  if (word === button.title) return;
  button.title = word;
  button.setAttribute("aria-label", word);
};
const sayStyle = (style) => {
  const word = gettext(style.textContent);
  if (word !== style.textContent) style.textContent = word;
};
const all = () => {
  document.querySelectorAll('[contenteditable="true"]').forEach(name);
  document.querySelectorAll(".prose-menubar [title]").forEach(say);
  document.querySelectorAll(".prose-menubar__option > *").forEach(sayStyle);
};
// A paste from a word processor brings styles, which the page's policy would report one by one. The server cleans what
// counts; this only keeps the noise out, and lets the browser read the rest as it would.
const calm = (html) =>
  html
    .replace(/<!--[\s\S]*?-->|<(style|script|head|xml)\b[\s\S]*?<\/\1>|<\/?(?:meta|link|base)\b[^>]*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(?:style|class|lang|on[a-z]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, ""));
document.addEventListener(
  "paste",
  (event) => {
    const html = event.clipboardData?.getData("text/html");
    if (!html || !event.target.closest?.('[contenteditable="true"]') || calm(html) === html) return;
    const data = new DataTransfer();
    data.setData("text/html", calm(html));
    data.setData("text/plain", event.clipboardData.getData("text/plain"));
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  },
  true,
);

const watch = () => {
  all();
  new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
else watch();
