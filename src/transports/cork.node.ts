/** What is written to a socket in one turn of the event loop leaves in one system call; nothing waits longer than the turn. */
import type { Writable } from 'node:stream';

let held: Writable[] = [];

/** Holds back what is written to `stream` until the turn ends. To be called before each write. */
export function corkForTurn(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  if (held.push(stream) === 1) process.nextTick(uncorkAll); // one for all sockets of the turn
}

function uncorkAll(): void {
  const streams = held;
  held = [];
  uncork(streams);
}

/** One that throws keeps none of the others waiting. */
function uncork(streams: Writable[]): void {
  try {
    for (let next = streams.pop(); next !== undefined; next = streams.pop()) next.uncork();
  } finally {
    if (streams.length > 0) process.nextTick(uncork, streams);
  }
}
