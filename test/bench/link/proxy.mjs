// A TCP proxy in a process of its own, one port a lane, that delays, cuts, holds and swallows on command. What it does is
// what a network does to TCP: bytes are late or the connection ends, and are never reordered or changed.
import net from 'node:net';
import { clearTimeout } from 'node:timers';

import { answer } from './child.mjs';
import { nowMs } from './clock.mjs';

const MIDFRAME_FLUSH_MS = 5;

class Pipe {
  #queue = [];
  #timer = null;
  isHeld = false;

  constructor(sink, latencyMs) {
    this.sink = sink;
    this.latencyMs = latencyMs;
  }

  push(bytes) {
    this.#queue.push({ bytes, dueAtMs: nowMs() + this.latencyMs });
    this.#pump();
  }

  hold(isHeld) {
    this.isHeld = isHeld;
    this.#pump();
  }

  /** The first half of what comes next still arrives. */
  sendHalf() {
    const [first] = this.#queue;
    if (first?.bytes) this.sink.write(first.bytes.subarray(0, first.bytes.length >> 1));
    this.drop();
  }

  drop() {
    this.#queue = [];
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #pump() {
    if (this.#timer !== null || this.isHeld) return;
    while (this.#queue.length > 0) {
      const waitMs = this.#queue[0].dueAtMs - nowMs();
      if (waitMs > 0.2) {
        this.#timer = setTimeout(() => {
          this.#timer = null;
          this.#pump();
        }, waitMs);
        return;
      }
      const { bytes } = this.#queue.shift();
      if (bytes === null) this.sink.end();
      else this.sink.write(bytes);
    }
  }
}

class Lane {
  #connections = new Set();
  #isHeld = false;
  #isDead = false;
  #server = null;
  port = 0;

  constructor({ targetPort, latencyMs }) {
    this.targetPort = targetPort;
    this.latencyMs = latencyMs;
  }

  async listen() {
    this.#server = net.createServer({ noDelay: true }, (client) => this.#accept(client));
    await new Promise((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    this.port = this.#server.address().port;
  }

  /** What goes the lane's way from now on. Resolves with the moment at which it was done. */
  async act(what) {
    switch (what) {
      case 'rst':
        this.#cut();
        return nowMs();
      case 'midframe':
        for (const { up, down } of this.#connections) {
          up.sendHalf();
          down.sendHalf();
        }
        await new Promise((resolve) => setTimeout(resolve, MIDFRAME_FLUSH_MS));
        this.#cut();
        return nowMs();
      case 'hold':
      case 'release': {
        this.#isHeld = what === 'hold';
        const atMs = nowMs();
        for (const { up, down } of this.#connections) {
          up.hold(this.#isHeld);
          down.hold(this.#isHeld);
        }
        return atMs;
      }
      case 'refuse':
        this.#cut();
        this.#server.close();
        return nowMs();
      case 'accept':
        await this.listen();
        return nowMs();
      case 'die':
        this.#isDead = true;
        for (const connection of this.#connections) this.#silence(connection);
        return nowMs();
      default:
        this.#isDead = false; // `revive`: of what was opened meanwhile nothing is ever heard
        return nowMs();
    }
  }

  close() {
    this.#cut();
    this.#server.close();
  }

  #accept(client) {
    const upstream = net.connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true });
    const up = new Pipe(upstream, this.latencyMs);
    const down = new Pipe(client, this.latencyMs);
    const connection = { client, upstream, up, down, isSilent: false };
    this.#connections.add(connection);
    up.isHeld = this.#isHeld;
    down.isHeld = this.#isHeld;
    if (this.#isDead) connection.isSilent = true;
    for (const [source, pipe] of [
      [client, up],
      [upstream, down],
    ]) {
      source.on('data', (bytes) => {
        if (!connection.isSilent) pipe.push(bytes);
      });
      source.on('end', () => {
        if (!connection.isSilent) pipe.push(null);
      });
      source.on('error', () => this.#broken(connection));
    }
    const closed = () => {
      if (client.destroyed && upstream.destroyed) this.#connections.delete(connection);
    };
    client.on('close', closed);
    upstream.on('close', closed);
  }

  #broken(connection) {
    if (connection.isSilent) return;
    connection.client.resetAndDestroy();
    connection.upstream.resetAndDestroy();
  }

  #silence(connection) {
    connection.isSilent = true;
    connection.up.drop();
    connection.down.drop();
  }

  #cut() {
    for (const connection of this.#connections) {
      connection.up.drop();
      connection.down.drop();
      connection.client.resetAndDestroy();
      connection.upstream.resetAndDestroy();
    }
    this.#connections.clear();
  }
}

const lanes = new Map();

const handlers = {
  async open({ lanes: wanted }) {
    const ports = {};
    for (const each of wanted) {
      const lane = new Lane(each);
      await lane.listen();
      lanes.set(each.lane, lane);
      ports[each.lane] = lane.port;
    }
    return ports;
  },
  act: ({ lane, what }) => lanes.get(lane).act(what),
  close() {
    for (const lane of lanes.values()) lane.close();
    lanes.clear();
  },
};

answer(handlers);
