/** What a gateway takes of what comes in, by its numbers: once, in order, and nothing of another attachment. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import type { DataFrame, GapFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

function begun() {
  world = new GatewayWorld();
  return world.begun();
}

function gapFrame(epoch: number, fromSeq: number, toSeq: number): GapFrame {
  const samplesLost = (toSeq - fromSeq + 1) * 1_600;
  const position = (fromSeq - 1) * 1_600;
  const times = { fromMs: (fromSeq - 1) * 100, toMs: toSeq * 100 };
  return {
    type: 'gap',
    channel: 1,
    epoch,
    cause: 'ringOverflow',
    fromSeq,
    toSeq,
    position,
    samplesLost,
    ...times,
  };
}

function eventFrame(epoch: number, seq: number, json: string): DataFrame {
  const payload = new TextEncoder().encode(json);
  return { ...audioFrame(epoch, seq), channel: 0, codec: 'json', payload };
}

function pingOf(epoch: number, lastSent = 0) {
  const facts = { received: 0, committed: 0, maxSeq: 0, sentAtMs: 0 };
  return { type: 'ping', nonce: 1, epoch, lastSent, ...facts } as const;
}

async function committedBy(client: RawClient): Promise<number | undefined> {
  await settled();
  await world.clock.advanceAsync(250);
  return client.of('ack').at(-1)?.committed;
}

describe('the numbers of a stream', () => {
  it('P1.4: are those of DATA and GAP; nothing else takes one, or is missed', async () => {
    const { client, epoch } = await begun();

    client.send(audioFrame(epoch, 1));
    client.send(pingOf(epoch, 1));
    client.send({ type: 'hint', channel: 0, epoch, ofSeq: 1, json: { type: 'x' } });
    client.send(gapFrame(epoch, 2, 4));
    client.send(audioFrame(epoch, 5));

    expect(await committedBy(client)).toBe(5);
    expect(client.closed).toBeNull();
    expect(world.app.audio.map(({ seq }) => seq)).toEqual([1, 5]);
  });

  it('P14.1: are taken in order: a lesser one is passed over, a greater one ends the socket', async () => {
    const { client, epoch } = await begun();

    for (const seq of [1, 2, 1, 2, 3]) client.send(audioFrame(epoch, seq));
    const before = client.closed;
    client.send(audioFrame(epoch, 5));
    await settled();

    expect(before).toBeNull();
    expect(client.closed).toEqual({ code: 4400, reason: 'protocol-error' });
    expect(world.app.audio.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('P14.2: of a gap are taken from the next one on, or not at all', async () => {
    const { client, epoch } = await begun();

    client.send(audioFrame(epoch, 1));
    client.send(audioFrame(epoch, 2));
    client.send(gapFrame(epoch, 1, 2)); // ends before the next
    client.send(gapFrame(epoch, 2, 4)); // begins before it
    client.send(audioFrame(epoch, 5));
    const before = client.closed;
    client.send(gapFrame(epoch, 7, 8)); // begins after it
    await settled();

    expect(before).toBeNull();
    expect(client.closed?.code).toBe(4400);
    expect(world.app.gaps.map(({ toSeq }) => toSeq)).toEqual([4]);
    expect(world.app.audio.map(({ seq }) => seq)).toEqual([1, 2, 5]);
  });

  it('P13.4: beyond the credit end the socket, but for those of a gap', async () => {
    const { client, epoch } = await begun();

    client.send(gapFrame(epoch, 1, 50_000));
    await settled();
    world.app.session?.handled(50_000); // so that nothing of it waits for a result
    const before = client.closed;
    client.send(pingOf(epoch, 50_000));
    const { maxSeq = 0 } = client.of('pong').at(-1) ?? {};
    for (let seq = 50_001; seq <= maxSeq; seq += 1) client.send(audioFrame(epoch, seq));
    const within = client.closed;
    client.send(audioFrame(epoch, maxSeq + 1));

    expect([before, within]).toEqual([null, null]);
    expect(client.closed).toEqual({ code: 4423, reason: 'over-credit' });
    expect(maxSeq).toBeGreaterThan(50_000);
    expect(world.app.audio.at(-1)?.seq).toBe(maxSeq);
  });

  it('P14.3: of a gap are committed, acknowledged and told to the application', async () => {
    const { client, epoch } = await begun();

    client.send(gapFrame(epoch, 1, 10));

    expect(await committedBy(client)).toBe(10);
    expect(world.app.gaps).toEqual([
      { toSeq: 10, position: 0, samples: 16_000, cause: 'ringOverflow' },
    ]);
  });

  it('P14.2: of a gap that was known in part tell only of the samples that are not', async () => {
    const { client, epoch } = await begun();

    client.send(audioFrame(epoch, 1));
    client.send(gapFrame(epoch, 1, 3));
    await settled();

    expect(world.app.gaps).toEqual([
      { toSeq: 3, position: 1_600, samples: 3_200, cause: 'ringOverflow' },
    ]);
  });
});

describe('a frame of another epoch', () => {
  it('P3.8: ends the socket where it has a number, and has no effect', async () => {
    for (const frame of [audioFrame(2, 1), gapFrame(7, 1, 2)]) {
      const { client } = await begun();

      client.send(frame);
      await settled();

      expect(client.closed).toEqual({ code: 4409, reason: 'fenced' });
      expect([world.app.audio, world.app.gaps]).toEqual([[], []]);
      await world.gateway.close();
    }
  });

  it('P3.8: is passed over where it has none', async () => {
    const { client, epoch } = await begun();
    world.app.session?.send({ type: 'word' });
    await settled();
    const facts = { committed: 1, maxSeq: 0, ackDelayMs: 0, ranges: [] };

    client.send({ type: 'ack', epoch: epoch + 1, ...facts });
    client.send({ ...pingOf(epoch + 1, 9), committed: 1 });
    client.send({ type: 'hint', channel: 0, epoch: epoch + 1, ofSeq: 0, json: 1 });

    const [session] = Array.from(world.gateway.sessions);
    expect(client.closed).toBeNull();
    expect(client.of('pong')).toEqual([]);
    expect(session?.standing.downAcked).toBe(0);
  });
});

describe('an event', () => {
  it('P4.6: goes to the application where it is one, and is acknowledged where it is none', async () => {
    const { client, epoch } = await begun();
    const said = [
      '{"type":"go"}',
      '{"a":1,"a":2}',
      '{"__proto__":1}',
      'no JSON',
      '[[[[[[[[[1]]]]]]]]]',
    ];

    said.forEach((json, at) => client.send(eventFrame(epoch, at + 1, json)));

    expect(await committedBy(client)).toBe(said.length);
    expect(client.closed).toBeNull();
    expect(world.app.events).toEqual([{ type: 'go' }]);
  });
});
