// The check-in page: marks at once, whether or not there is a connection, and sends them when there is one.
//
// What is kept on the device, all under "door:": the day's list (names, institutions, beginnings of the badges' digests), and
// marks that were not sent yet, each under a key of its own. It goes at sign-out and when the day is over.

import { play } from "./door_sounds.js";
import { fits } from "./name_keys.js";

const root = document.getElementById("door");
const words = JSON.parse(root.dataset.words);
const addresses = JSON.parse(root.dataset.addresses);
const [slug, isShell] = [root.dataset.slug, "shell" in root.dataset];
const part = (id) => document.getElementById(id);
const AT_ONCE = 50;
const PATIENCE = 8000; // milliseconds until a request counts as lost
const AGAIN = 15000; // milliseconds between two tries to send
const CLOCK_MAY_BE_OFF = 120000;
const BADGE = /\/badge\/([A-Za-z0-9_-]{22})\/?(?:[?#].*)?$/;

let unit = root.dataset.unit;
let list = null; // as door/list/ gives it
let token = ""; // against forged requests; comes with the list and is kept nowhere
let sending = false;
let signedOut = false;
let awaited = ""; // the mark whose answer the result waits for
let asked = ""; // the same, where nothing can be said before the answer

// Storage --------------------------------------------------------------------------------------------------------

const LIST = `door:${slug}:list:`;
const MARK = `door:${slug}:mark:`;
const keys = (start) => Object.keys(localStorage).filter((key) => key.startsWith(start)).sort();
const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};
const keep = (key, value) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // no room, or a browser that keeps nothing: then the page works with a connection alone
  }
};
const waiting = () => keys(MARK).map((key) => [key, read(key)]).filter(([, mark]) => mark && !mark.refused);
const refused = () => keys(MARK).map((key) => [key, read(key)]).filter(([, mark]) => mark?.refused);

// The answer to signing out clears all this once more, for those pages too that know nothing of the door.
function forget() {
  for (const key of keys("door:")) localStorage.removeItem(key);
  window.caches?.keys().then((names) => names.filter((name) => name.startsWith("door-")).forEach((name) => caches.delete(name)));
}

function forgetOtherDays(today) {
  for (const key of keys("door:")) if (key.includes(":list:") && read(key)?.on !== today) localStorage.removeItem(key);
}

// The day by the clock of this device, which is what there is without a connection.
const today = () => new Date().toLocaleDateString("sv", { timeZone: root.dataset.zone });

// Showing --------------------------------------------------------------------------------------------------------

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const element = (tag, text, css) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (css) made.className = css;
  return made;
};

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${root.dataset.icons}#${name}`);
  drawn.append(use);
  return drawn;
}

const SHAPES = { go: "confirmed", wait: "warning", stop: "octagon", ready: "user" };

function say(tone, { word, name = "", institution = "", text = "", acts = [] }, { silent = false } = {}) {
  const box = part("verdict");
  box.className = `verdict verdict-${tone} is-sheet`;
  const shape = element("div", "", "verdict-shape");
  shape.append(icon(SHAPES[tone]));
  const said = element("div", "", "verdict-words");
  if (name) said.append(element("p", name, "verdict-name"));
  for (const line of [institution, text]) if (line) said.append(element("p", line));
  const buttons = element("div", "", "verdict-acts");
  for (const act of acts) {
    const button = element(act.href ? "a" : "button", "", "button");
    if (act.href) button.href = act.href;
    else button.type = "button";
    if (act.icon) button.append(icon(act.icon));
    button.append(act.label);
    if (act.press) button.addEventListener("click", act.press);
    buttons.append(button);
  }
  box.replaceChildren(shape, element("p", word, "verdict-word"), said, buttons);
  box.hidden = false;
  if (!silent && localStorage.getItem("door:sound") !== "off") play(tone);
}

const next = () => ({
  label: root.dataset.next,
  press: () => {
    part("verdict").hidden = true;
    part("q").value = "";
    show();
    if (!scanning) part("q").focus();
  },
});

