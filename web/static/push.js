/* Switches on and off that this device is told at once; what else it takes the form says. */

const box = document.querySelector("[data-push]");

function bytes(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

function complain(words) {
  const place = box.querySelector("[data-push-wrong]");
  place.textContent = words;
  place.hidden = false;
}

/* Where another key, or another member, had this browser, it begins anew. */
async function subscribe(manager) {
  const had = await manager.getSubscription();
  if (had) await had.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.push) });
}

async function switchOn(form, manager) {
  if (await Notification.requestPermission() !== "granted") return complain(box.dataset.denied);
  try {
    const { endpoint, keys } = (await subscribe(manager)).toJSON();
    for (const [name, value] of Object.entries({ endpoint, ...keys })) form.elements[name].value = value;
    form.submit();
  } catch {
    complain(box.dataset.failed);
  }
}

async function begin() {
  const { pushManager } = await navigator.serviceWorker.ready;
  const had = await pushManager.getSubscription(), form = box.querySelector("form");
  const mine = had && document.querySelector(`[data-endpoint="${CSS.escape(had.endpoint)}"]`);
  box.querySelector("[data-push-off]").hidden = true;
  box.querySelector("[data-push-on]").hidden = !mine;
  form.hidden = Boolean(mine);
  form.addEventListener("submit", (event) => { event.preventDefault(); switchOn(form, pushManager); });
  /* The server forgets it first, or after: a browser that is gone tells it so. */
  mine?.querySelector("form").addEventListener("submit", () => { had.unsubscribe(); });
}

if (box && "PushManager" in window && "serviceWorker" in navigator && window.isSecureContext) begin();
