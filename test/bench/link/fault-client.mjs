// All clients, in one process: each writes its chunks whatever its link does, and notes what comes.
import { answer } from './child.mjs';
import { nowMs } from './clock.mjs';
import { Arrivals, PROFILES, Producers, writeChunk } from './load.mjs';
import { PEERS } from './peers.mjs';

const arrivals = new Arrivals();
const producers = new Producers();
const clients = new Map();
let producedAtMs = {};
/** What each lane's client noticed: `{ what, atMs }`. */
let notices = {};

answer({
  /** Resolves when all have connected. */
  async open({ lanes }) {
    await Promise.all(
      lanes.map(
        ({ lane, peer, port }) =>
          new Promise((resolve) => {
            notices[lane] = [];
            const client = PEERS[peer].dial(
              { port, lane },
              {
                onOpen: resolve,
                onDown: (index) => arrivals.arrived(lane, index),
                onEnd: (what) => notices[lane]?.push({ what, atMs: nowMs() }),
              },
            );
            clients.set(lane, client);
          }),
      ),
    );
  },
  produce({ lanes }) {
    for (const { lane, profile } of lanes) {
      const { sizeBytes, intervalMs } = PROFILES[profile];
      const bytes = Buffer.alloc(sizeBytes, 7);
      const client = clients.get(lane);
      producedAtMs[lane] = producers.start(lane, intervalMs, (each, index) =>
        client.write(writeChunk(bytes, each, index)),
      );
    }
  },
  stop: () => producers.stop(),
  /** How many have chunks that were neither acknowledged nor given up; who keeps no books is not asked. */
  owing: () => [...clients.values()].filter((client) => client.ledger?.().buffered > 0).length,
  report() {
    const report = { producedAtMs, arrivals: arrivals.take(), notices };
    producedAtMs = {};
    notices = {};
    return report;
  },
  close() {
    for (const client of clients.values()) void client.close();
    clients.clear();
  },
});