function show() {
  if (!list) return;
  const query = part("q").value;
  const found = list.people.filter((one) => !query.trim() || fits(query, one.k.split(" "), one.o));
  const unsent = new Set(waiting().map(([, mark]) => mark.person));
  part("list").replaceChildren(
    ...found.map((one) => {
      const row = element("li", "", one.m?.k === "present" ? "in" : one.m ? "odd" : "");
      if (unsent.has(one.i)) row.classList.add("unsent");
      const button = element("button");
      button.name = "person";
      button.value = one.i;
      const name = element("span", one.p ? `${one.p} ` : "");
      name.append(element("b", one.g));
      button.append(name, element("i", one.o));
      if (one.m) button.append(element("em", one.m.k === "present" ? one.m.t : words[one.m.k]));
      row.append(button);
      return row;
    }),
  );
  part("none").hidden = found.length > 0;
  if (!found.length) part("none").textContent = words.noneFound;
  const inside = list.people.filter((one) => one.m?.k === "present").length;
  part("counts").textContent = fill(words.counts, { inside, expected: Math.max(list.expected, list.people.length) });
  part("counts").hidden = false;
}

let online = true;
let justSent = false;

function line() {
  const box = part("line");
  const n = waiting().length;
  const told = [];
  if (signedOut) told.push(words.signedOut);
  else if (!online) told.push(words.offline);
  if (n && (!online || signedOut)) told.unshift(n === 1 ? words.waitingOne : fill(words.waiting, { n }));
  if (list?.off) told.push(fill(words.clock, { n: Math.round(Math.abs(list.off) / 60000) }));
  if (!told.length && justSent) told.push(words.sent);
  box.classList.toggle("is-calm", justSent && told.length === 1 && told[0] === words.sent);
  box.replaceChildren(...told.map((text) => element("p", text)));
  if (signedOut) {
    const link = element("a", root.dataset.signIn, "button");
    link.href = addresses.login;
    box.append(link);
  }
  box.hidden = told.length === 0;
  const rows = refused().map(([key, mark]) => {
    const row = element("li");
    const drop = element("button", root.dataset.dismiss, "button button-quiet");
    drop.type = "button";
    drop.addEventListener("click", () => (localStorage.removeItem(key), line()));
    row.append(element("span", [mark.name, mark.refused].filter(Boolean).join(": ")), drop);
    return row;
  });
  part("refused").replaceChildren(...rows);
  part("refused").hidden = rows.length === 0;
}

// Marking --------------------------------------------------------------------------------------------------------

const clock = (moment) => new Date(moment).toLocaleTimeString("sv", { hour: "2-digit", minute: "2-digit", timeZone: root.dataset.zone });
const fullName = (one) => [one.p, one.g].filter(Boolean).join(" ");
let number = 0;

function queue(mark) {
  const made = { uuid: crypto.randomUUID(), time: Date.now(), ...unitParts(), ...mark };
  const key = `${MARK}${String(made.time).padStart(15, "0")}-${String(number++).padStart(4, "0")}`;
  if (!keep(key, made)) mem.push([key, made]);
  send();
  return made;
}
const mem = []; // marks of a browser that keeps nothing

function unitParts() {
  const [day, item] = unit.split("-");
  return { day: Number(day), item: item ? Number(item) : null };
}

function checkIn(one, { scanned = false } = {}) {
  if (one.m?.k === "present") {
    say("go", { word: words.already, name: fullName(one), institution: one.o, text: fill(words.at, { time: one.m.t }), acts: [undoing(one), next()] });
    return;
  }
  const mark = queue({ person: one.i, name: fullName(one), scanned });
  awaited = mark.uuid;
  one.m = { u: mark.uuid, k: "present", t: clock(mark.time) };
  remember();
  show();
  line();
  say("go", { word: words.in, name: fullName(one), institution: one.o, text: one.m.t, acts: [undoing(one), next()] });
}

const undoing = (one) => ({
  label: root.dataset.undo,
  icon: "undo",
  press: () => {
    const [key] = waiting().find(([, mark]) => mark.uuid === one.m?.u) ?? [];
    if (key && !sending) localStorage.removeItem(key);
    else if (one.m) queue({ voids: one.m.u, person: one.i, name: fullName(one) });
    delete one.m;
    remember();
    show();
    line();
    say("ready", { word: words.undone, name: fullName(one), institution: one.o, acts: [next()] });
  },
});

