import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { TenutoError } from '../../../src/ports/errors.ts';
import { parseFaultPlan } from '../../../src/simulators/faults/plan.ts';
import {
  FaultTimeline,
  startFaultProxy,
  type FaultProxyOptions,
  type FaultRecord,
} from '../../../src/simulators/faults/proxy.ts';
import { fetchUpgrade, openWorld, quietSpell, until, type World } from './harness.ts';

const worlds: World[] = [];

async function world(plan: string, options?: Partial<FaultProxyOptions>): Promise<World> {
  const opened = await openWorld(plan, options);
  worlds.push(opened);
  return opened;
}

function kindsFired(records: readonly FaultRecord[]): string[] {
  return records.map(({ fault }) => fault.kind);
}

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((opened) => opened.close()));
});

describe('a proxy without faults', () => {
  it('passes every byte both ways, of small messages and of large ones', async () => {
    const { proxy, dialAndSpeak } = await world('none');
    const client = await dialAndSpeak();
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));

    const echoed = new Promise<Buffer>((resolve) => client.socket.once('message', resolve));
    client.socket.send(sent);

    expect((await echoed).equals(sent)).toBe(true);
    expect(proxy.url).toBe(`ws://127.0.0.1:${proxy.port}`);
    expect([proxy.faults(), proxy.pending()]).toEqual([[], 0]);
    await proxy.ended;
  });

  it('passes a close handshake on, from either side', async () => {
    const { server, dialAndSpeak } = await world('none');
    const client = await dialAndSpeak();

    client.socket.close(4_001, 'goodbye');

    await until(() => server[0]?.closeCode === 4_001 && client.heard.closeCode === 4_001);
  });

  it('resets a client when nobody listens behind it', async () => {
    const targetPort = 1; // a port that was free a moment ago may be another test's by now
    const { dial } = await world('none', { targetPort });

    const client = dial();

    await until(() => client.heard.errorCode === 'ECONNRESET');
  });

  it('passes a reset on to the other side', async () => {
    const { server, dialAndSpeak } = await world('none');
    const client = await dialAndSpeak();

    client.socket.terminate();

    await until(() => server[0]?.closeCode === 1_006);
  });
});

describe('when a fault fires', () => {
  it('waits for an upgraded connection that carries audio', async () => {
    const { proxy, clock, dial } = await world('reset@1s');
    const client = dial();
    await until(() => client.heard.opened);

    clock.advance(5_000);
    client.socket.send('{"type":"KeepAlive"}');
    await quietSpell();
    const whileIdle = proxy.pending();
    client.speak(1);

    await until(() => client.heard.closeCode === 1_006);
    expect(whileIdle).toBe(1);
    expect(proxy.faults()[0]).toMatchObject({ firedAtMs: 6_000, fault: { atMs: 1_000 } });
  });

  it('gives every new connection 300 ms and some audio before the next fault', async () => {
    const { proxy, clock, dialAndSpeak } = await world('reset@1s,reset@1s');
    await dialAndSpeak();
    clock.advance(1_000);
    const second = await dialAndSpeak();

    clock.advance(299);
    const early = proxy.faults().length;
    clock.advance(1);

    await until(() => second.heard.closeCode === 1_006);
    expect(early).toBe(1);
    expect(proxy.faults().map(({ connection }) => connection)).toEqual([1, 2]);
  });

  it('leaves the next fault until the one before has ended', async () => {
    const { proxy, clock, dialAndSpeak } = await world('stall@1s:5s,reset@2s');
    const client = await dialAndSpeak();

    clock.advance(4_000);
    const during = kindsFired(proxy.faults());
    clock.advance(2_000);
    client.speak(2);
    await until(() => client.heard.messages.includes(2));
    clock.advance(300);

    await until(() => client.heard.closeCode === 1_006);
    expect(during).toEqual(['stall']);
    expect(kindsFired(proxy.faults())).toEqual(['stall', 'reset']);
  });

  it('starts the plan with the first byte, not when the proxy starts', async () => {
    const { proxy, clock, dialAndSpeak } = await world('reset@1s');
    clock.advance(60_000);
    await dialAndSpeak();

    clock.advance(999);
    const early = proxy.faults().length;
    clock.advance(1);

    expect([early, proxy.faults().length]).toEqual([0, 1]);
  });

  it('passes plan time twice as fast where it is told to', async () => {
    const records: FaultRecord[] = [];
    const { proxy, clock, dialAndSpeak } = await world('stall@2s:4s', {
      timeScaleRatio: 2,
      onFault: (record) => records.push(record),
    });
    await dialAndSpeak();

    clock.advance(3_000);

    expect(proxy.faults()[0]).toMatchObject({ firedAtMs: 2_000, endedAtMs: 4_000 });
    expect(records).toMatchObject([{ firedAtMs: 2_000, endedAtMs: null }]);
  });

  it('breaks the connection that carries audio and leaves an idle one beside it', async () => {
    const { proxy, clock, dial, dialAndSpeak } = await world('reset@1s');
    const idle = dial();
    await until(() => idle.heard.opened);
    const speaking = await dialAndSpeak();

    clock.advance(1_000);

    await until(() => speaking.heard.closeCode === 1_006);
    expect(idle.heard.closeCode).toBe(null);
    expect(proxy.faults()[0]?.connection).toBe(2);
  });

  it('replays the same faults at the same times from the same seed', async () => {
    const run = async (): Promise<readonly FaultRecord[]> => {
      const { proxy, clock, dialAndSpeak } = await world('reset,stall,half-open,http-503,reset');
      const startMs = clock.nowMs();
      let client = await dialAndSpeak();
      for (let turn = 0; turn < 100 && proxy.pending() > 0; turn += 1) {
        const fired = proxy.faults().length;
        clock.advance(100);
        if (proxy.faults().length === fired) continue;
        clock.advance(4_000);
        await until(
          () => proxy.faults().at(-1)!.fault.kind !== 'reset' || client.heard.closeCode !== null,
        );
        if (proxy.faults().at(-1)!.fault.kind === 'http-503') await fetchUpgrade(proxy.url);
        client = await dialAndSpeak();
      }
      expect(proxy.pending()).toBe(0);
      return proxy.faults().map((record) => ({ ...record, firedAtMs: record.firedAtMs - startMs }));
    };

    expect(await run()).toEqual(await run());
  });
});

