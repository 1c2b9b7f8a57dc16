/** A recording that is streamed to a service which never recognises anything: there is always something to wait for. */
import { afterEach, describe, expect, it } from 'vitest';

import { streamRecording } from '../../src/cli/recording.ts';
import type { StreamOptions } from '../../src/cli/recording.ts';
import { startServices } from '../../src/cli/services.ts';
import type { Services } from '../../src/cli/services.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';

const BYTES_PER_SECOND = 32_000;
const deaf: Recogniser = {
  open: () => ({ write: () => undefined, flush: () => undefined, close: () => undefined }),
  close: () => Promise.resolve(),
};
const started: Services[] = [];

async function streamed(
  seconds: number,
  options: Partial<StreamOptions> & Pick<StreamOptions, 'signal' | 'speedRatio'>,
) {
  const { speedRatio } = options;
  const base = { providers: ['local'], simulated: true, speedRatio, recogniser: deaf } as const;
  const services = await startServices({ ...base, plan: { seed: null, faults: [] } });
  started.push(services);
  const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
  const pcm = new Uint8Array(BYTES_PER_SECOND * seconds);
  return streamRecording({
    recording: { name: 'silence', pcm, format, durationMs: seconds * 1_000 },
    candidates: services.candidates,
    seed: 1,
    session: { admission: createAdmission() },
    ...options,
  });
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((services) => services.close()));
});

describe('a recording', () => {
  it('ends at once with the second signal, with what was left in its books', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    let atSecondMs = Infinity;

    const report = await streamed(60, {
      speedRatio: 1,
      signal: first.signal,
      haste: second.signal,
      onProgress: (_session, positionMs) => {
        if (positionMs < 300) return;
        first.abort();
        // The first alone would take 2 s more.
        setTimeout(() => {
          atSecondMs = performance.now();
          second.abort();
        }, 50);
      },
    });

    const tookMs = performance.now() - atSecondMs;
    expect(tookMs).toBeGreaterThanOrEqual(0);
    expect(tookMs).toBeLessThan(1_500);
    expect(report).toMatchObject({
      status: 'interrupted',
      error: null,
      ledger: { capturedMs: 300, bufferedMs: 300 },
    });
  });

  it('is kept for as long as the retention says, however much that is', async () => {
    const [first, second] = [new AbortController(), new AbortController()];

    const report = await streamed(200, {
      speedRatio: 100,
      retentionMs: 180_000,
      signal: first.signal,
      haste: second.signal,
      onProgress: (_session, positionMs) => {
        if (positionMs < 170_000) return;
        first.abort();
        second.abort();
      },
    });

    expect(report.gaps).toEqual([]);
    expect(report.ledger).toMatchObject({ capturedMs: 170_000, bufferedMs: 170_000 });
  });
});
