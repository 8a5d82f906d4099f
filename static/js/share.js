// Shares through the browser's own sheet, copies the plain text, prints: each button appears only where the browser can do it.

const place = document.querySelector("[data-share]");

function offer(name, isPossible, act) {
  const button = place.querySelector(`[${name}]`);
  if (!button || !isPossible) return;
  button.closest("li").hidden = false;
  button.addEventListener("click", () => act(button));
}

async function copied(address) {
  const text = fetch(address).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.text();
  });
  // Safari lets go of the press while it waits: there the text may come later than the promise of it.
  if (window.ClipboardItem && navigator.clipboard.write) {
    const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
    return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  }
  return navigator.clipboard.writeText(await text);
}

if (place) {
  const said = place.querySelector("[role=status]");
  offer("data-share-here", navigator.share, () => {
    navigator.share({ title: place.dataset.title, url: place.dataset.share }).catch(() => {});
  });
  offer("data-copy", navigator.clipboard, (button) => {
    copied(button.dataset.copy).then(() => { said.textContent = said.dataset.copied; }, () => { said.textContent = said.dataset.failed; });
  });
  offer("data-print", window.print, () => window.print());
}
