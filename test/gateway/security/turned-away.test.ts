/** Who is turned away is counted and told, however far they came, and is told why in words of tenuto.v1. */
import { afterEach, describe, expect, it } from 'vitest';

import { Served } from './served.ts';
import { helloFacts } from '../gateway-world.ts';
import type { AuditEvent } from '../../../src/gateway/audit.ts';
import { encodeFrame } from '../../../src/protocol/frames.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const served = new Served();
const told: AuditEvent[] = [];
const onAudit = (event: AuditEvent): number => told.push(event);

afterEach(async () => {
  told.length = 0;
  await served.close();
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function words(): readonly string[] {
  return told.map(({ type, detail }) => `${type}: ${detail}`);
}

describe('what is longer than a frame may be', () => {
  it.each([65_537, 200_000, 1_000_000])(
    'P3.2: is closed with 4413 after WELCOME, at %d bytes',
    async (bytes) => {
      await served.start({ onAudit });
      const peer = await served.socket();
      await peer.hello();

      peer.socket.send(new Uint8Array(bytes));

      expect(await peer.closed).toEqual({ code: 4413, reason: 'too-large' });
      await until(() => !Array.from(served.server.gateway.sessions).some((one) => one.isAttached));
    },
  );

  it.each([8_201, 20_000, 65_536, 200_000, 1_000_000])(
    'P3.2: is closed with 4413 before WELCOME, at %d bytes',
    async (bytes) => {
      await served.start({ onAudit });
      const peer = await served.socket();

      peer.socket.send(new Uint8Array(bytes));

      expect(await peer.closed).toEqual({ code: 4413, reason: 'too-large' });
      expect(words()).toEqual(['hello.refused: too-large']);
      expect(served.server.gateway.counters.refusals[4413]).toBe(1);
    },
  );
});

describe('who is turned away', () => {
  it('before HELLO is counted, and told by what was wrong', async () => {
    await served.start({ onAudit });
    const { counters } = served.server.gateway;
    const says = ['a text', new Uint8Array(), new Uint8Array([0x40, 1]), new Uint8Array([0x01])];

    for (const said of says) {
      const peer = await served.socket();
      peer.socket.send(said);
      expect((await peer.closed).code).toBe(4400);
    }
    const older = await served.socket();
    const hello = Buffer.from(encodeFrame({ type: 'hello', ...helloFacts() }));
    older.socket.send(hello.fill('2', hello.indexOf('"v":1') + 4, hello.indexOf('"v":1') + 5));
    await older.closed;

    expect(counters.refusals).toMatchObject({ 4400: 4, 4414: 1 });
    expect(words()).toEqual([
      ...Array<string>(4).fill('hello.refused: protocol-error'),
      'hello.refused: version',
    ]);
  });

  it('having said nothing is counted each time, and told', async () => {
    const clock = new VirtualClock();
    await served.start({ onAudit, clock });
    const before = clock.pending;
    const peers = await Promise.all([served.socket(), served.socket(), served.socket()]);
    await until(() => clock.pending >= before + 3);

    clock.advance(5_000);
    for (const { closed } of peers) await closed;

    expect(served.server.gateway.counters.refusals[4400]).toBe(3);
    expect(words()).toEqual(Array(3).fill('hello.refused: nothing came'));
  });

  it('by HTTP is counted by status, and told', async () => {
    await served.start({ onAudit });

    const statuses = [
      await served.upgrade('/v1/sessions'),
      await served.upgrade('/v1/session?token=x'),
      await served.upgrade('/v1/session', { 'Sec-WebSocket-Protocol': 'mqtt' }),
      await served.upgrade(`/v1/session?${'x'.repeat(3_000)}`),
      await served.upgrade('/v1/session', { Origin: 'https://evil.example' }),
    ];

    expect(statuses).toEqual([404, 400, 400, 414, 403]);
    expect(served.server.gateway.counters.upgradeRefusals).toEqual({
      400: 2,
      403: 1,
      404: 1,
      414: 1,
      503: 0, // prettier-ignore
    });
    expect(words()).toEqual([
      'upgrade.refused: another path than /v1/session',
      'upgrade.refused: no subprotocol tenuto.v1, or a credential in its address',
      'upgrade.refused: no subprotocol tenuto.v1, or a credential in its address',
      'upgrade.refused: its address is too long',
      'origin.refused: https://evil.example',
    ]);
  });

  it('since there is no such app is told, without the name that it gave', async () => {
    await served.start({ onAudit });
    const peer = await served.socket();

    await peer.hello({ app: 'canary', auth: 'ann' });

    expect((await peer.closed).code).toBe(4400);
    expect(words()).toEqual(['hello.refused: no such app']);
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  it('in mid-session, since its bearer expired, is counted and told', async () => {
    const clock = new VirtualClock();
    let wallMs = 1_000_000;
    await served.start({
      onAudit,
      clock,
      wallClock: () => wallMs,
      verify: async (subject) => ({ subject, expiresAtMs: 1_060_000 }),
    });
    const peer = await served.socket();
    await peer.hello({ auth: 'ann' });

    wallMs += 61_000;
    clock.advance(5_000);

    expect(await peer.closed).toEqual({ code: 4401, reason: 'unauthorised' });
    expect(served.server.gateway.counters.refusals[4401]).toBe(1);
    expect(told).toMatchObject([
      { type: 'bearer.refused', detail: 'expired in mid-session', subject: 'ann' },
    ]);
  });

  it('with a new bearer that is not believed is counted, and told once', async () => {
    await served.start({
      onAudit,
      verify: async (bearer) => (bearer === 'ann' ? { subject: 'ann' } : null),
    });
    const peer = await served.socket();
    await peer.hello({ auth: 'ann' });

    peer.send({ type: 'auth', auth: 'forged' });

    expect((await peer.closed).code).toBe(4401);
    expect(served.server.gateway.counters.refusals[4401]).toBe(1);
    expect(words()).toEqual(['bearer.refused: not believed']);
  });
});
