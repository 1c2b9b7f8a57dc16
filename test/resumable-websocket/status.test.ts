/** `status` is what the connection's chart says, and each change of it is told once, in order. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld } from './gateway-world.ts';
import { PlainWorld } from './plain-world.ts';
import type { ResumableSocket } from '../../src/resumable-websocket/resumable-socket.ts';

let world: GatewayWorld;

afterEach(() => world.close());

function changesOf(socket: ResumableSocket): string[] {
  const changes: string[] = [];
  socket.addEventListener('statuschange', ({ previous, current }) => {
    changes.push(`${previous}>${current}`);
  });
  return changes;
}

describe('the status of a resumable WebSocket', () => {
  it('goes where the connection goes, though the application sees one `open` and no `close`', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    const changes = changesOf(client.socket);
    expect(client.socket.status).toBe('active');

    world.crash();
    await world.pass(2_000);
    client.socket.close();
    await world.pass(2_000);

    expect(changes).toEqual([
      'active>reconnecting',
      'reconnecting>connected',
      'connected>active',
      'active>disconnected',
    ]);
    expect(client.socket.status).toBe('disconnected');
    expect(client.types).toEqual(['open', 'reconnecting', 'reconnected', 'close']);
  });

  it('is idle where it starts closed, and goes on where it is connected again', async () => {
    world = new GatewayWorld({ socket: { startClosed: true } });
    const client = world.open();
    const changes = changesOf(client.socket);
    expect(client.socket.status).toBe('idle');

    client.socket.reconnect();
    expect(client.socket.status).toBe('connecting');
    await world.pass(1_000);
    client.socket.reconnect();
    await world.pass(1_000);

    expect(changes).toEqual([
      'idle>connecting',
      'connecting>connected',
      'connected>active',
      'active>connecting',
      'connecting>connected',
      'connected>active',
    ]);
  });

  it('is error where it was given up, and disconnected once that is closed', async () => {
    world = new GatewayWorld({ socket: { maxRetries: 0 } });
    const client = await world.opened();
    const changes = changesOf(client.socket);

    world.crash();
    await world.pass(1_000);
    expect(client.socket.status).toBe('error');
    client.socket.close();
    await world.pass(0);

    expect(changes).toEqual(['active>error', 'error>disconnected']);
    expect(client.types.at(-1)).toBe('close');
  });

  it('is disconnected where a plain server said goodbye, and error where it is lost', async () => {
    const plain = new PlainWorld();
    const shouldReconnect = (): boolean => false;
    const [left, lost] = [
      await plain.opened({ shouldReconnect }),
      await plain.opened({ shouldReconnect }),
    ];
    const [leftChanges, lostChanges] = [changesOf(left.socket), changesOf(lost.socket)];

    plain.connections[0]?.close(1_000);
    await plain.pass(200);
    plain.connections[1]?.terminate();
    await plain.pass(200);

    expect(leftChanges).toEqual(['active>disconnected']);
    expect(left.types).not.toContain('error');
    expect(lostChanges).toEqual(['active>error']);
    expect(lost.types).toContain('error');
    await plain.close();
  });
});
