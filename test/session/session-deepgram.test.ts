/** The session with a real provider's facts: what goes over the wire to Deepgram, and when. */
import { describe, expect, it } from 'vitest';

import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import type { FakeSocket } from '../support/fake-transport.ts';
import { expectBalanced, expectQuiet } from '../support/expect-quiet.ts';
import { audio, heardMs, TalkWorld } from './talk-world.ts';

interface Results {
  readonly startS: number;
  readonly endS: number;
  readonly text?: string;
  readonly isFinal?: boolean;
  readonly fromFinalize?: boolean;
}

function results(facts: Results): string {
  const { startS, endS, text = '', isFinal = true, fromFinalize = false } = facts;
  const duration = endS - startS;
  const words = text.split(' ').filter(Boolean);
  return JSON.stringify({
    type: 'Results',
    start: Math.fround(startS),
    duration: Math.fround(duration),
    is_final: isFinal,
    from_finalize: fromFinalize,
    channel: {
      alternatives: [
        {
          transcript: text,
          words: words.map((word, index) => ({
            word,
            start: Math.fround(startS + (index * duration) / words.length),
            end: Math.fround(startS + ((index + 0.9) * duration) / words.length),
            confidence: 0.9,
          })),
        },
      ],
    },
  });
}

const doneS = new WeakMap<FakeSocket, number>();

function answer(socket: FakeSocket, frame: string | Uint8Array): void {
  if (typeof frame !== 'string') return;
  const { type } = JSON.parse(frame) as { type: string };
  const startS = doneS.get(socket) ?? 0;
  const endS = heardMs(socket) / 1_000;
  if (type !== 'KeepAlive' && endS > startS) {
    doneS.set(socket, endS);
    socket.answer(results({ startS, endS, text: 'rest', fromFinalize: type === 'Finalize' }));
  }
  if (type === 'CloseStream') {
    socket.answer(JSON.stringify({ type: 'Metadata', duration: endS }));
    socket.endsAfter(15, { code: 1000, reason: '' });
  }
}

function sayFinal(socket: FakeSocket, facts: Results): void {
  doneS.set(socket, facts.endS);
  socket.say(results(facts));
}

function deepgramWorld(session = {}): TalkWorld {
  return new TalkWorld({
    onFrame: answer,
    session: { candidates: [deepgramListen({ apiKey: 'key' })], ...session },
  });
}

const textFrames = ({ sent }: FakeSocket) => sent.filter(({ frame }) => typeof frame === 'string');
const audioFrames = ({ sent }: FakeSocket) => sent.filter(({ frame }) => typeof frame !== 'string');

describe('a quiet link to Deepgram', () => {
  it('gets KeepAlive as text within 5 s of the last frame, again and again', async () => {
    const world = await deepgramWorld().connected();
    await world.speak(500);
    const lastAudioAtMs = audioFrames(world.last).at(-1)!.atMs;

    await world.pass(30_000);

    const sent = textFrames(world.last);
    expect(new Set(sent.map(({ frame }) => frame))).toEqual(new Set(['{"type":"KeepAlive"}']));
    let beforeMs = lastAudioAtMs;
    for (const { atMs } of sent) {
      expect(atMs - beforeMs).toBeGreaterThanOrEqual(4_000);
      expect(atMs - beforeMs).toBeLessThanOrEqual(5_000);
      beforeMs = atMs;
    }
    expect(sent.length).toBeGreaterThanOrEqual(6);
  });

  it('gets no KeepAlive while audio flows', async () => {
    const world = await deepgramWorld().connected();

    await world.speak(10_000);

    expect(textFrames(world.last)).toEqual([]);
  });

  it('gets silence before the first 10 s are over, which shifts no time and enters no books', async () => {
    const world = await deepgramWorld().connected();
    const openedAtMs = world.clock.nowMs() - 5;
    await world.pass(12_000);
    const primer = audioFrames(world.last);
    await world.speak(1_000);

    sayFinal(world.last, { startS: 0, endS: 0.6, text: 'hello' });

    expect(primer).toHaveLength(1);
    expect(primer[0]!.atMs - openedAtMs).toBeLessThan(10_000);
    expect(world.last.audio.subarray(3_200)).toEqual(audio(0, 1_000));
    expect(world.finals).toMatchObject([{ text: 'hello', startMs: 0, endMs: 500 }]);
    expect(world.session.ledger).toMatchObject({ capturedMs: 1_000, deliveredMs: 500, gap: 0 });
  });

  it('is primed again on the socket that follows', async () => {
    const world = await deepgramWorld().connected();
    await world.pass(12_000);
    world.last.end();

    await world.pass(12_000);

    expect(world.transport.sockets).toHaveLength(2);
    expect(audioFrames(world.last)).toHaveLength(1);
  });

  it('that is half-open while nobody speaks is noticed and replaced', async () => {
    const world = await deepgramWorld().connected();
    await world.speak(500);
    sayFinal(world.last, { startS: 0, endS: 0.5 });
    await world.pass(20_000);
    world.last.isHalfOpen = true;

    await world.pass(12_000);

    expect(world.eventsOf('connection.suspected')).toHaveLength(1);
    expect(world.transport.sockets).toHaveLength(2);
    expect(world.session.status).toBe('active');
  });
});

