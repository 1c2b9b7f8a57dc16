import { afterEach, describe, expect, it, vi } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import type { LogField, Logger } from '../../src/ports/logger.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { SessionEmitter } from '../../src/session/emitter.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { expectQuiet } from '../support/expect-quiet.ts';
import { sayFinal, transcriptFrame } from '../support/fake-provider.ts';
import { settle } from '../support/virtual-clock.ts';
import { TalkWorld } from './talk-world.ts';

function transcript(text: string, isFinal: boolean): SessionEvent {
  return {
    type: 'transcript',
    text,
    isFinal,
    startMs: 0,
    endMs: 0,
    words: [],
    endsUtterance: false,
    provider: 'fake',
  };
}

async function textsOf(events: AsyncIterable<SessionEvent>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const event of events) if (event.type === 'transcript') texts.push(event.text);
  return texts;
}

const said = (text: string, toSample = 1_600) =>
  transcriptFrame({ fromSample: 0, toSample, text, isFinal: false });

describe('stateChange', () => {
  it('follows a session from idle to disconnected, with a reason for each step', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(100);
    world.last.end();
    await world.pass(2_000);
    const closed = world.session.close({ drainTimeoutMs: 0 });
    await world.pass(10);
    await closed;

    const steps = world.eventsOf('stateChange');
    expect(steps.map(({ previous, current, reason }) => [previous, current, reason])).toEqual([
      ['idle', 'connecting', 'session.connect'],
      ['connecting', 'connected', 'socket.configured'],
      ['connected', 'active', 'replay.finished'],
      ['active', 'reconnecting', 'socket.lost'],
      ['reconnecting', 'connected', 'socket.configured'],
      ['connected', 'active', 'replay.finished'],
      ['active', 'disconnected', 'session.close'],
    ]);
  });

  it('has the order as its reason when connect starts over after an error', async () => {
    const world = new TalkWorld({ outcome: () => ({ code: 1006, reason: '' }) });
    await Promise.all([world.session.connect().catch(() => undefined), world.pass(10)]);

    const again = world.session.connect().catch(() => undefined);
    await world.pass(10);
    await again;

    expect(world.eventsOf('stateChange').map(({ current, reason }) => [current, reason])).toEqual([
      ['connecting', 'session.connect'],
      ['error', 'socket.lost'],
      ['connecting', 'session.connect'],
      ['error', 'socket.lost'],
    ]);
  });

  it('says so when a link died of silence', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(1_000);
    world.transport.outcome = () => 'hangs';
    world.last.isHalfOpen = true;

    await world.speak(8_000);

    expect(world.eventsOf('stateChange').at(-1)).toMatchObject({
      previous: 'active',
      current: 'reconnecting',
      reason: 'link.died',
    });
  });

  it('comes when the status is already so', async () => {
    const world = new TalkWorld();
    const seen: boolean[] = [];
    world.session.on('stateChange', ({ current }) => seen.push(world.session.status === current));

    await world.connected();
    world.last.end();
    await world.pass(2_000);

    expect(seen.length).toBeGreaterThan(5);
    expect(seen).not.toContain(false);
  });
});

describe('the error that ends a loop', () => {
  it('is told once, after connection.failed, and stands in session.error until it connects', async () => {
    const world = await new TalkWorld({ session: { reconnect: { maxAttempts: 1 } } }).connected();
    world.transport.outcome = (dial) => (dial === 2 ? { code: 1006, reason: '' } : 'opens');
    world.last.end();
    await world.pass(2_000);
    const { error } = world.session;

    await world.connected();

    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', retryable: true });
    expect(world.eventsOf('error').map((event) => event.error)).toEqual([error]);
    const types = world.events.map(({ type }) => type);
    expect(types.indexOf('error')).toBeGreaterThan(types.indexOf('connection.failed'));
    expect(world.session.error).toBeNull();
  });
});

describe('a listener', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('that throws is logged and harms nobody', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const logged: (Readonly<Record<string, LogField>> | undefined)[] = [];
    const logger: Logger = { ...silentLogger, error: (_message, fields) => logged.push(fields) };
    const world = new TalkWorld({ session: { logger } });
    world.session.on('*', () => {
      throw new Error('not me');
    });
    const heard: string[] = [];
    world.session.on('transcript', ({ text }) => heard.push(text));

    await world.connected();
    await world.speak(1_000);
    sayFinal(world.last, { fromSample: 0, toSample: 8_000, text: 'hello' });
    world.last.end();
    await world.pass(5_000);

    expect(heard).toEqual(['hello']);
    expect(world.session.status).toBe('active');
    expect(world.session.ledger.deliveredMs).toBe(500);
    expect(logged[0]).toMatchObject({ error: 'Error: not me' });
  });

  it('hears nothing any more once it was taken off', async () => {
    const world = await new TalkWorld().connected();
    const heard: string[] = [];
    const stop = world.session.on('transcript', ({ text }) => heard.push(text));

    await world.speak(1_000);
    world.last.say(said('one'));
    stop();
    world.last.say(said('two'));

    expect(heard).toEqual(['one']);
  });

  it.each(['transcript', 'audio.flowing', 'gap', 'stateChange'] as const)(
    'may close the session from inside %s',
    async (type) => {
      const world = new TalkWorld({ session: { retentionMs: 2_000 } });
      const closed = new Promise((resolve) => {
        world.session.on(type, () => void world.session.close().then(resolve));
      });
      const write = () => world.blurt(4_000);
      if (type === 'gap') expect(write).toThrow(TenutoError);
      else write();
      const connecting = world.session.connect().catch(() => undefined);
      await world.pass(100);
      if (type === 'transcript') sayFinal(world.last, { fromSample: 0, toSample: 1_600 });
      await world.pass(20_000);

      await Promise.all([closed, connecting]);
      expectQuiet(world);
    },
  );

  it('may write from inside a transcript', async () => {
    const world = await new TalkWorld().connected();
    await world.speak(1_000);
    world.session.on('transcript', () => world.blurt(20));

    sayFinal(world.last, { fromSample: 0, toSample: 1_600 });
    await world.pass(100);

    expect(world.session.ledger).toMatchObject({ captured: 51, delivered: 5, buffered: 46 });
  });
});

