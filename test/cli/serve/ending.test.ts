/** The end of `tenuto serve`: what it waits for and for how long, what it tells, and which status it comes to. */
import { describe, expect, it } from 'vitest';

import { endServing } from '../../../src/cli/serve/ending.ts';
import type { Opened } from '../../../src/cli/serve/ending.ts';
import type { StoreConfig } from '../../../src/cli/serve/config-schema.ts';
import type { DrainOptions, DrainReport } from '../../../src/gateway/departure.ts';
import { TenutoError } from '../../../src/ports/errors.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const MEMORY: StoreConfig = { kind: 'memory' };
const FILE: StoreConfig = { kind: 'file', directory: '/var/tenuto' };
const NOTHING: DrainReport = { left: 0, unfinished: 0, gone: 0, unwritten: 0, moved: 0 };

interface Given {
  readonly report?: DrainReport;
  readonly store?: StoreConfig;
  readonly drainMs?: number;
  readonly drainTo?: readonly string[];
  readonly closers?: Opened['closers'];
  /** How long it drains. Default: no time. */
  readonly takesMs?: (options: DrainOptions) => number;
  readonly json?: boolean;
}

async function end({
  report = NOTHING,
  store = MEMORY,
  drainMs = 30_000,
  drainTo = [],
  closers = [],
  takesMs = () => 0,
  json = false,
}: Given) {
  const clock = new VirtualClock();
  const notes: string[] = [];
  const lines: string[] = [];
  const asked: DrainOptions[] = [];
  const gateway: Opened['gateway'] = {
    isHandover: (to) => store.kind === 'file' && to.length === 0,
    close: () => Promise.resolve(),
    drain: async (options) => {
      const given = options as DrainOptions;
      asked.push(given);
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, takesMs(given)));
      return report;
    },
  };
  const ended = endServing(
    { gateway, sessions: () => report.left, closers },
    { settings: { drainMs, drainTo, store }, json, clock },
    {
      write: (line) => lines.push(line),
      note: (line) => notes.push(line),
      haste: new AbortController().signal,
    },
  );
  let endedAtMs = NaN;
  void ended.then(() => (endedAtMs = clock.nowMs()));
  await clock.advanceAsync(2 * drainMs);
  return { ...(await ended), notes, lines, asked, endedAtMs };
}

describe('the end of a gateway', () => {
  it.each([30_000, 16_000, 2_000, 1])(
    'fits in %d ms, though clients stay, sessions hang, and so does everything that is closed',
    async (drainMs) => {
      const hangs = () => new Promise<never>(() => undefined);

      const { endedAtMs, asked } = await end({
        drainMs,
        closers: [hangs, hangs, hangs, hangs],
        takesMs: ({ deadlineMs = NaN, stopMs = NaN }) => deadlineMs + stopMs,
      });

      expect(endedAtMs).toBe(drainMs);
      expect(asked[0]?.deadlineMs).toBeGreaterThanOrEqual(drainMs / 2);
    },
  );

  it('leaves clients all of the time but the last 8 s', async () => {
    const { asked } = await end({ drainMs: 60_000, drainTo: ['wss://b.example'] });

    expect(asked).toEqual([{ deadlineMs: 52_000, to: ['wss://b.example'], stopMs: 5_000 }]);
  });

  it('closes what it had side by side, after the drain', async () => {
    const told: string[] = [];
    const closer = (name: string) => async () => {
      told.push(`${name} closes`);
      await Promise.resolve();
      told.push(`${name} closed`);
    };

    await end({ closers: [closer('store'), closer('server')] });

    expect(told).toEqual(['store closes', 'server closes', 'store closed', 'server closed']);
  });
});

describe('the exit status, and what is said', () => {
  const one = { left: 1, unfinished: 1, gone: 0, unwritten: 0, moved: 0 };

  it.each<[string, Given, number, readonly string[]]>([
    ['nobody was there', {}, 0, ['ended: no session was left']],
    [
      'a log that outlives the process has all of it',
      { store: FILE, report: one },
      0,
      [
        'Ending: what 1 session sent gets into /var/tenuto, for the next process (Ctrl-C again ends it at once)',
        'ended: 1 session is left in /var/tenuto for the next process',
      ],
    ],
    [
      'the store did not take all of it',
      { store: FILE, report: { ...one, left: 2, unwritten: 1 }, drainTo: ['wss://b.example'] },
      1,
      [
        'Draining: 2 sessions have 22 s to go elsewhere (Ctrl-C again ends it at once)',
        'ended: 2 sessions are left in /var/tenuto for the next process',
        '1 of them is not whole in the log: the store did not take what came in last, no client was told that it had, and they still have it',
      ],
    ],
    [
      'something is lost with the memory',
      { report: { ...one, left: 3, unfinished: 2 }, drainTo: ['wss://b.example'] },
      1,
      [
        'Draining: 3 sessions have 22 s to go elsewhere (Ctrl-C again ends it at once)',
        'ended: 3 sessions went with the memory of this process, 2 of them with what no app had handled or no client acknowledged (--store file:DIR keeps it)',
      ],
    ],
    [
      'a session goes with the memory, and its client has gone before with what it has said',
      { report: { ...one, gone: 1 }, drainTo: ['wss://b.example'] },
      0,
      [
        'Draining: 1 session has 22 s to go elsewhere (Ctrl-C again ends it at once)',
        'ended: 1 session went with the memory of this process; clients that went as they were told to have what no app had handled',
      ],
    ],
    [
      'a session goes with the memory, and nothing that was accepted',
      { report: { ...one, unfinished: 0 } },
      0,
      [
        'Draining: 1 session has 22 s to go elsewhere (Ctrl-C again ends it at once)',
        'ended: 1 session went with the memory of this process, and nothing with it: all was handled and acknowledged',
      ],
    ],
  ])('where %s', async (_what, given, status, said) => {
    const told = await end(given);
    const { lines } = await end({ ...given, json: true });

    expect(told.status).toBe(status);
    expect(told.notes).toEqual(said);
    // That sessions have moved is not told: neither store lets another gateway take them up.
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      type: 'summary',
      drained: status === 0,
      kept: given.store === FILE ? given.report?.left : 0,
      lost: given.store === FILE ? 0 : (given.report?.unfinished ?? 0) - (given.report?.gone ?? 0),
      unwritten: given.report?.unwritten ?? 0,
      tookMs: 0,
    });
  });

  it('is 1 where the store says that it could not keep all', async () => {
    const failure = new TenutoError({
      code: 'STORE_UNAVAILABLE',
      message: 'It is gone.',
      remediation: 'Mend it.',
    });

    const { status, failures } = await end({
      store: FILE,
      report: one,
      closers: [() => Promise.reject(failure), () => Promise.reject(new Error('no goodbye'))],
    });

    expect(status).toBe(1);
    expect(failures).toEqual([failure]);
  });
});
