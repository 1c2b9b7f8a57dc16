/** Who takes a session up: numbers 14 to 17 and 20 of the security list (SECURITY.md). */
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, helloFacts, nobodysFacts, settled, resumption } from '../gateway-world.ts';
import type { RawClient } from '../gateway-world.ts';
import type { AuditEvent } from '../../../src/gateway/audit.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway.types.ts';
import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../../src/ports/log-store.ts';
import type { WelcomeFrame } from '../../../src/protocol/types.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const NO_NEWS = { lastSent: 0, received: 0, committed: 0, maxSeq: 0, sentAtMs: 0 };
let world: GatewayWorld;
let audit: AuditEvent[];

function open(options: Partial<GatewayOptions> = {}, store?: LogStore, clock?: VirtualClock): void {
  audit = [];
  world = new GatewayWorld(store, clock, { onAudit: (event) => audit.push(event), ...options });
}

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

async function codeOf(facts: Parameters<RawClient['hello']>[0]): Promise<number | null> {
  const answer = await world.client().hello(facts);
  return answer.type === 'refused' ? answer.code : null;
}

describe('a session', () => {
  // P12.1
  it('#14 is not taken up with another subject’s bearer, and the answer comes when it does for none', async () => {
    const clock = new VirtualClock();
    const store = createMemoryStore();
    const slow: LogStore = {
      ...store,
      append: (...given) => store.append(...given),
      tail: async (sid) => {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 7));
        return store.tail(sid);
      },
    };
    open({}, slow, clock);
    const { welcome } = await world.begun();
    const tries = {
      theirs: resumption(welcome, 2),
      none: { ...resumption(welcome, 2), sid: 'a'.repeat(26) },
    };

    const told: Record<string, unknown> = {};
    for (const [name, facts] of Object.entries(tries)) {
      const thief = world.client();
      const startedAtMs = clock.nowMs();
      thief.send({ type: 'hello', ...helloFacts(), ...facts, auth: 'bob' });
      for (let ms = 0; ms < 200 && thief.closed === null; ms += 1) await clock.advanceAsync(1);
      const { code, reason } = thief.of('refused')[0]!;
      told[name] = { code, reason, afterMs: clock.nowMs() - startedAtMs };
    }

    expect(told['theirs']).toEqual(told['none']);
    expect(told['theirs']).toMatchObject({ code: 4403 });
    expect(audit.map(({ type }) => type)).toEqual(['session.refused', 'session.refused']);
  });

  // P12.5
  it('#15 opens with either token until the first frame of the new epoch, and then with the newest only', async () => {
    open();
    const { client, welcome } = await world.begun();
    client.lose();

    const lost = await world.client().hello(resumption(welcome, 2)); // its welcome never arrives
    const again = world.client();
    const third = (await again.hello(resumption(welcome, 3))) as WelcomeFrame;
    const beforeFrame = await codeOf({ ...resumption(welcome, 4), epoch: third.epoch });
    const last = world.client();
    const fifth = (await last.hello(resumption(welcome, 5))) as WelcomeFrame;
    last.audio(fifth.epoch);
    await settled();
    const afterFrame = await codeOf(resumption(welcome, 6));
    const newest = await codeOf(resumption(fifth, 7));

    expect(lost.type).toBe('welcome');
    expect([beforeFrame, afterFrame, newest]).toEqual([null, 4403, null]);
    expect(audit).toMatchObject([{ type: 'token.reused', subject: 'ann' }]);
    expect(audit[0]?.session).toMatch(/^[0-9a-f]{8}$/);
  });

  it.each([
    ['FIN', { type: 'fin', lastSeq: 0 }],
    ['AUTH', { type: 'auth', auth: 'ann' }],
    ['PING', { type: 'ping', nonce: 1, epoch: 2, ...NO_NEWS }],
  ] as const)(
    '#15 P12.5 is dead once %s has come, here and after the death of the gateway',
    async (_what, frame) => {
      open();
      world.app.onFinish = () => new Promise(() => undefined);
      const { client, welcome } = await world.begun();
      client.lose();
      const again = world.client();
      await again.hello(resumption(welcome, 2));

      again.send(frame);
      await settled();
      const here = await codeOf({ ...resumption(welcome, 3), epoch: 2 });
      const other = new GatewayWorld(world.store, world.clock);
      const there = await other.client().hello(resumption(welcome, 4));

      expect(here).toBe(4403);
      expect(there).toMatchObject({ type: 'refused', code: 4403 });
      await other.gateway.close();
    },
  );

  it('#15 P12.5 opens with the newest token that arrived, also where a later WELCOME was lost', async () => {
    open();
    const { client, welcome } = await world.begun();
    client.lose();
    const second = (await world.client().hello(resumption(welcome, 2))) as WelcomeFrame;
    const lost = world.client();
    await lost.hello(resumption(welcome, 3)); // dialled before the second arrived, and its own is lost
    lost.lose();

    const fourth = (await world.client().hello(resumption(second, 4))) as WelcomeFrame;
    const first = await codeOf({ ...resumption(welcome, 5), epoch: fourth.epoch });

    expect(fourth.type).toBe('welcome');
    expect(first).toBe(4403); // the second had arrived
    expect(audit).toMatchObject([{ type: 'token.reused' }]);
  });

  it('#15 stays shut to a dead token after the death of the gateway, too', async () => {
    open();
    const { client, welcome } = await world.begun();
    client.lose();
    const again = world.client();
    const second = (await again.hello(resumption(welcome, 2))) as WelcomeFrame;
    again.audio(second.epoch);
    await settled();
    const other = new GatewayWorld(world.store, world.clock);

    const answer = await other.client().hello(resumption(welcome, 3));

    expect(answer).toMatchObject({ type: 'refused', code: 4403 });
    await other.gateway.close();
  });

  // P12.1
  it('#16 is opened by digests that are compared in constant time, and no secret by ===', async () => {
    const sources = ['tokens', 'judgement', 'registry', 'door', 'attachment'];
    const texts = await Promise.all(
      sources.map((name) =>
        readFile(new URL(`../../../src/gateway/${name}.ts`, import.meta.url), 'utf8'),
      ),
    );

    const found = texts
      .join('\n')
      .match(/[!=]==? *[\w.#?]*(resume|auth|bearer|[tT]oken)\b(?! *===? *(null|'))/g);
    expect(texts[0]).toMatch(/timingSafeEqual/);
    expect((found ?? []).filter((text) => !text.includes('null'))).toEqual([]);
  });

  // P12.3
  it('#17 is not disturbed by a dial that was given up', async () => {
    open();
    const { welcome } = await world.begun();
    const owner = world.client();
    const second = (await owner.hello(resumption(welcome, 2))) as WelcomeFrame;

    const codes = [await codeOf(resumption(second, 2)), await codeOf(resumption(second, 1))];
    owner.audio(second.epoch);
    await settled();

    expect(codes).toEqual([4412, 4412]);
    expect(owner.closed).toBeNull();
    expect(owner.of('ack').at(-1)).toMatchObject({ committed: 1 });
  });
});

