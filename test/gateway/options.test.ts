/** What a gateway of one's own is given: mistakes are told before anybody connects. */
import { describe, expect, it } from 'vitest';

import { NotingApp } from './gateway-world.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServerOptions } from '../../src/gateway/server.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';

const GOOD = { store: createMemoryStore(), apps: new Map([['speech', new NotingApp()]]) };

describe('a gateway', () => {
  it.each([
    ['a misspelt verifier', { verfy: () => null }, /verfy/],
    ['a misspelt list of pages', { origin: ['https://app.example'] }, /origin"/],
    ['no store', { store: undefined }, /store/],
    ['no application', { apps: new Map() }, /apps/],
    ['a grace that is no number', { graceMs: Number.NaN }, /graceMs is NaN/],
    ['a grace of two days', { graceMs: 172_800_000 }, /graceMs/],
    [
      'a store that forgets within the grace',
      { store: { ...createMemoryStore(), append: () => undefined, maxAgeMs: 60_000 } },
      /after 60000 ms.*120000/,
    ],
  ])('with %s does not begin', async (_what, wrong, message) => {
    const options = { ...GOOD, ...wrong } as unknown as GatewayServerOptions;

    await expect(startGateway(options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('with a store that forgets after twice the grace begins', async () => {
    const store = Object.assign(createMemoryStore(), { maxAgeMs: 240_000 });

    const server = await startGateway({ ...GOOD, store });
    await server.close();

    expect(server.port).toBeGreaterThan(0);
  });
});