describe('events()', () => {
  it('gives what the listeners get, and ends with the session', async () => {
    const world = new TalkWorld();
    const events = world.session.events();
    const seen: SessionEvent[] = [];
    const reading = (async () => {
      for await (const event of events) seen.push(event);
    })();

    await world.connected();
    await world.speak(500);
    const closing = world.session.close();
    await world.pass(5_000);
    await closing;
    await reading;

    expect(seen).toEqual(world.events);
    expect(seen.at(-1)).toMatchObject({ type: 'stateChange', current: 'disconnected' });
  });

  it('ends at once after the session has ended', async () => {
    const world = new TalkWorld();
    await world.session.close();

    expect(await world.session.events().next()).toMatchObject({ done: true });
  });

  it('stops collecting when its loop is left', async () => {
    const emitter = new SessionEmitter(10, silentLogger);
    const events = emitter.events();
    const first = events.next();
    emitter.emit(transcript('one', true));
    await first;

    await events.return(undefined);
    emitter.emit(transcript('two', true));

    expect(await events.next()).toMatchObject({ done: true });
  });

  it('may be left while it waits for the next event', async () => {
    const emitter = new SessionEmitter(10, silentLogger);
    const events = emitter.events();
    const waiting = events.next();
    await settle();

    const left = events.return(undefined);

    expect(await left).toMatchObject({ done: true });
    expect(await waiting).toMatchObject({ done: true });
  });

  it('drops the oldest interims of a slow reader first', async () => {
    const emitter = new SessionEmitter(4, silentLogger);
    const events = emitter.events();

    emitter.emit(transcript('final 1', true));
    emitter.emit(transcript('interim 1', false));
    emitter.emit(transcript('final 2', true));
    emitter.emit(transcript('interim 2', false));
    emitter.emit(transcript('final 3', true));
    emitter.emit(transcript('final 4', true));
    emitter.end();

    expect(await textsOf(events)).toEqual(['final 1', 'final 2', 'final 3', 'final 4']);
  });

  it('is bounded, whatever comes: beyond it the oldest event goes, and the log says so', async () => {
    const dropped: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (_text, fields) => dropped.push(fields) };
    const emitter = new SessionEmitter(2, logger);
    const events = emitter.events();

    for (const text of ['1', '2', '3', '4', '5']) emitter.emit(transcript(text, true));
    emitter.end();

    expect(await textsOf(events)).toEqual(['4', '5']);
    expect(dropped).toEqual(Array(3).fill({ event: 'transcript' }));
  });

  it('serves each reader by itself', async () => {
    const emitter = new SessionEmitter(10, silentLogger);
    const one = emitter.events();
    emitter.emit(transcript('a', true));
    const two = emitter.events();
    emitter.emit(transcript('b', true));
    emitter.end();

    expect(await textsOf(one)).toEqual(['a', 'b']);
    expect(await textsOf(two)).toEqual(['b']);
  });
});

describe('delays and durations', () => {
  it('are told in whole milliseconds, and the places of audio as they are', () => {
    const emitter = new SessionEmitter(10, silentLogger);
    const told: SessionEvent[] = [];
    emitter.on('*', (event) => told.push(event));
    const gap = { fromMs: 20.5, toMs: 40.0625, durationMs: 19.5625, chunks: 1 } as const;

    emitter.emit({
      type: 'connection.reconnecting',
      attempt: 1,
      maxAttempts: Infinity,
      persistsForMs: Infinity,
      backoffDelayMs: 627.193_4,
      component: 'stt',
      bufferedAudioChunks: 3,
      cause: { kind: 'transient', code: '1006', detail: '' },
    });
    emitter.emit({ type: 'connection.suspected', silentForMs: 1_199.6, component: 'stt' });
    emitter.emit({ type: 'gap', reason: 'ringOverflow', ...gap });

    expect(told).toMatchObject([
      { backoffDelayMs: 627, persistsForMs: Infinity, maxAttempts: Infinity },
      { silentForMs: 1_200 },
      gap,
    ]);
  });
});
