/** A process that comes back with its spool while no gateway lets it in: how long it is tried. */
import { afterEach, describe, expect, it } from 'vitest';

import { Lives } from './lives.ts';
import { expectExactlyOnce, LinkWorld } from '../gateway/link-world.ts';
import { keeping } from '../../src/session/keeping.ts';

let isBusy = false;
let all: Lives;

/** Gateways whose verifier is away answer 4420: come again (P11.4). */
function lives(): Lives {
  const verify = () =>
    isBusy ? Promise.reject(new Error('it is away')) : Promise.resolve({ subject: 'ann' });
  all = new Lives(new LinkWorld(1, {}, undefined, {}, { verify }));
  return all;
}

afterEach(async () => {
  isBusy = false;
  await all.world.close();
});

describe('a client that comes back with its spool to gateways that answer 4420', () => {
  /** P12.12, P16.5 */
  it.each([
    ['', { reconnect: { retryInitialConnect: true } }],
    [', and by default', { reconnect: {} }],
    [', also as pages have it', { parts: [keeping] }],
  ])('is let in as soon as they can, for as long as its session is kept%s', async (_, options) => {
    const { world } = lives();
    const first = await (await all.begin()).connect();
    await first.speak(1_000);
    await first.spool.flush();
    first.kill();
    isBusy = true;

    const second = await (await all.begin(options)).connect();
    await world.pass(100_000);
    const { status } = second.session;
    isBusy = false;
    await world.pass(40_000);
    const logged = await world.logged();
    await second.close();

    expect(status).toBe('reconnecting');
    expect(second.of('gateway.attached')[0]).toMatchObject({ resumed: true });
    expectExactlyOnce(logged, all.written);
  });

  it('gives up where it never had a session, as any first connection does', async () => {
    const { world } = lives();
    isBusy = true;
    const first = await (await all.begin()).connect();
    await first.spool.flush();
    first.kill();

    const second = await (await all.begin()).connect();
    await world.pass(100_000);

    expect(second.session.status).toBe('error');
    await second.close();
  });
});
