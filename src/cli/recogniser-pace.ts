/** How fast the recogniser of this machine is just now: audio that comes faster than it is understood is no stream any more. */
import type { Clock } from '../ports/clock.ts';
import type { Recogniser } from '../simulators/recogniser/recogniser.ts';

/** Audio that is understood to find out, in each stream. */
const SAMPLE_MS = 6_000;
const BYTES_PER_MS = 32;
const RATE_HZ = 16_000;
/** What is lost is sent again beside what comes, and others use the machine too. */
const HEADROOM_RATIO = 1.5;

/** Up to this any machine that runs the recogniser at all follows: nothing is measured. */
export const SURE_SPEED = 2;

export interface PaceOptions {
  readonly recogniser: Recogniser;
  /** PCM s16le mono, 16 kHz. */
  readonly pcm: Uint8Array;
  /** Heard at the same time. */
  readonly streams: number;
  readonly clock: Clock;
}

/** @returns how many times real time each of the streams may come: at least `SURE_SPEED`. */
export async function speedOf(options: PaceOptions): Promise<number> {
  const sample = options.pcm.subarray(0, SAMPLE_MS * BYTES_PER_MS);
  await understand(options, sample.subarray(0, sample.length >> 3)); // models are loaded first
  const startedAtMs = options.clock.nowMs();
  await understand(options, sample);
  const tookMs = Math.max(1, options.clock.nowMs() - startedAtMs);
  const ratio = sample.length / BYTES_PER_MS / tookMs / HEADROOM_RATIO;
  return Math.max(SURE_SPEED, Math.floor(ratio));
}

async function understand({ recogniser, streams }: PaceOptions, pcm: Uint8Array): Promise<void> {
  await Promise.all(Array.from({ length: streams }, () => understandOnce(recogniser, pcm)));
}

function understandOnce(recogniser: Recogniser, pcm: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = recogniser.open({
      sampleRateHz: RATE_HZ,
      onResult: ({ flushToken }) => {
        if (flushToken === undefined) return;
        stream.close();
        resolve();
      },
      onError: reject,
    });
    stream.write(pcm);
    stream.flush(1);
  });
}
