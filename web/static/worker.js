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
