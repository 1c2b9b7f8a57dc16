// A voice agent of three services, of which one at a time is lost: two turns, a tool, and answers that are spoken.
import { createVoiceAgent } from '../../dist/src/node.js';
import { deepgramListen, deepgramSpeak, geminiLlm } from '../../dist/src/providers/index.js';
import { startDeepgramSimulator } from '../../dist/src/simulators/deepgram/simulator.js';
import { startGeminiSimulator } from '../../dist/src/simulators/gemini/simulator.js';
import { LOSSES, World, merged, yesNo } from './world.mjs';

const TURNS = ['how is the weather', 'tell me more'];
const ANSWERS = ['The answer is sunny.', 'You said: tell me more.'];
const TOOLS = [{ name: 'get_weather', parameters: { type: 'object', properties: {} } }];
const MIDDLE_MS = 500;

const PARTS = [
  ['stt', 'what hears', '/v1/listen'],
  ['llm', 'what answers', 'streamGenerateContent'],
  ['tts', 'what speaks', '/v1/speak'],
];

export async function agentRows() {
  const rows = [];
  for (const [part, name, words] of PARTS) {
    const rough = [];
    for (const loss of LOSSES) {
      rough.push({ loss, provider: `${part}: ${name}`, ...(await talking(part, words, loss)) });
    }
    rows.push(...merged(rough).map(({ provider, ...row }) => ({ 'lost part': provider, ...row })));
  }
  return rows;
}

async function talking(part, words, loss) {
  const world = new World();
  const agent = await agentIn(world);
  const { conversation: talk } = agent;
  agent.on('toolCall', ({ callId }) => talk.answerTool(callId, 'sunny'));
  let sounds = 0;
  talk.onAudio(() => (sounds += 1));
  try {
    await world.connect(agent);
    world.listen();
    world.say(TURNS[0]);
    await world.until(() => world.of('spoken').length === 1, 'the first answer to be spoken');
    await world.pass(3_000);
    const before = sounds;
    world.say(TURNS[1]);
    if (part === 'stt') await world.pass(MIDDLE_MS);
    if (part === 'llm') await world.until(() => world.going(words).length > 0, 'the question');
    if (part === 'tts') await world.until(() => sounds > before, 'the second answer to sound');
    world.lose(loss, words);
    await world.until(() => world.of('spoken').length === 2, 'the second answer to be spoken');
    await world.drain();
    return rowOf(world, agent, part);
  } finally {
    await world.close();
  }
}

async function agentIn(world) {
  const pace = { speak: { paceRatio: 4 } };
  const deepgram = world.serve(await startDeepgramSimulator({ ...world.server, ...pace }));
  const gemini = world.serve(await startGeminiSimulator(world.server));
  const key = { apiKey: 'local' };
  const { http } = world.network;
  return createVoiceAgent({
    ...world.session,
    hearing: [deepgramListen({ ...key, baseUrl: deepgram.url, endpointingMs: 300 })],
    thinking: geminiLlm({ ...key, http, baseUrl: gemini.httpUrl }),
    speaking: [deepgramSpeak({ ...key, baseUrl: deepgram.url })],
    tools: TOOLS,
  });
}

function rowOf(world, { conversation: talk, ledger }, part) {
  const said = (who) =>
    talk.items
      .filter(({ kind, role }) => kind === 'message' && role === who)
      .map(({ text }) => text);
  const spoken = world.of('spoken').map(({ id }) => id);
  const lost = world.of('connection.reconnecting').map(({ component }) => component);
  return {
    'the others were disturbed': yesNo(lost.some((component) => component !== part)),
    'turns heard': `${said('user').filter((text, at) => text === TURNS[at]).length} of ${TURNS.length}`,
    'answers given': `${said('assistant').filter((text, at) => text === ANSWERS[at]).length} of ${ANSWERS.length}`,
    'spoken to their end': `${new Set(spoken).size} of ${ANSWERS.length}`,
    'tools called twice': world.of('toolCall').length - 1,
    'audio lost (ms)': Math.round(ledger.gapMs + ledger.bufferedMs),
  };
}
