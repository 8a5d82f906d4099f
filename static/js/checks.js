// Asks anew what is found in the text while one writes it, and leads to where it was found.
const panel = document.querySelector("[data-checks]");
const form = panel?.closest("form");
const WAIT = 1200;
let timer;
let asked;
// Files stay here: words are what is read.
const typed = () => {
  const sent = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value);
  return sent;
};
const ask = async () => {
  asked?.abort();
  asked = new AbortController();
  panel.setAttribute("aria-busy", "true");
  const failed = panel.querySelector("[data-checks-failed]");
  try {
    const body = typed();
    const answer = await fetch(panel.dataset.checks, { method: "POST", body, headers: { "X-CSRFToken": body.get("csrfmiddlewaretoken") }, redirect: "error", signal: asked.signal });
    if (!answer.ok) throw new Error(answer.status);
    const html = await answer.text();
    const list = panel.querySelector("[data-checks-list]");
    // Whoever stands on a line of the list keeps standing there.
    const at = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    if (list.innerHTML !== html) list.innerHTML = html;
    if (at) list.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
    failed.hidden = true;
  } catch (error) {
    if (error.name === "AbortError") return;
    failed.hidden = false;
  }
  panel.removeAttribute("aria-busy");
};
const later = () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
};
if (form && panel.dataset.checks) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => clearTimeout(timer));
}
// The editor hides the field that an address names: its area is where one writes.
const go = (id) => {
  const field = document.getElementById(id);
  if (!field) return false;
  for (let up = field; (up = up.parentElement?.closest("details:not([open])")); ) up.open = true;
  const area = field.closest(".prose-editor")?.querySelector('[contenteditable="true"]') ?? field;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  area.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  const inside = area.matches("input, textarea, select, [contenteditable]") ? area : area.querySelector("a, input, textarea, select, button, summary");
  (inside ?? area).focus({ preventScroll: true });
  return true;
};
panel?.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && go(link.hash.slice(1))) event.preventDefault();
});
// Coming from the desk with a place in the address: the editor is made after the page.
if (panel && location.hash.startsWith("#id_")) addEventListener("load", () => setTimeout(() => go(location.hash.slice(1)), 300));
