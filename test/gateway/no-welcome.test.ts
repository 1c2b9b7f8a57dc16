/** A gateway that takes the socket and says nothing is given up, and dialled again. */
import { describe, expect, it } from 'vitest';

import { gateway } from '../../src/providers/gateway/gateway.ts';
import { WELCOME_TIMEOUT_MS } from '../../src/protocol/limits.ts';
import { Session } from '../../src/session/session.ts';
import { MemoryTransport } from '../../src/testing/memory-transport.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** How often a link is looked at. */
const LOOK_MS = 500;

describe('a WELCOME', () => {
  it('that does not come within 5 s of HELLO costs the socket (P2.4)', async () => {
    const clock = new VirtualClock(0);
    const transport = new MemoryTransport({ clock, latencyMs: 20 });
    const session = new Session({
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
});
