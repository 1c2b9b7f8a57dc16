// Services that speak: three texts, and a loss while the second one sounds.
import { createSession } from '../../dist/src/node.js';
import { deepgramSpeak, deepgramSpeakHttp } from '../../dist/src/providers/index.js';
import { startDeepgramSimulator } from '../../dist/src/simulators/deepgram/simulator.js';
import { LOSSES, World, merged, yesNo } from './world.mjs';

const TEXTS = ['The first sentence.', 'The second sentence, which is longer.', 'The third one.'];

const SERVICES = [
  ['Deepgram speak v1', (deepgram, key) => deepgramSpeak({ ...key, baseUrl: deepgram.url })],
  [
    'Deepgram speak over HTTP',
    (deepgram, key) => deepgramSpeakHttp({ ...key, baseUrl: deepgram.httpUrl }),
  ],
];

export async function speakingRows() {
  const rows = [];
  for (const [provider, adapterAt] of SERVICES) {
    const rough = [];
    for (const loss of LOSSES) rough.push({ loss, provider, ...(await speaking(adapterAt, loss)) });
    rows.push(...merged(rough));
  }
  return rows;
}

async function speaking(adapterAt, loss) {
  const world = new World();
  const pace = { speak: { paceRatio: 1 } };
  const deepgram = world.serve(await startDeepgramSimulator({ ...world.server, ...pace }));
  const session = createSession({
    ...world.session,
    candidates: [adapterAt(deepgram, { apiKey: 'local' })],
  });
  const { conversation: talk } = session;
  const sounded = [];
  talk.onAudio(({ id }) => sounded.push(id));
  try {
    await world.connect(session);
    const ids = TEXTS.map((text) => talk.say(text));
    await world.until(
      () => sounded.some((id) => id.startsWith(ids[1])),
      'the second text to sound',
    );
    const soundedBefore = sounded.length;
    world.lose(loss, '/v1/speak');
    await world.until(() => world.of('spoken').length >= TEXTS.length, 'all texts');
    const spoken = world.of('spoken').map(({ id }) => id);
    const again = sounded.slice(soundedBefore);
    return {
      'texts spoken to their end': `${ids.filter((id) => spoken.includes(id)).length} of ${TEXTS.length}`,
      'told as spoken twice': spoken.length - new Set(spoken).size,
      'in order': yesNo(spoken.join() === ids.join()),
      'spoken again': again.some((id) => id.startsWith(ids[0])) ? 'more' : 'the text that was cut',
    };
  } finally {
    await world.close();
  }
}
