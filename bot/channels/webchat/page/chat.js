// The chat: joins what is stored, sent, received and shown.
import { Outbox, newId, pause } from "./outbox.js";
import * as server from "./server.js";
import * as store from "./store.js";
import * as view from "./view.js";

const $ = (id) => document.getElementById(id);
const NO_CONNECTION = "No connection. Your messages are kept and sent as soon as you are online again.";
const TOO_FAST = "That was very fast. Please wait a moment.";
const { start, spoken } = JSON.parse($("start").textContent);
const known = new Map([[spoken.language, { ...spoken, html: document.documentElement.lang, dir: document.documentElement.dir }]]);

let chat = null;
let last = 0; // position of the last reply seen
let live = false;
let language = spoken.language;
let typingTimer = 0;
let connection = new AbortController();
const outbox = new Outbox({ changed, trouble, ended });

function begin(remembered) {
  chat = remembered ?? { token: null, said: [] };
  [last, live] = [0, false];
  for (const said of chat.said) view.showOwn(said, again(said));
  run(chat);
}

async function run(mine) {
  for (let tries = 0; mine === chat; tries += 1) {
    try {
      if (!mine.token) {
        mine.token = (await server.open(start)).token;
        if (mine === chat) store.save(mine);
      }
      outbox.flush(mine);
      connection = new AbortController();
      const opened = () => {
        tries = 0;
        if (last) view.state(null);
      };
      await server.listen(mine.token, last, { opened, happened: (kind, data) => mine === chat && happened(kind, data), signal: connection.signal });
    } catch (error) {
      if (error.status === 401) return ended(mine);
      if (mine === chat) trouble(error);
    }
    await pause(tries);
  }
}

function happened(kind, data) {
  if (kind === "typing") return typing(true);
  if (kind === "ready") {
    if (!live) view.ready();
    live = true;
    view.state(null);
    return switchTo(language);
  }
  last = data.id;
  typing(false);
  view.showReply(data, { press: sayIt, fetchFile, live });
  // A page may be shown in another language than the conversation's.
  if (data.from === "bot" && !data.page) language = data.language;
  return live && switchTo(language);
}

function typing(on) {
  clearTimeout(typingTimer);
  view.typing(on);
  if (on) typingTimer = setTimeout(() => view.typing(false), 20_000);
}

async function switchTo(wanted) {
  language = wanted;
  try {
    if (!known.has(wanted)) known.set(wanted, await server.words(wanted));
    if (wanted === language && $("language").value + document.documentElement.lang !== wanted + known.get(wanted).html) view.speak(known.get(wanted));
  } catch {
    // the words stay as they are; the next reply tries again
  }
}

function sayIt({ text, payload, title }) {
  const said = { id: newId(), text, payload, title, after: last, state: "Sending …" };
  chat.said.push(said);
  store.save(chat);
  view.showOwn(said, again(said));
  outbox.flush(chat);
}

const again = (said) => () => outbox.again(chat, said);

function changed(said) {
  store.save(chat);
  view.markOwn(said);
  if (said.state === "Sent" && live) view.state(null);
}

function trouble(error) {
  if (chat) view.state(error.status === 429 ? TOO_FAST : NO_CONNECTION);
}

async function fetchFile({ url, name }) {
  try {
    view.saveFile(await server.download(chat.token, url), name);
  } catch (error) {
    trouble(error);
  }
}

function ended(which) {
  if (which !== chat) return;
  chat = null;
  store.clear();
  connection.abort();
  view.ended(true);
}

function submit(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return $("text").focus();
  $("text").value = "";
  view.fitText();
  $("text").focus();
  return chat && sayIt({ text });
}

$("composer").addEventListener("submit", submit);
$("text").addEventListener("input", view.fitText);
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
});
$("language").addEventListener("change", ({ target }) => {
  const payload = `/set_language${JSON.stringify({ language: target.value })}`;
  if (chat) sayIt({ payload, title: target.selectedOptions[0].text });
  switchTo(target.value);
});
$("end").addEventListener("click", () => $("ending").showModal());
$("ending").addEventListener("close", () => {
  if ($("ending").returnValue !== "end" || !chat) return;
  if (chat.token) server.end(chat.token).catch(() => {});
  ended(chat);
});
$("again").addEventListener("click", () => {
  view.ended(false);
  view.state("Connecting …");
  begin();
});
addEventListener("offline", () => {
  view.state(NO_CONNECTION);
  connection.abort();
});
addEventListener("leaving", () => {
  chat = null;
  connection.abort();
});

view.speak(known.get(language));
begin(store.load());
