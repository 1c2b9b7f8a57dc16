// System calls and frames of one process, counted where Node makes them of what it was told: each `_write` or `_writev` of a socket is
// one write, each buffer that it hands up one read. Costs CPU itself, so nobody who measures that counts.
import { Socket } from 'node:net';

import { WebSocket } from 'ws';

const counts = { writes: 0, reads: 0, frames: {} };
let isCounting = false;

export function startCounting() {
  Object.assign(counts, { writes: 0, reads: 0, frames: {} });
  if (isCounting) return;
  isCounting = true;
  wrap(Socket.prototype, '_write', () => (counts.writes += 1));
  wrap(Socket.prototype, '_writev', () => (counts.writes += 1));
  wrap(Socket.prototype, 'push', (chunk) => (counts.reads += chunk === null ? 0 : 1));
  wrap(WebSocket.prototype, 'emit', (type, data) => {
    if (type !== 'message') return;
    const [first] = data; // of tenuto.v1 the type of the frame
    counts.frames[first] = (counts.frames[first] ?? 0) + 1;
  });
}

export function counted() {
  return { ...counts, frames: { ...counts.frames } };
}

function wrap(target, name, note) {
  const original = target[name];
  target[name] = function (...args) {
    note(...args);
    return original.apply(this, args);
  };
}
