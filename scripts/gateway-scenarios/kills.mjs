// kill -9 of the gateway, at moments that a seed draws, and another one on the same directory.
import { auditRun, notesOf, problemsOf } from './audit.mjs';
import { chanceOf, pause } from './chance.mjs';
import { Client, Gateways } from './processes.mjs';
import { recordingOf, tonesOf } from './speech.mjs';

const SPEED = 2;
/** As long as it takes: what the kills leave of it is short. */
const LENGTH_MS = 120_000;
/** From when it has its client; and of every fourth, from when it listens: it may be gone before it is found. */
const LIVES_MS = [20, 2_500];
const UNMET_RATIO = 0.25;

/** One stream, and as many kills as fit into it, `kills` at most. */
export function killCase({ seed, kills, isSpeech = false }) {
  return {
    name: isSpeech ? 'kill -9, real speech' : 'kill -9',
    seed,
    more: `--kills ${kills}`,
    async run({ folder, directory, calm }) {
      const chance = chanceOf(seed);
      const speech = isSpeech
        ? recordingOf('minute')
        : tonesOf({ seed, lengthMs: LENGTH_MS, folder });
      const gateways = new Gateways({ directory, hears: speech.hears, speed: SPEED });
      await gateways.start();
      const client = new Client(speech.file, gateways.url, { speed: SPEED });
      await client.flowing();

      for (let kill = 0; kill < kills && !client.isOver; kill += 1) {
        if (kill > 0 && chance.unit() > UNMET_RATIO) await hasClient(gateways.current, client);
        await Promise.race([pause(chance.between(...LIVES_MS)), client.ended]);
        if (client.isOver) break;
        await gateways.kill();
        await gateways.start();
      }
      const end = await client.over();
      await gateways.end();

      const transcript = await calm(speech);
      const audit = auditRun(directory, speech.pcm, transcript);
      return {
        problems: [...problemsOf(client, end, transcript), ...audit.problems],
        count: gateways.kills,
        notes: [`${gateways.kills} kills`, ...notesOf(client), `${audit.epochs} epochs`].join(', '),
        programs: [client, ...gateways.all],
      };
    },
  };
}

function hasClient(gateway, client) {
  const taken = gateway.told(({ type }) => type === 'session.takenOver', 'a session');
  return Promise.race([taken, client.ended]);
}
