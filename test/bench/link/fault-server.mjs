// The servers of all peers, in one process: what comes in is noted, what goes out is made at each lane's pace.
import { answer } from './child.mjs';
import { Arrivals, PROFILES, Producers, textChunk, writeChunk } from './load.mjs';
import { PEERS } from './peers.mjs';

const servers = new Map();
const arrivals = new Arrivals();
const producers = new Producers();
let producedAtMs = {};

answer({
  async open({ peers }) {
    const ports = {};
    for (const peer of peers) {
      const onUp = (lane, index) => arrivals.arrived(lane, index);
      const server = await PEERS[peer].serve({ onUp });
      servers.set(peer, server);
      ports[peer] = server.port;
    }
    return ports;
  },
  produce({ lanes }) {
    for (const { lane, peer, profile } of lanes) {
      const { sizeBytes, intervalMs } = PROFILES[profile];
      const server = servers.get(peer);
      const make = PEERS[peer].saysText
        ? (each, index) => server.say(each, textChunk(each, index, sizeBytes), sizeBytes)
        : (each, index) => server.say(each, writeChunk(Buffer.alloc(sizeBytes), each, index));
      producedAtMs[lane] = producers.start(lane, intervalMs, make);
    }
  },
  stop: () => producers.stop(),
  report() {
    const report = { producedAtMs, arrivals: arrivals.take() };
    producedAtMs = {};
    return report;
  },
  async close() {
    for (const server of servers.values()) await server.close();
    servers.clear();
  },
});
