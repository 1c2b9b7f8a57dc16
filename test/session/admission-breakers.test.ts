import { afterEach, describe, expect, it, vi } from 'vitest';

import type { BreakerEvent } from '../../machines/breaker.types.ts';
import type { FailureKind } from '../../machines/failure.ts';
import { Breakers } from '../../src/session/admission/breakers.ts';
import { candidateKey } from '../../src/session/admission/candidate-key.ts';
import type { BreakerChange } from '../../src/session/admission/breakers.ts';
import { silentLogger } from '../../src/ports/logger.ts';

const KEY = candidateKey({ provider: 'deepgram-listen', region: 'eu', keyId: 'a' });

function failed(atMs: number, kind: FailureKind = 'transient'): BreakerEvent {
  const failure = { kind, code: 'test', detail: '' };
  return { type: 'dial.failed', atMs, failure, isLast: false };
}

function open(breakers: Breakers, key: string, atMs = 0): void {
  for (let nth = 0; nth < 5; nth += 1) breakers.tell(key, failed(atMs));
}

function watched(breakers: Breakers, key: string) {
  const changes: BreakerChange[] = [];
  const stop = breakers.subscribe(key, (change) => changes.push(change));
  return { changes, stop };
}

describe('the breakers of a process', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('let everybody dial what they never heard of', () => {
    const breakers = new Breakers();

    expect(breakers.mayDial(KEY, 0)).toBe(true);
    expect(breakers.ask(KEY, 0)).toBe(true);
    expect(breakers.stateOf(KEY)).toEqual({ state: 'closed', openUntilMs: 0 });
    expect(breakers.size).toBe(0);
  });

  it('open for one key and leave the others alone', () => {
    const breakers = new Breakers();
    const other = candidateKey({ provider: 'deepgram-listen', region: 'us', keyId: 'a' });

    open(breakers, KEY, 1_000);

    expect(breakers.stateOf(KEY)).toEqual({ state: 'open', openUntilMs: 31_000 });
    expect([breakers.mayDial(KEY, 30_999), breakers.mayDial(KEY, 31_000)]).toEqual([false, true]);
    expect(breakers.mayDial(other, 1_000)).toBe(true);
  });

  it('give the probe to one of two who ask at once', () => {
    const breakers = new Breakers();
    open(breakers, KEY);

    const answers = [29_999, 30_000, 30_000].map((atMs) => breakers.ask(KEY, atMs));

    expect(answers).toEqual([false, true, false]);
    expect(breakers.stateOf(KEY)).toEqual({ state: 'halfOpen', openUntilMs: 0 });
  });

  it('tell whoever subscribed of every change, and of nothing else', () => {
    const breakers = new Breakers();
    const { changes } = watched(breakers, KEY);

    open(breakers, KEY);
    breakers.ask(KEY, 30_000);
    breakers.tell(KEY, { type: 'dial.succeeded', atMs: 30_100 });
    breakers.tell(KEY, { type: 'dial.succeeded', atMs: 30_200 });

    expect(changes).toEqual([
      {
        state: 'open',
        openUntilMs: 30_000,
        signal: { type: 'breaker.opened', untilMs: 30_000, reason: 'consecutive', times: 1 },
      },
      { state: 'halfOpen', openUntilMs: 0, signal: { type: 'breaker.halfOpened' } },
      { state: 'closed', openUntilMs: 0, signal: { type: 'breaker.closed' } },
    ]);
  });

  it('tell every subscriber of its own key until it stops', () => {
    const breakers = new Breakers();
    const first = watched(breakers, KEY);
    const second = watched(breakers, KEY);
    const other = watched(breakers, 'other');

    first.stop();
    first.stop();
    open(breakers, KEY);

    expect(first.changes).toEqual([]);
    expect(second.changes).toHaveLength(1);
    expect(other.changes).toEqual([]);
  });

  it('tell the same listener as often as it subscribed', () => {
    const breakers = new Breakers();
    const listener = vi.fn();
    breakers.subscribe(KEY, listener);
    const stop = breakers.subscribe(KEY, listener);

    stop();
    open(breakers, KEY);

    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('tell the others when one listener throws, and the logger', () => {
    vi.spyOn(console, 'error').mockImplementationOnce(() => undefined);
    const error = vi.fn();
    const breakers = new Breakers({ logger: { ...silentLogger, error } });
    breakers.subscribe(KEY, () => {
      throw new Error('mine');
    });
    const { changes } = watched(breakers, KEY);

    open(breakers, KEY);

    expect(changes).toHaveLength(1);
    expect(error).toHaveBeenCalledWith('a listener threw', {
      event: 'breaker.opened',
      error: 'Error: mine',
    });
  });

  it('let a listener ask and tell', () => {
    const breakers = new Breakers();
    const answers: boolean[] = [];
    breakers.subscribe(KEY, ({ state }) => {
      if (state === 'open') answers.push(breakers.ask(KEY, 30_000));
    });

    open(breakers, KEY);

    expect(answers).toEqual([true]);
    expect(breakers.stateOf(KEY).state).toBe('halfOpen');
  });
});

describe('what is remembered', () => {
  it.each<[string, readonly BreakerEvent[], number]>([
    ['a success', [{ type: 'dial.succeeded', atMs: 0 }], 0],
    ['a dial', [{ type: 'dial.asked', atMs: 0 }], 0],
    ['a refused credential', [failed(0, 'auth')], 0],
    ['a failure', [failed(0)], 1],
    ['a stall', [{ type: 'stream.stalled', atMs: 0, isLast: false }], 1],
    ['a failure just before a success', [failed(0), { type: 'dial.succeeded', atMs: 29_999 }], 1],
    ['a failure 30 s before a success', [failed(0), { type: 'dial.succeeded', atMs: 30_000 }], 0],
  ])('%s', (_what, events, size) => {
    const breakers = new Breakers();

    for (const event of events) breakers.tell(KEY, event);

    expect(breakers.size).toBe(size);
  });

  it('is nothing once a breaker has closed', () => {
    const breakers = new Breakers();
    open(breakers, KEY);

    breakers.ask(KEY, 30_000);
    breakers.tell(KEY, { type: 'dial.succeeded', atMs: 30_000 });
    breakers.tell(KEY, { type: 'dial.succeeded', atMs: 30_000 });

    expect(breakers.size).toBe(0);
  });

  it('is swept when a new key comes', () => {
    const breakers = new Breakers();
    breakers.tell('old', failed(0));
    breakers.tell('old', { type: 'dial.succeeded', atMs: 1 });

    breakers.tell('new', failed(30_000));

    expect(breakers.size).toBe(1);
  });

  it('is 256 keys at the most: the longest unused closed one is forgotten first', () => {
    const breakers = new Breakers();
    for (let nth = 0; nth < 256; nth += 1) breakers.tell(`key ${nth}`, failed(0));
    breakers.tell('key 0', failed(0));
    const before = breakers.size;

    breakers.tell('one more', failed(0));

    expect(before).toBe(256);
    expect(breakers.size).toBe(256);
    expect(breakers.snapshotOf('key 1').context.failuresInARow).toBe(0);
    expect(breakers.snapshotOf('key 0').context.failuresInARow).toBe(2);
  });

  it('is an open breaker rather than a closed one, and a half-open one rather than a closed one', () => {
    const breakers = new Breakers({ capacity: 3 });
    open(breakers, 'half open', -30_000);
    breakers.ask('half open', 0);
    open(breakers, 'open');
    breakers.tell('closed', failed(0));

    breakers.tell('newest', failed(0));

    expect(breakers.stateOf('half open').state).toBe('halfOpen');
    expect(breakers.stateOf('open').state).toBe('open');
    expect(breakers.snapshotOf('closed').context.failuresInARow).toBe(0);
  });

  it('is an open breaker rather than a half-open one; who waits for the forgotten is told', () => {
    const breakers = new Breakers({ capacity: 2 });
    open(breakers, 'open');
    open(breakers, 'half open', -30_000);
    breakers.ask('half open', 0);
    const half = watched(breakers, 'half open');
    const whole = watched(breakers, 'open');

    open(breakers, 'next');
    const between = breakers.stateOf('open').state;
    open(breakers, 'last');

    const closed = { state: 'closed', openUntilMs: 0, signal: { type: 'breaker.closed' } };
    expect(between).toBe('open');
    expect(half.changes).toEqual([closed]);
    expect(whole.changes).toEqual([closed]);
    expect(breakers.size).toBe(2);
  });
});

describe('the key of a candidate', () => {
  it('differs wherever a part differs', () => {
    const keys = [
      candidateKey({ provider: 'a', region: 'b', keyId: 'c' }),
      candidateKey({ provider: 'a', region: 'b,c', keyId: '' }),
      candidateKey({ provider: 'a","b', region: '', keyId: 'c' }),
    ];

    expect(new Set(keys).size).toBe(3);
  });
});
