// `tenuto transcribe speech.wav --gateway URL --faults all --seed N`, with the gateway killed and started again in the middle.
import { auditRun, notesOf, problemsOf } from './audit.mjs';
import { chanceOf, pause } from './chance.mjs';
import { Client, Gateways } from './processes.mjs';
import { recordingOf } from './speech.mjs';

const SPEED = 1;

export function seedCase({ seed }) {
  return {
    name: 'faults all, kill -9',
    seed,
    async run({ directory, calm }) {
      const speech = recordingOf('two-sentences');
      const gateways = new Gateways({ directory, hears: 'speech', speed: SPEED });
      await gateways.start();
      const args = ['--faults', 'all', '--seed', String(seed)];
      const client = new Client(speech.file, gateways.url, { speed: SPEED, args });
      await client.flowing();

      await pause(chanceOf(seed).between(0.1, 0.9) * (speech.lengthMs / SPEED));
      await gateways.kill();
      await gateways.start();
      const end = await client.over();
      await gateways.end();

      const transcript = await calm(speech);
      const audit = auditRun(directory, speech.pcm, transcript, false);
      return {
        problems: [...problemsOf(client, end, transcript), ...audit.problems],
        count: 1,
        notes: notesOf(client).join(', '),
        programs: [client, ...gateways.all],
      };
    },
  };
}
