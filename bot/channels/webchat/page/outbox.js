// Sends what the person said, one after the other, for as long as it takes. The id makes a repetition harmless.
import * as server from "./server.js";

const LONGEST = 30_000;
const HOPELESS = [400, 404, 413, 415, 422];

// Waits longer each time, but no longer than until the network is back or somebody wants to try again.
export function pause(tries, seconds = 0) {
  const time = Math.max(seconds * 1000, Math.min(LONGEST, 1000 * 2 ** tries) * (0.75 + Math.random() / 2));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      removeEventListener("tryagain", done);
      resolve();
    };
    const timer = setTimeout(done, time);
    addEventListener("online", done);
    addEventListener("tryagain", done);
  });
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12)); // randomUUID needs https
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  #busy = false;

  // `changed(said)` stores and shows a state, `trouble(error)` tells why nothing goes, `ended()` that the chat is over.
  constructor({ changed, trouble, ended }) {
    Object.assign(this, { changed, trouble, ended });
  }

  again(chat, said) {
    delete said.refused;
    dispatchEvent(new Event("tryagain"));
    this.flush(chat);
  }

  async flush(chat) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      let tries = 0;
      for (let said; chat.token && (said = chat.said.find((one) => one.state !== "Sent" && !one.refused)); ) {
        tries = (await this.#send(chat, said, tries)) ? 0 : tries + 1;
      }
    } finally {
      this.#busy = false;
    }
  }

  async #send(chat, said, tries) {
    this.#mark(said, "Sending …");
    try {
      await server.send(chat.token, said);
      this.#mark(said, "Sent");
      return true;
    } catch (error) {
      if (error.status === 401) {
        this.ended(chat);
        return false;
      }
      said.refused = HOPELESS.includes(error.status);
      this.#mark(said, "Not sent");
      if (said.refused) return true;
      this.trouble(error);
      await pause(tries, error.wait);
      return false;
    }
  }

  #mark(said, state) {
    said.state = state;
    this.changed(said);
  }
}
