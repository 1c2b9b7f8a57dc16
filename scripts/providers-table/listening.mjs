// Services that transcribe: two sentences with a loss in the second one, and the same without one.
import { createSession } from '../../dist/src/node.js';
import { deepgramFlux, deepgramListen, fvad, whisper } from '../../dist/src/providers/index.js';
import { startDeepgramSimulator } from '../../dist/src/simulators/deepgram/simulator.js';
import { startWhisperSimulator } from '../../dist/src/simulators/whisper/simulator.js';
import { LOSSES, World, merged, yesNo } from './world.mjs';

const SENTENCES = ['the first sentence is short', 'and the second one is a little longer'];
const PAUSE_MS = 1_500;

const SERVICES = [
  ['Deepgram listen v1', 'deepgram', deepgramListen],
  ['Deepgram Flux', 'deepgram', deepgramFlux],
  ['Whisper over HTTP', 'whisper', whisper],
];

export async function listeningRows() {
  await fvad()({ sampleRateHz: 16_000 }); // what has to be loaded is, before the clock runs
  const rows = [];
  for (const [provider, service, adapter] of SERVICES) {
    const calm = await listening(service, adapter, null);
    const rough = [];
    for (const loss of LOSSES) {
      const row = rowOf(provider, calm, await listening(service, adapter, loss));
      rough.push({ loss, ...row });
    }
    rows.push(...merged(rough));
  }
  return rows;
}

async function listening(service, adapter, loss) {
  const world = new World();
  const start = service === 'whisper' ? startWhisperSimulator : startDeepgramSimulator;
  const { url } = world.serve(await start(world.server));
  const session = createSession({
    ...world.session,
    candidates: [adapter({ apiKey: 'local', baseUrl: url })],
  });
  try {
    await world.connect(session);
    world.listen();
    world.say(SENTENCES[0]);
    await world.said();
    await world.pass(PAUSE_MS);
    world.say(SENTENCES[1]);
    if (service !== 'whisper') await world.pass(1_000);
    else await world.until(() => isPosting(world), 'the second sentence to be posted');
    if (loss !== null) world.lose(loss, '127.0.0.1');
    await world.said();
    await world.pass(PAUSE_MS);
    await world.drain();
    const finals = world.of('transcript').filter(({ isFinal }) => isFinal);
    return { finals, ledger: session.ledger };
  } finally {
    await world.close();
  }
}

/** The first sentence has been told, and another request is under way. */
function isPosting(world) {
  const isTold = world.of('transcript').some(({ text }) => text.includes('first'));
  return (
    isTold && world.going('transcriptions').some(({ request }) => request.url.startsWith('http'))
  );
}

function rowOf(provider, calm, { finals, ledger }) {
  let overlaps = 0;
  let coveredMs = 0;
  for (const { startMs, endMs } of finals) {
    if (startMs < coveredMs - 1) overlaps += 1;
    coveredMs = Math.max(coveredMs, endMs);
  }
  const said = textOf(finals);
  return {
    provider,
    'audio replayed': yesNo(ledger.replayed > 0),
    'audio lost (ms)': Math.round(ledger.gapMs + ledger.bufferedMs),
    'finals that overlap': overlaps,
    'words told twice or missing': differing(said, SENTENCES.join(' ')),
    'same words as without a loss': yesNo(said === textOf(calm.finals)),
  };
}

function textOf(finals) {
  return finals
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');
}

function differing(said, meant) {
  const [words, others] = [said.split(' '), meant.split(' ')];
  const most = Math.max(words.length, others.length);
  return Array.from({ length: most }, (_, at) => words[at] !== others[at]).filter(Boolean).length;
}
