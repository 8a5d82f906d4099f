{% autoescape off %}// Serves the check-in page of one workshop where there is no connection: the page without anybody on it, its styles and scripts.
// What is on the list stands in the device's own storage, not here. No other page is ever kept.
const told = {{ told }};
const PATIENCE = 5000; // milliseconds that a page may take before the kept one is shown

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(told.name)
      .then((kept) => kept.addAll([told.shell, ...told.assets].map((address) => new Request(address, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(told.family) && name !== told.name).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function page(request) {
  const kept = await caches.match(told.shell);
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (pathname === told.page) event.respondWith(page(event.request));
  } else if (told.assets.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)));
  }
});
{% endautoescape %}
