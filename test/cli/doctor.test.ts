/** `tenuto doctor`: which keys are set, who answers, what is missing, and no secret in any of it. */
import { describe, expect, it, onTestFinished } from 'vitest';

import { runDoctor } from '../../src/cli/commands/doctor.ts';
import type { DoctorOptions } from '../../src/cli/commands/doctor.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { clockCheck, nodeCheck } from '../../src/cli/doctor/machine.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { startWhisperSimulator } from '../../src/simulators/whisper/simulator.ts';

const WORKS: Check = { name: 'main job', state: 'ok', detail: 'tried' };
const SECRET = 'sk-a-very-secret-key';

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
      detail: 'api.deepgram.com answers (404)',
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

  it('asks a service on this machine for real', async () => {
    const recogniser = createToneRecogniser();
    const { url, close } = await startWhisperSimulator({ recogniser });
    onTestFinished(async () => {
      await close();
      await recogniser.close();
    });

    const { lines } = await doctor({ environment: { WHISPER_BASE_URL: `${url}/v1/models` } });

    expect(checksIn(lines).get('Whisper')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/^127\.0\.0\.1 answers \(\d+\)$/) as string,
    });
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
