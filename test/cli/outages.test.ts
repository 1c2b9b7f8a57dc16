/** The table of what broke: which fault led to which outage, and what is said where none came of it. */
import { describe, expect, it } from 'vitest';

import { deadAtMostMs, outagesOf, outagesOfParts, outageTable } from '../../src/cli/outages.ts';
import { firingLines, notReached } from '../../src/cli/firing.ts';
import { StoryWriter } from '../../src/cli/story.ts';
import type { StoryEntry } from '../../src/cli/story.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { formatFaultPlan, parseFaultPlan } from '../../src/simulators/faults/plan.ts';
import type { Fault } from '../../src/simulators/faults/plan.ts';
import type { FaultRecord } from '../../src/simulators/faults/proxy.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

type Kind = Fault['kind'];

function record(name: string, firedAtMs: number): FaultRecord {
  const [kind, target] = name.split(':').reverse() as [Kind, string | undefined];
  const fault = { kind, atMs: 0, ...(target === undefined ? {} : { target }) };
  return { fault, firedAtMs, endedAtMs: null, connection: 1, effect: '' };
}

/** `[1_002, 'noticed']`, with what was replayed until then and who carries from then on. */
function story(
  ...entries: readonly (readonly [number, StoryEntry['what'], number?, string?])[]
): readonly StoryEntry[] {
  return entries.map(([atMs, what, replayed = 0, carrier]) => {
    return { atMs, what, replayed, ...(carrier === undefined ? {} : { carrier }) };
  });
}

function noticedOf(faults: readonly FaultRecord[], told: readonly StoryEntry[]) {
  return outageTable(outagesOf(faults, told), 0)
    .slice(2)
    .map((line) => line.split(/ {2,}/).slice(2).join(' | '));
}

describe('the table of outages', () => {
  it('tells for each fault when it was noticed, when audio flowed, and what was replayed', () => {
    const outages = outagesOf(
      [record('reset', 1_000), record('stall', 5_000), record('reset', 9_000)],
      story(
        [0, 'flowing'],
        [1_002, 'noticed'],
        [1_500, 'flowing'],
        [9_010, 'noticed', 7],
        [9_900, 'flowing', 7],
        [12_000, 'ended', 19],
      ),
    );

    expect(outages).toMatchObject([
      { outcome: 'noticed', noticedAfterMs: 2, flowingAfterMs: 500, replayedChunks: 7 },
      { outcome: 'riddenOut', noticedAfterMs: null, flowingAfterMs: null, replayedChunks: 0 },
      { outcome: 'noticed', noticedAfterMs: 10, flowingAfterMs: 900, replayedChunks: 12 },
    ]);
    expect(outageTable(outages, 0)[3]).toMatch(/^stall +00:05\.0 +ridden out/);
  });

  it('tells of an outage whose it was', () => {
    expect(outagesOf([record('backup:down', 0)], [])).toMatchObject([{ fault: 'backup: down' }]);
  });

  it('follows an outage in which the link breaks again, until audio flows for good', () => {
    const told = story(
      [1_002, 'noticed'],
      [1_100, 'flowing', 3],
      [1_200, 'noticed', 5],
      [1_900, 'flowing', 5],
      [5_000, 'ended', 9],
    );

    expect(noticedOf([record('reset', 1_000)], told)).toEqual(['+0.00 s | +0.90 s | 9']);
  });
});

describe('faults that come together', () => {
  const told = story(
    [0, 'began', 0, 'local'],
    [3_040, 'noticed', 0, 'local'],
    [3_400, 'flowing', 0, 'local'],
    [9_000, 'ended', 30, 'local'],
  );

  it.each([
    ['one service', ['stall', 'reset']],
    ['a service that carries and one that stands by', ['local:reset', 'backup:down']],
    ['a service that stands by and one that carries', ['backup:down', 'local:reset']],
  ])('both belong to the outage that follows, at %s', (_where, [first = '', second = '']) => {
    const lines = noticedOf([record(first, 3_000), record(second, 3_020)], told);

    expect(lines).toEqual(['+0.04 s | +0.40 s | 30', '+0.02 s | +0.38 s | 30']);
  });

  it('share no outage where the first was over long before', () => {
    const lines = noticedOf([record('stall', 1_000), record('reset', 3_001)], told);

    expect(lines).toEqual(['ridden out | - | 0', '+0.04 s | +0.40 s | 30']);
  });

  it('share it where the first left a silence that takes its time to be noticed', () => {
    const lines = noticedOf([record('half-open', 1_000), record('stall', 3_001)], told);

    expect(lines).toEqual(['+2.04 s | +2.40 s | 30', '+0.04 s | +0.40 s | 30']);
  });

  it('are told apart where audio flowed in between', () => {
    const apart = story([3_001, 'noticed'], [3_300, 'flowing'], [3_702, 'noticed', 4]);

    const lines = noticedOf([record('reset', 3_000), record('reset', 3_700)], apart);

    expect(lines).toEqual(['+0.00 s | +0.30 s | 4', '+0.00 s | not again | 0']);
  });
});

