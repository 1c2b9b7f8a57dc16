import { describe, expect, it, vi } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { expectQuiet } from '../support/expect-quiet.ts';
import { audio, outcomeOf, TalkWorld } from './talk-world.ts';

const refused = (status: number) => () => ({ code: 1006, reason: '', status }) as const;

async function errorOf(promise: Promise<unknown>): Promise<TenutoError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!TenutoError.is(error)) throw new Error(`not a TenutoError: ${String(error)}`);
  return error;
}

describe('connect', () => {
  it('resolves when audio may flow', async () => {
    const world = new TalkWorld();
    const connecting = world.session.connect();

    const before = await outcomeOf(connecting);
    await world.pass(5);

    expect(before).toBe('pending');
    expect(await outcomeOf(connecting)).toBeUndefined();
    expect(world.session.status).toBe('active');
    expect(world.session.error).toBeNull();
  });

  it.each([
    [401, 'AUTH_REFUSED', false],
    [402, 'QUOTA_EXHAUSTED', false],
    [400, 'CONFIG_REFUSED', false],
    [429, 'RATE_LIMITED', true],
    [503, 'CONNECTION_FAILED', true],
  ])('rejects on http %i with %s, retryable: %s', async (status, code, retryable) => {
    const world = new TalkWorld({ outcome: refused(status) });
    const connecting = errorOf(world.session.connect());

    await world.pass(10);
    const error = await connecting;

    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toContain(`http ${status}`);
    expect(error.remediation).not.toBe('');
    expect(world.session.status).toBe('error');
    expect(world.session.error).toBe(error);
    expect(world.transport.sockets).toHaveLength(1);
    expect(world.clock.pending).toBe(0);
  });

  it('tells how often it tried', async () => {
    const world = new TalkWorld({
      outcome: refused(503),
      session: { reconnect: { retryInitialConnect: true } },
    });
    const connecting = errorOf(world.session.connect());

    await world.pass(60_000);

    expect((await connecting).message).toContain('after 5 attempts');
    expect(world.transport.sockets).toHaveLength(6);
  });

  it('rejects when the socket does not open in time', async () => {
    const world = new TalkWorld({ outcome: () => 'hangs' });
    const connecting = errorOf(world.session.connect());

    await world.pass(10_000);

    expect(await connecting).toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('is classified by the provider: Deepgram answers a wrong key with 401', async () => {
    const apiKey = 'a-key-that-is-wrong';
    const world = new TalkWorld({
      outcome: () => ({ code: 1006, reason: '', status: 401, body: `{"err_msg":"bad ${apiKey}"}` }),
      session: { candidates: [deepgramListen({ apiKey })] },
    });
    const connecting = errorOf(world.session.connect());

    await world.pass(10);
    const error = await connecting;

    expect(error).toMatchObject({ code: 'AUTH_REFUSED', retryable: false });
    expect(error.message).not.toContain(apiKey);
    expect(world.last.request.headers).toEqual({ authorization: `Token ${apiKey}` });
  });

  it('may be called again after an error', async () => {
    const world = new TalkWorld({ outcome: (dial) => (dial === 1 ? refused(503)() : 'opens') });
    const failing = errorOf(world.session.connect());
    await world.pass(10);
    await failing;

    await world.connected();

    expect(world.session.status).toBe('active');
    expect(world.session.error).toBeNull();
  });

  it.each(['error', 'connection.failed', 'stateChange'] as const)(
    'may be called from the listener that hears of its end: %s',
    async (type) => {
      const world = new TalkWorld({ outcome: (dial) => (dial === 1 ? refused(503)() : 'opens') });
      let again: Promise<void> | undefined;
      world.session.on(type, (event) => {
        if (event.type !== 'stateChange' || event.current === 'error') {
          again = world.session.connect();
        }
      });
      const first = errorOf(world.session.connect());

      await world.pass(20);

      expect(await first).toMatchObject({ code: 'CONNECTION_FAILED' });
      expect(await outcomeOf(again!)).toBeUndefined();
      expect(world.session.status).toBe('active');
    },
  );

  it('resolves at once while the link stands', async () => {
    const world = await new TalkWorld().connected();

    expect(await outcomeOf(world.session.connect())).toBeUndefined();
    expect(world.transport.sockets).toHaveLength(1);
  });

  it('ends a wait for the next attempt', async () => {
    const world = await new TalkWorld().connected();
    world.last.end();
    await world.pass(100);

    await world.connected();

    expect(world.session.status).toBe('active');
    expect(world.transport.sockets).toHaveLength(2);
  });

  it('rejects when the session is closed meanwhile, and ever after', async () => {
    const world = new TalkWorld();
    const connecting = errorOf(world.session.connect());

    await world.session.close();

    expect(await connecting).toMatchObject({ code: 'SESSION_CLOSED' });
    expect(await errorOf(world.session.connect())).toMatchObject({ code: 'SESSION_CLOSED' });
    expectQuiet(world);
  });
});

describe('a signal', () => {
  it('that is aborted before dials nothing', async () => {
    const world = new TalkWorld();

    const error = await errorOf(world.session.connect({ signal: AbortSignal.abort() }));

    expect(error).toMatchObject({ code: 'CONNECT_ABORTED' });
    expect(world.transport.sockets).toHaveLength(0);
  });

  it.each(['while dialling', 'during the loop'])('gives the connection up %s', async (when) => {
    const world = new TalkWorld({
      outcome: () => (when === 'while dialling' ? 'hangs' : refused(503)()),
      session: { reconnect: { retryInitialConnect: true } },
    });
    const controller = new AbortController();
    const connecting = errorOf(world.session.connect({ signal: controller.signal }));
    await world.pass(500);

    controller.abort();
    await world.pass(0);

    expect(await connecting).toMatchObject({ code: 'CONNECT_ABORTED' });
    expectQuiet(world);
  });

  it('does nothing any more once the link stands', async () => {
    const world = new TalkWorld();
    const controller = new AbortController();
    const connecting = world.session.connect({ signal: controller.signal });
    await world.pass(10);
    await connecting;

    controller.abort();
    await world.pass(10);

    expect(world.session.status).toBe('active');
  });
});

describe('a credential', () => {
  it('is asked for on every dial, with the reason', async () => {
    const askCredential = vi.fn(async () => 'key');
    const world = await new TalkWorld({
      provider: { askCredential, traits: { refreshesCredential: true } },
    }).connected();

    world.transport.outcome = (dial) => (dial === 2 ? refused(401)() : 'opens');
    world.last.end();
    await world.pass(2_000);

    expect(askCredential.mock.calls).toEqual([['connect'], ['reconnect'], ['refused']]);
    expect(world.session.status).toBe('active');
  });

  it('that cannot be had is a passing failure with its reason', async () => {
    const world = new TalkWorld({
      provider: { askCredential: () => Promise.reject(new Error('token server is down')) },
    });

    const error = await errorOf(world.session.connect());

    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', retryable: true });
    expect(error.message).toContain('token server is down');
  });

  it('that never comes ends the dial when its time is over', async () => {
    const world = new TalkWorld({
      provider: { askCredential: () => new Promise(() => undefined) },
    });
    const connecting = errorOf(world.session.connect());

    await world.pass(60_000);

    expect(await connecting).toMatchObject({ code: 'CONNECTION_FAILED', retryable: true });
    expect(world.clock.pending).toBe(0);
  });

  it('that comes after its session was closed dials nothing', async () => {
    let come: (key: string) => void = () => undefined;
    const world = new TalkWorld({
      provider: { askCredential: () => new Promise((resolve) => (come = resolve)) },
    });
    const connecting = errorOf(world.session.connect());
    await world.session.close();

    come('key');
    await world.pass(1_000);

    expect((await connecting).code).toBe('SESSION_CLOSED');
    expect(world.transport.sockets).toHaveLength(0);
    expectQuiet(world);
  });

  it('that comes too late serves nobody: the next dial runs', async () => {
    const coming: (() => void)[] = [];
    const world = new TalkWorld({
      provider: {
        askCredential: () =>
          new Promise<void>((resolve) => {
            coming.push(resolve);
          }),
      },
      session: { reconnect: { retryInitialConnect: true } },
    });
    const connecting = world.session.connect();
    await world.pass(12_000);
    const asked = coming.length;

    coming[0]!();
    await world.pass(10);
    const dialsOfTheLateOne = world.transport.sockets.length;
    coming[1]!();
    await world.pass(10);
    await connecting;

    expect(asked).toBe(2);
    expect(dialsOfTheLateOne).toBe(0);
    expect(world.transport.sockets).toHaveLength(1);
  });
});

describe('a transport that throws', () => {
  it('fails the dial, and audio is kept', async () => {
    const world = new TalkWorld();
    world.transport.dial = () => {
      throw new TypeError('no such protocol');
    };
    world.session.write(audio(0, 20));

    const error = await errorOf(world.session.connect());

    expect(error.message).toContain('no such protocol');
    expect(world.session.ledger.bufferedMs).toBe(20);
  });
});