describe('a link that stands while we sleep', () => {
  it.each([1_000, 10_000, 3_600_000])('is not suspected after %i ms', async (ms) => {
    const world = await deepgramWorld().connected();
    await world.speak(1_000);

    world.clock.sleep(ms);
    await world.speak(1_000);

    expect(world.eventsOf('connection.suspected')).toEqual([]);
    expect(world.transport.sockets).toHaveLength(1);
    expect(world.session.status).toBe('active');
  });
});

describe('a loss in the middle of a segment', () => {
  it('costs nothing: what no final covered goes out again at 1.2 times real time', async () => {
    const world = await deepgramWorld().connected();
    await world.speak(4_000);
    sayFinal(world.last, { startS: 0, endS: 2.51, text: 'one two' });
    world.last.say(results({ startS: 2.51, endS: 4, text: 'thr', isFinal: false }));
    world.last.end();
    await world.speak(12_000);
    const second = world.last;
    const [opened] = audioFrames(second);

    await world.speak(4_000);

    expect(second.audio).toEqual(audio(2_510, 2_510 + heardMs(second)));
    const afterMs = (ms: number) =>
      audioFrames(second).filter(({ atMs }) => atMs <= opened!.atMs + ms).length * 20;
    expect(afterMs(5_000)).toBeGreaterThan(5_000 * 1.2 - 100);
    expect(afterMs(5_000)).toBeLessThanOrEqual(5_000 * 1.2 + 280);
  });

  it('keeps the clock of the session and tells no word twice', async () => {
    const world = await deepgramWorld().connected();
    await world.speak(4_000);
    sayFinal(world.last, { startS: 0, endS: 2.5, text: 'one two' });
    world.last.say(results({ startS: 2.5, endS: 4, text: 'three', isFinal: false }));
    world.last.end();
    await world.speak(6_000);

    sayFinal(world.last, { startS: 0, endS: 2, text: 'three four' });
    const drained = world.session.drain();
    await world.pass(20_000);

    expect(await drained).toBe(true);
    expect(world.finals.map(({ text, startMs }) => [text, Math.round(startMs)])).toEqual([
      ['one two', 0],
      ['three four', 2_500],
      ['rest', 4_500],
    ]);
    expect(world.finals[1]!.words.map(({ startMs }) => Math.round(startMs))).toEqual([
      2_500, 3_500,
    ]);
    expectBalanced(world.session);
  });

  it('drops what a confused service tells again', async () => {
    const world = await deepgramWorld().connected();
    await world.speak(4_000);
    sayFinal(world.last, { startS: 0, endS: 2, text: 'one two' });
    sayFinal(world.last, { startS: 0, endS: 2, text: 'one two' });
    sayFinal(world.last, { startS: 1, endS: 3, text: 'two three' });

    expect(world.finals.map(({ text }) => text)).toEqual(['one two', 'three']);
    expect(world.session.ledger).toMatchObject({ duplicatesSuppressed: 1, deliveredMs: 3_000 });
  });
});

describe('closing', () => {
  it('asks for what is pending, says CloseStream, and ends when Deepgram has closed', async () => {
    const world = await deepgramWorld().connected();
    await world.speak(1_000);
    const startedAtMs = world.clock.nowMs();
    let endedAtMs = 0;

    const closing = world.session.close().finally(() => (endedAtMs = world.clock.nowMs()));
    await world.pass(10_000);

    expect(await closing).toMatchObject({ drained: true, left: { chunks: 0 } });
    expect(world.last.texts).toEqual(['{"type":"Finalize"}', '{"type":"CloseStream"}']);
    expect(endedAtMs - startedAtMs).toBeLessThan(100);
    expectQuiet(world);
  });

  it('settles by the last Metadata what no Finalize answered', async () => {
    const world = new TalkWorld({
      onFrame: (socket, frame) => {
        if (frame !== '{"type":"Finalize"}') answer(socket, frame);
      },
      session: { candidates: [deepgramListen({ apiKey: 'key' })] },
    });
    await world.connected();
    await world.speak(1_000);

    const closing = world.session.close({ drainTimeoutMs: 1_000 });
    await world.pass(10_000);

    expect(await closing).toMatchObject({ drained: true, ledger: { deliveredMs: 1_000 } });
    expectQuiet(world);
  });

  it('waits no longer than 3 s for a goodbye, after a drain of its own time', async () => {
    const world = new TalkWorld({
      onFrame: () => undefined,
      session: { candidates: [deepgramListen({ apiKey: 'key' })] },
    });
    await world.connected();
    await world.speak(1_000);
    const startedAtMs = world.clock.nowMs();
    let endedAtMs = 0;

    const closing = world.session
      .close({ drainTimeoutMs: 700 })
      .finally(() => (endedAtMs = world.clock.nowMs()));
    await world.pass(10_000);

    expect(await closing).toMatchObject({ drained: false, left: { ms: 1_000 } });
    expect(endedAtMs - startedAtMs).toBe(3_700);
    expectQuiet(world);
  });
});
