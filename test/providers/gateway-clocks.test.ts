/** What a client tells a gateway of its time comes from the ports that it is given. */
import { expect, it } from 'vitest';

import { systemRandom } from '../../src/ports/random.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import type { ProtocolFrame } from '../../src/protocol/types.ts';
import type { StreamMemory } from '../../src/providers/contract.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import type { Custody } from '../../src/providers/gateway/custody.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { GatewayWorld } from '../resumable-websocket/gateway-world.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const url = 'ws://127.0.0.1:1';

function wallIn(frame: unknown): number | null {
  const hello = decodeFrame(frame as Uint8Array) as ProtocolFrame;
  return hello.type === 'hello' ? hello.clock.wall : null;
}

it('a session’s candidate says the wall clock’s time, and measures by the session’s clock', () => {
  const clock = new VirtualClock(77);
  let custody: Custody | null = null;
  const shared: StreamMemory['shared'] = (create) => {
    const made = create(systemRandom, clock);
    custody = made as unknown as Custody;
    return made;
  };
  const conversation: StreamMemory['conversation'] = () => ({ items: [], owesReply: false });
  const provider = gateway({ url, wallClock: () => 1_234 });

  const stream = provider.openStream(FORMAT, { conversation, handle: null, shared });
  const [hello] = stream.encodeHello?.() ?? [];

  expect(wallIn(hello)).toBe(1_234);
  expect((custody as Custody | null)?.clock).toBe(clock);
});

it('a resumable WebSocket says the wall clock’s time', async () => {
  const world = new GatewayWorld();

  await world.opened({ wallClock: () => 1_234 });

  const [session] = world.gateway.sessions;
  expect(session?.card.clock.wall).toBe(1_234);
  await world.close();
});
