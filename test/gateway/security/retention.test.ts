/** How long audio is kept: number 30 of the security list (SECURITY.md). The file store's half is in ../stores. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, audioFrame, settled } from '../gateway-world.ts';
import type { WelcomeFrame } from '../../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

async function bytesOf(sid: string): Promise<string> {
  let text = '';
  for await (const { bytes } of world.store.read(sid, 0))
    text += Buffer.from(bytes).toString('latin1');
  return text;
}

async function spoken(): Promise<WelcomeFrame> {
  world = new GatewayWorld();
  const { client, welcome } = await world.begun();
  client.send({
    ...audioFrame(welcome.epoch, 1),
    payload: new TextEncoder().encode('spoken words'.repeat(9)),
  });
  await settled();
  expect(await bytesOf(welcome.sid)).toContain('spoken words');
  client.lose();
  return welcome;
}

describe('audio', () => {
  it('#30 is gone when its session has ended, and the whole log within a few minutes', async () => {
    const { sid } = await spoken();

    await world.gateway.logout({ subject: 'ann' });
    await settled();
    const atOnce = await bytesOf(sid);
    const before = await world.store.tail(sid);
    world.clock.advance(301_000);
    await settled();

    expect(atOnce).not.toContain('spoken words');
    expect(before).not.toBeNull();
    expect(await world.store.tail(sid)).toBeNull();
  });

  it('#30 is gone when the grace is over', async () => {
    const { sid } = await spoken();

    world.clock.advance(121_000);
    await settled();
    await settled();

    expect(await bytesOf(sid)).not.toContain('spoken words');
  });
});
