/** What waits for a client that takes nothing is bounded, and what was said still arrives. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, NotingApp, settled, resumption } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import type { AppHandlers, AppSession, AppStart } from '../../src/gateway/app.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

/** 16 KiB, with the header of its frame. */
const WORD = { type: 'word', text: 'x'.repeat(16_384 - 24 - '{"type":"word","text":""}'.length) };
const KIB = 1_024;

class HeldApp extends NotingApp {
  readonly held: boolean[] = [];

  override open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = super.open(session, start);
    return { ...handlers, held: (isHeld) => this.held.push(isHeld) };
  }
}

let world: GatewayWorld;
let app: HeldApp;

function open(): void {
  app = new HeldApp();
  const limits = { framesPerS: Infinity, bytesPerS: Infinity };
  world = new GatewayWorld(undefined, undefined, { apps: new Map([['speech', app]]), limits });
}

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

async function say(words: number): Promise<void> {
  for (let said = 0; said < words; said += 1) {
    app.session?.send(WORD);
    await settled();
  }
}

/** Takes all that it is sent, and says so, until nothing more comes. */
async function takeAll(client: RawClient, epoch: number): Promise<{ readonly mostBytes: number }> {
  let mostBytes = 0;
  for (let acked = 0, had = client.of('data').length; acked < had; had = client.of('data').length) {
    const unacknowledged = client.of('data').slice(acked);
    mostBytes = Math.max(
      mostBytes,
      unacknowledged.reduce((sum, { payload }) => sum + payload.length, 0),
    );
    acked = had;
    const committed = client.of('data').at(-1)?.seq ?? 0;
    client.send({ type: 'ack', epoch, committed, maxSeq: 0, ackDelayMs: 0, ranges: [] });
    await settled();
  }
  return { mostBytes };
}

describe('a client that is there and acknowledges nothing', () => {
  it('P13.7 is spared hints, then held back with its app, then let go with 4421; its session stays', async () => {
    open();
    const { client, welcome } = await world.begun();
    const { epoch } = welcome;

    await say(31);
    app.session?.hint({ type: 'interim' });
    const early = { hints: client.of('hint').length, held: [...app.held] };
    await say(2);
    app.session?.hint({ type: 'interim' });
    client.send({ ...audioFrame(epoch, 1), payload: new Uint8Array(2) });
    await settled();
    await world.clock.advanceAsync(300);
    const held = { hints: client.of('hint').length, held: [...app.held], closed: client.closed };
    const granted = client.of('ack').at(-1)?.maxSeq;
    await say(32);
    const [session] = Array.from(world.gateway.sessions);

    expect(early).toEqual({ hints: 1, held: [] });
    expect(held).toEqual({ hints: 1, held: [true], closed: null });
    expect(granted).toBe(welcome.maxSeq);
    expect(client.closed).toEqual({ code: 4421, reason: 'rate' });
    expect(client.of('data').length).toBeLessThanOrEqual(33);
    expect(session?.isAttached).toBe(false);
    expect(session?.isKept).toBe(true);
  });

  it('P13.7 is granted more, and its app let go on, as soon as it has acknowledged', async () => {
    open();
    const client = world.client();
    const { epoch, maxSeq } = (await client.hello()) as WelcomeFrame;
    await say(40);
    client.send({ ...audioFrame(epoch, 1), payload: new Uint8Array(2) });
    await settled();

    await takeAll(client, epoch);
    await world.clock.advanceAsync(300);

    expect(app.held).toEqual([true, false]);
    expect(client.of('data')).toHaveLength(40);
    // By an acknowledgement, or by a ping that came before it.
    const granted = client.frames.map((frame) => ('maxSeq' in frame ? frame.maxSeq : 0));
    expect(Math.max(...granted)).toBeGreaterThan(maxSeq);
    expect(client.closed).toBeNull();
  });

  it('P13.7 stays for as long as it acknowledges some of it, however slow', async () => {
    open();
    const { client, epoch } = await world.begun();

    for (let said = 0; said < 200; said += 10) {
      await say(10);
      const committed = Math.max(0, said - 20);
      client.send({ type: 'ack', epoch, committed, maxSeq: 0, ackDelayMs: 0, ranges: [] });
    }
    await takeAll(client, epoch);

    expect(client.closed).toBeNull();
    expect(client.of('data').map(({ seq }) => seq)).toEqual(
      Array.from({ length: 200 }, (_, at) => at + 1),
    );
  });
});

describe('a client that is away', () => {
  it('P13.7 finds what was said in 120 s, and has it a window at a time', async () => {
    open();
    const { client, welcome } = await world.begun();
    client.lose();

    for (let at = 0; at < 119; at += 1) {
      await say(1);
      await world.clock.advanceAsync(1_000);
    }
    const again = world.client();
    await again.hello(resumption(welcome));
    const atOnce = again.of('data').length;
    await takeAll(again, 2);

    expect(atOnce).toBe(32);
    expect(again.of('data')).toHaveLength(119);
    expect(again.closed).toBeNull();
  });

  it('P13.7 is told the first 2 MiB of an app that heeds nothing, and then that it has ended', async () => {
    open();
    const { client, welcome } = await world.begun();
    client.lose();

    await say(300);
    const again = world.client();
    await again.hello(resumption(welcome));
    const { mostBytes } = await takeAll(again, 2);

    expect(app.held).toEqual([true]);
    expect(app.isClosed).toBe(true);
    expect(again.of('data')).toHaveLength(128);
    expect(mostBytes).toBeLessThanOrEqual(512 * KIB);
    expect(again.of('finAck')).toMatchObject([{ lastSeq: 128 }]);
    expect(again.frames.at(-1)?.type).toBe('finAck');
    expect(again.closed).toMatchObject({ code: 1000 });
    expect(Array.from(world.gateway.sessions)).toEqual([]);
  });
});
