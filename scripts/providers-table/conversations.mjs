// Services that answer: three turns with a tool, a loss while a call waits, and another in the middle of the third turn.
import { createSession } from '../../dist/src/node.js';
import { geminiLive, openaiRealtime } from '../../dist/src/providers/index.js';
import { startGeminiSimulator } from '../../dist/src/simulators/gemini/simulator.js';
import { startOpenAiSimulator } from '../../dist/src/simulators/openai-realtime/simulator.js';
import { simpleMind } from '../../dist/src/simulators/persona/mind.js';
import { speak } from '../../dist/src/simulators/persona/voice.js';
import { CHUNK_BYTES, FORMAT, LOSSES, World, merged, yesNo } from './world.mjs';

const TURNS = ['how is the weather', 'and the weather tomorrow', 'tell me more'];
/** Longer than an answer sounds. */
const PAUSE_MS = 4_000;
const TOOLS = [{ name: 'get_weather', parameters: { type: 'object', properties: {} } }];

export async function conversationRows() {
  return [
    ...(await rowsOf('OpenAI Realtime', ['openai'])),
    ...(await rowsOf('Gemini Live', ['gemini'])),
    ...(await rowsOf('Gemini Live, its handle refused', ['gemini'], ({ gemini }) =>
      gemini.forgetHandles(),
    )),
    await conversation('OpenAI Realtime, then Gemini Live', ['openai', 'gemini'], 'reset', {
      before: ({ openai }) => openai.close(),
    }),
  ];
}

async function rowsOf(name, providers, before) {
  const rows = [];
  for (const loss of LOSSES)
    rows.push({ loss, ...(await conversation(name, providers, loss, { before })) });
  return merged(rows);
}

async function conversation(name, providers, loss, { before = () => undefined }) {
  const world = new World();
  const stage = await staged(world);
  const session = createSession({
    ...world.session,
    candidates: providers.map((provider) => stage.providers[provider]),
  });
  const { conversation: talk } = session;
  try {
    await world.connect(session);
    world.listen();
    await twoTurns(world, talk);
    await lostWhileACallWaits(world, talk, loss);
    await world.pass(PAUSE_MS);
    const third = speak(TURNS[2], FORMAT.sampleRateHz);
    const middle = Math.floor(third.length / 2 / CHUNK_BYTES) * CHUNK_BYTES;
    world.hear(third.subarray(0, middle));
    await world.said();
    const carried = messagesOf(talk).filter(({ status }) => status !== 'inProgress');
    const replayedBeforeMs = session.ledger.replayedMs;
    void before(stage.simulators);
    world.lose(loss, '127.0.0.1');
    world.hear(third.subarray(middle));
    await world.until(() => answersLike(talk, 'You said').length > 0, 'the third answer');
    const known = stage.heard.turns.slice(0, -1).map(({ text }) => text);
    await world.drain();
    return rowOf(name, world, session, { carried, known, replayedBeforeMs });
  } finally {
    await world.close();
  }
}

async function twoTurns(world, talk) {
  world.say(TURNS[0]);
  await world.until(() => world.of('toolCall').length === 1, 'the first call');
  talk.answerTool(world.of('toolCall')[0].callId, 'sunny');
  await world.until(() => answersLike(talk, 'sunny').length > 0, 'the answer to the first call');
  await world.pass(PAUSE_MS);
  world.say(TURNS[1]);
  await world.until(() => world.of('toolCall').length === 2, 'the second call');
  await world.until(() => saidBy(talk, 'user').length === 2, 'the second turn to be written down');
}

async function lostWhileACallWaits(world, talk, loss) {
  const flowedBefore = world.of('audio.flowing').length;
  world.lose(loss, '127.0.0.1');
  await world.until(() => world.of('audio.flowing').length > flowedBefore, 'audio to flow again');
  talk.answerTool(world.of('toolCall')[1].callId, 'rainy');
  await world.until(() => answersLike(talk, 'rainy').length > 0, 'the answer to the second call');
}

async function staged(world) {
  const heard = { turns: [] };
  const mind = (turns, tools) => {
    heard.turns = turns;
    const [, output] = / answered: (\w+)/.exec(turns.at(-1)?.text ?? '') ?? [];
    if (output !== undefined) return { text: `The answer is ${output}.`, toolCall: null }; // a result that comes as a text
    return simpleMind(turns, tools);
  };
  const openai = world.serve(await startOpenAiSimulator({ ...world.server, mind }));
  const gemini = world.serve(await startGeminiSimulator({ ...world.server, mind }));
  const key = { apiKey: 'local', tools: TOOLS };
  return {
    heard,
    simulators: { openai, gemini },
    providers: {
      openai: openaiRealtime({ ...key, baseUrl: openai.baseUrl }),
      gemini: geminiLive({ ...key, baseUrl: gemini.url }),
    },
  };
}

function rowOf(provider, world, session, { carried, known, replayedBeforeMs }) {
  const { ledger, conversation: talk } = session;
  const texts = messagesOf(talk).map(({ role, text }) => `${role}: ${text}`);
  const times = carried.map(({ text }) => known.filter((other) => other === text).length);
  return {
    provider,
    'messages known after': `${times.filter((count) => count > 0).length} of ${carried.length}`,
    'known twice': times.filter((count) => count > 1).length,
    'open call answered after': yesNo(answersLike(talk, 'rainy').length === 1),
    'turn in the middle': yesNo(texts.filter((text) => text === `user: ${TURNS[2]}`).length === 1),
    'audio replayed': yesNo(ledger.replayedMs > replayedBeforeMs),
    'audio lost (ms)': Math.round(ledger.gapMs + ledger.bufferedMs),
    'messages told twice': texts.length - new Set(texts).size,
    'tools called twice': world.of('toolCall').length - 2,
  };
}

function messagesOf(talk) {
  return talk.items.filter(({ kind, text }) => kind === 'message' && text !== '');
}

function saidBy(talk, who) {
  return messagesOf(talk).filter(({ role, status }) => role === who && status === 'completed');
}

function answersLike(talk, words) {
  return saidBy(talk, 'assistant').filter(({ text }) => text.includes(words));
}
