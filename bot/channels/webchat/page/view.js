// Everything that is seen. Elements with data-word change along with the language.
const $ = (id) => document.getElementById(id);
const [log, scroller, newest] = [$("log"), $("scroll"), $("newest")];
let words = {};
let held = -1; // where the view was put so that the beginning of an answer can be read
let stuck = true; // the end is in view
let [first, firstAt] = [null, 0]; // the beginning of the newest turn
const ONE_TURN = 2000; // milliseconds between replies that belong together

export const say = (text) => words[text] ?? text;

export function speak(spoken) {
  words = spoken.words;
  if (spoken.html) Object.assign(document.documentElement, { lang: spoken.html, dir: spoken.dir });
  document.title = say("Lotse – help for newcomers");
  $("language").value = spoken.language;
  for (const one of document.querySelectorAll("[data-word]")) one.textContent = say(one.dataset.word);
  for (const one of document.querySelectorAll("[data-word-label]")) one.setAttribute("aria-label", say(one.dataset.wordLabel));
  $("text").placeholder = say("Write your question");
  fitText();
}

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function word(tag, text, properties = {}) {
  const made = make(tag, properties, say(text));
  made.dataset.word = text;
  return made;
}

export function showOwn(said, tryAgain) {
  const bubble = make("div", { className: "bubble", dir: "auto" }, said.title ?? said.text);
  const own = make("div", { className: "message own", id: `own-${said.id}` }, word("span", "You", { className: "unseen" }));
  const again = word("button", "Try again", { type: "button", onclick: tryAgain });
  own.append(bubble, make("p", { className: "sent" }, make("span", {}), again));
  own.dataset.after = said.after;
  const pressed = document.activeElement?.dataset.payload;
  log.append(own);
  if (said.payload) {
    own.dataset.pressed = "";
    retireButtons(own);
  }
  markOwn(said);
  if (pressed) {
    own.tabIndex = -1;
    own.focus({ preventScroll: true });
  }
  first = own;
  firstAt = -Infinity;
  settle(own);
}

export function markOwn({ id, state }) {
  const line = $(`own-${id}`)?.querySelector(".sent");
  if (!line) return;
  line.firstChild.dataset.word = state;
  line.firstChild.textContent = say(state);
  line.lastChild.hidden = state !== "Not sent";
  line.classList.toggle("failed", state === "Not sent");
}

export function showReply(reply, { press, fetchFile, live }) {
  if ($(`reply-${reply.id}`)) return;
  const wasStuck = stuck;
  const wasHeld = Math.abs(scroller.scrollTop - held) < 4;
  const message = make("div", { className: `message ${reply.from}`, id: `reply-${reply.id}` }, sender(reply));
  message.classList.toggle("urgent", reply.urgent);
  const bubble = make("div", { className: "bubble", lang: reply.language, dir: reply.dir });
  bubble.innerHTML = reply.html; // made safe by the server; the page's policy allows no script in it
  if (reply.urgent) bubble.prepend(word("p", "Emergency", { className: "alarm", lang: document.documentElement.lang, dir: document.documentElement.dir }));
  message.append(bubble);
  if (reply.document) message.append(fileButton(reply.document, fetchFile));
  if (reply.buttons.length || reply.ask_location) message.append(buttons(reply, press));
  const later = [...log.children].find((one) => Number(one.dataset.after) >= reply.id);
  log.insertBefore(message, later ?? null);
  const asked = [...log.querySelectorAll(".own")].filter((one) => follows(message, one)).pop();
  if (asked) retireButtons(asked);
  if (later?.dataset.pressed !== undefined) retireButtons(later);
  if (!live) return;
  if (wasStuck || wasHeld) settle(beginningOf(message, wasStuck));
  newest.hidden = nearEnd();
}

function sender({ from, at }) {
  if (from !== "human") return word("span", "Assistant", { className: "unseen" });
  const time = new Date(at).toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
  return make("p", { className: "who" }, word("strong", "Counsellor"), make("time", { dateTime: at, dir: "ltr" }, time));
}

