// Clients that are killed, that come back as another process, and two with one token.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { auditRun } from './audit.mjs';
import { chanceOf, pause } from './chance.mjs';
import { OtherClient } from './other-client.mjs';
import { Client, Gateways } from './processes.mjs';
import { tonesOf } from './speech.mjs';
import { Tap } from './tap.mjs';

const SPEED = 2;
const LENGTH_MS = 24_000;
const SPEAKS_MS = [1_500, 6_000];
const GRACE_MS = 4_000;
const MAX_AGE_MS = 8_000;
/** What a sweep and a slow machine may take beyond what was promised. */
const SLACK_MS = 15_000;
/** Of files in which nothing is left but that they are such files. */
const EMPTY_BYTES = 1_024;
const ATTACHED = /tenuto_sessions\{state="\w+"\} (\d+)/g;

/** Nobody comes back: the session is kept for its grace, and then nothing of it is left. */
export function killedCase({ seed, clients }) {
  return {
    name: 'client killed, for good',
    seed,
    async run({ folder, directory }) {
      const chance = chanceOf(seed);
      const speech = tonesOf({ seed, lengthMs: LENGTH_MS, folder });
      const args = ['--config', brief(folder, directory)];
      const gateways = new Gateways({ directory, hears: 'tones', speed: SPEED, args });
      const gateway = await gateways.start();
      const before = socketsOf(gateway.child.pid);
      const killed = await Promise.all(
        Array.from({ length: clients }, async () => {
          const client = new Client(speech.file, gateways.url, { speed: SPEED });
          await client.flowing();
          await pause(chance.between(...SPEAKS_MS));
          client.signal('SIGKILL');
          await client.ended;
          return client;
        }),
      );
      const problems = [];
      const killedAtMs = performance.now();
      const keptFor = await within(
        GRACE_MS + SLACK_MS,
        async () => (await sessions(gateways)) === 0,
      );
      const atLeastMs = GRACE_MS - 3_000; // from the first that was killed to the last
      const keptMs = performance.now() - killedAtMs;
      if (!keptFor)
        problems.push(`${await sessions(gateways)} sessions are left after their grace`);
      if (keptMs < atLeastMs) problems.push(`kept for ${keptMs} ms only`);
      const expired = gateway.of('session.over').filter(({ why }) => why === 'expired');
      if (expired.length !== clients) problems.push(`${expired.length} of ${clients} expired`);
      const isSilent = await within(SLACK_MS, () => socketsOf(gateway.child.pid) <= before);
      if (!isSilent) problems.push(`${socketsOf(gateway.child.pid)} sockets, before ${before}`);
      const isEmpty = await within(MAX_AGE_MS + SLACK_MS, () => bytesIn(directory) < EMPTY_BYTES);
      if (!isEmpty) problems.push(`${bytesIn(directory)} bytes are left in the directory`);
      await gateways.end();
      const kept = `kept ${(keptMs / 1_000).toFixed(1)} s, ${bytesIn(directory)} bytes left`;
      return {
        problems,
        count: clients,
        notes: `${clients} clients, ${kept}`,
        programs: [gateway, ...killed],
      };
    },
  };
}

/** The token is all that another process needs: it goes on where the log ends. */
export function returningCase({ seed }) {
  return otherCase({ name: 'client killed, another comes', seed, isKilled: true });
}

/** The later one has the session, the former one is told so and does not fight. */
export function tabsCase({ seed }) {
  return otherCase({ name: 'two tabs, one token', seed, isKilled: false });
}

function otherCase({ name, seed, isKilled }) {
  return {
    name,
    seed,
    async run({ folder, directory }) {
      const speech = tonesOf({ seed, lengthMs: LENGTH_MS, folder });
      const gateways = new Gateways({ directory, hears: 'tones', speed: SPEED });
      const gateway = await gateways.start();
      const tap = await Tap.open(gateways.port);
      const client = new Client(speech.file, tap.url, { speed: SPEED });
      await client.flowing();
      await pause(chanceOf(seed).between(...SPEAKS_MS));
      if (isKilled) client.signal('SIGKILL');

      const other = await OtherClient.open(gateways.url, tap.identity, speech.pcm);
      const problems = [];
      const spoken = other.welcome === null ? null : other.say(speech.pcm, SPEED);
      if (spoken === null) problems.push(`not welcome: ${JSON.stringify(other.refused)}`);
      const dials = tap.dials;
      const { status } = await client.over();
      await spoken;
      if (!isKilled) problems.push(...problemsOfFormer(client, status));
      if (tap.dials !== dials) problems.push('the former one dialled again');
      if (!other.isDone) problems.push(`the later one was closed with ${other.closed}`);
      await pause(200);
      await gateways.end();
      tap.close();

      const audit = auditRun(directory, speech.pcm, speech.transcript);
      problems.push(...audit.problems);
      const from = `the later one goes on from ${other.welcome?.up} of ${audit.up}`;
      return { problems, count: 1, notes: from, programs: [client, gateway] };
    },
  };
}

/** It gives up, and says why. */
function problemsOfFormer(client, status) {
  const isTold = client.text.includes('taken up elsewhere');
  return [
    status === 1 ? null : `the former one ended with ${status}`,
    isTold ? null : `the former one was not told: ${client.text.slice(-400)}`,
  ].filter((problem) => problem !== null);
}

function brief(folder, directory) {
  const file = join(folder, 'gateway.json');
  const store = { kind: 'file', directory, maxAgeMs: MAX_AGE_MS };
  writeFileSync(file, JSON.stringify({ graceMs: GRACE_MS, store }));
  return file;
}

async function sessions({ port }) {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const counts = [...(await answer.text()).matchAll(ATTACHED)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** proc(5): the descriptors of a process that are sockets. */
function socketsOf(pid) {
  return readdirSync(`/proc/${pid}/fdinfo`).filter((fd) => isSocket(`/proc/${pid}/fdinfo/${fd}`))
    .length;
}

function isSocket(path) {
  try {
    return statSync(path.replace('fdinfo', 'fd')).isSocket();
  } catch {
    return false; // closed meanwhile
  }
}

function bytesIn(directory) {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .reduce((sum, name) => sum + readFileSync(join(directory, name)).length, 0);
}

async function within(ms, isSo) {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) {
    if (await isSo()) return true;
    await pause(100);
  }
  return false;
}
