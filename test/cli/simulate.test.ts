/** `tenuto simulate`, over processes whose runs are as their seeds say: test/simulation/stand-in-worker.mjs. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runSimulate } from '../../src/cli/commands/simulate.ts';
import type { SimulateOptions } from '../../src/cli/simulate/settings.ts';
import { simulation } from './stand-in-simulation.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-simulate-'));
  await writeFile(join(folder, 'none.json'), '[]');
});

afterEach(() => rm(folder, { recursive: true }));

/** @param endsAtFirst whether Ctrl-C comes when the first seed has been run. */
async function simulate(options: Partial<SimulateOptions>, { endsAtFirst = false } = {}) {
  const stop = new AbortController();
  const written: string[] = [];
  const noted: string[] = [];
  const io = {
    write: (line: string) => void written.push(line),
    note: (line: string) => void noted.push(line),
    live: () => {
      if (endsAtFirst) stop.abort();
    },
    signal: stop.signal,
  };
  const isMany = options.seed === undefined && options.mutant === undefined;
  const own = isMany ? { regressions: join(folder, 'none.json') } : {};
  const asked = { jobs: '2', json: false, ...own, ...options };
  const status = await runSimulate(asked, simulation, io);
  return { status, written, noted, text: written.join('\n') };
}

async function objects(options: Partial<SimulateOptions>) {
  const { status, written } = await simulate({ ...options, json: true });
  return { status, lines: written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('tenuto simulate over many seeds', () => {
  it('ends with 0 where nothing is violated, and says what fired and what never did', async () => {
    const { status, text } = await simulate({ seeds: '1..12' });

    expect(status).toBe(0);
    expect(text).toMatch(
      /^12 seeds, 0\.60 simulated hours in [\d.]+ s \([\d.]+ seeds\/s\): no violation$/m,
    );
    expect(text).toContain('12,000 chunks and messages, 36 of them reported as gaps');
    expect(text).toContain('faults fired: crash 12, slow 24');
    expect(text).toContain('never fired: offline, flap, rateLimit, gap');
  });

  it('shrinks what fails, and prints the command that runs it again, and its story', async () => {
    const { status, written, text } = await simulate({ seeds: '12..14' });

    expect(status).toBe(1);
    expect(written[0]).toBe(
      'seed 13 violates I3 at 2.500 s: chunk 7 was acknowledged, and is nowhere',
    );
    expect(text).toContain('  I3: what was acknowledged is in the log');
    expect(text).toMatch(/shrunk from 3 faults to 1, in a run of 1\.407 s \(\d+ runs\)/);
    expect(text).toContain(
      `  npx tenuto simulate --seed 13 --faults '[{"kind":"slow","atMs":2000,"forMs":13}]' --length-ms 1407 --trace`,
    );
    expect(text).toContain('-> client 1: ACK 7');
    expect(text).toContain('3 seeds');
  });

  it('tells of further seeds that violate the same in a line', async () => {
    const { text } = await simulate({ seeds: '13..113' });

    expect(text).toMatch(/^seed 113 violates I3/m);
    expect(text.match(/npx tenuto simulate/g)).toHaveLength(1);
  });

  it('writes each failure to a folder: as JSON, its story, and a picture', async () => {
    const failures = join(folder, 'a', 'b');

    await simulate({ seeds: '13..113', failures });

    const files = await readdir(failures);
    expect(files.sort()).toEqual(
      ['113', '13'].flatMap((seed) =>
        ['json', 'svg', 'txt'].map((end) => `seed-${seed}-I3.${end}`),
      ),
    );
    const told = JSON.parse(await readFile(join(failures, 'seed-13-I3.json'), 'utf8')) as unknown;
    expect(told).toMatchObject({ seed: 13, invariant: 'I3', faults: [{ kind: 'slow' }] });
    expect(await readFile(join(failures, 'seed-13-I3.svg'), 'utf8')).toContain('</svg>');
  });

  it('tells a program one object a line, the last of them a summary', async () => {
    const { status, lines } = await objects({ seeds: '11..14' });

    expect(status).toBe(1);
    expect(lines.map(({ type }) => type)).toEqual(['violation', 'summary']);
    expect(lines[0]).toMatchObject({
      seed: 13,
      invariant: 'I3',
      faultsBefore: 3,
      isMinimal: true,
      replay: expect.stringContaining('npx tenuto simulate --seed 13 ') as string,
    });
    expect(lines[1]).toMatchObject({
      seeds: 4,
      violations: 1,
      simulatedHours: 0.2,
      seedsPerSecond: expect.any(Number) as number,
      faults: { crash: 4, slow: 8, flap: 0 },
      neverFired: ['offline', 'flap', 'rateLimit', 'gap'],
      chunks: 4_000,
      gapChunks: 12,
      mutants: {},
    });
  });

  it('says of a run whose process dies how to run that very run alone, and ends with 1', async () => {
    const faults = [{ kind: 'slow', atMs: 9 }];
    const told = `--world gateways --faults '${JSON.stringify(faults)}' --length-ms 5000 --trace`;
    const given = { world: 'gateways', faults: JSON.stringify(faults), lengthMs: '5000' };
    const item = { seed: 666, world: 'gateways', faults, lengthMs: 5_000 };
    const regressions = join(folder, 'regressions.json');
    const once = { ...item, invariant: 'I3', found: 'lost', mended: 'kept' };
    await writeFile(regressions, JSON.stringify([once]));

    const { status, noted, text } = await simulate({ seeds: '1..1', regressions });
    const single = simulate({ seed: '668', ...given, mutant: 'missed' });

    expect(status).toBe(1);
    expect(text).toContain('1 seed,');
    expect(noted.join('\n')).toContain(
      'Seed 666 has no result: its process ended by itself (SIGKILL)',
    );
    expect(noted.join('\n')).toContain(`npx tenuto simulate --seed 666 ${told}`);
    await expect(single).rejects.toMatchObject({
      remediation: `Run it alone: npx tenuto simulate --seed 668 --mutant missed ${told}`,
    });
  });

  it('finds a seed that is not the same run twice', async () => {
    const { status, text } = await simulate({ seeds: '669..669', twice: true, jobs: '1' });

    expect(status).toBe(1);
    expect(text).toContain('violates I16');
    expect(text).toContain('10 steps (run 1) the first time, and 10 steps (run 2) the second');
  });

  it('runs the seeds that failed once before all others', async () => {
    const regressions = join(folder, 'regressions.json');
    const once = { seed: 113, invariant: 'I3', found: 'lost', mended: 'kept' };
    const mended = { ...once, faults: [{ kind: 'flap', atMs: 1 }] };
    await writeFile(regressions, JSON.stringify([mended, once]));

    const { written, noted, text } = await simulate({ seeds: '13..13', regressions });

    expect(noted[0]).toBe('seeds 13..13, after 2 that failed once');
    expect(written[0]).toContain('seed 113 violates I3');
    expect(text).toContain('3 seeds');
  });

  it('ends after as many minutes as it was told', async () => {
    const { status, text } = await simulate({ minutes: '0.002', seeds: '1000..' });

    expect(status).toBe(0);
    expect(text).toMatch(/[1-9]\d* seeds?, /);
  });

  it('ends cleanly where it is interrupted, and tells what it came to', async () => {
    const some = await simulate({ seeds: '1000..9000' }, { endsAtFirst: true });
    const endless = await simulate({ minutes: '0' }, { endsAtFirst: true });

    expect([some.status, endless.status]).toEqual([130, 0]);
    for (const { text } of [some, endless]) expect(text).toMatch(/^1 seed, .* no violation$/m);
  });
});

describe('tenuto simulate of one seed', () => {
  it('says what was planned and that nothing was violated', async () => {
    const { status, text } = await simulate({ seed: '5' });

    expect(status).toBe(0);
    expect(text).toContain('seed 5 (gateways): no violation; 180 s, 10 steps, hash 5 in');
    expect(text).toContain('faults: crash, slow, offline');
  });

  it('says which of the faults hit nothing', async () => {
    const offline = '{"kind":"offline","atMs":1,"on":99}';
    const faults = `[{"kind":"crash","atMs":1},${offline},${offline}]`;

    const { text } = await simulate({ seed: '5', faults });
    const { lines } = await objects({ seed: '5', faults });

    expect(text).toContain('hit nothing: offline (2 times)');
    expect(lines.at(-1)).toMatchObject({ missed: { offline: 2 }, faults: { crash: 1 } });
  });

  it('takes faults that no seed draws', async () => {
    const faults = '[{"kind":"lostAcks","atMs":1}]';

    expect((await simulate({ seed: '5', faults })).status).toBe(0);
  });

  it('runs the faults that it is given, tells them line by line, and draws them', async () => {
    const faults = '[{"kind":"slow","atMs":2000}]';
    const diagram = join(folder, 'run.svg');

    const { status, text } = await simulate({ seed: '13', faults, trace: true, diagram });

    expect(status).toBe(1);
    expect(text).toContain('gateway 0  -> client 1: ACK 7');
    expect(text).toContain('VIOLATION');
    expect(text).not.toContain('shrunk');
    expect(await readFile(diagram, 'utf8')).toContain('<svg');
  });

  it('draws a Mermaid diagram where the name ends so', async () => {
    const diagram = join(folder, 'run.mmd');

    await simulate({ seed: '13', diagram });

    expect(await readFile(diagram, 'utf8')).toMatch(/^sequenceDiagram\n/);
  });

  it('tells a program the trace, the violation and the summary', async () => {
    const { lines } = await objects({ seed: '13', trace: true });

    expect(lines.map(({ type }) => type)).toEqual(['trace', 'trace', 'violation', 'summary']);
    expect(lines.at(-1)).toMatchObject({ seeds: 1, violations: 1, seed: 13, steps: 10 });
  });

  it('runs it with a mutant, and names that in the command', async () => {
    const { status, text } = await simulate({ seed: '13', mutant: 'loses' });

    expect(status).toBe(1);
    expect(text).toContain('npx tenuto simulate --seed 13 --mutant loses --faults');
  });
});

describe('tenuto simulate with mutants', () => {
  it('says of each whether it was killed, in what share of the seeds, and by which invariants', async () => {
    const { status, lines } = await objects({ mutant: 'all', seeds: '1..10' });

    expect(status).toBe(1);
    expect(lines.map(({ type, name }) => name ?? type)).toEqual([
      'loses',
      'harmless',
      'missed',
      'summary',
    ]);
    expect(lines.at(-1)).toMatchObject({
      mutants: {
        loses: { killed: true, share: 0.5, by: { I3: 5 }, seeds: 10 },
        harmless: { killed: false, share: 0, by: {} },
        missed: { killed: false },
      },
      notAsExpected: ['missed'],
    });
  });

  it('ends with 0 where it was killed, or is equivalent', async () => {
    const killed = await simulate({ mutant: 'loses', seeds: '10' });
    const equivalent = await simulate({ mutant: 'harmless', seeds: '1..4' });

    expect([killed.status, equivalent.status]).toEqual([0, 0]);
    expect(killed.written[0]).toMatch(/^loses {2}killed +50\.0 % of 10 seeds {2}by I3 \(5\)$/);
    expect(equivalent.written[0]).toContain('equivalent: it does nothing');
  });

  it('runs no more seeds of one once enough have killed it', async () => {
    const { lines } = await objects({ mutant: 'loses', seeds: '1..100', enough: '2' });

    expect(lines[0]).toMatchObject({ name: 'loses', killed: true, seeds: 4 });
  });
});

describe('tenuto simulate with input that cannot be used', () => {
  it.each<[Partial<SimulateOptions>, string, string]>([
    [{ seed: 'x' }, 'OPTION_INVALID', '--seed cannot be "x".'],
    [{ seed: '4294967296' }, 'OPTION_INVALID', '--seed cannot be'],
    [{ seeds: '0' }, 'OPTION_INVALID', '--seeds 0 ends before it begins.'],
    [{ seeds: 'many' }, 'OPTION_INVALID', '--seeds cannot be "many".'],
    [{ seeds: '5..' }, 'OPTION_INVALID', '--seeds cannot be "5..".'],
    [{ seeds: '9..3' }, 'OPTION_INVALID', '--seeds 9..3 ends before it begins.'],
    [{ minutes: '-1' }, 'OPTION_INVALID', '--minutes cannot be "-1".'],
    [{ minutes: 'soon' }, 'OPTION_INVALID', '--minutes cannot be "soon".'],
    [{ jobs: '0' }, 'OPTION_INVALID', '--jobs cannot be "0".'],
    [{ world: 'other' }, 'OPTION_INVALID', 'There is no world "other".'],
    [{ mutant: 'looses' }, 'OPTION_INVALID', 'There is no mutant "looses".'],
    [{ mutant: 'all', seed: '1' }, 'OPTION_INVALID', '--seed runs one mutant at a time.'],
    [{ mutant: 'all', minutes: '1' }, 'OPTION_INVALID', '--minutes does not go with --mutant'],
    [{ enough: '2' }, 'OPTION_INVALID', '--enough is for mutants.'],
    [{ faults: '[]' }, 'OPTION_INVALID', '--faults is for one run.'],
    [{ trace: true }, 'OPTION_INVALID', '--trace is for one run.'],
    [{ lengthMs: '5' }, 'OPTION_INVALID', '--length-ms is for one run.'],
    [{ seed: '1', seeds: '1..2' }, 'OPTION_INVALID', '--seeds is for many seeds'],
    [{ seed: '1', lengthMs: '0' }, 'OPTION_INVALID', '--length-ms cannot be "0".'],
    [{ seed: '1', diagram: 'x.png' }, 'OPTION_INVALID', '--diagram cannot be "x.png".'],
    [{ seed: '1', faults: '{' }, 'FAULT_PLAN_INVALID', 'it is no JSON'],
    [{ seed: '1', faults: '{}' }, 'FAULT_PLAN_INVALID', '--faults cannot be read'],
    [
      { seed: '1', faults: '[{"kind":"slwo","atMs":1}]' },
      'FAULT_PLAN_INVALID',
      '[0].kind: there is no fault "slwo": did you mean slow?',
    ],
    [
      { seed: '2', faults: '[{"kind":"slow","atMs":1}]' },
      'FAULT_PLAN_INVALID',
      'slow is a fault of gateways, and this run is of services.',
    ],
    [
      { seed: '1', world: 'services', faults: '[{"kind":"slow","atMs":1}]' },
      'FAULT_PLAN_INVALID',
      'slow is a fault of gateways',
    ],
    [
      { seed: '1', faults: '[{"kind":"slow","atMs":1,"much":5000}]' },
      'FAULT_PLAN_INVALID',
      'slow cannot have "much": 5000, but 50 to 3000.',
    ],
    [{ seed: '1', faults: '[{"kind":"slow","atMs":-1}]' }, 'FAULT_PLAN_INVALID', '[0].atMs'],
    [{ seed: '1', faults: '[{"kind":"slow"}]' }, 'FAULT_PLAN_INVALID', '[0].atMs'],
    [{ regressions: '/nowhere/x.json' }, 'OPTION_INVALID', 'there is no such file'],
  ])('says of %j in one line what to do', async (options, code, words) => {
    const refused = await simulate(options).catch((error: unknown) => error);

    expect(refused).toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
      remediation: expect.stringMatching(/\w.*[.:?}].*$/) as string,
    });
    expect((refused as Error).message).not.toContain('\n');
  });

  it('says where a list of seeds that failed once is wrong', async () => {
    const regressions = join(folder, 'bad.json');
    await writeFile(regressions, '[{"seed":1,"invariant":"I99","found":"x","mended":"y"}]');

    await expect(simulate({ regressions })).rejects.toMatchObject({
      message: expect.stringContaining('[0].invariant') as string,
    });
  });
});
