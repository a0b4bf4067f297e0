// The one socket to the sandbox. It comes back by itself, and each time begins with the whole state.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 8000;

export class Refused extends Error {}

export class Connection {
  /** `onEvent` takes what the sandbox tells, `onDown` that the socket is lost. */
  constructor(onEvent, onDown) {
    this.onEvent = onEvent;
    this.onDown = onDown;
    this.waiting = new Map();
    this.number = 0;
    this.tries = 0;
    this.socket = null;
    this.retry = 0;
    window.addEventListener("online", () => this.again(0));
    document.addEventListener("visibilitychange", () => document.hidden || this.again(0));
  }

  /** Connect as a person, in place of the one before. */
  as(persona) {
    this.persona = persona;
    this.tries = 0;
    this.drop();
    this.open();
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    for (const { reject } of this.waiting.values()) reject(new Refused("The connection was lost before there was an answer."));
    this.waiting.clear();
  }

  open() {
    clearTimeout(this.retry);
    const socket = new WebSocket(`ws://${location.host}/page/socket?as=${encodeURIComponent(this.persona)}`);
    this.socket = socket;
    socket.onmessage = (event) => this.take(JSON.parse(event.data));
    socket.onclose = () => {
      this.drop();
      this.onDown();
      this.again(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries) * (0.75 + Math.random() / 2));
      this.tries += 1;
    };
  }

  /** Try again after a wait, unless it is connected or connecting. */
  again(wait) {
    if (this.socket || this.persona === undefined) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), wait);
  }

  take(message) {
    if (message.event) {
      if (message.event === "state") this.tries = 0;
      this.onEvent(message);
      return;
    }
    const waiting = this.waiting.get(message.re);
    this.waiting.delete(message.re);
    if (!waiting) return;
    if (message.refused) waiting.reject(new Refused(message.refused));
    else waiting.resolve(message);
  }

  /** Ask for something; the promise is kept by the answer, or broken by `Refused` with a sentence. */
  ask(what, fields = {}) {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Refused("There is no connection at the moment. Try again when it is back."));
    }
    const id = (this.number += 1);
    this.socket.send(JSON.stringify({ id, do: what, ...fields }));
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }
}
