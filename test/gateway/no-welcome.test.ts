/** A gateway that takes the socket and says nothing is given up, and dialled again. */
import { describe, expect, it } from 'vitest';

import { expectExactlyOnce, LinkWorld } from './link-world.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { WELCOME_TIMEOUT_MS } from '../../src/protocol/limits.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { MemoryTransport } from '../../src/testing/memory-transport.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** How often a link is looked at. */
const LOOK_MS = 500;

describe('a WELCOME', () => {
  it('that does not come within 5 s of HELLO costs the socket (P2.4)', async () => {
    const clock = new VirtualClock(0);
    const transport = new MemoryTransport({ clock, latencyMs: 20 });
    const session = openSession({
      candidates: [gateway({ url: 'wss://voice.example' })],
      transport,
      clock,
      reconnect: { retryInitialConnect: true },
    });
    const connected = session.connect();
    connected.catch(() => undefined);

    await clock.advanceAsync(WELCOME_TIMEOUT_MS);
    expect(transport.live).toHaveLength(1);
    expect(transport.sockets).toHaveLength(1);
    await clock.advanceAsync(LOOK_MS + 20);

    expect(transport.live).not.toContain(transport.sockets[0]);
    await session.close({ drainTimeoutMs: 0 });
    expect(clock.pending).toBe(0);
  });

  it('that a path swallows with the answer to a ping costs the socket after a second (P2.4)', async () => {
    const world = await new LinkWorld().connect();
    await world.speak(2_000);
    const { memory } = world.network;
    memory.reset();
    await world.clock.advanceAsync(60); // opened, and HELLO is on its way

    memory.halfOpen();
    await world.speak(2_000);

    expect(memory.sockets).toHaveLength(3);
    expect(world.of('connection.reconnected')).toHaveLength(1);
    await world.pass(3_000);
    expectExactlyOnce(await world.logged(), world.session.ledger.captured);
    await world.close();
  });
});
