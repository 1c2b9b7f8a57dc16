/** Ctrl-C while a service works on several stretches of audio, one after another, as whisper.cpp's server does. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { streamRecording } from '../../src/cli/recording.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import { fakeProvider, FLUSH, GOODBYE, sayFinal } from '../support/fake-provider.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import type { FakeSocket } from '../support/fake-transport.ts';

const BYTES_PER_MS = 32;
const SPOKEN_MS = 900;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Interrupted after 900 ms of audio. @param everyMs a third of it is understood in that time. */
async function interrupted(everyMs: number) {
  const controller = new AbortController();
  let isAsked = false;
  const transport = new FakeTransport({
    clock: systemClock,
    onFrame: (socket: FakeSocket, frame) => {
      if (frame === GOODBYE) socket.endsAfter(15, { code: 1000, reason: '' });
      if (frame !== FLUSH || isAsked) return;
      isAsked = true;
      const third = Math.floor(socket.heard.length / 2 / 3);
      for (const part of [0, 1, 2]) {
        setTimeout(
          () => {
            const range = { fromSample: part * third, toSample: (part + 1) * third };
            if (socket.isLive) sayFinal(socket, range);
          },
          (part + 1) * everyMs,
        );
      }
    },
  });
  const report = streamRecording({
    recording: {
      name: 'speech',
      pcm: new Uint8Array(10_000 * BYTES_PER_MS),
      format: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
      durationMs: 10_000,
    },
    candidates: [{ provider: fakeProvider({ traits: { flushTimeoutMs: 5_000 } }) }],
    speedRatio: 1,
    seed: 1,
    signal: controller.signal,
    session: { transport, admission: createAdmission() },
    onProgress: (_session, positionMs) => {
      if (positionMs >= SPOKEN_MS) controller.abort();
    },
  });
  await vi.advanceTimersByTimeAsync(60_000);
  return (await report).ledger;
}

describe('a run that is interrupted', () => {
  it('waits for all results of a service that goes on telling them', async () => {
    const ledger = await interrupted(4_000);

    expect(ledger).toMatchObject({ capturedMs: SPOKEN_MS, deliveredMs: SPOKEN_MS, bufferedMs: 0 });
  });

  it('does not wait for longer than that from one result to the next', async () => {
    const ledger = await interrupted(6_000);

    expect(ledger).toMatchObject({ deliveredMs: 0, bufferedMs: SPOKEN_MS });
  });
});