describe('proxies that share a timeline', () => {
  it('start their plans together, so that a service that nobody uses yet goes down in time', async () => {
    const timeline = new FaultTimeline();
    const used = await world('none', { timeline });
    const spare = await world('down@1s', { timeline, clock: used.clock });
    used.clock.advance(60_000);
    await used.dialAndSpeak();

    used.clock.advance(999);
    const early = spare.proxy.faults().length;
    used.clock.advance(1);

    const refused = spare.dial();
    await until(() => refused.heard.errorCode === 'ECONNREFUSED');
    expect([early, spare.proxy.pending()]).toEqual([0, 0]);
  });

  it('start a plan at once that comes to them late', async () => {
    const timeline = new FaultTimeline();
    timeline.start(500);

    const { proxy } = await world('down@400ms', { timeline });

    expect(proxy.faults()).toMatchObject([{ fault: { kind: 'down' }, firedAtMs: 1_000 }]);
  });
});

describe('close', () => {
  it.each([
    'half-open@1s:9s',
    'stall@1s:9s',
    'refuse@1s:9s',
    'delay@1s:9s/300ms',
    'reset@9s',
    'down@1s:9s',
    'down@1s',
  ])('leaves nothing behind in the middle of %s', async (plan) => {
    const { proxy, clock, server, dial, dialAndSpeak } = await world(plan);
    const client = await dialAndSpeak();
    clock.advance(1_000);
    client.socket.on('error', () => undefined);
    if (client.socket.readyState === WebSocket.OPEN) client.speak(2);
    const newcomer = dial();
    await quietSpell(20);

    await proxy.close();

    await until(() => server[0]!.closeCode !== null && client.heard.closeCode !== null);
    await until(() => newcomer.heard.closeCode !== null);
    expect(clock.pendingTimers).toBe(0);
    await proxy.ended;
    await proxy.close();
    const again = await startFaultProxy({
      targetPort: 1,
      plan: parseFaultPlan('none', { seed: null, lengthMs: 1 }),
      port: proxy.port,
    });
    await again.close();
  });
});

describe('startFaultProxy', () => {
  it('says which port is in use', async () => {
    const { proxy, serverPort } = await world('none');
    const plan = parseFaultPlan('none', { seed: null, lengthMs: 1 });

    const error: unknown = await startFaultProxy({
      targetPort: serverPort,
      plan,
      port: proxy.port,
    }).catch((reason: unknown) => reason);

    expect(TenutoError.is(error) && error.code).toBe('PORT_IN_USE');
    expect(TenutoError.is(error) && error.message).toContain(String(proxy.port));
  });
});
