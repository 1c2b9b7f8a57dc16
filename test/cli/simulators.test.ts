/** `tenuto simulators`: what it starts, what it tells of it, and that it ends with the signal. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { runSimulators } from '../../src/cli/commands/simulators.ts';
import type { SimulatorsOptions } from '../../src/cli/commands/simulators.ts';

interface Told {
  readonly type: string;
  readonly name: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly snippets: readonly string[];
}

const ALL = ['openai', 'gemini', 'deepgram', 'whisper'];

function started(names: readonly string[], options: Partial<SimulatorsOptions> = {}) {
  const controller = new AbortController();
  const lines: string[] = [];
  const notes: string[] = [];
  const ended = runSimulators(
    names,
    { tls: false, speed: 1, json: true, ...options },
    {
      write: (line) => lines.push(line),
      note: (line) => notes.push(line),
      signal: controller.signal,
    },
  );
  onTestFinished(async () => {
    controller.abort();
    await ended.catch(() => undefined);
  });
  return { lines, notes, ended, stop: () => controller.abort() };
}

/** Lines come as servers start; a run that ends early has told all that it had to. */
async function told({ lines, ended }: ReturnType<typeof started>, count: number) {
  const run = { isOver: false };
  const over = (): void => void (run.isOver = true);
  void ended.then(over, over);
  while (lines.length < count && !run.isOver) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return lines.map((line) => JSON.parse(line) as Told);
}

describe('tenuto simulators', () => {
  it('starts all stand-ins, each at a port of its own, and tells where', async () => {
    const all = await told(started([]), ALL.length);

    expect(all.map(({ type, name }) => [type, name])).toEqual(
      ALL.map((name) => ['simulator', name]),
    );
    expect(new Set(all.map(({ port }) => port)).size).toBe(ALL.length);
    for (const { port, environment } of all) {
      expect(Object.values(environment).join(' ')).toContain(`127.0.0.1:${port}`);
    }
  });

  it('starts those that are named, once each', async () => {
    const some = await told(started(['whisper', 'gemini', 'whisper']), 2);

    expect(some.map(({ name }) => name)).toEqual(['whisper', 'gemini']);
  });

  it('answers as the real service would, with the key that it tells and with no other', async () => {
    const [whisper] = await told(started(['whisper']), 1);
    const { WHISPER_BASE_URL: url = '', WHISPER_API_KEY: key = '' } = whisper?.environment ?? {};

    const statusOf = async (credential: string) => {
      const headers = { authorization: `Bearer ${credential}` };
      return (await fetch(`${url}/models`, { headers })).status;
    };

    expect([await statusOf(key), await statusOf('another')]).toEqual([200, 401]);
  });

  it('speaks TLS where it is asked to', async () => {
    const [gemini] = await told(started(['gemini'], { tls: true }), 1);

    expect(gemini?.environment['GEMINI_BASE_URL']).toMatch(/^https:/);
  });

  it('tells a person the same in words', async () => {
    const run = started(['deepgram'], { json: false });
    while (run.notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

    const text = run.lines.join('\n');
    expect(text).toContain('Deepgram listen v1, Flux, speak over sockets and HTTP');
    expect(text).toMatch(/DEEPGRAM_BASE_URL=ws:\/\/127\.0\.0\.1:\d+ DEEPGRAM_API_KEY=local/);
    expect(run.notes).toEqual(['Ctrl-C ends them.']);
  });

  it('lets them fail by themselves, and tells as it happens', async () => {
    const run = started(['whisper', 'gemini'], {
      faults: 'whisper:http-429:2x,*:unknown-fields:0%',
    });
    const [whisper, fields, gemini] = await told(run, 4);
    const { WHISPER_BASE_URL: url = '' } = whisper?.environment ?? {};

    const answer = await fetch(`${url}/audio/transcriptions`, {
      method: 'POST',
      headers: { authorization: 'Bearer local' },
    });

    expect([whisper, fields, gemini]).toMatchObject([
      { type: 'simulator', name: 'whisper', faultsUrl: expect.stringMatching(/__tenuto\/faults$/) },
      { type: 'fault', name: 'whisper', fault: 'unknown-fields' },
      { type: 'simulator', name: 'gemini' },
    ]);
    expect(answer.status).toBe(429);
    expect((await told(run, 5)).at(-1)).toEqual({
      type: 'fault',
      name: 'whisper',
      fault: 'http',
      text: 'refused with 429',
    });
  });

  it('takes faults from another program while they run, and tells a person of them', async () => {
    const run = started(['deepgram'], { json: false });
    while (run.notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [, url = ''] = /(http:\S+__tenuto\/faults)/.exec(run.lines.join('\n')) ?? [];

    const body = JSON.stringify({ fault: 'lateFinalize', delayMs: 2_000 });
    const answer = await fetch(url, { method: 'POST', body });

    expect(answer.status).toBe(200);
    expect(run.lines.at(-1)).toBe('deepgram: Finalize is answered 2000 ms late');
  });

  it.each([
    ['openai', 'gemini:cut', /no simulator that is started: "gemini" \(openai\)/],
    ['openai', 'explode', /no simulator that is started knows/],
  ])('starts nothing where %s cannot do %s', async (name, faults, complaint) => {
    const run = started([name], { faults });

    await expect(run.ended).rejects.toMatchObject({
      code: 'FAULT_PLAN_INVALID',
      message: expect.stringMatching(complaint) as string,
    });
    expect(run.lines).toEqual([]);
  });

  it('ends with the signal, with nothing left to answer', async () => {
    const run = started(['openai']);
    const [openai] = await told(run, 1);

    run.stop();

    expect(await run.ended).toBe(0);
    await expect(fetch(`http://127.0.0.1:${openai?.port ?? 0}/v1/models`)).rejects.toThrow();
  });

  it.each([
    [['acme'], 'PROVIDER_UNKNOWN', /flux and speech are part of deepgram/],
    [['openai', 'flux'], 'PROVIDER_UNKNOWN', /openai, gemini, deepgram, whisper/],
  ])('refuses a name that there is not: %s', async (names, code, remedy) => {
    await expect(started(names).ended).rejects.toMatchObject({
      code,
      remediation: expect.stringMatching(remedy) as string,
    });
  });

  it('leaves nothing running where a port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    onTestFinished(() => new Promise((resolve) => taken.close(() => resolve())));
    const { port } = taken.address() as AddressInfo;

    await expect(started(['openai'], { port }).ended).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
  });
});
