/** `tenuto doctor`: which keys are set, who answers, what is missing, and no secret in any of it. */
import { describe, expect, it, onTestFinished } from 'vitest';

import { runDoctor } from '../../src/cli/commands/doctor.ts';
import type { DoctorOptions } from '../../src/cli/commands/doctor.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import type { Ask } from '../../src/cli/doctor/services.ts';
import { clockCheck, nodeCheck } from '../../src/cli/doctor/machine.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { startWhisperSimulator } from '../../src/simulators/whisper/simulator.ts';

const WORKS: Check = { name: 'main job', state: 'ok', detail: 'tried' };
const SECRET = 'sk-a-very-secret-key';

/** Each with what a key is refused with. */
const ASKED = [
  ['OpenAI', 'OPENAI_API_KEY', 401],
  ['Gemini', 'GEMINI_API_KEY', 400],
  ['Deepgram', 'DEEPGRAM_API_KEY', 401],
  ['Whisper', 'WHISPER_API_KEY', 401],
] as const;

const keys = (key: string) => Object.fromEntries(ASKED.map(([, variable]) => [variable, key]));

/** All of them, and where they are. */
async function standIns() {
  const recogniser = createToneRecogniser();
  const [openai, gemini, deepgram, whisper] = await Promise.all([
    startOpenAiSimulator({ recogniser, apiKeys: ['local'] }),
    startGeminiSimulator({ recogniser }),
    startDeepgramSimulator({ recogniser }),
    startWhisperSimulator({ recogniser }),
  ]);
  onTestFinished(async () => {
    for (const standIn of [openai, gemini, deepgram, whisper]) await standIn.close();
    await recogniser.close();
  });
  const environment = {
    OPENAI_BASE_URL: openai.httpUrl,
    GEMINI_BASE_URL: gemini.url,
    DEEPGRAM_BASE_URL: deepgram.url,
    WHISPER_BASE_URL: `${whisper.url}/v1/`,
  };
  return { environment };
}

async function doctor(options: Partial<DoctorOptions> = {}) {
  const lines: string[] = [];
  const status = await runDoctor(
    {
      online: false,
      json: true,
      environment: {},
      mainJob: () => Promise.resolve(WORKS),
      ...options,
    },
    { write: (line) => lines.push(line), signal: new AbortController().signal },
  );
  return { status, lines };
}

function checksIn(lines: readonly string[]): ReadonlyMap<string, Check> {
  const checks = lines.map((line) => JSON.parse(line) as Check & { readonly type: string });
  return new Map(checks.filter(({ type }) => type === 'check').map((check) => [check.name, check]));
}

