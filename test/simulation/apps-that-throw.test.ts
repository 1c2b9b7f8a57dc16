/** What an app throws is caught by its gateway, and told by the simulation: nobody else would see it. */
import { describe, expect, it } from 'vitest';

import { speaker } from './an-application.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import type { App, AppHandlers } from '../../src/gateway/app.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import type { Fault } from '../../src/simulation/simulation.types.ts';

const LENGTH_MS = 10_000;

/** An app that only hears. */
const hearing = (own: Partial<AppHandlers>): App => ({
  open: () => ({
    audio: () => undefined,
    gap: () => undefined,
    finish: () => Promise.resolve(),
    close: () => Promise.resolve(),
    ...own,
  }),
});

const slip = (): never => {
  throw new Error('a slip of mine');
};

async function toldOf(speech: App, faults: readonly Fault[] = []): Promise<readonly string[]> {
  const apps = () => ({ speech, messages: createEchoApp() });
  const options = { seed: 1, lengthMs: LENGTH_MS, apps, clients: [speaker], faults };
  const { violations } = await simulate(options);
  return violations.map(
    ({ invariant, message }) => `${invariant}: ${message.split('\n')[0] ?? ''}`,
  );
}

describe('an app that throws', () => {
  it.each<[string, App]>([
    ['on audio', hearing({ audio: slip })],
    ['at its end', hearing({ finish: slip })],
    ['when it is let go of', hearing({ close: slip })],

    ['when it is let go of, in a promise', hearing({ close: async () => slip() })],
    ['when it is opened', { open: slip }],
    ['when it is asked what it accepts', { ...hearing({}), accepts: slip }],
    // eslint-disable-next-line @typescript-eslint/no-misused-promises
    ['in a promise', hearing({ audio: async () => slip() })],
  ])('%s is told of with its words', async (_, app) => {
    const told = await toldOf(app);

    expect(told.join('; ')).toMatch(/I19: an app of gateway \d(\/1)? threw Error: a slip of mine/);
  });

  it('has no handlers, and that is told', async () => {
    const told = await toldOf({ open: () => ({}) as AppHandlers });

    expect(told.join('; ')).toContain('open returned no handlers');
  });

  it('is not told of where a fault threw in its place', async () => {
    const faults = [{ kind: 'speechThrows', atMs: 3_000, forMs: 400 }];

    expect(await toldOf(hearing({}), faults)).toEqual([]);
  });
});
