/** When a client is told how far it may send. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled } from './gateway-world.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(() => world.gateway.close());

describe('acknowledgements', () => {
  it('P13.2: come early to who has used up half of what it may send', async () => {
    world = new GatewayWorld(undefined, undefined, {
      limits: { framesPerS: Infinity, bytesPerS: Infinity },
    });
    const client = world.client();
    const { epoch, maxSeq } = (await client.hello()) as WelcomeFrame;

    for (let seq = 1; seq <= maxSeq; seq += 1) {
      client.send(audioFrame(epoch, seq));
      await settled();
    }

    const acks = client.of('ack');
    expect(acks.length).toBeGreaterThan(1);
    expect(acks.length).toBeLessThan(6);
    expect(acks.at(-1)!.maxSeq).toBeGreaterThan(maxSeq);
  });

  it('P13.2: are few for who is held to a rate, however fast it sends', async () => {
    world = new GatewayWorld(undefined, undefined, {
      limits: { framesPerS: 20, bytesPerS: Infinity },
    });
    const client = world.client();
    const { epoch, maxSeq } = (await client.hello()) as WelcomeFrame;

    for (let seq = 1; seq <= maxSeq; seq += 1) {
      client.send(audioFrame(epoch, seq));
      await settled();
    }

    expect(client.of('ack').length).toBeLessThan(3);
  });
});
