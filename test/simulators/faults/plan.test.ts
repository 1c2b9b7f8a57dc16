import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TenutoError } from '../../../src/ports/errors.ts';
import { argumentsOf } from '../../../src/simulators/faults/kinds.ts';
import {
  FAULT_KINDS,
  defaultFaultPlan,
  formatFaultPlan,
  parseFaultPlan,
  planFor,
  type Fault,
} from '../../../src/simulators/faults/plan.ts';

const kinds = FAULT_KINDS.map(({ kind }) => kind);
const options = { seed: 1, lengthMs: 57_000 };
const targets = ['local', 'backup'];
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function refusalOf(
  text: string,
  seed: number | null = 1,
  candidates: readonly string[] = [],
): TenutoError {
  try {
    parseFaultPlan(text, { seed, lengthMs: 57_000, targets: candidates });
  } catch (error) {
    if (TenutoError.is(error)) return error;
  }
  throw new Error(`"${text}" was not refused`);
}

/** Any fault that can be written, with all of its arguments. */
const anyFault: fc.Arbitrary<Fault> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    target: fc.constantFrom(null, ...targets),
    atMs: fc.integer({ min: 0, max: 86_400_000 }),
    durationMs: fc.integer({ min: 1, max: 3_600_000 }),
    latencyMs: fc.integer({ min: 1, max: 60_000 }),
    bytesPerSecond: fc.integer({ min: 1, max: 1_000_000_000 }),
    count: fc.integer({ min: 1, max: 100 }),
    retryAfterS: fc.integer({ min: 0, max: 3_600 }),
  })
  .map((whole) => ({
    kind: whole.kind,
    ...(whole.target === null ? {} : { target: whole.target }),
    atMs: whole.atMs,
    ...Object.fromEntries(argumentsOf(whole.kind).map((name) => [name, whole[name]])),
  }));

