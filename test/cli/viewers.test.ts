/** A page that does not read costs whoever tells it a bounded amount, however much there is to tell. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { Viewers } from '../../src/cli/inspect/viewers.ts';
import { WireHistory } from '../../src/observability/wire-history.ts';
import { WIRE_VERSION } from '../../src/observability/wire.ts';
import { reading } from './inspect-world.ts';

const ACTORS = 4_000;

it('is told of all actors that were there before it, and no faster than it reads', async () => {
  const history = new WireHistory({ capacity: 1 });
  for (let at = 0; at <= ACTORS; at += 1) history.add(actorOf(`x:${at}`));
  const viewers = new Viewers(history, { title: '', note: '' });
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    viewers.close();
    server.close();
  });
  await once(server, 'listening');
  const page = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const viewer = reading(page);
  page.pause();
  const [socket] = (await once(server, 'connection')) as [WebSocket];

  viewers.add(socket);
  const waiting = socket.bufferedAmount;
  if (page.readyState !== page.OPEN) await once(page, 'open');
  page.resume();

  await expect.poll(() => viewer.events.length, { timeout: 20_000 }).toBe(ACTORS + 1);
  expect(waiting).toBeLessThan(1_200_000);
  expect(new Set(viewer.events.map(({ sessionId }) => sessionId)).size).toBe(ACTORS + 1);
});

function actorOf(sessionId: string) {
  return {
    type: '@xstate.actor' as const,
    sessionId,
    name: sessionId,
    createdAt: '1',
    _version: WIRE_VERSION,
    definition: '{}',
    snapshot: { status: 'active', value: 'y'.repeat(2_000) },
  };
}
