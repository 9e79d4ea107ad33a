// "Leave quickly": for people who are watched. Works as a plain link before and without this script.
import { clear, load } from "./store.js";

const button = document.getElementById("leave");
const AWAY = button.href;
const WITHIN = 2000; // milliseconds for pressing Escape three times
let escapes = [];

export function leave(event) {
  event?.preventDefault();
  const token = load()?.token;
  clear({ forGood: true });
  dispatchEvent(new Event("leaving"));
  document.title = "www.dwd.de";
  document.getElementById("icon").href = "data:,";
  document.body.replaceChildren(); // at once, however slow the weather page is
  if (token) {
    const headers = { Authorization: `Bearer ${token}` };
    fetch("/api/chat/sessions/current", { method: "DELETE", keepalive: true, headers }).catch(() => {});
  }
  if (window.parent === window) return location.replace(AWAY);
  // In a frame the page around has to go, too; embed.js does that. Without it we try ourselves.
  window.parent.postMessage({ lotse: "leave" }, "*");
  setTimeout(() => {
    try {
      window.top.location.replace(AWAY);
    } catch {
      location.replace(AWAY);
    }
  }, 200);
}

button.addEventListener("click", leave);
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    escapes = [...escapes.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
    if (escapes.length >= 3) leave(event);
  },
  true,
);
