import { describe, expect, it } from 'vitest';

import { CaptureRun } from '../../src/client/capture-run.ts';
import type { CaptureStopped } from '../../src/client/client.types.ts';
import type {
  CaptureEvent,
  CapturedChunk,
  CaptureHandlers,
  CaptureSource,
} from '../../src/capture/capture.types.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

class Source implements CaptureSource {
  handlers: CaptureHandlers | null = null;
  stopped = 0;

  start(handlers: CaptureHandlers): Promise<void> {
    this.handlers = handlers;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped += 1;
    this.hear(99); // what was heard until now
    return Promise.resolve();
  }

  hear(n: number): void {
    this.handlers?.onChunk({ bytes: Uint8Array.of(n, 0), capturedAtMs: n * 100, durationMs: 100 });
  }
}

function runOf(capacityMs = 1_000) {
  const events: (CaptureEvent | CaptureStopped)[] = [];
  const run = new CaptureRun<CapturedChunk>(new VirtualClock(5_000), capacityMs, (e) =>
    events.push(e),
  );
  const source = new Source();
  const heard: number[] = [];
  const sink = {
    hasRoom: true,
    write: ({ bytes }: CapturedChunk): boolean => heard.push(bytes[0]!) > 0,
  };
  return { run, source, events, heard, sink };
}

describe('what is captured', () => {
  it('is kept until somebody takes it, and is taken in order, once', async () => {
    const { run, source, heard, sink } = runOf();
    await run.start(() => source);
    source.hear(1);
    source.hear(2);
    expect(run.waiting).toEqual({ chunks: 2, ms: 200 });

    run.flowTo(sink);
    source.hear(3);

    expect(heard).toEqual([1, 2, 3]);
    expect(run.waiting).toEqual({ chunks: 0, ms: 0 });
  });

  it('is let go of, the oldest first, where it waits for too long, and that is told', async () => {
    const { run, source, events, heard, sink } = runOf(300);
    await run.start(() => source);

    for (const n of [1, 2, 3, 4]) source.hear(n);
    run.flowTo(sink);

    expect(heard).toEqual([2, 3, 4]);
    expect(events).toEqual([
      { type: 'hole', fromMs: 100, toMs: 200, durationMs: 100, reason: 'notConnected' },
    ]);
  });

  it('to its end goes where the rest went, and then it is told that it stopped', async () => {
    const { run, source, events, heard, sink } = runOf();
    run.flowTo(sink);
    await run.start(() => source);

    await run.stop(null);

    expect(heard).toEqual([99]);
    expect(run.isRunning).toBe(false);
    expect(events).toEqual([{ type: 'stopped', error: null, atMs: 5_000 }]);
  });

  it('comes of one source, however often it is started', async () => {
    const { run, source } = runOf();
    let made = 0;
    const make = (): Source => {
      made += 1;
      return source;
    };

    await Promise.all([run.start(make), run.start(make)]);

    expect(made).toBe(1);
  });

  it('can begin again after it was refused, and after its source failed', async () => {
    const { run, source } = runOf();
    const refusal = new TenutoError({
      code: 'MICROPHONE_DENIED',
      message: 'no',
      remediation: 'ask',
    });
    const refusing: CaptureSource = {
      start: () => Promise.reject(refusal),
      stop: () => Promise.resolve(),
    };
    await expect(run.start(() => refusing)).rejects.toBe(refusal);

    await run.start(() => source);
    expect(run.isRunning).toBe(true);
    source.handlers?.onEvent?.({ type: 'failed', error: refusal, atMs: 0 });

    expect(run.isRunning).toBe(false);
  });

  it('is over also where its source cannot stop, and tells why', async () => {
    const { run, source, events } = runOf();
    await run.start(() => source);
    source.stop = () => Promise.reject(new Error('no such device'));

    await run.stop(null);

    expect(run.isRunning).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: 'stopped', error: { code: 'INTERNAL' } });
  });
});
