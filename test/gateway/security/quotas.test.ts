/** What one client may take of a gateway: numbers 4, 18 and 19 of the security list (SECURITY.md), and rates. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, audioFrame, settled, resumption } from '../gateway-world.ts';
import type { RawClient } from '../gateway-world.ts';
import type { AppHandlers } from '../../../src/gateway/app.ts';
import { UpStream } from '../../../src/gateway/up-stream.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway.types.ts';
import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../../src/ports/log-store.ts';
import type { HelloFrame, WelcomeFrame } from '../../../src/protocol/types.ts';

let world: GatewayWorld;

function open(options: Partial<GatewayOptions> = {}, store?: LogStore): void {
  world = new GatewayWorld(store, undefined, options);
}

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

async function answerTo(facts: Partial<HelloFrame> = {}, from?: string) {
  const client = world.client(from);
  const answer = await client.hello(facts);
  return { client, answer, code: answer.type === 'refused' ? answer.code : null };
}

describe('a principal', () => {
  // P18.2
  it('#18 has five sessions, detached ones included, and others have theirs', async () => {
    open();
    for (let begun = 0; begun < 5; begun += 1) (await answerTo()).client.lose();

    const sixth = await answerTo();
    const other = await answerTo({ auth: 'bob' });

    expect(sixth.answer).toMatchObject({ type: 'refused', code: 4422, reason: 'session-limit' });
    expect(other.code).toBeNull();
  });

  it('#18 has room again when one of them has ended', async () => {
    open();
    for (let begun = 0; begun < 5; begun += 1) await answerTo();

    Array.from(world.gateway.sessions)[0]!.retire();
    await settled();

    expect((await answerTo()).code).toBeNull();
  });

  it('#18 comes back to a session of a gateway that is gone, whatever it has here', async () => {
    open();
    const away = new GatewayWorld(world.store, world.clock);
    const welcome = (await away.client().hello()) as WelcomeFrame;
    await away.gateway.close();
    for (let begun = 0; begun < 5; begun += 1) await answerTo();

    expect((await answerTo(resumption(welcome, 2))).code).toBeNull();
  });

  it('#19 says hello twenty times in a minute; the next is told when to come, and costs the store nothing', async () => {
    const store = createMemoryStore();
    let appends = 0;
    const counting: LogStore = {
      durability: 'memory',
      tail: (sid) => store.tail(sid),
      read: (sid, after) => store.read(sid, after),
      purge: (sid, through) => store.purge(sid, through),
      drop: (sid) => store.drop(sid),
      close: () => store.close(),
      append: (...given) => {
        appends += 1;
        return store.append(...given);
      },
    };
    open({ random: { unit: () => 0 } }, counting);
    const first = (await answerTo()).answer as WelcomeFrame;
    let newest = first;
    for (let att = 2; att <= 20; att += 1) {
      newest = (await answerTo(resumption(newest, att))).answer as WelcomeFrame;
    }
    const appendsBefore = appends;

    const next = await answerTo(resumption(newest, 21));
    const appendsAfter = appends;
    world.clock.advance(3_000);
    const later = await answerTo(resumption(newest, 22));

    expect(next.answer).toMatchObject({ type: 'refused', code: 4421, retryAfterMs: 2_400 }); // 3 s, less a fifth
    expect(appendsAfter).toBe(appendsBefore);
    expect(later.code).toBeNull(); // refused in its grace, it has lost nothing
  });

  // P16.4
  it('#19 is told to wait for a time that is spread by a fifth, and ends within the grace', async () => {
    const waits: (number | undefined)[] = [];
    for (const unit of [0, 0.5, 0.999_999]) {
      open({ random: { unit: () => unit }, limits: { sessionsPerPrincipal: 1 }, graceMs: 20_000 });
      await answerTo();
      const { answer } = await answerTo();
      waits.push(answer.type === 'refused' ? answer.retryAfterMs : undefined);
      await world.gateway.close();
    }

    expect(waits).toEqual([8_000, 10_000, 12_000]);
  });
});

describe('an address', () => {
  it('#19 says hello sixty times in a minute, whoever it is', async () => {
    open();
    const codes: (number | null)[] = [];
    for (let said = 0; said < 61; said += 1) {
      codes.push((await answerTo({ auth: `p${said}x` }, '192.0.2.1')).code);
    }

    const elsewhere = await answerTo({ auth: 'else' }, '192.0.2.2');

    expect(codes.slice(0, 60).every((code) => code === null)).toBe(true);
    expect([codes[60], elsewhere.code]).toEqual([4421, null]);
  });

  it('#4 has so many sockets that say nothing, and its network, and all', () => {
    open({ limits: { unauthenticatedPerNetwork: 2, unauthenticated: 3 } });
    const silent = [world.client('192.0.2.1'), world.client('192.0.2.9')];

    const own = world.gateway.hasRoomFor('192.0.2.200');
    silent.push(world.client('198.51.100.1'));
    const all = world.gateway.hasRoomFor('203.0.113.1');
    for (const client of silent) client.lose();
    const again = world.gateway.hasRoomFor('192.0.2.200');

    expect([own, all, again]).toEqual([false, false, true]);
  });

  it('#4 has 10,000 of them by default, and not one more', () => {
    open();
    const silent = Array.from({ length: 10_000 }, (_none, at) =>
      world.client(`192.0.2.${at & 255}`),
    );

    const next = world.gateway.hasRoomFor('192.0.2.1');
    const neighbour = world.gateway.hasRoomFor('192.0.3.1');
    world.clock.advance(5_000);

    expect([next, neighbour]).toEqual([false, true]);
    expect(silent.every(({ closed }) => closed?.code === 4400)).toBe(true);
    expect(world.gateway.hasRoomFor('192.0.2.1')).toBe(true);
  });
});

describe('a gateway', () => {
  // P18.2
  it('has room for so many sessions, and tells the next one when to come', async () => {
    open({ limits: { sessions: 1 } });
    await answerTo();

    expect((await answerTo({ auth: 'bob' })).answer).toMatchObject({ code: 4420 });
  });

  it('lets so many in at the same moment; who knocks then is told to knock again', async () => {
    open({ limits: { hellosAtOnce: 1 }, verify: () => new Promise(() => undefined) });
    const waiting = world.client();
    void waiting.hello().catch(() => null);

    const second = await answerTo({ auth: 'bob' });

    expect(second.answer).toMatchObject({ code: 4420 });
    await world.clock.advanceAsync(5_000);
  });

  // P12.6
  it('lets two clients take one session from each other three times, and tells the operator', async () => {
    const audit: string[] = [];
    open({ onAudit: ({ type }) => audit.push(type) });
    let newest = (await answerTo()).answer as WelcomeFrame;
    const codes: (number | null)[] = [];
    for (let turn = 1; turn <= 5; turn += 1) {
      const inst = (turn % 2 === 0 ? 'a' : 'b').repeat(32);
      const { answer, code } = await answerTo({ ...resumption(newest, turn + 1), inst });
      codes.push(code);
      if (answer.type === 'welcome') newest = answer;
    }

    expect(codes).toEqual([null, null, null, 4421, null]); // the fifth is whose it is
    expect(audit).toContain('session.contested');
  });

  // P12.6
  it('counts those who took it on other gateways', async () => {
    open();
    const others = [1, 2].map(() => new GatewayWorld(world.store, world.clock));
    let newest = (await answerTo()).answer as WelcomeFrame;
    const codes: (number | null)[] = [];
    for (let turn = 1; turn <= 4; turn += 1) {
      const client = (others[turn % 2] ?? world).client();
      const inst = (turn % 2 === 0 ? 'a' : 'b').repeat(32);
      const answer = await client.hello({ ...resumption(newest, turn + 1), inst });
      codes.push(answer.type === 'refused' ? answer.code : null);
      if (answer.type === 'welcome') newest = answer;
    }
    await Promise.all(others.map(({ gateway }) => gateway.close()));

    expect(codes).toEqual([null, null, null, 4421]);
  });
});

describe('a client', () => {
  async function begun(
    limits: GatewayOptions['limits'],
  ): Promise<{ client: RawClient; welcome: WelcomeFrame }> {
    open(limits === undefined ? {} : { limits });
    const { client, answer } = await answerTo();
    return { client, welcome: answer as WelcomeFrame };
  }

  function granted(client: RawClient): number {
    return Math.max(0, ...client.of('ack').map(({ maxSeq }) => maxSeq));
  }

  // P18.2
  it('that is too fast gets no more credit for a while, and is not closed', async () => {
    const { client, welcome } = await begun({ framesPerS: 10 });

    for (let seq = 1; seq <= 30; seq += 1) client.send(audioFrame(welcome.epoch, seq));
    await settled();
    const atOnce = granted(client);
    await world.clock.advanceAsync(1_020);
    const later = granted(client);

    expect(welcome.maxSeq).toBe(30);
    expect(client.closed).toBeNull();
    expect(atOnce).toBeLessThanOrEqual(30);
    expect(later).toBe(40);
  });

  it('that is held back by bytes goes on when they have been made up for', async () => {
    const { client, welcome } = await begun({ bytesPerS: 32_000 });
    const chunks = welcome.maxSeq;

    for (let seq = 1; seq <= chunks; seq += 1) client.send(audioFrame(welcome.epoch, seq));
    await world.clock.advanceAsync(10_000);

    expect(chunks).toBe(29); // 96,000 bytes in chunks of 3,224
    expect(granted(client)).toBe(2 * chunks);
  });

  // P18.2
  it('that floods what needs no credit is closed', async () => {
    const { client, welcome } = await begun({ framesPerS: 10 });
    const standing = { nonce: 0, lastSent: 0, received: 0, committed: 0, maxSeq: 0, sentAtMs: 0 };

    for (let sent = 0; sent < 61; sent += 1) {
      client.send({ type: 'ping', epoch: welcome.epoch, ...standing });
    }

    expect(client.closed).toMatchObject({ code: 4421, reason: 'rate' });
  });

  it('whose messages nobody handles gets no more credit beyond what a session may hold', () => {
    const up = new UpStream({} as AppHandlers, 16_000, 0, 100_000);
    const message = {
      ...audioFrame(1, 1),
      codec: 'binary',
      payload: new Uint8Array(60_000),
    } as const;

    up.take({ ...message, seq: 1 });
    const before = up.maxSeq(1, 0);
    up.take({ ...message, seq: 2 });
    const held = up.maxSeq(2, 0);
    up.handled(1);
    const after = up.maxSeq(2, 0);

    expect([before, held, after]).toEqual([9, 9, 10]);
  });
});