function remember() {
  if (list) keep(`${LIST}${unit}`, list);
}

async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function scanned(text) {
  const code = await digest(BADGE.exec(text)?.[1] ?? text);
  const one = list?.people.find((person) => person.d?.some((start) => code.startsWith(start)));
  if (one) {
    checkIn(one, { scanned: true });
    return;
  }
  const mark = queue({ digest: code, scanned: true });
  awaited = asked = mark.uuid;
  line();
  if (online) say("ready", { word: words.asking }, { silent: true });
  else notKnown();
}

function notKnown() {
  asked = "";
  say("wait", { word: words.unknown, text: words.unknownKept, acts: [next()] });
}

// Sending --------------------------------------------------------------------------------------------------------

async function send() {
  if (sending || signedOut) return;
  sending = true;
  try {
    for (;;) {
      const batch = [...waiting(), ...mem.filter(([, mark]) => !mark.refused)].slice(0, AT_ONCE);
      if (!batch.length) break;
      if (!token && !(await load())) break;
      const answer = await fetch(addresses.send, {
        method: "POST",
        redirect: "manual",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ now: Date.now(), marks: batch.map(([, mark]) => mark) }),
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.type === "opaqueredirect") {
        signedOut = true;
        break;
      }
      if (answer.status === 403 && token) {
        // The key against forged requests is of an earlier sign-in: a new one comes with the list.
        token = "";
        if (await load()) continue;
        break;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      online = true;
      const byUuid = new Map(told.results.map((result) => [result.uuid, result]));
      for (const [key, mark] of batch) arrived(key, mark, byUuid.get(mark.uuid));
      justSent = true;
      remember();
      show();
      line();
    }
  } catch {
    online = false;
  } finally {
    sending = false;
    if (asked && (!online || signedOut)) notKnown();
    line();
  }
}

function arrived(key, mark, result) {
  if (!result) return;
  const place = mem.findIndex(([other]) => other === key);
  if (place >= 0) mem.splice(place, 1);
  localStorage.removeItem(key);
  const one = list?.people.find((person) => person.i === (result.person ?? mark.person));
  const mine = awaited === mark.uuid;
  if (asked === mark.uuid) asked = "";
  if (result.ok) {
    if (one && result.kind === "present") one.m = { u: result.mark, k: "present", t: result.time };
    if (mine && !mark.person) {
      const acts = one ? [undoing(one), next()] : [next()];
      say(result.tone, { ...result, acts });
    } else if (mine && !result.fresh && one) {
      say("go", { ...result, acts: [undoing(one), next()] }, { silent: true });
    }
    return;
  }
  if (one && one.m?.u === mark.uuid) delete one.m;
  const letIn = result.letIn ? [{ label: root.dataset.letIn, href: `${result.letIn}?unit=${unit}` }] : [];
  if (mine) say(result.tone, { ...result, acts: [...letIn, next()] });
  else keep(key, { ...mark, name: result.name ?? mark.name, refused: result.text });
}