function buttons(reply, press) {
  const group = make("div", { className: "buttons", lang: reply.language, dir: reply.dir });
  const waiting = [...reply.buttons];
  if (reply.ask_location && navigator.geolocation) group.append(make("div", { className: "row" }, positionButton(press)));
  for (const length of reply.rows) group.append(make("div", { className: "row" }, ...waiting.splice(0, length).map((one) => button(one, press))));
  return group;
}

// Not every device has the picture in its fonts, and an empty box before a number to call frightens.
const HANDSET = "📞 ";

function drawing(lines) {
  const made = (name, attributes) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    return one;
  };
  const svg = made("svg", { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" });
  svg.append(made("path", { d: lines }));
  return svg;
}

function button({ title, payload, url }, press) {
  if (payload) {
    const made = make("button", { type: "button", onclick: () => press({ payload, title }) }, title);
    made.dataset.payload = payload;
    return made;
  }
  const link = make("a", { rel: "noopener noreferrer" }, title.replace(HANDSET, ""));
  if (title.startsWith(HANDSET)) link.prepend(drawing("M6 3h3l2 5-2.5 1.5a12 12 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z"));
  if (/^(https|tel):/.test(url)) link.href = url;
  if (url.startsWith("https:")) link.target = "_blank";
  return link;
}

// The position is asked for when the button is pressed, once, and no more exactly than to about a hundred metres.
function positionButton(press) {
  const offer = word("button", "Send my location", { type: "button" });
  offer.dataset.payload = "position";
  const found = ({ coords }) => {
    const place = `@${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
    press({ payload: `/set_place${JSON.stringify({ place })}`, title: say("Send my location") });
  };
  const refused = () => {
    offer.remove();
    state("Which town or district do you live in? Write its name or postal code.");
    $("text").focus();
  };
  offer.onclick = () => {
    offer.disabled = true;
    navigator.geolocation.getCurrentPosition(found, refused, { timeout: 15_000, maximumAge: 600_000 });
  };
  return offer;
}

function fileButton(file, fetchFile) {
  const made = make("button", { type: "button", className: "file", onclick: () => fetchFile(file) });
  made.append(word("span", "Download file"), make("small", { dir: "auto" }, file.name));
  return made;
}

export function saveFile(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const follows = (one, other) => other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;

// What was offered before a message that was answered, or before a pressed button, is over; links stay.
function retireButtons(from) {
  for (const one of log.querySelectorAll("button[data-payload]")) {
    if (follows(from, one)) one.remove();
  }
}

const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;

// Replies that come together are one turn, read from its first line; so is one that waits below the edge.
function beginningOf(message, wasStuck) {
  const together = first?.isConnected && performance.now() - firstAt < ONE_TURN;
  if (!first?.isConnected || (wasStuck && !together)) {
    const before = message.previousElementSibling;
    first = before?.matches(".own") ? before : message;
  }
  firstAt = performance.now();
  return first;
}

// Shows the beginning of what is new, not its end.
function settle(beginning) {
  scroller.scrollTop = beginning.offsetTop - 12;
  held = scroller.scrollTop;
  stuck = nearEnd();
}

export function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  [stuck, newest.hidden] = [true, true];
}

export function typing(on) {
  const wasStuck = stuck;
  $("typing").hidden = !on;
  if (on && wasStuck) scroller.scrollTop = held = scroller.scrollHeight;
}

export function state(text) {
  $("state").replaceChildren(...(text ? [word("span", text)] : []));
}

export function ready() {
  log.setAttribute("aria-busy", "false");
  toEnd();
}

export function ended(over) {
  if (over) {
    log.replaceChildren();
    typing(false);
    state("This chat has ended.");
  }
  $("composer").hidden = $("end").hidden = $("why").hidden = over;
  $("again").hidden = !over;
  (over ? $("again") : scroller).focus();
}

export function fitText() {
  const text = $("text");
  text.dir = text.value ? "auto" : document.documentElement.dir; // an empty field follows its placeholder
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 140)}px`;
}

scroller.addEventListener("scroll", () => {
  stuck = nearEnd();
  if (stuck) newest.hidden = true;
});
newest.addEventListener("click", () => {
  const last = log.lastElementChild;
  if (last) scroller.scrollTop = last.offsetTop - 12;
  newest.hidden = true;
  scroller.focus();
});
// The keyboard of a phone comes and goes.
new ResizeObserver(() => stuck && toEnd()).observe(scroller);