describe('tenuto doctor', () => {
  it('says which keys are set and which are not, and tells none', async () => {
    const { lines } = await doctor({
      environment: { OPENAI_API_KEY: SECRET, GEMINI_API_KEY: ' ' },
    });

    const checks = checksIn(lines);
    expect(checks.get('OPENAI_API_KEY')).toEqual(
      expect.objectContaining({ state: 'ok', detail: 'set' }),
    );
    for (const name of ['GEMINI_API_KEY', 'DEEPGRAM_API_KEY']) {
      expect(checks.get(name)).toMatchObject({
        state: 'missing',
        detail: 'not set',
        remedy: `Set ${name} to use the real service; its stand-in needs none.`,
      });
    }
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('ends with a summary, and with 0 where only keys are missing', async () => {
    const { lines, status } = await doctor();

    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      type: 'summary',
      mainJobWorks: true,
      askedOnline: false,
      unusable: [],
    });
    expect(status).toBe(0);
  });

  it('ends with 1 where the main job does not work', async () => {
    const failed: Check = {
      name: 'main job',
      state: 'failed',
      detail: 'no words',
      remedy: 'Look.',
    };

    const { status, lines } = await doctor({ mainJob: () => Promise.resolve(failed), json: false });

    expect(status).toBe(1);
    expect(lines.at(-1)).toContain('The main job does not work here.');
  });

  it('asks nobody on the internet unless it is told to', async () => {
    const asked: string[] = [];
    const ask = (url: string) => {
      asked.push(url);
      return Promise.resolve({ status: 404, date: null });
    };

    const quiet = await doctor({ ask });
    const before = [...asked];
    const online = await doctor({ ask, online: true });

    expect(before).toEqual([]);
    expect(checksIn(quiet.lines).get('OpenAI')?.state).toBe('unknown');
    expect(asked.map((url) => new URL(url).hostname)).toEqual([
      'api.openai.com',
      'generativelanguage.googleapis.com',
      'api.deepgram.com',
    ]);
    expect(checksIn(online.lines).get('Deepgram')).toMatchObject({
      state: 'ok',
      detail: 'api.deepgram.com answers (404); no key is set to ask with',
    });
  });

  it('tells a provider that does not answer from one that does, without failing for it', async () => {
    const ask = (url: string) =>
      url.includes('openai')
        ? Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
        : Promise.resolve({ status: 200, date: null });

    const { lines, status } = await doctor({ ask, online: true });

    expect(checksIn(lines).get('OpenAI')).toMatchObject({
      state: 'failed',
      detail: 'api.openai.com does not answer (ECONNREFUSED)',
    });
    expect(checksIn(lines).get('Gemini')?.state).toBe('ok');
    expect(status).toBe(0);
  });

  it.each([
    ['does not answer', () => Promise.reject(new Error('unreachable'))],
    ['refuses the key', () => Promise.resolve({ status: 401, date: null })],
  ])('ends with 1 where a service whose key is set %s, and names it', async (_what, answer) => {
    const ask: Ask = (url) =>
      url.includes('deepgram') ? answer() : Promise.reject(new Error('unreachable'));
    const options = { ask, environment: { DEEPGRAM_API_KEY: SECRET } };

    const online = await doctor({ ...options, online: true });
    const told = await doctor({ ...options, online: true, json: false });
    const offline = await doctor(options);

    expect([online.status, told.status, offline.status]).toEqual([1, 1, 0]);
    expect(JSON.parse(online.lines.at(-1) ?? '')).toMatchObject({
      mainJobWorks: true,
      unusable: ['Deepgram'],
    });
    expect(told.lines.slice(-2)).toEqual([
      'Not in order, though the key is set: Deepgram.',
      'The main job works.',
    ]);
  });

  it.each([
    [
      403,
      undefined,
      'ok',
      'key known; it may not list projects, and what else it may was not asked',
    ],
    [
      401,
      '{"err_code":"INSUFFICIENT_PERMISSIONS","err_msg":"User does not have sufficient permissions."}',
      'ok',
      'key known; it may not list projects, and what else it may was not asked',
    ],
    [401, '{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials."}', 'failed', 'key refused'],
    [401, 'nonsense', 'failed', 'key refused'],
  ] as const)(
    'tells a Deepgram key without the right to list projects from one that is refused: %i %s',
    async (status, body, state, said) => {
      const answer = { status, date: null, ...(body === undefined ? {} : { body }) };
      const ask: Ask = () => Promise.resolve(answer);
      const environment = { DEEPGRAM_API_KEY: SECRET };

      const { lines } = await doctor({ ask, online: true, environment });

      expect(checksIn(lines).get('Deepgram')).toMatchObject({
        state,
        detail: `api.deepgram.com answers (${status}), ${said}`,
      });
    },
  );

  it('takes a 403 of another service for a refusal', async () => {
    const ask: Ask = () => Promise.resolve({ status: 403, date: null });

    const { lines } = await doctor({ ask, online: true, environment: { OPENAI_API_KEY: SECRET } });

    expect(checksIn(lines).get('OpenAI')?.detail).toBe('api.openai.com answers (403), key refused');
  });

  it('asks a service on this machine for real, whoever it is', async () => {
    const { environment } = await standIns();

    const { lines } = await doctor({ environment });

    for (const name of ['OpenAI', 'Gemini', 'Deepgram', 'Whisper']) {
      expect(checksIn(lines).get(name)).toMatchObject({
        state: 'ok',
        detail: expect.stringMatching(
          /^127\.0\.0\.1 answers \(40[013]\); no key is set to ask with$/,
        ) as string,
      });
    }
  });

  it('says that a key is accepted, or refused and what to do, and tells none', async () => {
    const { environment } = await standIns();

    const right = await doctor({ environment: { ...environment, ...keys('local') } });
    const wrong = await doctor({ environment: { ...environment, ...keys(SECRET) } });

    for (const [name, variable, status] of ASKED) {
      expect(checksIn(right.lines).get(name)).toMatchObject({
        state: 'ok',
        detail: '127.0.0.1 answers (200), key accepted',
      });
      expect(checksIn(wrong.lines).get(name)).toMatchObject({
        state: 'failed',
        detail: `127.0.0.1 answers (${status}), key refused`,
        remedy: `Check ${variable}: that it is complete, not revoked, and meant for this service.`,
      });
    }
    expect(wrong.status).toBe(0); // the main job needs none of them
    expect(wrong.lines.join('')).not.toContain(SECRET);
  });

  it('sends each key to its own service alone, in a header, for a list that is free', async () => {
    const asked: [string, object][] = [];
    const ask: Ask = (url, headers) => {
      asked.push([url, headers]);
      return Promise.resolve({ status: 503, date: null });
    };
    const environment = { OPENAI_API_KEY: 'o', GEMINI_API_KEY: 'g', DEEPGRAM_API_KEY: 'd' };

    const { lines } = await doctor({ ask, online: true, environment });

    expect(asked).toEqual([
      ['https://api.openai.com/v1/models', { authorization: 'Bearer o' }],
      ['https://generativelanguage.googleapis.com/v1beta/models', { 'x-goog-api-key': 'g' }],
      ['https://api.deepgram.com/v1/projects', { authorization: 'Token d' }],
    ]);
    expect(checksIn(lines).get('OpenAI')?.detail).toBe(
      'api.openai.com answers (503), and says nothing of the key',
    );
  });

  it.each([
    ['a query', `http://127.0.0.1:1/v1?key=${SECRET}`],
    ['a password', `http://u:${SECRET}@127.0.0.1:1`],
  ])('asks nobody at an address with %s, and does not tell it', async (_what, address) => {
    let asked = 0;
    const ask: Ask = () => {
      asked += 1;
      return Promise.resolve({ status: 200, date: null });
    };

    const { lines } = await doctor({ ask, environment: { OPENAI_BASE_URL: address } });

    expect(checksIn(lines).get('OpenAI')?.state).toBe('failed');
    expect(asked).toBe(0);
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('says that an address is none', async () => {
    const { lines } = await doctor({ environment: { OPENAI_BASE_URL: 'nonsense' } });

    expect(checksIn(lines).get('OpenAI')?.state).toBe('failed');
  });

  it('tells a person each thing in a line, and what to do in the next', async () => {
    const { lines } = await doctor({ json: false });

    const at = lines.findIndex((line) => line.includes('DEEPGRAM_API_KEY'));
    expect(lines[at]).toMatch(/^missing +DEEPGRAM_API_KEY +not set$/);
    expect(lines[at + 1]?.trim()).toMatch(/^Set DEEPGRAM_API_KEY/);
  });

  it.each([
    ['20.18.9', 'failed'],
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
  ])('says of Node %s: %s', (version, state) => {
    expect(nodeCheck(version).state).toBe(state);
  });

  it.each([
    ['is right', Date.UTC(2026, 5, 1), 0, 'ok'],
    ['is in the past', Date.UTC(2001, 0, 1), 0, 'failed'],
    ['jumps', Date.UTC(2026, 5, 1), 5_000, 'failed'],
  ])('sees that a clock %s', async (_what, startMs, jumpMs, state) => {
    const clock = new VirtualClock();
    let looks = 0;

    const check = clockCheck(clock, () => startMs + clock.nowMs() + (looks++ > 0 ? jumpMs : 0));
    await clock.advanceAsync(1_000);

    expect((await check).state).toBe(state);
  });
});
