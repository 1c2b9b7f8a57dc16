/** An app that throws where its client comes, or on audio: the client is told at once, and no line of the log names its session. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, NotingApp, settled } from './gateway-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

class FailingApp extends NotingApp {
  readonly #faults: Partial<AppHandlers>;

  constructor(faults: Partial<AppHandlers>) {
    super();
    this.#faults = faults;
  }

  override open(session: AppSession, start: AppStart): AppHandlers {
    return { ...super.open(session, start), ...this.#faults };
  }
}

const fail = (): never => {
  throw new Error('no');
};

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

function open(faults: Partial<AppHandlers>): readonly string[] {
  const lines: string[] = [];
  const note = (...words: unknown[]): void => void lines.push(JSON.stringify(words));
  const logger = { debug: note, info: note, warn: note, error: note };
  const apps = new Map([['speech', new FailingApp(faults)]]);
  world = new GatewayWorld(undefined, undefined, { apps, logger });
  return lines;
}

describe('an app that throws', () => {
  it('P24.2: as its client comes has that client told, which is on no session that is gone', async () => {
    open({ attached: (isAttached) => isAttached && fail() });
    const client = world.client();

    await client.hello();
    await settled();

    expect(client.closed?.code).toBe(4440);
    expect(Array.from(world.gateway.sessions)).toEqual([]);
  });

  it('P24.2: or opens with a promise of handlers, is an app that does not open', async () => {
    const told: unknown[] = [];
    const app = { open: () => Promise.resolve({}) as never };
    world = new GatewayWorld(undefined, undefined, {
      apps: new Map([['speech', app]]),
      onAppError: (error) => told.push(String(error)),
    });

    const answer = await world.client().hello();

    expect(answer).toMatchObject({ type: 'refused', why: 'app-failed' });
    expect(told).toEqual([expect.stringContaining('open returned no handlers')]);
  });

  it('#24 has no session id in the log', async () => {
    const lines = open({ audio: fail });
    const client = world.client();
    const { sid, epoch } = (await client.hello()) as WelcomeFrame;

    client.audio(epoch);
    await settled();

    expect(lines.some((line) => line.includes('An app failed'))).toBe(true);
    expect(lines.filter((line) => line.includes(sid))).toEqual([]);
  });

  it('on audio leaves no timer of its attachment', async () => {
    open({ audio: fail });
    const { client, epoch } = await world.begun();
    const before = world.clock.pending;

    client.audio(epoch);
    client.lose();
    await settled();

    expect(world.clock.pending).toBeLessThanOrEqual(before);
  });
});
