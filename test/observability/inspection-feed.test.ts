import { assign, createActor, createMachine, fromPromise, setup } from 'xstate';
import { describe, expect, it } from 'vitest';

import { charts } from '../../src/charts/charts.ts';
import { machineOf } from '../../src/charts/definition.ts';
import { chartModel } from '../../src/charts/model.ts';
import { inspectionFeed } from '../../src/observability/inspection-feed.ts';
import type { InspectionFeedOptions } from '../../src/observability/inspection-feed.ts';
import { isInspectionEvent } from '../../src/observability/wire.ts';
import type { StatelyInspectionEvent } from '../../src/observability/wire.ts';
import { LadderWorld } from '../session/ladder-world.ts';

const counter = setup({
  types: {
    context: {} as { count: number },
    events: {} as { type: 'count.up' } | { type: 'count.end' },
  },
}).createMachine({
  id: 'counter',
  context: { count: 0 },
  initial: 'counting',
  states: {
    counting: {
      on: {
        'count.up': { actions: assign({ count: ({ context }) => context.count + 1 }) },
        'count.end': 'over',
      },
    },
    over: { type: 'final' },
  },
});

describe('an inspection feed', () => {
  it('tells of an actor, of what it is sent and of what became of it', () => {
    const { feed, told } = listened();
    const actor = createActor(counter, { inspect: feed.inspect }).start();

    actor.send({ type: 'count.up' });

    expect(told.map(({ type }) => type)).toEqual([
      '@xstate.actor',
      '@xstate.event',
      '@xstate.snapshot',
      '@xstate.event',
      '@xstate.snapshot',
    ]);
    expect(new Set(told.map(({ sessionId }) => sessionId))).toEqual(
      new Set([`1.${actor.sessionId}`]),
    );
    expect(told.at(-1)).toMatchObject({
      event: { type: 'count.up' },
      snapshot: { status: 'active', value: 'counting', context: { count: 1 } },
      taken: [{ source: 'counter.counting', on: 'count.up', targets: [] }],
      createdAt: '5000',
      _version: '0.7.2',
    });
    expect(told.every(isInspectionEvent)).toBe(true);
    expect(told.map((event) => JSON.parse(JSON.stringify(event)))).toEqual(
      told.map(withoutUndefined),
    );
    actor.stop();
  });

  it('keeps systems apart that count their actors alike', () => {
    const { feed, told } = listened();

    createActor(counter, { inspect: feed.inspect }).start().stop();
    createActor(counter, { inspect: feed.inspect }).start().stop();

    const ids = told.flatMap((event) => (event.type === '@xstate.actor' ? event.sessionId : []));
    expect(ids.map((id) => id.split('.')[0])).toEqual(['1', '2']);
    expect(new Set(ids).size).toBe(2);
  });

  it('tells whoever comes late what was before the oldest event, and all events since', () => {
    const feed = inspectionFeed({ capacity: 6 });
    const actor = createActor(counter, { inspect: feed.inspect }).start();
    for (let time = 0; time < 10; time += 1) actor.send({ type: 'count.up' });

    const told: StatelyInspectionEvent[] = [];
    feed.subscribe((event) => told.push(event));

    expect(told[0]).toMatchObject({ type: '@xstate.actor', snapshot: { context: { count: 7 } } });
    expect(told).toHaveLength(7);
    expect(told.at(-1)).toMatchObject({ snapshot: { context: { count: 10 } } });
    actor.stop();
  });

  it('forgets an actor that has ended when its last event goes', () => {
    const feed = inspectionFeed({ capacity: 4 });
    const first = createActor(counter, { inspect: feed.inspect }).start();
    first.send({ type: 'count.end' });
    const second = createActor(counter, { inspect: feed.inspect }).start();
    for (let time = 0; time < 4; time += 1) second.send({ type: 'count.up' });

    const told: StatelyInspectionEvent[] = [];
    feed.subscribe((event) => told.push(event));

    expect(new Set(told.map(({ sessionId }) => sessionId))).toEqual(
      new Set([`2.${second.sessionId}`]),
    );
    second.stop();
  });

  it('makes nothing of what happens while nobody listens', () => {
    let reads = 0;
    const machine = createMachine({
      id: 'dear',
      context: {
        get cost() {
          reads += 1;
          return 1;
        },
      },
      initial: 'on',
      states: { on: {} },
    });
    const feed = inspectionFeed();

    const actor = createActor(machine, { inspect: feed.inspect }).start();
    for (let time = 0; time < 50; time += 1) actor.send({ type: 'x' });
    const before = reads;
    const leave = feed.subscribe(() => undefined);
    leave();
    const onceMore = reads;
    actor.send({ type: 'x' });

    expect(before).toBe(0);
    expect(onceMore).toBeGreaterThan(0);
    expect(reads).toBe(onceMore);
    actor.stop();
  });

  it('lets go of a listener that throws, and the chart goes on', () => {
    const feed = inspectionFeed();
    let calls = 0;
    const actor = createActor(counter, { inspect: feed.inspect });
    feed.subscribe(() => {
      calls += 1;
      if (calls > 1) throw new Error('a broken page');
    });

    actor.start();
    actor.send({ type: 'count.up' });

    expect(actor.getSnapshot().context.count).toBe(1);
    expect(calls).toBe(2);
    actor.stop();
  });

  it('tells what runs no machine by its status', async () => {
    const { feed, told } = listened();
    const actor = createActor(
      fromPromise(async () => ({ key: 'canary-output' })),
      { inspect: feed.inspect },
    );

    actor.start();
    await new Promise((resolve) => actor.subscribe({ complete: () => resolve(null) }));

    expect(JSON.parse((told[0] as { definition: string }).definition)).toEqual({
      id: actor.sessionId,
    });
    expect(told.at(-1)).toMatchObject({ snapshot: { status: 'done' } });
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  it('shows a lease as it would an actor, below its gateway', () => {
    const { feed, told } = listened();

    feed.step({
      chart: 'lease',
      session: 'ab12',
      event: 'client.claimed',
      from: 'claiming.reading',
      to: 'kept.attached',
    });
    feed.step({
      chart: 'lease',
      session: 'ab12',
      event: 'session.loggedOut',
      from: 'kept.attached',
      to: 'ended',
    });

    expect(told.map(({ type, sessionId }) => [type, sessionId])).toEqual([
      ['@xstate.actor', 'gateway'],
      ['@xstate.actor', 'lease ab12'],
      ['@xstate.event', 'lease ab12'],
      ['@xstate.snapshot', 'lease ab12'],
      ['@xstate.event', 'lease ab12'],
      ['@xstate.snapshot', 'lease ab12'],
    ]);
    expect(told[1]).toMatchObject({
      parentId: 'gateway',
      snapshot: { value: { claiming: 'reading' } },
    });
    expect(told[3]).toMatchObject({ snapshot: { status: 'active', value: { kept: 'attached' } } });
    expect(told[5]).toMatchObject({ snapshot: { status: 'done', value: 'ended' } });
    const definition = (told[1] as { definition: string }).definition;
    const lease = charts.find(({ name }) => name === 'lease')!;
    expect(chartModel(machineOf(definition)!)).toEqual(chartModel(lease.machine));
  });

  it('tells of a lease that has ended, and is forgotten later, as one', () => {
    const { feed, told } = listened();
    const step = (event: string, from: string, to: string) =>
      feed.step({ chart: 'lease', session: 'ab12', event, from, to });

    step('session.loggedOut', 'kept.attached', 'ended');
    step('time.passed', 'ended', 'forgotten');

    const lease = told.filter(({ sessionId }) => sessionId === 'lease ab12');
    expect(
      lease.map((event) => (event.type === '@xstate.event' ? null : event.snapshot)),
    ).toMatchObject([
      { status: 'active', value: { kept: 'attached' } },
      null,
      { status: 'done', value: 'ended' },
      { status: 'done', value: 'ended' },
      null,
      { status: 'done', value: 'forgotten' },
    ]);
  });

  it('forgets the lease that it heard of first where there are too many, and knows it anew', () => {
    const { feed, told } = listened({ actorCapacity: 3 });
    const step = (session: string, from: string, to: string) =>
      feed.step({ chart: 'lease', session, event: 'client.claimed', from, to });

    for (const session of ['a', 'b', 'c', 'd']) step(session, 'claiming.reading', 'kept.attached');
    step('d', 'kept.attached', 'kept.detached');
    step('a', 'kept.attached', 'kept.detached');

    const known = told.flatMap((event) => (event.type === '@xstate.actor' ? event.sessionId : []));
    expect(known).toEqual(['gateway', 'lease a', 'lease b', 'lease c', 'lease d', 'lease a']);
  });

  it('names the transitions of a session as its charts do', async () => {
    const { feed, told } = listened();
    const world = new LadderWorld([{ name: 'only' }], { inspect: feed.inspect });

    await world.connect();
    await world.speak(300);
    world.network(0).reset();
    await world.pass(3_000);
    void world.session.close();
    await world.pass(20_000);

    const connection = chartModel(charts.find(({ name }) => name === 'connection')!.machine);
    const taken = told.flatMap((event) =>
      event.type === '@xstate.snapshot'
        ? (event.taken ?? []).filter(({ source }) => source.startsWith('connection'))
        : [],
    );
    expect(taken.length).toBeGreaterThan(5);
    for (const { source, on, targets } of taken) {
      expect(connection.transitions).toContainEqual(
        expect.objectContaining({ sourceId: source, eventType: on, targetIds: targets }),
      );
    }
  });

  it.each([
    [{ capacity: 0 }, /capacity is 0/],
    [{ actorCapacity: 1.5 }, /actorCapacity is 1.5/],
    [{ capasity: 5 }, /no inspection feed option "capasity"/],
  ])('refuses %o', (options, message) => {
    expect(() => inspectionFeed(options as object)).toThrow(message);
  });
});

function listened(options: InspectionFeedOptions = {}) {
  const feed = inspectionFeed({ wallClock: () => 5_000, ...options });
  const told: StatelyInspectionEvent[] = [];
  feed.subscribe((event) => told.push(event));
  return { feed, told };
}

function withoutUndefined(event: object): unknown {
  return JSON.parse(JSON.stringify(event));
}
