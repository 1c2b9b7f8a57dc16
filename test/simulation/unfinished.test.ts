/** A client that does not come to its end in time: why, and nothing that only follows from it. */
import { describe, expect, it } from 'vitest';

import { CHUNK, seconds, SecondsApp, speaker } from './an-application.ts';
import type { App, AppHandlers } from '../../src/gateway/app.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import type {
  ClientFactory,
  SimulatedPlace,
  SimulateOptions,
} from '../../src/simulation/simulate.types.ts';

const LENGTH_MS = 5_000;

async function found(options: Partial<SimulateOptions>): Promise<readonly string[]> {
  const usual = { seed: 1, lengthMs: LENGTH_MS, apps: seconds, clients: [speaker], faults: [] };
  const { violations } = await simulate({ ...usual, ...options });
  return violations.map(({ invariant, atMs, message }) => {
    return `${invariant} at ${Math.round(atMs)}: ${message}`;
  });
}

/** A speaker that finishes in this way. */
const finishing =
  (finish: (place: SimulatedPlace) => unknown): ClientFactory =>
  (place) => ({ ...speaker(place), finish: () => finish(place) });

const takes = (ms: number) =>
  finishing((place) => new Promise((resolve) => place.clock.setTimeout(() => resolve(null), ms)));

/** An app of seconds with handlers of its own. */
const appWith = (own: Partial<AppHandlers>) => () => ({
  speech: {
    open: (session, start) => ({
      ...new SecondsApp(() => undefined).open(session, start),
      ...own,
    }),
  } satisfies App,
});

describe('a client', () => {
  it('has 90 s to finish, and not a second more', async () => {
    const early = await found({ clients: [takes(89_999)] });
    const late = await found({ clients: [takes(90_001)] });

    expect(early.join()).not.toContain('has not finished');
    expect(late[0]).toBe('I10 at 95000: client 1 has not finished');
  });

  it('that never finishes is told of once, and not as one that has', async () => {
    const clients = [finishing(() => new Promise(() => undefined))];

    expect(await found({ clients })).toEqual(['I10 at 95000: client 1 has not finished']);
  });

  it('that finishes without closing its session is told of, and not what its session does then', async () => {
    const told = await found({ clients: [finishing(() => undefined)] });

    expect(told).toEqual([
      expect.stringMatching(/^I10 at .* it has not closed: it is active/),
      expect.stringMatching(/^I19 at .* client 1 has finished, and keeps 1 sockets$/),
    ]);
  });

  it('that hangs when its session has closed does so by itself, and not for its app', async () => {
    const hangs: ClientFactory = (place) => {
      const client = speaker(place);
      const finish = async () => {
        await client.finish();
        await new Promise(() => undefined);
      };
      return { ...client, finish };
    };

    expect(await found({ clients: [hangs] })).toEqual(['I10 at 95000: client 1 has not finished']);
  });

  it('whose app does not finish is told so', async () => {
    const apps = appWith({ finish: () => new Promise(() => undefined) });

    expect(await found({ apps })).toEqual([
      'I10 at 95000: client 1 has not finished: its app does not finish, and 50 of what its app was handed are not handled yet',
    ]);
  });

  it('whose app handles nothing is told so, and what is left', { timeout: 60_000 }, async () => {
    const talker: ClientFactory = (place) => {
      const session = place.watch(
        openSession({ candidates: [gateway(place.gateway)], ...place.session }),
      );
      void session.connect().catch(() => undefined);
      place.every(100, () => session.write(CHUNK));
      return { finish: () => session.close({ drainTimeoutMs: 90_000 }) };
    };
    const apps = appWith({});

    expect(await found({ apps, clients: [talker], lengthMs: 180_000 })).toEqual([
      'I10 at 270000: client 1 has not finished: 1663 of what its app was handed are not handled yet, and 137 chunks are left',
    ]);
  });
});