describe('parseFaultPlan', () => {
  it('reads every kind of fault with its time and arguments', () => {
    const list =
      'reset@5s,midframe@12.5s,half-open@20s:2s,half-open-up@21s:0s,half-open-down@22s:500ms,stall@25s:2s,' +
      'refuse@30s:3s,delay@35s:2s/250ms,throttle@40s:2s/16000Bps,http-401@44s:1x,http-429@45s:2x/1s,' +
      'http-503@50s:3x,down@55s:4s,reset@1m10s,down@75s';

    const plan = parseFaultPlan(list, { seed: null, lengthMs: 57_000 });

    expect(plan).toEqual({
      seed: null,
      faults: [
        { kind: 'reset', atMs: 5_000 },
        { kind: 'midframe', atMs: 12_500 },
        { kind: 'half-open', atMs: 20_000, durationMs: 2_000 },
        { kind: 'half-open-up', atMs: 21_000, durationMs: 0 },
        { kind: 'half-open-down', atMs: 22_000, durationMs: 500 },
        { kind: 'stall', atMs: 25_000, durationMs: 2_000 },
        { kind: 'refuse', atMs: 30_000, durationMs: 3_000 },
        { kind: 'delay', atMs: 35_000, durationMs: 2_000, latencyMs: 250 },
        { kind: 'throttle', atMs: 40_000, durationMs: 2_000, bytesPerSecond: 16_000 },
        { kind: 'http-401', atMs: 44_000, count: 1 },
        { kind: 'http-429', atMs: 45_000, count: 2, retryAfterS: 1 },
        { kind: 'http-503', atMs: 50_000, count: 3 },
        { kind: 'down', atMs: 55_000, durationMs: 4_000 },
        { kind: 'reset', atMs: 70_000 },
        { kind: 'down', atMs: 75_000 },
      ],
    });
  });

  it('puts faults in order of time and forgives blanks and capitals', () => {
    const plan = parseFaultPlan(' Reset@9S , stall@250ms:1s ', options);

    expect(formatFaultPlan(plan)).toBe('stall@250ms:1s,reset@9s');
  });

  it('draws what was left out from the seed, inside the recording', () => {
    const list = 'reset,refuse,delay@3s,throttle@4s:1s,http-429';

    const plan = parseFaultPlan(list, options);

    expect(parseFaultPlan(list, options)).toEqual(plan);
    expect(parseFaultPlan(list, { ...options, seed: 2 })).not.toEqual(plan);
    for (const fault of plan.faults) {
      expect(fault.atMs).toBeLessThan(57_000);
      expect(Object.keys(fault).sort()).toEqual(
        ['atMs', 'kind', ...argumentsOf(fault.kind)].sort(),
      );
    }
  });

  it('aims a fault at the candidate that it names, whatever else is written', () => {
    const list = 'backup:reset@5s,local:stall:2s,reset@9s,local:down@56s,Backup:down@12s:3s';

    const plan = parseFaultPlan(list, { ...options, targets });

    const aims = (name: string, isFirst: boolean) =>
      planFor(plan, name, isFirst).faults.map(({ kind }) => kind);
    expect(aims('local', true).sort()).toEqual(['down', 'reset', 'stall']);
    expect(aims('backup', false)).toEqual(['reset', 'down']);
    expect(formatFaultPlan(plan)).toContain('backup:reset@5s');
    expect(parseFaultPlan(formatFaultPlan(plan), { ...options, seed: null, targets })).toEqual({
      ...plan,
      seed: null,
    });
  });

  it.each([
    ['locl:down@10s', targets, '"locl" (local, backup)'],
    ['local:down@10s', [], '"local" (none can be named here)'],
    ['local:explode@10s', targets, 'names no kind of fault that is known: "explode"'],
    ['local:@10s', targets, 'names no kind of fault'],
    ['local:backup:reset@1s', targets, 'is not [candidate:]kind'],
    ['down@5s,reset@9s', targets, '"reset@9s" comes after down@5s, which is for good'],
    ['local:down@5s,reset@9s', targets, 'comes after local:down@5s'],
    ['backup:down@5s,backup:down@6s:1s', targets, 'comes after backup:down@5s'],
  ])('refuses "%s" for the candidates %j', (text, candidates, complaint) => {
    const error = refusalOf(text, 1, candidates);

    expect(error.code).toBe('FAULT_PLAN_INVALID');
    expect(error.message).toContain(complaint);
  });

  it('lets one candidate break after another is down for good', () => {
    const plan = parseFaultPlan('local:down@5s,backup:reset@9s', { ...options, targets });

    expect(plan.faults).toHaveLength(2);
  });

  it('reads none as no fault at all, with or without a seed', () => {
    expect(parseFaultPlan('none', { seed: null, lengthMs: 1 })).toEqual({ seed: null, faults: [] });
    expect(formatFaultPlan(parseFaultPlan('none', options))).toBe('none');
  });

  it('makes of all one fault of each kind, in an order and at times that the seed decides', () => {
    const plan = parseFaultPlan('all', options);

    const other = parseFaultPlan('all', { ...options, seed: 2 });

    expect(plan.faults.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
    expect(other.faults.map(({ kind }) => kind)).not.toEqual(plan.faults.map(({ kind }) => kind));
    const times = plan.faults.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((one, next) => one - next));
    expect(new Set(times).size).toBe(times.length);
    expect(times[0]).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThan(57_000 * 0.9);
  });

  it.each([
    ['', 'is empty'],
    ['explode@5s', '"explode"'],
    ['reset@5s,', 'names no kind'],
    ['reset@5', '"5"'],
    ['reset@-5s', '"-5s"'],
    ['reset@', 'time'],
    ['reset@1s@2s', 'kind[@time][:argument]'],
    ['reset@25h', '"25h"'],
    ['reset@1441m', 'over 24 hours'],
    ['reset@5s:2s', 'reset takes none'],
    ['stall@5s:', 'duration'],
    ['stall@5s:0s', 'outside'],
    ['stall@5s:61m', 'outside'],
    ['stall@5s:2s/1s', 'has 2 arguments'],
    ['half-open@5s:fast', '"fast"'],
    ['delay@5s:2s/0ms', 'latency'],
    ['delay@5s:/250ms', 'duration'],
    ['throttle@5s:2s/16000', 'rate'],
    ['throttle@5s:2s/0Bps', 'outside'],
    ['http-503@5s:0x', 'outside'],
    ['http-503@5s:101x', 'outside'],
    ['http-503@5s:3', 'count'],
    ['http-429@5s:2x/1.5s', 'Retry-After'],
    ['all,reset', 'names no kind'],
  ])('refuses "%s" and says what is wrong', (text, complaint) => {
    const error = refusalOf(text);

    expect(error.code).toBe('FAULT_PLAN_INVALID');
    expect(error.message).toContain(complaint);
    expect(error.message).not.toContain('\n');
  });

  it('names the bad part alone, one example that is right, and where the whole grammar is', () => {
    const error = refusalOf('reset@5s,expldoe@9s,stall@12s:1s');

    const examples = error.remediation.match(/[a-z-]+@\S+?(?=[;.,]?(?:\s|$))/g) ?? [];
    expect(error.message).toContain('"expldoe@9s"');
    expect(error.message).not.toContain('stall@12s');
    expect(examples).toHaveLength(1);
    expect(parseFaultPlan(examples[0] ?? '', { seed: null, lengthMs: 1 }).faults).toHaveLength(1);
    expect(error.remediation).toContain('npx tenuto transcribe --help');
    expect(error.message.length + error.remediation.length).toBeLessThan(200);
  });

  it.each([
    'a\nb',
    'x'.repeat(5_000),
    `reset@${'9'.repeat(5_000)}`,
    `stall@5s:${'z'.repeat(5_000)}`,
  ])('stays one short line whatever was written', (text) => {
    const error = refusalOf(text);

    expect(error.message + error.remediation).not.toContain('\n');
    expect(error.message.length + error.remediation.length).toBeLessThan(400);
  });

  it('takes 200 faults and refuses 201', () => {
    const list = (length: number): string => Array.from({ length }, () => 'reset@1s').join(',');

    expect(parseFaultPlan(list(200), options).faults).toHaveLength(200);
    expect(refusalOf(list(201)).message).toContain('200 is the most');
  });

  it('takes an hour and the last moment of a day', () => {
    expect(formatFaultPlan(parseFaultPlan('stall@1440m:60m', options))).toBe('stall@86400s:3600s');
  });

  it('leaves nothing to chance where there is no seed', () => {
    expect(refusalOf('reset@1s,stall@5s', null).message).toContain('"stall@5s"');
    expect(refusalOf('all', null).message).toContain('no seed');
  });
});

