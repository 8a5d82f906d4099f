// On the admin's change pages: says who else has the page open, and keeps what is typed on this computer until it is saved.
// Everything works without it; the server compares the texts when the form comes back.
const BEAT = 15000;
const KEEP = 5000;
const LONGEST = 7 * 24 * 3600 * 1000;
const LARGEST = 2_000_000;
const PREFIX = "portal:unsaved:";
const SENT = "portal:sent";

// A browser that keeps nothing, or whose room is full, loses the help and nothing else.
const store = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      const text = JSON.stringify(value);
      if (text.length < LARGEST) localStorage.setItem(key, text);
    } catch {}
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {}
  },
  keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  },
};
const session = (act, ...more) => {
  try {
    return sessionStorage[act](SENT, ...more);
  } catch {
    return null;
  }
};

const NOT_KEPT = new Set(["csrfmiddlewaretoken", "_restored", "_theirs", "_save", "_continue", "_addanother"]);
const pairs = (form) =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name) && form.elements[name]?.type !== "password");
const words = (kept) => JSON.stringify(kept.filter(([name]) => name !== "_loaded"));

const restore = (form, kept) => {
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = location.href;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const [name, value] of [...kept, ["csrfmiddlewaretoken", token], ["_restored", "1"]]) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  sent.hidden = true;
  document.body.append(sent);
  sent.submit();
};

// As the pages write a moment, in the office's time: not every browser knows Mongolian.
const moment = (at) => {
  const two = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ulaanbaatar", year: "numeric", ...two, hourCycle: "h23" }).formatToParts(at);
  const { year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${document.documentElement.lang === "mn" ? `${year}.${month}.${day}` : `${day}/${month}/${year}`} ${hour}:${minute}`;
};

const offer = (box, key, kept, form) => {
  const line = document.createElement("p");
  line.append(`${box.dataset.offer} ${moment(kept.at)}. `);
  for (const [name, act] of [
    [box.dataset.restore, () => restore(form, kept.pairs)],
    [box.dataset.discard, () => { store.remove(key); place.hidden = true; form.querySelector("input, textarea")?.focus(); }],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = name;
    button.addEventListener("click", act);
    line.append(button, " ");
  }
  const place = box.querySelector(".editing-offer");
  place.replaceChildren(line);
  place.hidden = false;
};

const keepUp = (box, form) => {
  const key = `${PREFIX}${box.dataset.user}:${location.pathname.replace(/^\/\w\w\//, "/")}`;
  let start = null; // how the form was when its page came, or what was kept of it
  let leaving = false;
  const kept = store.get(key);
  const ready = () => {
    start = words(pairs(form));
    if (kept && !("restored" in box.dataset) && !("errors" in box.dataset) && words(kept.pairs) !== start) offer(box, key, kept, form);
    else if (kept && words(kept.pairs) === start && !("restored" in box.dataset)) store.remove(key);
    if ("restored" in box.dataset || "errors" in box.dataset) start = "";
  };
  // The rich text areas put their own writing of a text into the form when they have come up.
  setTimeout(ready, 800);
  const changed = () => start !== null && words(pairs(form)) !== start;
  setInterval(() => changed() && store.set(key, { at: Date.now(), pairs: pairs(form) }), KEEP);
  addEventListener("pagehide", () => !leaving && changed() && store.set(key, { at: Date.now(), pairs: pairs(form) }));
  addEventListener("beforeunload", (event) => !leaving && changed() && event.preventDefault());
  form.addEventListener("submit", () => {
    leaving = true;
    store.set(key, { at: Date.now(), pairs: pairs(form) });
    session("setItem", key);
  });
};

const saySince = (box) => {
  const line = box.querySelector(".editing-others");
  const token = box.closest("form").querySelector("[name=csrfmiddlewaretoken]").value;
  const beat = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(box.dataset.presence, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams() });
      const said = answer.ok ? (await answer.json()).words : "";
      if (line.textContent !== said) line.textContent = said;
      line.hidden = !said;
    } catch {}
  };
  beat();
  setInterval(beat, BEAT);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => navigator.sendBeacon(box.dataset.presence, new URLSearchParams({ leave: "1", csrfmiddlewaretoken: token })));
};

// What was sent has arrived when the next page says so.
const key = session("getItem");
if (key && document.querySelector(".messagelist .success")) {
  store.remove(key);
  session("removeItem");
}
for (const old of store.keys()) if (!(Date.now() - store.get(old)?.at < LONGEST)) store.remove(old);
document.getElementById("logout-form")?.addEventListener("submit", () => store.keys().forEach(store.remove));
const box = document.querySelector("[data-editing]");
if (box) {
  keepUp(box, box.closest("form"));
  if (box.dataset.presence) saySince(box);
}
