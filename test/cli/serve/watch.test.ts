/** What `tenuto serve` sees of sessions is seen on the way: the application is told all that it would be told without. */
import { expect, it } from 'vitest';

import { Watch } from '../../../src/cli/serve/watch.ts';
import { NotingApp } from '../../gateway/gateway-world.ts';
import type { AppHandlers, AppSession } from '../../../src/gateway/app.ts';

it('P13.7: an application behind tenuto serve is held back, and let go on', () => {
  const held: boolean[] = [];
  const app = new NotingApp();
  const open = app.open.bind(app);
  app.open = (session, start): AppHandlers => ({
    ...open(session, start),
    held: (isHeld) => held.push(isHeld),
  });
  const session = { id: 'a'.repeat(26) } as AppSession;
  const audio = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

  const handlers = new Watch(() => undefined)
    .over(app)
    .open(session, { fin: 0, audio, isTakenOver: false });
  handlers.held?.(true);
  handlers.held?.(false);

  expect(held).toEqual([true, false]);
});
