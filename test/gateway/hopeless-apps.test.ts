/** An app that fails on the same thing again and again: its session has an end, and its client begins another. */
import { afterEach, expect, it } from 'vitest';

import { NotingApp } from './gateway-world.ts';
import { GatewayWorld } from '../resumable-websocket/gateway-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';

let world: GatewayWorld;

afterEach(() => world.close());

/** Answers each message, and throws over one. */
class FailingApp extends NotingApp {
  readonly #poison: string;
  failures = 0;

  constructor(poison: string) {
    super();
    this.#poison = poison;
  }

  override open(session: AppSession, start: AppStart): AppHandlers {
    return {
      ...super.open(session, start),
      message: (seq, data) => {
        if (data === this.#poison) {
          this.failures += 1;
          throw new RangeError('no');
        }
        session.message(data);
        session.handled(seq);
      },
    };
  }
}

it('hands a message on which its app throws to nobody a fourth time', async () => {
  const app = new FailingApp('poison');
  world = new GatewayWorld({ app });
  const client = await world.opened();

  for (const text of ['one', 'poison', 'two']) {
    client.socket.send(text);
    await world.pass(10_000);
  }

  expect(app.failures).toBe(3);
  expect(client.messages).toEqual(['one', 'two']);
  expect(world.gateway.counters.arrivals.begun).toBe(2);
});

it('is forgiven what it gets over', async () => {
  const app = new FailingApp('poison');
  world = new GatewayWorld({ app });
  const client = await world.opened();
  client.socket.send('one');
  await world.pass(1_000);

  for (let round = 0; round < 5; round += 1) {
    client.socket.send(`message ${round}`);
    await world.pass(500);
    world.crash();
    await world.pass(2_000);
  }

  expect(client.messages).toHaveLength(6);
  expect(world.gateway.counters.arrivals.begun).toBe(0);
});
