// A network that is cut: between namespaces, where nobody but the programs can do anything about it; else by the fault proxy.
import { auditRun, notesOf, problemsOf } from './audit.mjs';
import { chanceOf, pause } from './chance.mjs';
import { farSettings } from './far-gateway.mjs';
import { CUTS, GATEWAY, hasNamespaces, Wire } from './namespaces.mjs';
import { Client, Gateways } from './processes.mjs';
import { tonesOf } from './speech.mjs';

const canCut = hasNamespaces();
export const NETWORK = canCut
  ? 'network: namespaces, and the wire between them'
  : 'network: the fault proxy (no network namespaces here)';

/** Seldom enough for a link to stand in between; long enough for it to be let go of. */
const CUTS_LIKE = { upMs: [2_000, 5_000], downMs: [500, 9_000], cuts: CUTS };
/** As a train does it. */
const FLAPPING_LIKE = { upMs: [200, 3_000], downMs: [100, 5_000], cuts: CUTS.slice(0, 3) };

export function cutCase({ seed, lengthMs }) {
  return networkCase({ name: 'network cut', seed, lengthMs, like: CUTS_LIKE });
}

export function flappingCase({ seed, lengthMs }) {
  return networkCase({ name: 'flapping', seed, lengthMs, like: FLAPPING_LIKE });
}

/** @param lengthMs how long the network is like that; somebody speaks for at least so long. */
function networkCase({ name, seed, lengthMs, like }) {
  return {
    name,
    seed,
    async run({ folder, directory }) {
      const speech = tonesOf({ seed, lengthMs, folder });
      const world = await (canCut ? wired : proxied)({ seed, lengthMs, like, folder, directory });
      const { gateways, client } = await world.start(speech.file);
      const cuts = await world.happens(client);
      const end = await client.over();
      await gateways.end();
      await world.close();

      const audit = auditRun(directory, speech.pcm, speech.transcript, false);
      const seconds = `${cuts} cuts in ${lengthMs / 1_000} s`;
      return {
        problems: [...problemsOf(client, end, speech.transcript), ...audit.problems],
        count: cuts,
        notes: [seconds, ...notesOf(client)].join(', '),
        programs: [client, ...gateways.all],
      };
    },
  };
}

async function wired({ seed, lengthMs, like, folder, directory }) {
  const chance = chanceOf(seed);
  const wire = await Wire.open();
  const far = await farSettings(GATEWAY, folder);
  return {
    async start(file) {
      const gateway = { ...far.gateway, within: wire.within('gateway') };
      const gateways = new Gateways({ directory, hears: 'tones', speed: 1, ...gateway });
      await gateways.start();
      const at = { ...far.client, within: wire.within('client') };
      const client = new Client(file, gateways.url, { speed: 1, ...at });
      await client.flowing();
      return { gateways, client };
    },
    async happens(client) {
      const untilMs = performance.now() + lengthMs;
      let cuts = 0;
      while (performance.now() < untilMs && !client.isOver) {
        await pause(chance.between(...like.upMs));
        const mend = await wire.cut(chance.of(like.cuts));
        cuts += 1;
        await pause(chance.between(...like.downMs));
        await mend();
      }
      return cuts;
    },
    close: () => wire.close(),
  };
}

/** The client's own proxy does it, by a list that the seed draws. */
async function proxied({ seed, lengthMs, like, directory }) {
  const chance = chanceOf(seed);
  const faults = [];
  for (let atMs = 1_000; atMs < lengthMs && faults.length < 200;) {
    atMs += chance.between(...like.upMs);
    const downMs = Math.round(chance.between(...like.downMs));
    faults.push(`${chance.of(['stall', 'half-open', 'refuse'])}@${Math.round(atMs)}ms:${downMs}ms`);
    atMs += downMs;
  }
  return {
    async start(file) {
      const gateways = new Gateways({ directory, hears: 'tones', speed: 1 });
      await gateways.start();
      const args = ['--faults', faults.join(','), '--seed', String(seed)];
      return { gateways, client: new Client(file, gateways.url, { speed: 1, args }) };
    },
    happens: () => Promise.resolve(faults.length),
    close: () => Promise.resolve(),
  };
}
