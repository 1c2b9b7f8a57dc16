/** Who watches the sessions of an app is noticed by nobody: the app hears all that it would hear without. */
import { expect, it } from 'vitest';

import { Watch } from '../../../src/cli/serve/watch.ts';
import type { App, AppHandlers } from '../../../src/gateway/app.ts';

const nothing = (): void => undefined;
const SESSION = {
  id: 'a',
  send: nothing,
  result: nothing,
  message: nothing,
  hint: nothing,
  handled: nothing,
  end: nothing,
};
const START = {
  audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
  fin: 0,
  isTakenOver: false,
} as const;

it('hands an app everything that it is to hear', async () => {
  const heard: string[] = [];
  const note = (what: string) => () => void heard.push(what);
  const all: Required<AppHandlers> = {
    audio: note('audio'),
    gap: note('gap'),
    event: note('event'),
    message: note('message'),
    attached: note('attached'),
    held: note('held'),
    finish: () => Promise.resolve(note('finish')()),
    close: () => Promise.resolve(note('close')()),
  };
  const app: App = { open: () => all };

  const handlers = new Watch(nothing).over(app).open(SESSION, START);
  for (const name of Object.keys(all) as (keyof AppHandlers)[]) {
    await (handlers[name] as (() => unknown) | undefined)?.();
  }

  expect(heard).toEqual(Object.keys(all));
});

it.each([
  [true, 'finished'],
  [false, 'heard'],
])('tells whether its client is there to be told the end (%s: %s)', async (isThere, why) => {
  const told: unknown[] = [];
  const ends = (): Promise<void> => Promise.resolve();
  const app: App = {
    open: () => ({ audio: nothing, gap: nothing, finish: ends, close: ends }),
  };
  const handlers = new Watch((news) => told.push(news)).over(app).open(SESSION, START);

  handlers.attached?.(true);
  if (!isThere) handlers.attached?.(false);
  await handlers.finish();
  await handlers.close();

  expect(told.at(-1)).toMatchObject({ type: 'session.over', why });
});

it('asks the app what audio it takes', () => {
  const app: App = { accepts: ({ encoding }) => encoding === 'opus', open: () => never() };

  const watched = new Watch(nothing).over(app);

  expect(watched.accepts?.(START.audio)).toBe(false);
});

function never(): never {
  throw new Error('not opened');
}
