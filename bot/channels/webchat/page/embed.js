// Puts a button on any web page that opens the chat in a frame. See docs/embed.md.
(() => {
  "use strict";
  const TITLES = /*TITLES*/ {};
  const DIRECTIONS = /*DIRECTIONS*/ {};
  const AWAY = "https://www.dwd.de";
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const asked = script.dataset.language || "";
  const spoken = [asked, document.documentElement.lang, ...navigator.languages]
    .flatMap((tag) => [tag, tag.split("-")[0]])
    .find((tag) => tag in TITLES) ?? "de";

  const address = new URL("/embed", origin);
  address.searchParams.set(asked ? "lang" : "hint", asked || spoken); // asked for, or only guessed
  if (script.dataset.place) address.searchParams.set("place", script.dataset.place);

  // A shadow root and a constructed sheet: neither the page's styles nor its policy get in the way.
  const host = document.createElement("lotse-chat");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000;
      font: 600 1rem/1.4 system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Ethiopic", "Noto Sans Arabic", sans-serif; }
    @media print { :host { display: none; } }
    button { font: inherit; display: flex; align-items: center; gap: .5rem; min-block-size: 3rem; max-inline-size: calc(100vw - 2rem);
      padding: .5rem 1.125rem; border: 2px solid #fff; border-radius: 2rem; background: #0b5563; color: #fff; cursor: pointer;
      box-shadow: 0 2px 10px rgb(0 0 0 / 30%); text-align: start; }
    button:focus-visible, iframe:focus-visible { outline: 3px solid #0a4fb0; outline-offset: 2px; }
    .cross { display: none; font-size: 1.5rem; line-height: 1; }
    iframe { display: none; box-sizing: border-box; border: 1px solid #6b7f7d; border-radius: 1rem; background: #eef3f2; color-scheme: normal; }
    :host(.open) iframe { display: block; position: fixed; inset-inline-end: 1rem; inset-block-end: 5rem;
      inline-size: min(24rem, calc(100vw - 2rem)); block-size: min(42rem, calc(100dvh - 6rem)); }
    :host(.open) .cross { display: block; }
    @media (max-width: 30rem) {
      :host(.open) { inset: 0; background: #0b5563; }
      :host(.open) button { margin: .25rem .5rem; box-shadow: none; border-color: transparent; }
      :host(.open) iframe { inset: 3.5rem 0 0; inline-size: 100%; block-size: calc(100dvh - 3.5rem); border: 0; border-radius: 0; }
    }`);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  button.lang = host.lang = spoken;
  button.dir = host.dir = DIRECTIONS[spoken];
  button.setAttribute("aria-expanded", "false");
  const title = Object.assign(document.createElement("span"), { textContent: TITLES[spoken] });
  const cross = Object.assign(document.createElement("span"), { className: "cross", textContent: "×" });
  cross.setAttribute("aria-hidden", "true");
  button.append(title, cross);
  const frame = Object.assign(document.createElement("iframe"), { title: TITLES[spoken], referrerPolicy: "no-referrer", allow: "geolocation" });
  root.append(button, frame);

  function show(open) {
    if (open && !frame.src) frame.src = address.href; // nothing is asked of the server before
    host.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    (open ? frame : button).focus();
  }

  button.addEventListener("click", () => show(!host.classList.contains("open")));
  root.addEventListener("keydown", (event) => event.key === "Escape" && host.classList.contains("open") && show(false));
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow || event.data?.lotse !== "leave") return;
    document.title = "www.dwd.de";
    location.replace(AWAY);
  });
  const attach = () => document.body.append(host);
  if (document.body) attach();
  else addEventListener("DOMContentLoaded", attach);
})();