describe('a fault that nobody noticed', () => {
  const carried = story([0, 'began', 0, 'local'], [20, 'flowing', 0, 'local']);

  it('is not called ridden out where the run ended soon after', () => {
    const cut = [...carried, ...story([5_400, 'cut', 0, 'local'])];

    expect(noticedOf([record('half-open', 5_000)], cut)).toEqual([
      'run ended before it could show | - | 0',
    ]);
  });

  it('is called ridden out in a run that was cut, where it would have shown long before', () => {
    const cut = [...carried, ...story([20_001, 'cut', 0, 'local'])];

    const lines = noticedOf([record('stall', 5_000), record('stall', 5_001)], cut);

    expect(lines).toEqual(['ridden out | - | 0', 'run ended before it could show | - | 0']);
  });

  it('is said to have hit what was not in use', () => {
    const complete = [...carried, ...story([9_000, 'ended', 0, 'local'])];

    expect(noticedOf([record('backup:reset', 5_000)], complete)).toEqual([
      'not in use then | - | 0',
    ]);
  });

  it('is said to have hit what had been left for another before', () => {
    const moved = story(
      [0, 'began', 0, 'local'],
      [3_001, 'noticed', 0, 'local'],
      [3_050, 'flowing', 0, 'backup'],
      [9_000, 'ended', 4, 'backup'],
    );

    const lines = noticedOf([record('local:reset', 3_000), record('local:down', 5_000)], moved);

    expect(lines).toEqual(['+0.00 s | +0.05 s | 4', 'not in use then | - | 0']);
  });

  it('is said to have hit what was broken already', () => {
    const broken = story([3_001, 'noticed'], [6_000, 'flowing', 2], [9_000, 'ended', 8]);

    const lines = noticedOf([record('refuse', 3_000), record('down', 5_000)], broken);

    expect(lines).toEqual(['+0.00 s | +3.00 s | 8', 'broken already | +1.00 s | 8']);
  });
});

describe('the faults that were not reached', () => {
  it('are named, each where it was aimed', () => {
    const list = 'reset@1s,backup:reset@2s,local:stall@3s:1s,backup:reset@4s';
    const options = { seed: null, lengthMs: 9_000, targets: ['local', 'backup'] };
    const plan = parseFaultPlan(list, options);

    const rest = notReached(plan, [record('local:reset', 1), record('backup:reset', 2)], 'local');

    expect(formatFaultPlan(rest)).toBe('local:stall@3s:1s,backup:reset@4s');
    expect(notReached(plan, [], 'local')).toEqual(plan);
  });
});

