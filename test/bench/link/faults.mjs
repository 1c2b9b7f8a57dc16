// The six faults: every peer has a lane of its own for each, all at the same time and both directions at once.
import { countsOf, noticedOf, recoveryOf } from './analysis.mjs';
import { startChild } from './child.mjs';
import { nowMs, sleep } from './clock.mjs';

const WAY_MS = 25;
/** `midframe` is a cut with data in flight. */
const LONG_WAY_MS = 150;
/** Downward begins later: results are of audio that was captured. */
const DOWN_AFTER_MS = 1_000;
const SETTLE_MS = 1_500;
const LONGEST_WAIT_MS = 45_000;
/** Faults of one kind do not all fall on the same millisecond. */
const STAGGER_MS = 37;

/** Each as `[what, after so many ms]`; the repair is the last step. `s` scales the long ones down for a quick run. */
function stepsOf(fault, s) {
  switch (fault) {
    case 'none':
      return [];
    case 'stall15':
      return [['hold', 0], ['release', 15_000 * s]]; // prettier-ignore
    case 'refuse8':
      return [['refuse', 0], ['accept', 8_000 * s]]; // prettier-ignore
    case 'flap5':
      return Array.from({ length: 5 }, (_, n) => [
        ['refuse', 1_500 * n],
        ['accept', 1_500 * n + 500],
      ]).flat();
    case 'dead15':
      return [['die', 0], ['revive', 15_000 * s]]; // prettier-ignore
    default:
      return [[fault, 0]];
  }
}

export const FAULTS = ['rst', 'midframe', 'stall15', 'refuse8', 'flap5', 'dead15'];

/**
 * @param options peers, profiles, faults, rounds, seed, timeRatio, afterMs (production goes on for so long after the longest
 * fault), drainMs, onProgress
 * @returns one entry for each lane of each round.
 */
export async function runFaults(options) {
  const { rounds, peers, onProgress } = options;
  const proxy = startChild('proxy.mjs');
  const server = startChild('fault-server.mjs');
  const client = startChild('fault-client.mjs');
  const results = [];
  try {
    const serverPorts = await server.ask('open', { peers });
    for (let round = 0; round < rounds; round += 1) {
      onProgress(`faults: round ${round + 1} of ${rounds}`);
      const one = await runRound({ proxy, server, client }, serverPorts, round, options);
      results.push(...one);
    }
    await server.ask('close');
  } finally {
    await Promise.all([proxy.stop(), server.stop(), client.stop()]);
  }
  return results;
}

async function runRound({ proxy, server, client }, serverPorts, round, options) {
  const lanes = lanesOf(round, options);
  const places = lanes.map(({ lane, peer, latencyMs }) => ({
    lane,
    latencyMs,
    targetPort: serverPorts[peer],
  }));
  const ports = await proxy.ask('open', { lanes: places });
  const dialled = lanes.map((lane) => ({ ...lane, port: ports[lane.lane] }));
  await client.ask('open', { lanes: dialled });
  await client.ask('produce', { lanes: dialled });
  await sleep(DOWN_AFTER_MS);
  await server.ask('produce', { lanes: dialled });
  await sleep(SETTLE_MS);
  const moments = await breakAll(lanes, proxy, options);
  await sleep(options.afterMs);
  await Promise.all([client.ask('stop'), server.ask('stop')]);
  await sleep(options.drainMs);
  await untilNothingIsOwed(client);
  const [up, down] = await Promise.all([client.ask('report'), server.ask('report')]);
  await client.ask('close');
  await proxy.ask('close');
  return dialled.map((lane, n) => resultOf(lane, moments[n], up, down));
}

/** Who failed to dial too often waits for up to 30 s, and still has what it was given: that is late, and not lost. */
async function untilNothingIsOwed(client) {
  const endsAtMs = nowMs() + LONGEST_WAIT_MS;
  let owing = await client.ask('owing');
  const hasWaited = owing > 0;
  while (owing > 0 && nowMs() < endsAtMs) {
    await sleep(1_000);
    owing = await client.ask('owing');
  }
  if (hasWaited) await sleep(SETTLE_MS); // what the servers had to say comes on the same links
}

/** In the seed's order: which fault hits which lane at which moment is the same in every run. */
function lanesOf(round, { peers, profiles, faults, seed }) {
  const lanes = [];
  for (const profile of profiles) {
    for (const fault of faults) {
      for (const peer of peers) {
        const lane = 1 + round * 10_000 + lanes.length;
        const latencyMs = fault === 'midframe' ? LONG_WAY_MS : WAY_MS;
        const delayMs = ((lane * 2_654_435_761 + seed * 40_503) >>> 0) % (10 * STAGGER_MS);
        lanes.push({ lane, round, peer, profile, fault, latencyMs, delayMs });
      }
    }
  }
  return lanes;
}

/** Resolves when the last lane is repaired. */
async function breakAll(lanes, proxy, { timeRatio, faults }) {
  return Promise.all(
    lanes.map(async ({ lane, fault, delayMs }) => {
      const startedAtMs = nowMs();
      const moments = { brokenAtMs: startedAtMs + delayMs, repairedAtMs: startedAtMs + delayMs };
      const steps = stepsOf(fault, timeRatio);
      for (const [n, [what, afterMs]] of steps.entries()) {
        await sleep(Math.max(0, startedAtMs + delayMs + afterMs - nowMs()));
        const atMs = await proxy.ask('act', { lane, what });
        if (n === 0) moments.brokenAtMs = atMs;
        moments.repairedAtMs = atMs;
      }
      if (steps.length === 0 && faults.length === 1) await sleep(15_000 * timeRatio);
      return moments;
    }),
  );
}

function resultOf(lane, moments, client, server) {
  const { lane: id, latencyMs } = lane;
  const where = { ...moments, wayMs: latencyMs, isCut: lane.fault !== 'stall15' };
  const notices = client.notices[id] ?? [];
  const directions = {};
  for (const [name, from, to] of [
    ['up', client, server],
    ['down', server, client],
  ]) {
    const produced = from.producedAtMs[id] ?? [];
    const arrived = to.arrivals[id] ?? [];
    directions[name] = { ...countsOf(produced, arrived), ...recoveryOf(produced, arrived, where) };
  }
  const alarms = notices.filter(({ what }) => what === 'suspected').length;
  return { ...lane, ...directions, noticedMs: noticedOf(notices, moments), alarms, notices };
}
