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
// What the paste means is known to the server alone (lists of Word, heads of tables): it is asked, and where it does not
// answer the browser reads what is left.
const meant = async (html) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const home = document.querySelector("[data-pasted-url]")?.dataset.pastedUrl;
  const sent = html.replace(/\ssrc\s*=\s*(?:"data:[^"]*"|'data:[^']*')/gi, "");
  if (!token || !home || sent.length > 1_000_000) return calm(html);
  try {
    const answer = await fetch(home, { method: "POST", body: sent, headers: { "X-CSRFToken": token, "Content-Type": "text/html" }, redirect: "error" });
    return answer.ok ? await answer.text() : calm(html);
  } catch {
    return calm(html);
  }
};
const ours = new WeakSet();
document.addEventListener(
  "paste",
  async (event) => {
    const html = event.clipboardData?.getData("text/html");
    const area = event.target.closest?.('[contenteditable="true"]');
    // What was copied in the editor itself is clean, and says where it was cut.
    if (!html || !area || ours.has(event) || html.includes("data-pm-slice")) return;
    const plain = event.clipboardData.getData("text/plain");
    event.preventDefault();
    event.stopImmediatePropagation();
    const data = new DataTransfer();
    data.setData("text/html", await meant(html));
    data.setData("text/plain", plain);
    const again = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    ours.add(again);
    area.dispatchEvent(again);
  },
  true,
);

const watch = () => {
  all();
  new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
else watch();
