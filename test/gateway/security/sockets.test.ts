/** What one socket may cost: numbers 4 to 8 of the security list (SECURITY.md). Real sockets; time is the gateway's own. */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { Served, firstOf, wsFrame } from './served.ts';
import { GatewayWorld, audioFrame, helloFacts, settled } from '../gateway-world.ts';
import { encodeFrame } from '../../../src/protocol/frames.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const served = new Served();

afterEach(() => served.close());

const UPGRADE =
  'GET /v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
  'Sec-WebSocket-Protocol: tenuto.v1\r\n\r\n';

async function upgraded() {
  const socket = served.raw();
  socket.write(UPGRADE);
  await firstOf(socket);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, closed };
}

/** Something that the gateway does by and by. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function isAttached(): boolean {
  return Array.from(served.server.gateway.sessions).some((session) => session.isAttached);
}

describe('a socket that has not said who it is', () => {
  // P2.4
  it('#4 is closed after 5 s without HELLO', async () => {
    const clock = new VirtualClock();
    await served.start({ clock });
    const peer = await served.socket();
    await until(() => clock.pending >= 2);

    clock.advance(5_000);

    expect(await peer.closed).toEqual({ code: 4400, reason: 'protocol-error' });
  });

  // P2.5
  it('#4 leaves no more than 16 KiB with the gateway, however it sends them', async () => {
    await served.start({ clock: new VirtualClock() }); // so that nothing else ends it
    const whole = wsFrame(2, new Uint8Array(60_000));
    const ways = [
      [whole.subarray(0, 20_000)], // a frame that does not end
      Array.from({ length: 40 }, (_none, at) => wsFrame(at === 0 ? 2 : 0, new Uint8Array(500), 0)),
    ];

    for (const pieces of ways) {
      const { socket, closed } = await upgraded();
      for (const piece of pieces) socket.write(piece);
      await closed;
    }

    expect(Array.from(served.server.gateway.sessions)).toEqual([]);
  });

  it('#4 is closed for a first message that no HELLO is as long as', async () => {
    await served.start();
    const peer = await served.socket();

    peer.socket.send(new Uint8Array(8_201));

    expect(await peer.closed).toEqual({ code: 4413, reason: 'too-large' });
  });
});

describe('a socket', () => {
  it(
    '#5 that sends its headers byte by byte is closed within 10 s',
    { timeout: 15_000 },
    async () => {
      await served.start();
      const socket = connect(served.server.port, '127.0.0.1');
      const startedAtMs = performance.now();
      let at = 0;
      const drip = setInterval(() => socket.write(UPGRADE[at++] ?? ''), 500);

      await new Promise((resolve) =>
        socket
          .once('close', resolve)
          .on('error', () => undefined)
          .resume(),
      );

      clearInterval(drip);
      expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    },
  );

  it('#5 that sends a frame byte by byte is closed within 15 s, whatever else it says', async () => {
    const clock = new VirtualClock();
    await served.start({ clock });
    const { socket, closed } = await upgraded();
    const hello = helloFacts();
    socket.write(wsFrame(2, encodeFrame({ type: 'hello', ...hello })));
    await until(isAttached);
    const pendingBefore = clock.pending;

    socket.write(wsFrame(2, new Uint8Array(60_000)).subarray(0, 10));
    await until(() => clock.pending > pendingBefore);
    clock.advance(12_000);

    await closed;
    await until(() => !isAttached());
    expect(clock.nowMs()).toBeLessThan(15_000);
  });

  // P13.7
  it('#6 that never reads is closed with 1 MiB waiting for it', async () => {
    await served.start();
    const peer = await served.socket();
    await peer.hello();
    const { gateway } = served.server;
    peer.socket.pause();

    const word = { type: 'word', text: 'x'.repeat(7_000) };
    for (let said = 0; said < 4_000 && gateway.counters.framesOut < 4_000; said += 1) {
      if (!Array.from(gateway.sessions).some(({ isAttached }) => isAttached)) break;
      served.app.session?.send(word);
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(Array.from(gateway.sessions, ({ isAttached }) => isAttached)).toEqual([false]);
  });

  it.each([
    [1_048_576, null],
    [1_048_577, { code: 4421, reason: 'rate' }],
  ])('#6 with %d bytes waiting for it ends so: %j', async (bufferedBytes, end) => {
    const world = new GatewayWorld();
    let closed: unknown = null;
    const door = world.gateway.accept({
      send: () => undefined,
      close: (code, reason) => (closed ??= { code, reason }),
      terminate: () => undefined,
      bufferedBytes,
      remoteAddress: '192.0.2.1',
    });

    door.onMessage(encodeFrame({ type: 'hello', ...helloFacts() }));
    await settled();
    const told = closed;
    await world.gateway.close();

    expect(told).toEqual(end);
  });

  it('#7 is closed for a frame of 65,537 bytes, before they have come', async () => {
    await served.start();
    const { socket } = await upgraded();

    socket.write(wsFrame(2, new Uint8Array(65_537)).subarray(0, 14)); // its head says how long it is
    const answer = Buffer.from(await firstOf(socket), 'latin1');

    expect([answer[0], answer.readUInt16BE(2)]).toEqual([0x88, 4_413]);
  });

  it('#7 may send one of 65,536', async () => {
    await served.start();
    const peer = await served.socket();
    await peer.hello();
    const payload = new Uint8Array(65_536 - 24);

    peer.send({ ...audioFrame(1, 1), payload });
    await until(() => served.app.audio.length > 0);

    expect(served.app.audio).toHaveLength(1);
  });

  it('#8 is closed for a message in a flood of pieces', async () => {
    await served.start({ clock: new VirtualClock() }); // so that nothing else ends it
    const { socket, closed } = await upgraded();
    const hello = helloFacts();
    socket.write(wsFrame(2, encodeFrame({ type: 'hello', ...hello })));
    await until(() => Array.from(served.server.gateway.sessions).length > 0);
    const answers: Buffer[] = [];
    socket.on('data', (bytes) => answers.push(bytes));
    const before = process.memoryUsage().rss;

    const pieces = Buffer.concat(
      Array.from({ length: 10_000 }, () => wsFrame(0, new Uint8Array(0), 0)),
    );
    socket.write(wsFrame(2, new Uint8Array(1), 0));
    for (let sent = 0; sent < 100 && !socket.destroyed; sent += 1) {
      socket.write(pieces);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => Buffer.concat(answers).includes(Buffer.of(0x88, 2, 1008 >> 8, 1008 & 255)));

    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1_024 * 1_024); // of both ends, in this process
    socket.destroy();
    await closed;
  });
});
