/** A gateway that takes a session over: what the one before had to tell comes first, and nothing is passed over. */
import { describe, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, NotingApp, settled } from './gateway-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

/** Says something as soon as it is opened. */
class HastyApp extends NotingApp {
  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    session.send({ type: 'serving', provider: 'second', missing: [] });
    return handlers;
  }
}

describe('a gateway that takes over', () => {
  it('sends the final that was committed and not sent before anything of its own', async () => {
    const store = createMemoryStore();
    const before = new GatewayWorld(store);
    const first = before.client();
    const { sid, resume, epoch } = (await first.hello()) as WelcomeFrame;
    first.audio(epoch, 1);
    before.app.session?.result({ type: 'final', from: 0, to: 1_600, text: 'one' });
    await settled();
    const app = new HastyApp();
    const after = new GatewayWorld(store, undefined, { apps: new Map([['speech', app]]) });

    const second = after.client();
    await second.hello({ ...helloFacts(), mode: 'resume', sid, resume, att: 2, epoch });
    await settled();

    const said = second.of('data').map(({ seq, payload }) => {
      const { type } = JSON.parse(Buffer.from(payload).toString()) as { readonly type: string };
      return [seq, type];
    });
    expect(said).toEqual([
      [1, 'final'],
      [2, 'serving'],
    ]);
  });
});
