/** What single facts change in what the orchestrator remembers, and what they do not. */
import { describe, expect, it } from 'vitest';

import { carrierIndex, isOfCarrier } from '../../machines/orchestrator.facts.ts';
import { isUsable } from '../../machines/orchestrator.rules.ts';
import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld, PAIR } from './orchestrator-world.ts';

const NOTHING = { passed: [], failedDials: [], facultiesLost: [] };
const BOTH = [{ faculties: ['hearing', 'speaking'] }] as const;

describe('nothing is remembered', () => {
  it('before the first connect', () => {
    const world = new OrchestraWorld();

    expect(world.context).toMatchObject(NOTHING);
  });

  it('of what failed and who was passed once audio flows', async () => {
    const world = new OrchestraWorld();
    await world.connect();
    await world.failed();
    await world.dialFailed();

    await world.served();

    expect(world.context).toMatchObject(NOTHING);
    await world.close();
  });

  it('of a faculty and of dials by another connection', async () => {
    const world = await new OrchestraWorld({ candidates: [...BOTH, ...PAIR] }).steady();
    await world.faculty('faculty.lost', 'speaking');

    await world.lost();
    const lostAtLoss = world.context.facultiesLost;
    await world.failed();

    expect(lostAtLoss).toEqual([]);
    expect(world.context).toMatchObject({ failedDials: [], facultiesLost: [] });
    await world.close();
  });

  it('of dials that failed while the network was away', async () => {
    const world = await new OrchestraWorld().steady();
    await world.networkLost();
    await world.lost();
    await world.dialFailed();

    await world.networkRestored();

    expect(world.context.failedDials).toEqual([]);
    await world.close();
  });

  it('of a session that was given up: the next one has to be served anew before it is degraded', async () => {
    const world = await new OrchestraWorld().steady();
    await world.failed(failureOf('config'));
    await world.failed(failureOf('config'));
    const before = world.state;
    await world.connect();
    const { passed } = world.context;

    await world.failed();
    await world.failed();

    expect([before, passed]).toEqual(['suspended', []]);
    expect(world.state).toBe('suspended');
    await world.close();
  });
});

describe('a dial that hangs', () => {
  it('is told as the cause of the break, which began when the carrier was lost', async () => {
    const world = await new OrchestraWorld().steady();
    const sinceMs = world.clock.nowMs();
    await world.lost();

    await world.pass(5_000);

    const cause = { kind: 'transient', code: 'dial', detail: 'nobody served in time' };
    expect(world.lane(2)?.input.outage).toEqual({ sinceMs, downtimeMs: 0, cause, attempts: 1 });
    expect(world.context.failure).toEqual(cause);
    await world.close();
  });
});

describe('a change of candidate', () => {
  it('takes as long as nobody served, though the carrier gave up only later', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();
    await world.pass(1_000);

    await world.failed();
    await world.served();

    expect(world.signalsOf('candidate.changed')).toMatchObject([{ takeoverMs: 1_000 }]);
    await world.close();
  });

  it.each([
    ['the loss', false, 2_000],
    ['what the connection tells', true, 2_300],
  ])('after recording only is counted from %s', async (_, isTold, takeoverMs) => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, MINUTE_MS);
    const sinceMs = world.clock.nowMs() - 300;
    const told = { sinceMs, downtimeMs: 0, cause: failureOf('transient'), attempts: 1 };
    await world.lost({ outage: isTold ? told : null });
    await world.pass(2_000);
    await world.failed();
    await world.barred(1, 0);
    await world.pass(0);

    await world.served();

    expect(world.dialled).toEqual([0, 1]);
    expect(world.signalsOf('candidate.changed')).toMatchObject([{ takeoverMs }]);
    await world.close();
  });

  it('dials the other one by what holds for it', async () => {
    const candidates = [{}, { provider: 'second', canProbe: false, component: 'tts' }] as const;
    const world = await new OrchestraWorld({ candidates }).steady();

    await world.failed();

    expect(world.lanes.map(({ input }) => [input.canProbe, input.component])).toEqual([
      [true, 'stt'],
      [false, 'tts'],
    ]);
    await world.close();
  });
});

describe('a result', () => {
  it('of another connection vouches for nobody', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();
    await world.served();

    await world.confirmed(77);
    const others = world.context.standings[0]?.failures;
    await world.confirmed();

    expect([others, world.context.standings[0]?.failures]).toEqual([1, 0]);
    await world.close();
  });

  it('does not end what a breaker, a service and a refused second session ask for', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    await world.failed(failureOf('quota', { retryAfterMs: MINUTE_MS }), { lane: 2 });
    await world.barred(0, MINUTE_MS);
    const untilMs = world.clock.nowMs() + MINUTE_MS;

    await world.confirmed();

    expect(world.context.standings).toEqual([
      {
        openUntilMs: untilMs,
        askedUntilMs: untilMs,
        coolUntilMs: 0,
        failures: 0,
        isBarred: false,
        isAlone: true,
      },
    ]);
    await world.close();
  });
});

