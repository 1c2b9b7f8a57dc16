// `tenuto serve` in all but its recogniser, which understands tones and costs next to nothing: what is tried is the gateway.
import process from 'node:process';
import { parseArgs } from 'node:util';

const { runServe } = await import('../../dist/src/cli/commands/serve.js');
const { createIo } = await import('../../dist/src/cli/io.js');
const { createToneRecogniser } =
  await import('../../dist/src/simulators/recogniser/tone-recogniser.js');

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    port: text,
    store: text,
    speed: text,
    config: text,
    auth: text,
    json: { type: 'boolean' },
  },
});
const io = createIo();
io.catchSignals('Ending');
process.exitCode = await runServe(
  {
    ...values,
    port: Number(values.port),
    speed: Number(values.speed),
    simulated: false,
    json: true,
    environment: process.env,
    createRecogniser: createToneRecogniser,
  },
  io,
);
io.close();