async function load() {
  try {
    const answer = await fetch(`${addresses.list}?unit=${encodeURIComponent(unit)}`, {
      redirect: "manual",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.type === "opaqueredirect") {
      signedOut = true;
      return false;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const { csrf, ...told } = await answer.json();
    token = csrf;
    online = true;
    signedOut = false;
    const off = Date.now() - told.now;
    list = { ...told, off: Math.abs(off) > CLOCK_MAY_BE_OFF ? off : 0 };
    // Marks that wait still stand for what was seen.
    for (const [, mark] of waiting()) {
      const one = list.people.find((person) => person.i === mark.person);
      if (one && mark.voids) delete one.m;
      else if (one) one.m ??= { u: mark.uuid, k: "present", t: clock(mark.time) };
    }
    unit = list.unit;
    forgetOtherDays(list.on);
    remember();
    return true;
  } catch {
    online = false;
    return false;
  }
}

function fromDevice() {
  const kept = keys(LIST).map(read).filter((one) => one && one.on === today());
  list = kept.find((one) => one.unit === unit) ?? kept.sort((a, b) => b.now - a.now)[0] ?? null;
  if (list) unit = list.unit;
  return Boolean(list);
}

function chooseUnit() {
  const select = part("unit");
  if (!list) return;
  select.replaceChildren(
    ...list.units.map(([value, title]) => {
      const option = element("option", title);
      option.value = value;
      option.selected = value === unit;
      return option;
    }),
  );
}

// Camera ---------------------------------------------------------------------------------------------------------

let scanning = null;

async function camera() {
  const button = part("scan");
  if (scanning) {
    scanning.getTracks().forEach((track) => track.stop());
    scanning = null;
    part("camera").hidden = true;
    button.lastElementChild.textContent = words.scan;
    return;
  }
  try {
    scanning = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    part("no-camera").textContent = words.camera;
    part("no-camera").hidden = false;
    return;
  }
  const video = part("camera").querySelector("video");
  video.srcObject = scanning;
  part("camera").hidden = false;
  part("no-camera").hidden = true;
  button.lastElementChild.textContent = words.stopScan;
  await video.play();
  const reader = new BarcodeDetector({ formats: ["qr_code"] });
  let [last, lastAt] = ["", 0];
  const look = async () => {
    if (!scanning) return;
    try {
      const [code] = await reader.detect(video);
      // The same badge is held before the camera for a while; it is read once.
      if (code && (code.rawValue !== last || Date.now() - lastAt > 4000)) {
        last = code.rawValue;
        await scanned(code.rawValue);
      }
      if (code) lastAt = Date.now();
    } catch {
      // A frame that is not ready yet.
    }
    setTimeout(look, 120);
  };
  look();
}

async function readsCodes() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return false;
  return (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code");
}

// Starting -------------------------------------------------------------------------------------------------------

async function start() {
  for (const plain of document.querySelectorAll("[data-plain]")) plain.hidden = true;
  // What the page showed by itself is said again by the script, at the lower edge.
  part("verdict").classList.add("is-sheet");
  part("unit").addEventListener("change", async () => {
    unit = part("unit").value;
    part("verdict").hidden = true;
    if (!(await load()) && read(`${LIST}${unit}`)) list = read(`${LIST}${unit}`);
    else if (!online && list) list = { ...list, unit, people: list.people.map(({ m, ...one }) => one) };
    if (navigator.onLine && online) history.replaceState(null, "", `?unit=${unit}`);
    show();
    line();
  });
  part("list-form").addEventListener("submit", (event) => {
    const one = list?.people.find((person) => String(person.i) === event.submitter?.value);
    if (!one) return; // somebody who is not on the list: the page itself knows what to do
    event.preventDefault();
    checkIn(one);
  });
  part("q").addEventListener("input", () => "found" in root.dataset || show());
  const sound = part("sound");
  const tellSound = () => {
    const on = localStorage.getItem("door:sound") !== "off";
    sound.setAttribute("aria-pressed", String(on));
    sound.lastElementChild.textContent = on ? words.soundOn : words.soundOff;
  };
  sound.hidden = false;
  sound.addEventListener("click", () => (localStorage.setItem("door:sound", localStorage.getItem("door:sound") === "off" ? "on" : "off"), tellSound(), play("go")));
  tellSound();
  if (await readsCodes()) {
    part("scan").hidden = false;
    part("scan").addEventListener("click", camera);
  } else {
    part("no-camera").textContent = words.noCamera;
    part("no-camera").hidden = false;
  }
  for (const form of document.querySelectorAll('form[action*="/logout/"]')) {
    form.addEventListener("submit", (event) => {
      if (waiting().length && !confirm(words.leave)) event.preventDefault();
      else forget();
    });
  }
  const found = await load();
  if (!found && !fromDevice() && isShell) {
    part("none").textContent = words.noList;
    part("none").hidden = false;
  }
  if (!("found" in root.dataset)) show();
  if (isShell || !found) chooseUnit();
  line();
  send();
  addEventListener("online", () => load().then((came) => came && (show(), line(), send())));
  addEventListener("offline", () => ((online = false), line()));
  document.addEventListener("visibilitychange", () => document.hidden || send());
  setInterval(async () => {
    if (waiting().length) await send();
    else if (!online && (await load())) (show(), line());
  }, AGAIN);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(addresses.worker, { scope: addresses.door }).catch(() => {});
}

start();