describe('a failure beside the carrier', () => {
  it.each([
    ['failed', true],
    ['lost', false],
  ] as const)(
    'of a better candidate that %s for its credential bars it: %s',
    async (how, isBarred) => {
      const world = await new OrchestraWorld({ input: { holdDownMs: 0 } }).steady();
      await world.failed();
      await world.served();
      await world.pass(2_000);
      await world.pauses();
      const facts = { lane: world.beside, failure: failureOf('config') };

      await (how === 'failed' ? world.failed(facts.failure, facts) : world.lost(facts));

      expect(facts.lane).toBe(3);
      expect(world.context.standings[0]).toMatchObject({ isBarred, isAlone: false });
      await world.close();
    },
  );
});

describe('a faculty', () => {
  it('that was lost is back when the carrier serves anew, without a loss', async () => {
    const world = await new OrchestraWorld({ candidates: BOTH }).steady();
    await world.faculty('faculty.lost', 'speaking');

    await world.served();

    expect(world.context.facultiesLost).toEqual([]);
    await world.close();
  });

  it('that works again leaves the other one lost', async () => {
    const world = await new OrchestraWorld({ candidates: BOTH }).steady();
    await world.faculty('faculty.lost', 'speaking');
    await world.faculty('faculty.lost', 'hearing');

    await world.faculty('faculty.restored', 'hearing');

    expect(world.signalsOf('session.degraded').map(({ mode }) => mode)).toEqual([
      'textOnly',
      'noSpeech',
      'textOnly',
    ]);
    await world.close();
  });
});

describe('a network that is back', () => {
  it('is no trouble while audio flows', async () => {
    const world = await new OrchestraWorld().steady();

    await world.networkRestored();

    expect(world.context.unservedSinceMs).toBeNull();
    await world.close();
  });

  it('begins the time anew in which a lost carrier is to be back', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();
    await world.pass(4_000);

    await world.networkRestored();

    expect(world.context.unservedSinceMs).toBe(world.clock.nowMs());
    expect(world.state).toBe('serving.troubled');
    await world.close();
  });

  it('gives a first dial 5 s as well', async () => {
    const world = new OrchestraWorld();
    await world.connect();
    await world.pass(4_000);
    await world.networkRestored();

    await world.pass(4_999);

    expect(world.dialled).toEqual([0]);
    await world.pass(1);
    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });
});

describe('facts of nobody', () => {
  it('change nothing: an end of a connection that is gone', async () => {
    const world = await new OrchestraWorld().steady();

    await world.ends(1_000, 77);

    expect(world.actor.getSnapshot().status).toBe('active');
    expect(world.context.endsAtMs).toBeNull();
    await world.close();
  });

  it('are of no carrier, and no candidate, where none carries', () => {
    const { context } = new OrchestraWorld();

    expect(isOfCarrier(context, { lane: 0 })).toBe(false);
    expect(carrierIndex(context)).toBe(-1);
    expect(isUsable(context, PAIR.length, 0)).toBe(false);
  });
});

describe('the status', () => {
  it('is told by the chart where no connection carries', async () => {
    const world = new OrchestraWorld({ candidates: [{}] });
    const tags = () => [...world.actor.getSnapshot().tags];

    const told = [tags()];
    await world.steady();
    await world.failed();
    told.push(tags());
    await world.pass(10 * MINUTE_MS);
    await world.failed();
    told.push(tags());
    await world.close();
    told.push(tags());

    expect(told).toEqual([['idle'], ['reconnecting'], ['error'], ['disconnected']]);
  });
});

describe('a break in which nobody can be gone to', () => {
  it('is told as recording only after 10 s, once, and so is its end', async () => {
    const world = await new OrchestraWorld().steady();
    await world.networkLost();
    await world.lost();

    await world.pass(9_999);
    const before = world.signals.length;
    await world.pass(1);
    await world.networkRestored();
    await world.pass(4_000);
    await world.networkLost();
    await world.pass(MINUTE_MS);
    await world.served();

    expect(before).toBe(0);
    expect(world.signals).toEqual([
      { type: 'session.degraded', mode: 'recordOnly', missing: ['hearing'] },
      { type: 'session.restored', mode: 'recordOnly' },
    ]);
    await world.close();
  });
});
