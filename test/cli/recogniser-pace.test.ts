import { describe, expect, it } from 'vitest';

import { speedOf, SURE_SPEED } from '../../src/cli/recogniser-pace.ts';
import type { Recogniser, RecogniserResult } from '../../src/simulators/recogniser/recogniser.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const MINUTE = new Uint8Array(60_000 * 32);
const FLUSHED: Omit<RecogniserResult, 'flushToken'> = {
  kind: 'final',
  startSample: 0,
  endSample: 0,
  text: '',
  words: [],
  endsUtterance: false,
  coversAudio: true,
};

/** Understands a millisecond of each of its streams in so many. */
function recogniserOf(clock: VirtualClock, msPerMs: number, open = { count: 0 }): Recogniser {
  return {
    open: ({ onResult }) => {
      open.count += 1;
      let heardMs = 0;
      return {
        write: (bytes) => (heardMs += bytes.length / 32),
        flush: (flushToken) =>
          void clock.setTimeout(() => onResult({ ...FLUSHED, flushToken }), heardMs * msPerMs),
        close: () => void (open.count -= 1),
      };
    },
    close: () => Promise.resolve(),
  };
}

async function measured(msPerMs: number, open = { count: 0 }): Promise<number> {
  const clock = new VirtualClock();
  const recogniser = recogniserOf(clock, msPerMs, open);
  const speed = speedOf({ recogniser, pcm: MINUTE, streams: 2, clock });
  await clock.advanceAsync(60_000);
  return speed;
}

describe('the speed that a recogniser follows at', () => {
  it.each([
    [0.05, 13],
    [0.1, 6],
    [0.2, 3],
    [0.5, SURE_SPEED],
    [3, SURE_SPEED],
  ])('where a second takes it %d s leaves room for what is sent again: %d', async (rate, speed) => {
    expect(await measured(rate)).toBe(speed);
  });

  it('is found without leaving a stream open', async () => {
    const open = { count: 0 };

    await measured(0.1, open);

    expect(open.count).toBe(0);
  });

  it('is not found where the recogniser breaks', async () => {
    const error = new Error('broken');
    const recogniser: Recogniser = {
      open: ({ onError }) => {
        queueMicrotask(() => onError(error as never));
        return { write: () => undefined, flush: () => undefined, close: () => undefined };
      },
      close: () => Promise.resolve(),
    };

    const speed = speedOf({ recogniser, pcm: MINUTE, streams: 2, clock: new VirtualClock() });

    await expect(speed).rejects.toBe(error);
  });
});