describe('formatFaultPlan', () => {
  it('prints any plan so that it parses back to the same one', () => {
    fc.assert(
      fc.property(fc.array(anyFault, { maxLength: 30 }), fc.option(seeds), (faults, seed) => {
        const inOrder = [...faults].sort((one, other) => one.atMs - other.atMs);
        const plan = { seed, faults: inOrder };

        const again = parseFaultPlan(formatFaultPlan(plan), { seed, lengthMs: 1_000, targets });

        expect(again).toEqual(plan);
      }),
      { numRuns: 200 },
    );
  });

  it('prints drawn plans so that they replay without the dice', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2_000, max: 7_200_000 }), (seed, lengthMs) => {
        for (const plan of [
          parseFaultPlan('all', { seed, lengthMs }),
          defaultFaultPlan(seed, lengthMs),
        ]) {
          const text = formatFaultPlan(plan);

          expect(parseFaultPlan(text, { seed, lengthMs })).toEqual(plan);
          expect(parseFaultPlan(text, { seed: null, lengthMs: 1 }).faults).toEqual(plan.faults);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('defaultFaultPlan', () => {
  it('has nine kinds spread evenly over the recording, each moved a little by the seed', () => {
    const plan = defaultFaultPlan(1, 57_000);

    const times = plan.faults.map(({ atMs }) => atMs);
    const spacings = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(new Set(plan.faults.map(({ kind }) => kind)).size).toBe(9);
    expect(defaultFaultPlan(1, 57_000)).toEqual(plan);
    expect(defaultFaultPlan(2, 57_000)).not.toEqual(plan);
    expect(Math.min(...spacings)).toBeGreaterThan(1_500);
    expect(times.at(-1)).toBeLessThan(57_000 * 0.9);
  });
});
