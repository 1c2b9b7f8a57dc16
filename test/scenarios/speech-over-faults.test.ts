/** Real speech, real sockets, a real recogniser, and a proxy that breaks the connection. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Recording } from '../../src/cli/recording.ts';
import { FAULT_KINDS } from '../../src/simulators/faults/plan.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import type { SpeechRun } from '../support/speech.ts';
import { runSpeech, speechFile } from '../support/speech.ts';

let recogniser: Recogniser;
let recording: Recording;
let calm: SpeechRun;

beforeAll(async () => {
  recogniser = createVoskRecogniser();
  recording = await speechFile('two-sentences.wav');
  calm = await runSpeech({ recogniser, recording });
});

afterAll(() => recogniser.close());

function expectNothingLost(run: SpeechRun, like: SpeechRun): void {
  expect(run.transcript).toBe(like.transcript);
  expect(run.status).toBe('complete');
  expect(run.ledger).toMatchObject({ gap: 0, gapMs: 0, buffered: 0, bufferedMs: 0 });
  expect(run.ledger.captured).toBe(run.ledger.delivered);
  expect(run.ledger.capturedMs).toBe(run.ledger.deliveredMs);
  expect(run.pendingFaults).toBe(0);
}

/** Every millisecond of the recording is covered by exactly one final. */
function expectFinalsToTile(run: SpeechRun, durationMs: number): void {
  let throughMs = 0;
  for (const { startMs, endMs } of run.finals) {
    expect(startMs).toBeCloseTo(throughMs, 3);
    throughMs = endMs;
  }
  expect(throughMs).toBeCloseTo(durationMs, 0);
}

describe('speech over a network without faults', () => {
  it('is heard, with every sample covered once', () => {
    expect(calm.status).toBe('complete');
    expect(calm.transcript).toContain('leisure to consider how much there might be');
    expect(calm.ledger.replayed).toBe(0);
    expectFinalsToTile(calm, recording.durationMs);
  });
});

describe('speech over one fault', () => {
  it.each(FAULT_KINDS.map(({ kind }) => kind))('loses no word to: %s', async (kind) => {
    const argument = kind === 'down' ? ':3s' : ''; // left out, it is for good
    const run = await runSpeech({
      recogniser,
      recording,
      faults: `${kind}@5s${argument}`,
      seed: 7,
    });

    expectNothingLost(run, calm);
    expectFinalsToTile(run, recording.durationMs);
    expect(run.outages).toHaveLength(1);
  });

  it.each(['half-open', 'half-open-up', 'half-open-down'])(
    'notices a link that is %s, though TCP never says so',
    async (kind) => {
      const run = await runSpeech({ recogniser, recording, faults: `${kind}@4s:0s`, seed: 2 });

      expectNothingLost(run, calm);
      expect(run.outages[0]?.noticedAfterMs).toBeGreaterThan(0);
      expect(run.outages[0]?.replayedChunks).toBeGreaterThan(0);
    },
  );
});

describe('speech over many faults', () => {
  it('loses no word of a minute to one of each kind', async () => {
    const minute = await speechFile('minute.wav');
    const like = await runSpeech({ recogniser, recording: minute, speedRatio: 5 });

    const run = await runSpeech({ recogniser, recording: minute, faults: 'all', seed: 21 });

    expectNothingLost(run, like);
    expectFinalsToTile(run, minute.durationMs);
    expect(run.outages).toHaveLength(FAULT_KINDS.length);
    expect(run.ledger.replayed).toBeGreaterThan(0);
  });

  it('gets through more losses than there are attempts, since each result counts as progress', async () => {
    const faults = Array.from({ length: 9 }, (_, n) => `reset@${n * 1.3 + 1}s`).join(',');

    const run = await runSpeech({ recogniser, recording, faults });

    expectNothingLost(run, calm);
    expect(run.outages).toHaveLength(9);
  });

  it('survives an outage longer than five attempts, as long as it fits in the ring', async () => {
    const run = await runSpeech({ recogniser, recording, faults: 'refuse@3s:60s' });

    expectNothingLost(run, calm);
    expect(run.longestOutageMs).toBeGreaterThan(14_000);
  });
});

describe('speech over an outage that does not fit in the ring', () => {
  it('reports what was lost as a gap with range and reason, and balances the books', async () => {
    const run = await runSpeech({
      recogniser,
      recording,
      faults: 'refuse@2s:14s',
      retentionMs: 10_000, // 100 chunks are the least that a ring keeps
    });

    const { ledger, gaps } = run;
    expect(ledger.gap).toBeGreaterThan(0);
    expect(ledger.captured).toBe(ledger.delivered + ledger.gap + ledger.buffered);
    expect(ledger.capturedMs).toBe(ledger.deliveredMs + ledger.gapMs + ledger.bufferedMs);
    expect(gaps.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(ledger.gapMs, 6);
    expect(gaps.every(({ reason }) => reason === 'ringOverflow')).toBe(true);
  });
});

describe('speech to a service that does not come back', () => {
  it('fails with one clear error, and tells what is still in the ring', async () => {
    const run = await runSpeech({
      recogniser,
      recording,
      faults: 'refuse@3s:600s',
      reconnect: { maxAttempts: 2, baseMs: 100, persistMs: 0 },
    });

    expect(run.status).toBe('failed');
    expect(run.error).toMatchObject({ code: 'CONNECTION_FAILED', retryable: true });
    expect(run.ledger.buffered).toBeGreaterThan(0);
    expect(run.ledger.captured).toBe(run.ledger.delivered + run.ledger.gap + run.ledger.buffered);
  });

  it('does not try a wrong key twice', async () => {
    const run = await runSpeech({ recogniser, recording, apiKey: 'wrong' });

    expect(run.status).toBe('failed');
    expect(run.error).toMatchObject({ code: 'AUTH_REFUSED', retryable: false });
    expect(run.error?.message).not.toContain('wrong');
    expect(run.ledger.captured).toBe(0);
  });
});
