// What this tab remembers: the token and what the person said. It ends with the tab, so that a shared phone does
// not show the chat to the next person. Replies are not kept here: the server sends them again.
const KEY = "lotse";
let remembered = null; // where the browser refuses storage
let closed = false;

export function load() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? remembered;
  } catch {
    return remembered;
  }
}

export function save(chat) {
  if (closed) return;
  remembered = chat;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(chat));
  } catch {
    // private mode or no space: the chat goes on until the page is closed
  }
}

export function clear({ forGood = false } = {}) {
  closed = forGood;
  remembered = null;
  try {
    sessionStorage.clear();
  } catch {
    // nothing was stored
  }
}
