/** The gateway's last word, lost on its way: the client asks again, and is told that it is over (PROTOCOL.md, P17.7). */
import { afterEach, describe, expect, it } from 'vitest';

import { LinkWorld } from './link-world.ts';
import { GatewayWorld } from '../resumable-websocket/gateway-world.ts';

/** Each way; FIN is there after one, and its answer under way. */
const LATENCY_MS = 25;

let close: () => Promise<void>;

afterEach(() => close());

describe('a session whose FIN_ACK was lost after everything else was acknowledged', () => {
  it('P17.7 has finished, and no other is begun', async () => {
    const world = await new LinkWorld().connect();
    close = () => world.close();
    await world.speak(2_000);
    await world.pass(3_000); // all is acknowledged, both ways

    const closing = world.session.close({ drainTimeoutMs: 20_000 });
    await world.clock.advanceAsync(LATENCY_MS + 5);
    const endings = { ...world.gateway.counters.endings };
    world.network.memory.reset();
    await world.pass(15_000);

    expect(endings.finished).toBe(1);
    expect(await closing).toMatchObject({ finished: true, drained: true, left: { ms: 0 } });
    expect(world.gateway.counters.arrivals).toEqual({ begun: 1, resumed: 0, takenOver: 0 });
    expect(world.of('gap')).toEqual([]);
  });

  it('P17.7 has ended for a ResumableWebSocket as it was asked to', async () => {
    const world = new GatewayWorld();
    close = () => world.close();
    const client = await world.opened();
    client.socket.send('the last');
    await world.pass(3_000);

    client.socket.close(4_000, 'said all');
    await world.clock.advanceAsync(LATENCY_MS + 5);
    world.network.memory.reset();
    await world.pass(15_000);

    expect(client.messages).toEqual(['the last']);
    expect(client.types.slice(-1)).toEqual(['close']);
    expect(world.gateway.counters.arrivals).toEqual({ begun: 1, resumed: 0, takenOver: 0 });
  });
});
