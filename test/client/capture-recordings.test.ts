import { describe, expect, it } from 'vitest';

import type { CaptureHandlers, RecordedChunk } from '../../src/capture/capture.types.ts';
import { CaptureRun } from '../../src/client/capture-run.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A recorder: pieces of 100 ms, and what is still unsaid when another recording begins is told first. */
class Recorder {
  handlers: CaptureHandlers<RecordedChunk> | null = null;
  renewals = 0;
  #recording = 1;
  #n = 0;
  #isNew = true;

  start(handlers: CaptureHandlers<RecordedChunk>): Promise<void> {
    this.handlers = handlers;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  renew(): void {
    this.renewals += 1;
    queueMicrotask(() => {
      this.#say();
      this.#recording += 1;
      this.#isNew = true;
    });
  }

  async record(pieces: number): Promise<void> {
    for (let n = 0; n < pieces; n += 1) {
      this.#say();
      await Promise.resolve();
    }
  }

  #say(): void {
    const capturedAtMs = this.#n * 100;
    const facts = { mimeType: 'audio/webm', capturedAtMs, durationMs: 100 };
    const [recording, isHeader] = [this.#recording, this.#isNew];
    this.#n += 1;
    this.#isNew = false;
    this.handlers?.onChunk({ bytes: Uint8Array.of(1), ...facts, recording, isHeader });
  }
}

async function runOf(capacityMs: number) {
  const told: string[] = [];
  const run = new CaptureRun<RecordedChunk>(new VirtualClock(0), capacityMs, (event) => {
    told.push(event.type === 'hole' ? `hole ${event.fromMs} to ${event.toMs}` : event.type);
  });
  const source = new Recorder();
  await run.start(() => source);
  const went: string[] = [];
  const sink = {
    isFull: false,
    hasRoom: true,
    write({ recording, isHeader, capturedAtMs }: RecordedChunk): boolean {
      if (!sink.isFull) went.push(`${recording}${isHeader ? ' begins' : ''} ${capturedAtMs}`);
      return !sink.isFull;
    },
  };
  return { run, source, sink, went, told };
}

describe('a recording that nobody takes yet', () => {
  it('goes as a whole where it waits for too long, and what is left begins with a header', async () => {
    const { run, source, sink, went, told } = await runOf(1_000);

    await source.record(11);
    run.flowTo(sink);

    expect(source.renewals).toBe(1);
    expect(told).toEqual(['hole 0 to 700']);
    expect(went[0]).toBe('2 begins 700');
    expect(went).toHaveLength(5);
  });

  it('is told of where it goes in one piece, and another begins', async () => {
    const { run, source, sink, went, told } = await runOf(50);

    await source.record(1);
    run.flowTo(sink);
    await source.record(2);

    expect(went).toEqual(['2 begins 200', '2 300']);
    expect(told).toEqual(['hole 0 to 200']);
  });
});

describe('a recording of which a piece finds no room', () => {
  it('ends there, and another begins once there is room again: the hole is told then', async () => {
    const { run, source, sink, went, told } = await runOf(1_000);
    run.flowTo(sink);
    await source.record(2);

    Object.assign(sink, { isFull: true, hasRoom: false });
    await source.record(2);
    sink.isFull = false; // for a piece, but not for a while
    await source.record(2);
    expect(source.renewals).toBe(0);
    expect(told).toEqual([]);
    sink.hasRoom = true;
    await source.record(3);

    expect(source.renewals).toBe(1);
    expect(went).toEqual(['1 begins 0', '1 100', '2 begins 800', '2 900']);
    expect(told).toEqual(['hole 200 to 800']);
  });

  it('is told of where it stops before there is room', async () => {
    const { run, source, sink, told } = await runOf(1_000);
    run.flowTo(sink);
    Object.assign(sink, { isFull: true, hasRoom: false });
    await source.record(2);

    await run.stop(null);

    expect(told).toEqual(['hole 0 to 200', 'stopped']);
  });
});
