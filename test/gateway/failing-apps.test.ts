/** What an app that throws does to a session: nothing that was acknowledged is lost without its client being told (P24). */
import { afterEach, describe, expect, it } from 'vitest';

import { NotingApp } from './gateway-world.ts';
import { GatewayWorld } from '../resumable-websocket/gateway-world.ts';
import type { Told } from '../resumable-websocket/told.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';

let world: GatewayWorld;

const isOver = ({ closes }: Told): boolean => closes.at(-1)?.willReconnect === false;

afterEach(() => world.close());

/** Answers each message in capitals, and throws over some. */
class FailingApp extends NotingApp {
  readonly #poisons: ReadonlySet<string>;
  readonly isAsync: boolean;
  opens = true;
  openings = 0;
  readonly failures: string[] = [];

  constructor(poisons: readonly string[], isAsync = false) {
    super();
    this.#poisons = new Set(poisons);
    this.isAsync = isAsync;
  }

  override open(session: AppSession, start: AppStart): AppHandlers {
    this.openings += 1;
    if (!this.opens) throw new Error('no database');
    return {
      ...super.open(session, start),
      message: (seq, data) => {
        const text = String(data);
        if (this.#poisons.has(text)) {
          this.failures.push(text);
          const error = new Error(text);
          if (!this.isAsync) throw error;
          return Promise.reject(error) as unknown as void; // as an async function, which TypeScript takes
        }
        session.message(text.toUpperCase());
        session.handled(seq);
      },
    };
  }
}

describe('a message on which its app throws', () => {
  it('P24.2: is handed over three times, and the others once', async () => {
    const app = new FailingApp(['poison']);
    world = new GatewayWorld({ app });
    const client = await world.opened();

    for (const text of ['a', 'poison', 'b', 'c']) client.socket.send(text);
    await world.pass(10_000);
    client.socket.send('d');
    await world.pass(1_000);

    expect(app.failures).toEqual(['poison', 'poison', 'poison']);
    expect(client.messages).toEqual(['A', 'B', 'C', 'D']);
    expect(client.socket.bufferedAmount).toBe(0);
  });

  it('P24.2: is set aside at once where what follows it is handled by the time it fails', async () => {
    const app = new FailingApp(['poison'], true);
    world = new GatewayWorld({ app });
    const client = await world.opened();

    for (const text of ['a', 'poison', 'b']) client.socket.send(text);
    await world.pass(10_000);

    expect(app.failures).toEqual(['poison']);
    expect(client.messages).toEqual(['A', 'B']);
    expect(client.indexes).toEqual([1]);
  });

  it('P24.2: is handed over again where a promise of its is rejected', async () => {
    const app = new FailingApp(['poison'], true);
    world = new GatewayWorld({ app });
    const client = await world.opened();

    for (const text of ['a', 'poison']) client.socket.send(text);
    await world.pass(10_000);
    client.socket.send('b');
    await world.pass(1_000);

    expect(app.failures).toEqual(['poison', 'poison', 'poison']);
    expect(client.messages).toEqual(['A', 'B']);
  });

  it('P24.4: is told to its client as lost, once, with its place', async () => {
    world = new GatewayWorld({ app: new FailingApp(['poison']) });
    const client = await world.opened();

    for (const text of ['a', 'poison', 'b']) client.socket.send(text);
    await world.pass(10_000);
    world.crash();
    await world.pass(10_000);

    expect(client.losses).toEqual([{ reason: 'setAside', messages: 1, bytes: 6, isCertain: true }]);
    expect(client.indexes).toEqual([1]);
    expect(client.messages).toEqual(['A', 'B']);
    expect(world.gateway.counters.arrivals.begun).toBe(0);
  });

  it('P24.1: is counted in the log: a gateway that dies meanwhile begins nothing anew', async () => {
    const app = new FailingApp(['poison']);
    world = new GatewayWorld({ app });
    const client = await world.opened();

    client.socket.send('poison');
    while (app.failures.length < 2) await world.pass(50);
    await world.pass(50);
    world.crash();
    await world.pass(10_000);

    expect(app.failures).toHaveLength(3);
    expect(client.losses).toHaveLength(1);
  });

  it('is not the only one: each is set aside, and told', async () => {
    const app = new FailingApp(['p', 'q']);
    world = new GatewayWorld({ app });
    const client = await world.opened();

    for (const text of ['p', 'a', 'q', 'b']) client.socket.send(text);
    await world.pass(20_000);

    expect(client.indexes).toEqual([0, 2]);
    expect(client.messages).toEqual(['A', 'B']);
    expect(world.gateway.counters.appFailures).toEqual({ again: 4, setAside: 2, gaveUp: 0 });
  });
});

describe('an app that fails on everything', () => {
  it('P24.5: is given up in the end, and its client is told what was acknowledged and not handled', async () => {
    const texts = Array.from({ length: 30 }, (_, at) => `p${at}`);
    world = new GatewayWorld({ app: new FailingApp(texts) });
    const client = await world.opened();

    for (const text of texts) client.socket.send(text);
    await world.pass(120_000);

    const { losses } = client;
    expect(losses.reduce((sum, { messages }) => sum + messages, 0)).toBe(30);
    expect(isOver(client)).toBe(true);
    expect(client.words.at(-1)).toContain('the app messages of this gateway fails');
    expect(world.gateway.counters.appFailures.gaveUp).toBe(1);
  });
});

describe('an app that does not open', () => {
  it('P24.5: is waited for half a minute, and then the client is told for good', async () => {
    const app = new FailingApp([]);
    app.opens = false;
    world = new GatewayWorld({ app });
    const client = world.open();

    await world.pass(24_000);
    const before = isOver(client);
    await world.pass(36_000);

    expect(before).toBe(false);
    expect(app.openings).toBe(5);
    expect(isOver(client)).toBe(true);
    expect(client.words.at(-1)).toContain('the app messages of this gateway fails');
  });

  it('opens when what it needs is back', async () => {
    const app = new FailingApp([]);
    app.opens = false;
    world = new GatewayWorld({ app });
    const client = world.open();

    await world.pass(12_000);
    app.opens = true;
    await world.pass(20_000);
    client.socket.send('a');
    await world.pass(1_000);

    expect(client.messages).toEqual(['A']);
  });

  it('P24.5: of a session that was taken over is given up, and what it had not handled is told', async () => {
    const app = new FailingApp([]);
    world = new GatewayWorld({ app });
    const client = await world.opened();
    client.socket.send('a');
    await world.pass(1_000);

    app.opens = false;
    world.crash();
    await world.pass(1_000);
    client.socket.send('b');
    await world.pass(60_000);

    expect(isOver(client)).toBe(true);
    expect(client.losses).toEqual([{ reason: 'closed', messages: 1, bytes: 1, isCertain: true }]);
    expect(app.openings).toBe(6);
  });
});

it('P10.6: an app that there is not is told by its name, and not dialled for again', async () => {
  world = new GatewayWorld();
  const client = world.open({ app: 'counting' });

  await world.pass(60_000);

  expect(isOver(client)).toBe(true);
  expect(client.words.at(-1)).toContain('this gateway has no app counting');
  expect(world.gateway.counters.refusals[4400]).toBe(1);
});
