// Stands between a client and its gateway, and reads along: which session it is, and the token that opens it.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** The newest welcome is in the last of what came. */
const HEARD_CHARS = 64 * 1_024;

export class Tap {
  /** How often somebody dialled. */
  dials = 0;
  #port;
  #heard = '';
  #sockets = new Set();
  #server = createServer((socket) => this.#pipe(socket));

  /** @param port the gateway's. */
  static async open(port) {
    const tap = new Tap(port);
    tap.#server.listen(0, '127.0.0.1');
    await once(tap.#server, 'listening');
    return tap;
  }

  constructor(port) {
    this.#port = port;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}`;
  }

  /** As the newest WELCOME has them. */
  get identity() {
    const newest = (name) =>
      [...this.#heard.matchAll(new RegExp(`"${name}":"?([A-Za-z0-9_-]+)`, 'g'))].at(-1)?.[1];
    return { sid: newest('sid'), resume: newest('resume'), epoch: Number(newest('epoch')) };
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #pipe(socket) {
    this.dials += 1;
    const there = connect(this.#port, '127.0.0.1');
    there.on('data', (bytes) => {
      const heard = this.#heard + bytes.toString('latin1');
      if (/"resume":"/.test(bytes.toString('latin1'))) this.#heard = heard.slice(-HEARD_CHARS);
    });
    for (const [one, other] of [
      [socket, there],
      [there, socket],
    ]) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