describe('a bearer', () => {
  const expiring: Partial<GatewayOptions> = {
    verify: async (bearer) =>
      bearer === 'bad'
        ? null
        : { subject: bearer.split('@')[0]!, expiresAtMs: Number(bearer.split('@')[1]) },
  };

  /** The client is there, and says so. */
  async function pass(client: RawClient, ms: number, { epoch }: WelcomeFrame): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await world.clock.advanceAsync(5_000);
      if (client.closed === null) {
        const standing = {
          nonce: 0,
          epoch,
          lastSent: 0,
          received: 0,
          committed: 0,
          maxSeq: 0,
          sentAtMs: 0,
        };
        client.send({ type: 'ping', ...standing });
      }
    }
  }

  // P12.11
  it('#20 that expires ends the socket within 30 s, and the grace begins', async () => {
    open(expiring);
    const { client, welcome } = await world.begun({ auth: 'ann@60000' });

    await pass(client, 55_000, welcome);
    const before = client.closed;
    await pass(client, 35_000, welcome);
    const back = await codeOf({ ...resumption(welcome, 2), auth: 'ann@300000' });

    expect(client.of('authOk')).toMatchObject([{ expiresInMs: 60_000 }]);
    expect(before).toBeNull();
    expect(client.closed).toEqual({ code: 4401, reason: 'unauthorised' });
    expect(back).toBeNull();
  });

  it('#20 P10.3 that has expired on arrival is refused before its session is touched', async () => {
    open(expiring);
    const { client, welcome } = await world.begun({ auth: 'ann@60000' });
    await world.clock.advanceAsync(1_000);
    const expired = `ann@${world.clock.nowMs()}`;

    const anew = await world.client().hello({ auth: expired });
    const back = await codeOf({ ...resumption(welcome, 2), auth: expired });

    expect(anew).toMatchObject({ type: 'refused', code: 4401 });
    expect(back).toBe(4401);
    expect(Array.from(world.gateway.sessions)).toHaveLength(1);
    expect(client.closed).toBeNull();
    expect(audit).toMatchObject([
      { type: 'bearer.refused', detail: 'expired' },
      { type: 'bearer.refused', detail: 'expired' },
    ]);
  });

  // P12.11
  it('#20 is renewed in mid-session, by the same subject only', async () => {
    open(expiring);
    const { client, welcome } = await world.begun({ auth: 'ann@60000' });
    await pass(client, 30_000, welcome);

    client.send({ type: 'auth', auth: 'ann@200000' });
    await pass(client, 60_000, welcome);
    const renewed = client.closed;
    client.send({ type: 'auth', auth: 'bob@200000' });
    await settled();

    expect(client.of('authOk').map(({ expiresInMs }) => expiresInMs)).toEqual([60_000, 170_000]);
    expect(renewed).toBeNull();
    expect(client.closed).toMatchObject({ code: 4403 });
    expect(audit).toMatchObject([{ type: 'bearer.foreign', subject: 'ann' }]);
  });

  // P10.3
  it('#20 that is not believed ends the socket, and one that comes too often', async () => {
    open(expiring);
    const client = world.client();
    await client.hello({ auth: 'ann@60000' });
    const other = world.client();
    await other.hello({ auth: 'bob@60000' });

    client.send({ type: 'auth', auth: 'bad' });
    for (let sent = 0; sent < 4; sent += 1) other.send({ type: 'auth', auth: 'bob@60000' });
    await settled();

    expect([client.closed?.code, other.closed?.code]).toEqual([4401, 4421]);
  });

  it('#20 of a subject that logs out opens nothing any more: its sockets close, its sessions have ended', async () => {
    open();
    const { client, welcome } = await world.begun();
    const other = world.client();
    await other.hello({ auth: 'bob' });
    const away = new GatewayWorld(world.store, world.clock);
    const elsewhere = (await away.client().hello()) as WelcomeFrame;
    await away.gateway.close(); // its session is in the log only

    const ended = await world.gateway.logout({ subject: 'ann' });
    const endedById = await world.gateway.logout({ sessionId: elsewhere.sid });
    const endedTwice = await world.gateway.logout({ sessionId: elsewhere.sid });
    const codes = [await codeOf(resumption(welcome, 2)), await codeOf(resumption(elsewhere, 2))];

    expect([ended, endedById, endedTwice]).toEqual([1, 1, 0]);
    expect(client.closed).toMatchObject({ code: 4404 });
    expect(other.closed).toBeNull();
    expect(codes).toEqual([4404, 4404]);
  });

  it('lets nobody in whose end is no time, and nothing breaks by it', async () => {
    const ends = [Infinity, NaN, 1e300, 'soon'];
    open({ verify: async (at) => ({ subject: 'ann', expiresAtMs: ends[Number(at)] as number }) });

    const codes: (number | null)[] = [];
    for (const at of ends.keys()) codes.push(await codeOf({ auth: String(at) }));

    expect(codes).toEqual([4420, 4420, 4420, 4420]);
  });

  // P2.4, P10.3
  it('is asked for where somebody verifies it, and nobody waits for a verifier for ever', async () => {
    const answers: (() => Promise<never>)[] = [
      () => new Promise(() => undefined),
      () => Promise.reject(new Error('no keys')),
      () => {
        throw new Error('at once');
      },
    ];
    open({ verify: (bearer) => answers[Number(bearer)]!() });

    const client = world.client();
    const late = client.hello({ auth: '0' }).catch(() => null);
    await settled();
    await world.clock.advanceAsync(5_000);
    await late;

    const silent = world.client();
    silent.send({ type: 'hello', ...nobodysFacts() });
    await settled();

    expect(silent.closed).toMatchObject({ code: 4401 });
    expect(client.of('refused')).toMatchObject([{ code: 4420 }]);
    expect(client.of('refused')[0]?.retryAfterMs).toBeGreaterThan(0);
    expect([await codeOf({ auth: '1' }), await codeOf({ auth: '2' })]).toEqual([4420, 4420]);
  });
});
