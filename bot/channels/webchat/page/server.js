// Talks to the server. A refusal is thrown as Refused; no connection as whatever fetch throws.
const SILENCE = 40_000; // milliseconds; the server gives a sign of life every 15 seconds
const PATIENCE = 20_000;

export class Refused extends Error {
  constructor(response) {
    super(`status ${response.status}`);
    this.status = response.status;
    this.wait = Number(response.headers.get("Retry-After")) || 0; // seconds
  }
}

async function call(method, path, { token, body } = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body) headers["Content-Type"] = "application/json";
  const hourglass = new AbortController();
  const timer = setTimeout(() => hourglass.abort(), PATIENCE);
  try {
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: hourglass.signal });
    if (!response.ok) throw new Refused(response);
    return response;
  } finally {
    clearTimeout(timer);
  }
}

export const open = async (start) => (await call("POST", "/api/chat/sessions", { body: start })).json();
export const send = (token, { id, text, payload }) =>
  call("POST", "/api/chat/messages", { token, body: { id, text, payload } });
export const end = (token) => call("DELETE", "/api/chat/sessions/current", { token });
export const words = async (language) =>
  (await call("GET", `/api/chat/words?lang=${encodeURIComponent(language)}`)).json();
export const download = async (token, url) => (await call("GET", url, { token })).blob();

// Reads Server-Sent Events until the server ends them. `EventSource` cannot send the token, and URLs are logged.
export async function listen(token, after, { opened, happened, signal }) {
  const given = new AbortController();
  const stop = () => given.abort();
  signal.addEventListener("abort", stop, { once: true });
  let watchdog = setTimeout(stop, PATIENCE);
  try {
    const headers = { Authorization: `Bearer ${token}`, "Last-Event-ID": String(after) };
    const response = await fetch("/api/chat/events", { headers, signal: given.signal, cache: "no-store" });
    if (!response.ok) throw new Refused(response);
    opened();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let waiting = "";
    for (;;) {
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE);
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (waiting + decoder.decode(value, { stream: true })).split("\n\n");
      waiting = blocks.pop();
      for (const block of blocks) deliver(block, happened);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", stop);
    given.abort();
  }
}

function deliver(block, happened) {
  const field = (name) => block.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = field("data");
  if (data) happened(field("event") ?? "message", JSON.parse(data));
}
