import { afterEach, describe, expect, it } from 'vitest';

import type { App } from '../../src/gateway/app.ts';
import { audioFrame, GatewayWorld, NotingApp, settled, resumption } from './gateway-world.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

function begun() {
  world = new GatewayWorld();
  return world.begun();
}

describe('a gateway', () => {
  it('welcomes a new session, and acknowledges what is in its log', async () => {
    const { client, welcome } = await begun();

    for (let seq = 1; seq <= 3; seq += 1) client.audio(welcome.epoch);
    await settled();

    expect(welcome).toMatchObject({ resumed: false, up: 0, epoch: 1, durability: 'memory' });
    expect(client.of('ack').at(-1)).toMatchObject({ committed: 3 });
    expect(world.app.audio.map(({ seq, first }) => [seq, first])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('takes a session up where its log ends, whatever was sent, and never hands a chunk over twice', async () => {
    const { client, welcome } = await begun();
    for (let seq = 1; seq <= 5; seq += 1) client.audio(welcome.epoch);
    await settled();
    client.lose();

    const again = world.client();
    const second = await again.hello({ ...resumption(welcome), next: 9 });
    for (let seq = 4; seq <= 8; seq += 1) again.audio((second as WelcomeFrame).epoch, seq);
    await settled();

    expect(second).toMatchObject({ type: 'welcome', resumed: true, up: 5, epoch: 2 });
    expect(world.app.audio.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  // P1.2, P12.10
  it('sends what an app says once it is in the log, and again until the client has it', async () => {
    const { client, welcome } = await begun();
    world.app.session?.result({ type: 'final', from: 0, to: 1_600, text: 'one' });
    world.app.session?.send({ type: 'status', provider: 'first' });
    await settled();
    client.lose();

    const again = world.client();
    await again.hello({ ...resumption(welcome), rcv: 1 });

    expect(client.of('data').map(({ seq }) => seq)).toEqual([1, 2]);
    expect(again.of('data').map(({ seq, epoch }) => [seq, epoch])).toEqual([[2, 2]]);
  });

  it('sends a new session from its first number on, whatever the client had of the one before', async () => {
    world = new GatewayWorld();
    const client = world.client();

    const welcome = await client.hello({ rcv: 7, acked: 3, next: 9, fin: 1_600 });
    world.app.session?.result({ type: 'final', from: 1_600, to: 3_200, text: 'two' });
    await settled();

    expect(welcome).toMatchObject({ resumed: false, up: 0, downFrom: 1 });
    expect(client.of('data').map(({ seq }) => seq)).toEqual([1]);
  });

  // P1.1, P1.5, P20.3
  it('is taken over by another gateway of the same store, and knows at its next append that it owns nothing', async () => {
    const { client, welcome } = await begun();
    for (let seq = 1; seq <= 3; seq += 1) client.audio(welcome.epoch);
    await world.clock.advanceAsync(200);
    const other = new GatewayWorld(world.store, world.clock);

    const again = other.client();
    const second = await again.hello(resumption(welcome));
    client.send(audioFrame(welcome.epoch, 4)); // to the gateway that was cut off
    await world.clock.advanceAsync(200);

    expect(second).toMatchObject({ type: 'welcome', up: 3, epoch: 2 });
    expect(client.closed).toMatchObject({ code: 4409 });
    expect(client.of('ack').at(-1)?.committed).toBe(3);
    expect(other.app.audio.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(Array.from(world.gateway.sessions)).toEqual([]);
    await other.gateway.close();
  });

  it('ends nothing, when its grace is over, that another gateway has taken over meanwhile', async () => {
    const { client, welcome } = await begun();
    client.audio(welcome.epoch);
    await settled();
    client.lose(); // which is all that this one ever learns
    const other = new GatewayWorld(world.store, world.clock);
    const again = other.client();
    const second = (await again.hello(resumption(welcome))) as WelcomeFrame;

    for (let passedMs = 0; passedMs < 600_000; passedMs += 1_000) {
      world.clock.advance(1_000);
      again.audio(second.epoch, 2 + passedMs / 1_000);
      other.app.session?.handled(2 + passedMs / 1_000);
      await settled();
    }

    expect(Array.from(world.gateway.sessions)).toEqual([]);
    expect(await world.store.tail(welcome.sid)).not.toBeNull();
    expect(again.closed).toBeNull();
    expect(again.of('ack').at(-1)).toMatchObject({ committed: 601 });
    await other.gateway.close();
  });

  it('refuses a token that was used up, another subject, a stale dial, in words that tell nothing', async () => {
    const { client, welcome } = await begun();
    client.lose();
    const second = (await world.client().hello(resumption(welcome))) as WelcomeFrame;
    await world.client().hello(resumption(second, 3));

    const answers = [
      await world.client().hello(resumption(welcome, 4)),
      await world.client().hello({ ...resumption(second, 4), auth: 'bob' }),
      await world.client().hello({ ...resumption(second, 4), sid: 'a'.repeat(26) }),
      await world.client().hello(resumption(second, 2)),
    ];

    expect(answers.map((answer) => 'code' in answer && answer.code)).toEqual([
      4403, 4403, 4403, 4412,
    ]);
  });

  // P12.7
  it('keeps a session for the grace, and tells who comes later through where it was committed', async () => {
    const { client, welcome } = await begun();
    client.audio(welcome.epoch);
    await settled();
    client.lose();

    await world.clock.advanceAsync(119_000);
    const again = world.client();
    const inTime = (await again.hello(resumption(welcome))) as WelcomeFrame;
    again.lose();
    await world.clock.advanceAsync(121_000);
    const late = await world.client().hello(resumption(inTime, 3));

    expect(inTime.type).toBe('welcome');
    expect(late).toMatchObject({ type: 'refused', code: 4411, up: 1 });
  });

  it('refuses who an application cannot serve, and keeps nothing of it', async () => {
    const deaf = {
      open: () => {
        throw new Error('no such audio');
      },
    };
    const limits = { sessionsPerPrincipal: 1 };
    world = new GatewayWorld(undefined, undefined, {
      apps: new Map<string, App>([
        ['deaf', deaf],
        ['speech', new NotingApp()],
      ]),
      limits,
    });

    const refused = await world.client().hello({ app: 'deaf' });
    const welcome = await world.client().hello();

    expect(refused).toMatchObject({ type: 'refused', code: 4420, why: 'app-failed' });
    expect(welcome.type).toBe('welcome'); // its place was given back
  });

  it('finishes when the client has said all: what came of it is sent, and the log is closed', async () => {
    const { client, welcome } = await begun();
    client.audio(welcome.epoch);

    client.send({ type: 'fin', lastSeq: 1 });
    await settled();
    await settled();

    expect(client.of('finAck')).toMatchObject([{ up: 1, lastSeq: 0 }]);
    expect(client.closed).toMatchObject({ code: 1000 });
    expect(world.app.isClosed).toBe(true);
    const late = await world.client().hello(resumption(welcome));
    expect(late).toMatchObject({ type: 'refused', code: 4411, up: 1 });
  });
});
