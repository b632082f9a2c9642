/* Keeps what is shown without a network, and nothing else: never a page, so that no old one
   outlives a release. */

const NAME = "skiller-offline-1";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    const answer = await fetch("/offline", { cache: "reload" });
    const page = await answer.clone().text();
    await cache.put("/offline", answer);
    /* What the page is drawn with: addresses that change with their content. */
    const files = [...page.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((match) => match[1]);
    await cache.addAll([...new Set(files)]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  /* A form as well: its page keeps what was typed, and goes back to it. */
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match("/offline")));
  } else if (new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});

/* A title and a link, which our own server sealed for this browser; one of a tag at a time. */
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* shown all the same: browsers want that */ }
  event.waitUntil(self.registration.showNotification(told.title || "Skiller", {
    tag: told.tag || "skiller",
    data: { url: told.url },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const home = self.location.origin, url = new URL(event.notification.data?.url || "/notices", home);
  event.waitUntil(self.clients.openWindow(url.origin === home ? url.href : `${home}/notices`));
});
