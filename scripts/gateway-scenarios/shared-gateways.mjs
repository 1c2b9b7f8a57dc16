// Two gateways, the store that they share, and the address that leads to one of them: as behind a balancer.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

import { pause } from './chance.mjs';
import { Program } from './processes.mjs';

const { decodeRecord } = await import('../../dist/src/gateway/records.js');
const { createMemoryStore } = await import('../../dist/src/gateway/stores/memory-store.js');

const CHILD = 'scripts/gateway-scenarios/shared-gateway.mjs';
const LETS_GO_WITHIN_MS = 30_000;

export class SharedGateways {
  /** All that was ever committed: session id → position → record. */
  records = new Map();
  /** Appends of whoever was no owner any more. */
  conflicts = 0;
  all = [];
  #store = createMemoryStore();
  #ports = new Map();
  #target = null;
  #sockets = new Set();
  #server = createServer((socket) => this.#pipe(socket));

  static async start({ speed }) {
    const gateways = new SharedGateways();
    await gateways.#start(speed);
    return gateways;
  }

  async #start(speed) {
    for (let count = 0; count < 2; count += 1) {
      const program = new Program([CHILD, String(speed)], { env: { TENUTO_IPC: '1' } });
      program.child.on('message', (question) => void this.#answer(program, question));
      this.all.push(program);
    }
    for (const program of this.all) {
      const { port } = await program.told(({ type }) => type === 'gateway', 'listening');
      this.#ports.set(program, port);
    }
    this.#target = this.all[0];
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}`;
  }

  get owner() {
    return this.#target;
  }

  get other() {
    return this.all.find((program) => program !== this.#target);
  }

  /** Sockets that stand still lead where they led. */
  leadTo(program) {
    program.countBefore = program.of('session.takenOver').length;
    this.#target = program;
  }

  async takenOver(program) {
    while (program.of('session.takenOver').length === program.countBefore) await pause(20);
  }

  /** It has noticed that the session is another's. */
  async letsGo(program) {
    const untilMs = performance.now() + LETS_GO_WITHIN_MS;
    const has = () =>
      program.of('session.begun').length + program.of('session.takenOver').length >
      program.of('session.over').length;
    while (has() && performance.now() < untilMs) await pause(20);
    if (has()) throw new Error('who was frozen keeps a session that is another one’s');
  }

  async close() {
    for (const program of this.all) {
      program.signal('SIGTERM');
      await program.over();
    }
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #pipe(socket) {
    const there = connect(this.#ports.get(this.#target), '127.0.0.1');
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

  async #answer({ child }, { question, method, args }) {
    const answer = await this.#done(method, args);
    if (child.connected) child.send({ question, answer });
  }

  async #done(method, [sessionId, given, options]) {
    switch (method) {
      case 'tail':
        return sent(await this.#store.tail(sessionId));
      case 'read': {
        const records = [];
        for await (const record of this.#store.read(sessionId, given)) records.push(sent(record));
        return records;
      }
      case 'append': {
        const bytes = Uint8Array.from(Buffer.from(given, 'base64'));
        const outcome = await this.#store.append(sessionId, bytes, options);
        if (outcome.kind === 'conflict') this.conflicts += 1;
        if (outcome.kind === 'committed') this.#note(sessionId, outcome.position, bytes);
        return outcome;
      }
      case 'purge':
        return (await this.#store.purge(sessionId, given)) ?? null;
      default:
        return (await this.#store.drop(sessionId)) ?? null;
    }
  }

  #note(sessionId, position, bytes) {
    const records = this.records.get(sessionId) ?? new Map();
    records.set(position, decodeRecord(bytes));
    this.records.set(sessionId, records);
  }
}

function sent(record) {
  return record && { ...record, bytes: Buffer.from(record.bytes).toString('base64') };
}
