// A gateway that is frozen (SIGSTOP) and wakes up: it was believed dead, and does not know. What it still does must count for
// nothing where another one has the session.
import { auditRun, auditSession, notesOf, problemsOf } from './audit.mjs';
import { chanceOf, pause } from './chance.mjs';
import { Client, Gateways } from './processes.mjs';
import { SharedGateways } from './shared-gateways.mjs';
import { tonesOf } from './speech.mjs';

const SPEED = 2;
const LENGTH_MS = 100_000;
const SERVES_MS = [1_500, 4_000];
const FROZEN_MS = [5_000, 20_000];
const STORE_LOCKED = 2;

/** One directory has one owner: nobody takes it from a frozen one, and everybody from one that was killed in its sleep. */
export function frozenCase({ seed, rounds }) {
  return {
    name: 'SIGSTOP, one directory',
    seed,
    async run({ folder, directory }) {
      const chance = chanceOf(seed);
      const speech = tonesOf({ seed, lengthMs: LENGTH_MS, folder });
      const gateways = new Gateways({ directory, hears: speech.hears, speed: SPEED });
      await gateways.start();
      const client = new Client(speech.file, gateways.url, { speed: SPEED });
      await client.flowing();
      const problems = [];

      for (let round = 0; round < rounds && !client.isOver; round += 1) {
        await pause(chance.between(...SERVES_MS));
        const frozen = gateways.current;
        frozen.signal('SIGSTOP');
        await pause(chance.between(...FROZEN_MS));
        if (round % 2 === 0) frozen.signal('SIGCONT');
        else {
          const second = new Gateways({ directory, hears: speech.hears, speed: SPEED });
          const outcome = await second.start().catch(() => second.current.ended);
          const isRefused = outcome.status === STORE_LOCKED;
          if (!isRefused) problems.push('a second gateway got the directory of a frozen one');
          await gateways.kill();
          await gateways.start();
        }
      }
      const end = await client.over();
      await gateways.end();

      const audit = auditRun(directory, speech.pcm, speech.transcript);
      problems.push(...problemsOf(client, end, speech.transcript), ...audit.problems);
      return {
        problems,
        count: rounds,
        notes: [`${rounds} times`, ...notesOf(client)].join(', '),
        programs: [client, ...gateways.all],
      };
    },
  };
}

/** One store, two gateways: while the owner is frozen the other one takes the session over, and then the owner wakes up. */
export function zombieCase({ seed, rounds }) {
  return {
    name: 'SIGSTOP, shared store',
    seed,
    async run({ folder }) {
      const chance = chanceOf(seed);
      const speech = tonesOf({ seed, lengthMs: LENGTH_MS, folder });
      const gateways = await SharedGateways.start({ speed: SPEED });
      const client = new Client(speech.file, gateways.url, { speed: SPEED });
      await client.flowing();
      const problems = [];

      for (let round = 0; round < rounds && !client.isOver; round += 1) {
        await pause(chance.between(...SERVES_MS));
        const { owner, other } = gateways;
        owner.signal('SIGSTOP');
        gateways.leadTo(other);
        await Promise.race([gateways.takenOver(other), client.ended]);
        await pause(chance.between(0, 3_000));
        const conflicts = gateways.conflicts;
        owner.signal('SIGCONT');
        await gateways.letsGo(owner);
        if (gateways.conflicts === conflicts) problems.push('the frozen owner tried nothing');
      }
      const end = await client.over();
      await gateways.close();

      const { records } = gateways;
      if (records.size !== 1) problems.push(`${records.size} sessions in the store`);
      for (const session of records.values()) {
        const audit = auditSession(session, speech.pcm);
        problems.push(...audit.problems);
        if (audit.transcript !== speech.transcript) problems.push(`the log: ${audit.transcript}`);
      }
      problems.push(...problemsOf(client, end, speech.transcript));
      const refused = `${gateways.conflicts} appends refused`;
      return {
        problems,
        count: rounds,
        notes: [`${rounds} takeovers`, refused, ...notesOf(client)].join(', '),
        programs: [client, ...gateways.all],
      };
    },
  };
}
