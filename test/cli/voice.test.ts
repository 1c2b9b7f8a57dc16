/** `tenuto transcribe --provider voice`, as a person starts it; and what its options are refused for. */
import { describe, expect, it } from 'vitest';

import { runCli, sentence } from './run-cli.ts';
import { startVoice } from '../../src/cli/voice.ts';
import type { VoiceServicesOptions } from '../../src/cli/voice.ts';
import { partLines, VoiceParts } from '../../src/cli/voice-parts.ts';
import type { SessionEvent } from '../../src/session/events.ts';

const NO_FAULTS = { seed: null, faults: [] };
const KEYS = { DEEPGRAM_API_KEY: 'one', GEMINI_API_KEY: 'another' };

describe('a voice agent on the command line', () => {
  it('prints what it heard and answered, and of each part what failed and recovered', async () => {
    const faults = 'reset@2s,llm:http-503@0s:1x,tts:reset@0s';
    const args = ['--provider', 'voice', '--simulated', '--speed', '4', '--faults', faults];

    const { status, stdout, stderr } = await runCli(['transcribe', sentence, ...args]);

    const [heard = '', answer = ''] = stdout.trim().split('\n');
    expect(heard).toContain('leisure to consider');
    expect(answer).toMatch(/^answer {3}You said: mr john dashwood/);
    for (const part of ['stt (hearing)', 'llm (thinking)', 'tts (speaking)']) {
      expect(stderr).toMatch(
        new RegExp(
          `^${part.replace(/[()]/g, '\\$&')} +failed (\\d) times?, recovered \\1 times?`,
          'm',
        ),
      );
    }
    expect(stderr).toContain('balanced');
    expect(status).toBe(0);
  });

  const cloud = { simulated: false, plan: NO_FAULTS, speedRatio: 1, environment: KEYS };

  it.each<readonly [string, Partial<VoiceServicesOptions>, RegExp]>([
    ['a key is missing', { environment: { DEEPGRAM_API_KEY: 'k' } }, /GEMINI_API_KEY is not set/],
    ['both keys are missing', { environment: {} }, /DEEPGRAM_API_KEY and GEMINI_API_KEY are not/],
    ['audio comes too fast', { speedRatio: 2 }, /does not take audio at 2 times real time/],
    ['no part is on this machine', { port: 0 }, /--port is for a service on this machine/],
    ['ports run out', { simulated: true, port: 65_534 }, /there are not 3 ports/],
    [
      'faults are put before a cloud',
      { plan: { seed: 1, faults: [{ kind: 'reset', atMs: 1 }] } },
      /Faults can only be put/,
    ],
  ])('is refused in one line where %s', async (_what, options, message) => {
    await expect(startVoice({ ...cloud, ...options })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('goes to the addresses of the environment, hearing by a socket', async () => {
    const environment = { ...KEYS, DEEPGRAM_BASE_URL: 'https://speech.example' };

    const { candidates, close } = await startVoice({ ...cloud, environment });

    const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
    const request = await candidates[0]?.provider.dial(format, 'connect');
    expect(request?.url).toMatch(/^wss:\/\/speech\.example\/v1\/listen\?/);
    await close();
  });
});

describe('the books of the parts', () => {
  const lost = (component: 'stt' | 'llm' | 'tts'): SessionEvent => ({
    type: 'connection.reconnecting',
    attempt: 1,
    maxAttempts: 5,
    persistsForMs: 0,
    backoffDelayMs: 0,
    component,
    bufferedAudioChunks: 0,
    cause: { kind: 'transient', code: '1006', detail: '' },
  });
  const flowing: SessionEvent = { type: 'audio.flowing', fromMs: 0, backlogMs: 0 };

  it('count an outage of several attempts once, to the end that belongs to the part', () => {
    const parts = new VoiceParts();

    parts.note(lost('stt'), 1_000);
    parts.note(lost('llm'), 1_500);
    parts.note(lost('stt'), 2_000);
    parts.note(flowing, 4_000);

    const [stt, llm, tts] = parts.report(9_000).parts;
    expect(stt).toEqual({
      part: 'stt',
      failures: 1,
      recoveries: 1,
      longestOutageMs: 3_000,
      isDown: false,
    });
    expect(llm).toMatchObject({
      failures: 1,
      recoveries: 0,
      longestOutageMs: 7_500,
      isDown: true,
    });
    expect(tts).toMatchObject({ failures: 0, recoveries: 0, isDown: false });
    expect(partLines(parts.report(9_000))).toEqual([
      'stt (hearing)   failed 1 time, recovered 1 time, 3000 ms at the longest',
      'llm (thinking)  failed 1 time, recovered 0 times, 7500 ms at the longest; it is down',
      'tts (speaking)  never failed',
    ]);
  });

  it('know an answer that failed, and one that was not spoken', () => {
    const parts = new VoiceParts();
    const events: readonly SessionEvent[] = [
      { type: 'reply.started' },
      { type: 'reply.text', id: 'one', delta: 'Yes.' },
      { type: 'reply.ended', status: 'completed' },
      { type: 'reply.started' },
      { type: 'reply.ended', status: 'failed' },
    ];

    for (const event of events) parts.note(event, 0);
    const before = [parts.isBusy, parts.report(9_000).unspoken, parts.report(9_000).unanswered];
    parts.note({ type: 'spoken', id: 'one' }, 0);

    expect(before).toEqual([true, 1, 1]);
    expect([parts.isBusy, parts.report(9_000).unspoken]).toEqual([false, 0]);
  });
});
