/** A session that begins where another one was lost. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';

let world: GatewayWorld;

afterEach(() => world.gateway.close());

describe('a new session', () => {
  it('is told all of its own, whatever its client had of one before', async () => {
    world = new GatewayWorld();
    const client = world.client();

    const welcome = await client.hello({ rcv: 57, epoch: 3 });
    world.app.session?.message('the first of this session');
    await settled();

    expect(welcome).toMatchObject({ type: 'welcome', resumed: false, downFrom: 1 });
    expect(client.of('data').map(({ seq }) => seq)).toEqual([1]);
  });
});