describe('the story of a session', () => {
  const failure = { kind: 'transient', code: '1006', detail: '' } as const;
  const stateChange = (current: 'reconnecting' | 'error' | 'connected'): SessionEvent => {
    return { type: 'stateChange', current, previous: 'active', reason: 'socket.lost' };
  };
  const changed = (reason: 'failover' | 'standby' | 'return'): SessionEvent => {
    return { type: 'candidate.changed', from: 'local', to: 'backup', reason, takeoverMs: 19.3 };
  };
  const suspected: SessionEvent = {
    type: 'connection.suspected',
    silentForMs: 500,
    component: 'stt',
  };
  const given: SessionEvent = {
    type: 'connection.failed',
    attempts: 1,
    reason: '',
    component: 'stt',
    failure,
  };
  const flowing: SessionEvent = { type: 'audio.flowing', fromMs: 0, backlogMs: 0 };

  /** Each event 10 ms after the one before. */
  function written(...events: readonly SessionEvent[]): readonly StoryEntry[] {
    const clock = new VirtualClock();
    const writer = new StoryWriter({ ledger: { replayed: 0 } }, clock, 'local');
    for (const event of events) {
      clock.advance(10);
      writer.note(event);
    }
    return writer.entries(true);
  }

  it.each<[string, readonly SessionEvent[]]>([
    ['a loss that nothing else announces', [stateChange('reconnecting')]],
    ['a loss that ends all', [stateChange('error')]],
    ['a failover without any loss', [changed('failover')]],
    ['a standby that takes over', [changed('standby')]],
    ['a silence', [suspected]],
    ['the end of all attempts', [given]],
  ])('begins an outage with %s, and ends it when audio flows', (_what, events) => {
    const [outage] = outagesOf([record('local:down', 5)], written(...events, flowing));

    expect(outage).toMatchObject({ noticedAfterMs: 5, flowingAfterMs: 15 });
  });

  it('ends an outage when a silent link speaks again', () => {
    const recovered: SessionEvent = { type: 'connection.recovered', component: 'stt' };

    const [outage] = outagesOf([record('stall', 5)], written(suspected, recovered));

    expect(outage).toMatchObject({ noticedAfterMs: 5, flowingAfterMs: 15 });
  });

  it('takes a change that was planned for no outage, and knows who carries from then on', () => {
    const told = written(stateChange('connected'), changed('return'), flowing);

    expect(outagesOf([record('local:down', 31), record('backup:stall', 32)], told)).toMatchObject([
      { outcome: 'notInUse' },
      { outcome: 'riddenOut' },
    ]);
  });
});

describe('the table of a voice agent', () => {
  const noticed = story(
    [0, 'began'],
    [1_002, 'noticed', 0, 'llm'],
    [1_400, 'flowing', 0, 'llm'],
    [2_000, 'noticed', 0, 'stt'],
    [2_300, 'flowing', 4, 'stt'],
    [9_000, 'ended', 4],
  );

  it('counts no chunks of what carries none', () => {
    const [head = '', , ...rows] = outageTable(
      outagesOfParts([record('llm:http-503', 1_000), record('stt:reset', 1_999)], noticed),
      0,
    );

    expect(head).toMatch(/noticed +works again +chunks replayed$/);
    expect(rows[0]).toMatch(/^llm: http-503 .*\+0\.40 s$/);
    expect(rows[1]).toMatch(/^stt: reset .* 4$/);
  });

  it('has no column for them where only such parts broke', () => {
    const lines = outageTable(outagesOfParts([record('llm:http-503', 1_000)], noticed), 0);

    expect(lines.join()).not.toContain('chunks');
  });
});

describe('a service that is given its time', () => {
  it('has not ridden out what it would have noticed later than others', () => {
    const told = story([0, 'began'], [20, 'flowing'], [25_000, 'cut']);
    const traits = { ...geminiLive({ apiKey: 'k' }).traits };

    const [outage] = outagesOf([record('half-open', 5_000)], told, deadAtMostMs([{ traits }]));

    expect(outage?.outcome).toBe('cutShort');
  });
});

describe('faults that did not fire when they were due', () => {
  const run = { first: 'local', startedAtMs: 1_000, durationMs: 8_300, speedRatio: 1 };
  const planOf = (text: string) =>
    parseFaultPlan(text, { seed: 1, lengthMs: 8_300, targets: ['local', 'backup'] });
  const firedAt = (text: string, firedAtMs: number): FaultRecord => {
    const [fault] = planOf(text).faults;
    if (fault === undefined) throw new Error('no fault');
    return { fault, firedAtMs, endedAtMs: null, connection: 1, effect: '' };
  };

  it('are told apart: beyond the end of the recording, or nothing was in use', () => {
    const plan = planOf('backup:reset@2s,reset@60s');

    expect(firingLines({ ...run, plan, fired: [] })).toEqual([
      'not fired, since nothing was in use there in time: backup:reset@2s',
      'not fired, since the recording ends at 00:08.3: reset@60s',
    ]);
  });

  it('are told where they fired late, since their service carried nothing before', () => {
    const plan = planOf('reset@2s');

    expect(firingLines({ ...run, plan, fired: [firedAt('reset@2s', 9_100)] })).toEqual([
      'reset@2s fired at 00:08.1, when its service was next in use',
    ]);
    expect(firingLines({ ...run, plan, fired: [firedAt('reset@2s', 5_000)] })).toEqual([]);
  });
});
