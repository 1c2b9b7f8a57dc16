/** A session in which everything was said and whose client is away: the gauge says so, and it has finished in the end. */
import { afterEach, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';
import { metricsOf } from '../../src/gateway/http/metrics.ts';

let world: GatewayWorld;

afterEach(() => world.gateway.close());

it('is told apart from one that goes on, and has finished when the grace is over', async () => {
  world = new GatewayWorld();
  const client = world.client();
  await client.hello();
  world.app.session?.send({ type: 'said' });
  client.send({ type: 'fin', lastSeq: 0 });
  await settled();

  client.lose();
  const meanwhile = metricsOf(world.gateway);
  await world.clock.advanceAsync(121_000);
  await settled();

  expect(meanwhile).toContain('tenuto_sessions{state="detached"} 0');
  expect(meanwhile).toContain('tenuto_sessions{state="concluded"} 1');
  expect(metricsOf(world.gateway)).toContain('tenuto_sessions{state="concluded"} 0');
  expect(world.gateway.counters.endings).toMatchObject({ finished: 1, expired: 0 });
});
