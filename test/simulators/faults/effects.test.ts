import { createServer } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { message, openWorld, quietSpell, until, type World } from './harness.ts';

const FRAME_BYTES = 648;
const worlds: World[] = [];

async function world(plan: string): Promise<World> {
  const opened = await openWorld(plan);
  worlds.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((opened) => opened.close()));
});

describe('reset', () => {
  it('ends the connection on both sides with 1006, and the next one works', async () => {
    const { proxy, clock, server, dialAndSpeak } = await world('reset@1s');
    const client = await dialAndSpeak();

    clock.advance(1_000);

    await until(() => client.heard.closeCode === 1_006 && server[0]?.closeCode === 1_006);
    expect([client.heard.errorCode, server[0]?.errorCode]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(proxy.faults()).toEqual([
      {
        fault: { kind: 'reset', atMs: 1_000 },
        firedAtMs: 2_000,
        endedAtMs: 2_000,
        connection: 1,
        effect: 'connection 1 reset',
      },
    ]);
    await proxy.ended;
    await dialAndSpeak();
  });
});

describe('midframe', () => {
  it('leaves the server with half a frame and no message of it', async () => {
    const { proxy, clock, server, dialAndSpeak } = await world('midframe@1s');
    const client = await dialAndSpeak();
    const rawBytes = server[0]!.rawBytes;

    clock.advance(1_000);
    expect(proxy.pending()).toBe(1);
    client.speak(2);

    await until(() => client.heard.closeCode === 1_006 && server[0]?.closeCode === 1_006);
    expect(server[0]!.messages).toEqual([1]);
    expect(server[0]!.rawBytes - rawBytes).toBe(FRAME_BYTES / 2);
    expect(proxy.faults()[0]?.effect).toContain('324 of 648 bytes');
  });

  it('waits for a write that is worth cutting', async () => {
    const { proxy, clock, dialAndSpeak } = await world('midframe@1s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    client.socket.send('{"type":"KeepAlive"}');
    await quietSpell();

    expect(client.heard.closeCode).toBe(null);
    expect(proxy.pending()).toBe(1);
  });
});

describe('half-open', () => {
  it('silences both ways for good while both ends stay up, and later connections work', async () => {
    const { clock, server, dialAndSpeak } = await world('half-open@1s:0s');
    const client = await dialAndSpeak();

    clock.advance(1_000);
    client.speak(2);
    client.socket.ping();
    await dialAndSpeak();
    clock.advance(60_000);
    await quietSpell();

    expect(client.heard).toMatchObject({ messages: [1], closeCode: null });
    expect(server[0]).toMatchObject({ messages: [1], closeCode: null });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('swallows without backing up, so that nothing at the client tells', async () => {
    const { clock, dialAndSpeak } = await world('half-open@1s:0s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    client.socket.send(Buffer.alloc(8_000_000));

    await until(() => client.socket.bufferedAmount === 0);
  });

  it('keeps new connections silent while it lasts, then connects them through', async () => {
    const { proxy, clock, server, dial, dialAndSpeak } = await world('half-open@1s:2s');
    await dialAndSpeak();
    clock.advance(1_000);

    const waiting = dial();
    const leaving = dial();
    await quietSpell();
    leaving.socket.terminate();
    await quietSpell();
    const before = [waiting.heard.opened, waiting.heard.closeCode, proxy.faults()[0]?.endedAtMs];
    clock.advance(2_000);

    await until(() => waiting.heard.opened);
    expect(before).toEqual([false, null, null]);
    expect(proxy.faults()[0]?.endedAtMs).toBe(4_000);
    // The client that left while it waited never reached the server.
    expect(server).toHaveLength(2);
  });

  it('frees both sides once the client lets go', async () => {
    const { clock, server, dialAndSpeak } = await world('half-open@1s:0s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    client.socket.terminate();

    await until(() => server[0]?.closeCode === 1_006);
  });

  it('does not tell the client when the server lets go', async () => {
    const { clock, server, dialAndSpeak, proxy } = await world('half-open@1s:0s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    await quietSpell(10);
    expect(server[0]!.closeCode).toBe(null);
    server[0]!.socket.terminate();
    await until(() => server[0]!.closeCode !== null);
    await quietSpell();

    expect(client.heard.closeCode).toBe(null);
    expect(proxy.faults()).toHaveLength(1);
  });
});

describe('half-open-up', () => {
  it('swallows what the client sends and passes what the server sends', async () => {
    const { clock, server, dialAndSpeak } = await world('half-open-up@1s:0s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    client.speak(2);
    server[0]!.socket.send(message(9));
    await until(() => client.heard.messages.includes(9));
    await quietSpell();

    expect(server[0]).toMatchObject({ messages: [1], closeCode: null });
    expect(client.heard.closeCode).toBe(null);
  });
});

describe('half-open-down', () => {
  it('passes what the client sends and swallows what the server sends', async () => {
    const { clock, server, dialAndSpeak } = await world('half-open-down@1s:0s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    client.speak(2);
    await until(() => server[0]!.messages.includes(2));
    await quietSpell();

    expect(client.heard).toMatchObject({ messages: [1], closeCode: null });
    expect(server[0]!.closeCode).toBe(null);
  });
});

describe('stall', () => {
  it('lets nothing pass while it lasts, then everything, in order', async () => {
    const { proxy, clock, server, dial, dialAndSpeak } = await world('stall@1s:2s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    const numbers = Array.from({ length: 500 }, (_, index) => index + 2);
    for (const number of numbers) client.speak(number);
    const newcomer = dial();
    clock.advance(1_999);
    await quietSpell();
    const during = [server[0]!.messages.length, client.heard.messages.length, server.length];
    clock.advance(1);

    await until(() => client.heard.messages.length === 501 && newcomer.heard.opened);
    expect(during).toEqual([1, 1, 1]);
    expect(server[0]!.messages).toEqual([1, ...numbers]);
    expect(client.heard.messages).toEqual([1, ...numbers]);
    expect(proxy.faults()[0]?.endedAtMs).toBe(4_000);
  });

  it('pushes back on a client that sends on, instead of holding it all', async () => {
    const { clock, dialAndSpeak } = await world('stall@1s:2s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    client.socket.send(Buffer.alloc(30_000_000, 1));
    await quietSpell();
    const held = client.socket.bufferedAmount;
    clock.advance(2_000);

    expect(held).toBeGreaterThan(15_000_000);
    await until(() => client.heard.messages.length === 2);
  });
});

describe('down', () => {
  it('ends a service that nobody uses, at its time, and gives it back', async () => {
    const { proxy, clock, dial } = await world('down@1s:3s');
    const idle = dial();
    await until(() => idle.heard.opened);

    clock.advance(1_000);
    await until(() => idle.heard.closeCode === 1_006);
    const refused = dial();
    await until(() => refused.heard.errorCode !== null);
    clock.advance(3_000);
    await until(() => proxy.faults()[0]?.endedAtMs !== null);

    const later = dial();
    await until(() => later.heard.opened);
    expect(refused.heard.errorCode).toBe('ECONNREFUSED');
    expect(proxy.faults()[0]).toMatchObject({ firedAtMs: 2_000, connection: null });
    await proxy.ended;
  });

  it('is for good where nothing else is said', async () => {
    const { proxy, clock, dial, dialAndSpeak } = await world('down@1s');
    const client = await dialAndSpeak();

    clock.advance(1_000);
    await until(() => client.heard.closeCode === 1_006);
    await proxy.ended;
    clock.advance(3_600_000);
    await quietSpell(20);
    const refused = dial();

    await until(() => refused.heard.errorCode === 'ECONNREFUSED');
    expect(proxy.faults()[0]?.effect).toBe('1 reset, new connections refused for good');
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('refuse', () => {
  it('resets, really refuses for the duration, then listens on the same port again', async () => {
    const { proxy, clock, server, dial, dialAndSpeak } = await world('refuse@1s:3s');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    await until(() => client.heard.closeCode === 1_006 && server[0]?.closeCode === 1_006);
    const refused = dial();
    await until(() => refused.heard.errorCode !== null);
    clock.advance(3_000);
    await until(() => proxy.faults()[0]?.endedAtMs === 5_000);

    expect(refused.heard.errorCode).toBe('ECONNREFUSED');
    await dialAndSpeak();
  });

  it('waits for its port where another took it, and then keeps it through the next refuse', async () => {
    const { proxy, clock, dial, dialAndSpeak } = await world('refuse@1s:1s,refuse@2s:1s');
    await dialAndSpeak();
    clock.advance(1_000);
    const thief = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => thief.listen(proxy.port, '127.0.0.1', resolve));

    clock.advance(1_000);
    await until(() => clock.pendingTimers === 1);
    const stillRefusing = proxy.faults()[0]?.endedAtMs;
    await new Promise((resolve) => thief.close(resolve));
    clock.advance(50);
    await until(() => proxy.faults()[0]?.endedAtMs === 3_050);
    await dialAndSpeak();
    clock.advance(500);
    await until(() => proxy.faults().length === 2);
    const refused = dial();

    await until(() => refused.heard.errorCode === 'ECONNRESET');
    expect(stillRefusing).toBe(null);
    clock.advance(1_000);
    await dialAndSpeak();
  });
});

describe('delay', () => {
  it('adds its latency each way while it lasts, and keeps the order when it ends', async () => {
    const { clock, server, dialAndSpeak } = await world('delay@1s:2s/250ms');
    const client = await dialAndSpeak();
    clock.advance(1_000);

    client.speak(2);
    await until(() => clock.pendingTimers === 2);
    clock.advance(249);
    await quietSpell();
    const early = server[0]!.messages.length;
    clock.advance(1);
    await until(() => server[0]!.messages.includes(2));
    await until(() => clock.pendingTimers === 2);
    clock.advance(249);
    await quietSpell();
    const echoedEarly = client.heard.messages.length;
    clock.advance(1);
    await until(() => client.heard.messages.includes(2));
    clock.advance(1_400);
    client.speak(3);
    await until(() => clock.pendingTimers === 2);
    clock.advance(100);
    client.speak(4);
    await quietSpell();
    const afterTheEnd = server[0]!.messages.length;
    clock.advance(150);

    await until(() => client.heard.messages.includes(4));
    expect([early, echoedEarly, afterTheEnd]).toEqual([1, 1, 2]);
    expect(client.heard.messages).toEqual([1, 2, 3, 4]);
  });
});

describe('throttle', () => {
  it('limits the client to so many bytes a second, then lets the rest through', async () => {
    const { clock, server, dialAndSpeak } = await world('throttle@1s:2s/40000Bps');
    const client = await dialAndSpeak();
    clock.advance(1_000);
    const rawBytes = server[0]!.rawBytes;

    for (let number = 2; number <= 101; number += 1) client.speak(number);
    await until(() => clock.pendingTimers === 2);
    for (let turn = 0; turn < 5; turn += 1) {
      clock.advance(100);
      await quietSpell(20);
    }
    const throttledBytes = server[0]!.rawBytes - rawBytes;
    clock.advance(1_500);

    await until(() => client.heard.messages.length === 101);
    expect(throttledBytes).toBeGreaterThan(18_000);
    expect(throttledBytes).toBeLessThan(22_000);
    expect(server[0]!.messages).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
  });
});
