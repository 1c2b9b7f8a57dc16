/** What the turn chart hears of a session: edges, however much audio there is. */
import { describe, expect, it, onTestFinished } from 'vitest';

import { resolveOptions } from '../../src/session/options.ts';
import { TurnTaking } from '../../src/session/turn-taking.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const CHUNK_MS = 20;
const CHUNK_BYTES = 640;

function started() {
  const clock = new VirtualClock(1_000);
  const events: string[] = [];
  const told: (readonly [string, number])[] = [];
  const options = resolveOptions({
    candidates: [fakeProvider()],
    transport: new FakeTransport({ clock }),
    clock,
    inspect: (event) => {
      if (event.type !== '@xstate.event' || event.event.type.startsWith('xstate.')) return;
      events.push(event.event.type);
    },
  });
  const turns = new TurnTaking(options, {
    onSignal: ({ type, atMs }) => told.push([type, atMs]),
    onBroken: () => undefined,
  });
  onTestFinished(() => {
    turns.stop();
  });
  return {
    clock,
    events,
    told,
    turns,
    /** @param level of a square wave; 0 is silence. */
    hear: (ms: number, level: number): void => {
      for (let at = 0; at < ms; at += CHUNK_MS) {
        const samples = new Int16Array(CHUNK_BYTES / 2).map((_, index) =>
          index & 8 ? level : -level,
        );
        turns.heard(new Uint8Array(samples.buffer));
        clock.advance(CHUNK_MS);
      }
    },
  };
}

describe('speech in the audio', () => {
  it('is told where it begins and where it pauses, and not chunk by chunk', () => {
    const { events, told, turns, hear } = started();

    hear(400, 0);
    hear(2_000, 8_000);
    hear(2_000, 0);

    expect(events).toEqual(['speech.heard', 'speech.ceased']);
    expect(told).toEqual([
      ['speech.started', 1_400],
      ['speech.paused', 3_680], // 300 ms of audio without any
    ]);
    expect(turns).toMatchObject({ speechMs: 2_000, isPaused: true, spokenThrough: 76_800 });
  });

  it('is over where the service says so first, and begins anew with the next word', () => {
    const { events, told, turns, hear } = started();
    hear(1_000, 8_000);

    turns.utteranceEnded();
    hear(1_000, 0);
    hear(200, 8_000);

    expect(events).toEqual(['speech.heard', 'utterance.ended', 'speech.heard']);
    expect(told.map(([type]) => type)).toEqual([
      'speech.started',
      'speech.paused',
      'speech.started',
    ]);
  });
});

describe('an answer', () => {
  it('that is put off again and again is told where it begins and where it ends', () => {
    const { clock, events, told, turns } = started();

    for (let part = 0; part < 100; part += 1) {
      turns.answering(clock.nowMs() + 500);
      clock.advance(20);
    }
    clock.advance(479);
    const before = events.length;
    clock.advance(1);

    expect(before).toBe(1);
    expect(events).toEqual(['answer.begun', 'answer.ended']);
    expect(told).toEqual([
      ['speech.started', 1_000],
      ['speech.paused', 3_480],
    ]);
    expect(clock.pending).toBe(0);
  });

  it('that is cut is over at once', () => {
    const { clock, events, turns } = started();
    turns.answering(clock.nowMs() + 30_000);
    clock.advance(1_000);

    turns.answering(0);

    expect(events).toEqual(['answer.begun', 'answer.ended']);
    expect(clock.pending).toBe(0);
  });

  it('that never was is not told of', () => {
    const { events, turns } = started();

    turns.answering(0);

    expect(events).toEqual([]);
  });
});
