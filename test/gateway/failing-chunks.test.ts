/** A chunk of audio on which an app throws: it is handed silence as long as that was, and the client is told which samples. */
import { afterEach, expect, it } from 'vitest';

import { GatewayWorld, NotingApp, helloFacts, settled } from './gateway-world.ts';
import { HeldStore } from './held-store.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(() => world.gateway.close());

class FailingApp extends NotingApp {
  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    return {
      ...handlers,
      audio: (audio) => {
        if (audio.seq === 2) throw new Error('no');
        handlers.audio(audio);
      },
    };
  }
}

it('P24.3: is told to the app as missing, and to the client once, and the rest is heard', async () => {
  const app = new FailingApp();
  world = new GatewayWorld(undefined, undefined, { apps: new Map([['speech', app]]) });
  const first = world.client();
  let welcome = (await first.hello()) as WelcomeFrame;
  for (const seq of [1, 2, 3]) first.audio(welcome.epoch, seq);
  await settled();

  const { sid, epoch } = welcome;
  const claim = { mode: 'resume', sid, resume: welcome.resume, epoch } as const;
  const second = await world.client().hello({ ...claim, att: 2 });
  const client = world.client();
  welcome = (await client.hello({ ...claim, att: 3 })) as WelcomeFrame;
  await settled();

  expect(first.closed).toMatchObject({ code: 4440 });
  expect(second).toMatchObject({ type: 'refused', why: 'app-failed', retryAfterMs: 2_000 });
  expect(welcome).toMatchObject({ type: 'welcome', resumed: true, up: 2 });
  expect(app.gaps).toEqual([{ toSeq: 2, position: 1_600, samples: 1_600, cause: 'setAside' }]);
  const told = client.of('data').map(({ payload }) => new TextDecoder().decode(payload));
  expect(told).toEqual(['{"type":"tenuto.setAside","seq":2,"bytes":0,"from":1600,"to":3200}']);
});

it('P24.2: is waited for by who comes back before a slow store has the count: its session is not over', async () => {
  const store = new HeldStore();
  const apps = new Map([['speech', new FailingApp()]]);
  world = new GatewayWorld(store, undefined, { apps });
  const first = world.client();
  const { sid, resume, epoch } = (await first.hello()) as WelcomeFrame;
  store.isHeld = true;
  for (const seq of [1, 2]) first.audio(epoch, seq);
  await settled();

  const second = world.client();
  second.send({ type: 'hello', ...helloFacts(), mode: 'resume', sid, resume, epoch, att: 2 });
  await settled();
  const before = second.frames.length;
  store.release();
  await settled();
  await settled();

  expect(before).toBe(0);
  expect(second.frames).toMatchObject([{ type: 'refused', code: 4420, why: 'app-failed' }]);
});
