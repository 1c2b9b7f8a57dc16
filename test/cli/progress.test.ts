/** The live line, and what a program reads. */
import { describe, expect, it } from 'vitest';

import { runCli, sentence } from './run-cli.ts';
import type { Failure } from '../../machines/failure.ts';
import { Attempts } from '../../src/cli/attempts.ts';
import { Counts, Milestones, progressLine } from '../../src/cli/progress.ts';
import type { Progress } from '../../src/cli/progress.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { inWholeMs, jsonLine } from '../../src/cli/summary.ts';
import { tell } from '../../src/cli/telling.ts';
import type { SessionEvent, SessionEventOf } from '../../src/session/events.ts';

const flowing: SessionEvent = { type: 'audio.flowing', fromMs: 0, backlogMs: 0 };

function reconnecting(
  attempt: number,
  component: SessionEventOf<'connection.reconnecting'>['component'] = 'stt',
): SessionEvent {
  return {
    type: 'connection.reconnecting',
    attempt,
    maxAttempts: 5,
    persistsForMs: 0,
    backoffDelayMs: 281.25,
    component,
    bufferedAudioChunks: 28,
    cause: { kind: 'transient', code: '1006', detail: '' },
  };
}

const failure: Failure = { kind: 'transient', code: '1006', detail: '' };
const reconnected: SessionEvent = {
  type: 'connection.reconnected',
  attempts: 4,
  component: 'stt',
  outcome: 'replayed',
  downtimeMs: 2_000,
  audioReplayedMs: 0,
  audioLostMs: 0,
  duplicatesDropped: 0,
  toolCallsCarried: 0,
  cause: failure,
};
const failed: SessionEvent = {
  type: 'connection.failed',
  attempts: 4,
  reason: '1006',
  component: 'stt',
  failure,
};
const changed: SessionEvent = {
  type: 'candidate.changed',
  from: 'local',
  to: 'backup',
  reason: 'failover',
  takeoverMs: 3_000,
};

function line(counts: Counts, status: Progress['status'], nowMs = 0): string {
  const { reconnects, attempt } = counts;
  const figures = { positionMs: 1_000, durationMs: 8_300, bufferedMs: 300, faults: 1 };
  const silentForMs = counts.silentForMs(nowMs);
  return progressLine({ status, ...figures, reconnects, attempt, silentForMs });
}

describe('the live line', () => {
  it('counts the attempts from the first on, while there is no link', () => {
    const counts = new Counts();
    counts.note(flowing, 0);

    counts.note(reconnecting(1), 0);
    const first = line(counts, 'reconnecting');
    counts.note(reconnecting(2), 0);
    const second = line(counts, 'reconnecting');

    expect(first).toContain('attempt 1/5');
    expect(second).toContain('attempt 2/5');
    expect(line(counts, 'connected')).toContain('catching up');
  });

  it('forgets them when audio flows again, which it counts', () => {
    const counts = new Counts();
    counts.note(flowing, 0);
    counts.note(reconnecting(1), 0);

    counts.note(flowing, 0);

    expect(line(counts, 'reconnecting')).not.toContain('attempt');
    expect(line(counts, 'active')).toContain('reconnects 1');
  });
});

describe('a line in a log', () => {
  const final = (text: string, isFinal = true): SessionEvent => ({
    type: 'transcript',
    text,
    isFinal,
    startMs: 0,
    endMs: 0,
    words: [],
    endsUtterance: true,
    provider: 'local',
  });
  const placesOf = (durationMs: number): readonly number[] => {
    const milestones = new Milestones(durationMs);
    const chunks = Array.from({ length: durationMs / 100 }, (_, at) => (at + 1) * 100);
    return chunks.filter((positionMs) => milestones.line(positionMs, 0) !== null);
  };

  it('comes at the start, and with each tenth of a recording', () => {
    expect(placesOf(100_000)).toEqual([100, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * 10_000)]);
  });

  it('comes every five seconds of a short one, and every minute of a long one', () => {
    expect(placesOf(8_300)).toEqual([100, 5_000]);
    expect(placesOf(3_600_000)).toHaveLength(60);
  });

  it('says how much was sent, and how many words are final', () => {
    const counts = new Counts();
    counts.note(final('not yet', false), 0);
    counts.note(final(' one  two three '), 0);
    counts.note(final(''), 0);

    expect(new Milestones(8_000).line(4_000, counts.words)).toContain(
      '50 %, 00:04.0 of 00:08.0 read, 3 words final',
    );
  });
});

describe('the live line of a link that is suspected', () => {
  const suspected: SessionEvent = {
    type: 'connection.suspected',
    silentForMs: 30_000,
    component: 'stt',
  };

  it('says for how long it has been silent, until it speaks again or is lost', () => {
    const counts = new Counts();
    counts.note(flowing, 0);

    counts.note(suspected, 40_000);
    const before = line(counts, 'active', 42_000);
    const lost = line(counts, 'reconnecting', 42_000);
    counts.note({ type: 'connection.recovered', component: 'stt' }, 43_000);

    expect(before).toContain('silent 32 s');
    expect(lost).not.toContain('silent');
    expect(line(counts, 'active', 43_000)).not.toContain('silent');
  });
});

describe('a line for a person', () => {
  function told(event: SessionEvent, around = {}): string {
    const lines: string[] = [];
    const io = { note: (text: string) => lines.push(text) } as unknown as CliIo;
    tell(event, io, around);
    return lines.join('\n');
  }
  const persisting = (attempt: number, persistsForMs: number) => {
    return told({ ...reconnecting(attempt), maxAttempts: Infinity, persistsForMs } as SessionEvent);
  };

  it('has the same number for the end of the attempts throughout, where a count rules', () => {
    expect(told(reconnecting(2))).toBe('reconnecting: attempt 2/5 in 281 ms, 28 chunks held');
  });

  it('says until when it is tried, and which option rules that, where a time does', () => {
    expect(persisting(1, 120_000)).toMatch(/attempt 1 in .*, for about 120 s, as --retention says/);
    expect(persisting(6, 85_200)).toMatch(/attempt 6 in .*, for 85 s more, 28 chunks held$/);
  });

  it('says how long it has been tried, from the second attempt on', () => {
    expect(told(reconnecting(1), { triedForMs: 0 })).not.toContain('so far');
    expect(told(reconnecting(4), { triedForMs: 12_300 })).toBe(
      'reconnecting: attempt 4/5 in 281 ms, 12 s so far, 28 chunks held',
    );
  });

  it('is left out for an attempt that is not worth one', () => {
    expect(told(reconnecting(4), { triedForMs: null })).toBe('');
  });

  it('counts no chunks where none are held', () => {
    const event = { ...reconnecting(1), bufferedAudioChunks: 0 } as SessionEvent;

    expect(told(event)).toBe('reconnecting: attempt 1/5 in 281 ms');
    expect(told(event, { hasFlowed: false })).toBe('not connected: attempt 1/5 in 281 ms');
  });

  it('says what becomes of a silent link', () => {
    const silent = { type: 'connection.suspected', component: 'stt' } as const;

    expect(told({ ...silent, silentForMs: 1_200 })).toBe(
      'suspected: the link is silent for 1200 ms, trying another',
    );
    expect(told({ ...silent, silentForMs: 30_100 }, { letGoAfterMs: 45_000 })).toBe(
      'suspected: the link is silent for 30 s; no other may stand beside it, so it is let go of after 45 s',
    );
  });

  it('misses nobody who never served', () => {
    const degraded: SessionEvent = {
      type: 'session.degraded',
      mode: 'recordOnly',
      missing: ['hearing'],
    };

    expect(told(degraded, { hasFlowed: false })).toBe('');
    expect(told(degraded, { hasFlowed: true, recordOnlyMs: 120_000 })).toBe(
      'nobody serves: audio is only recorded, for 120 s at the most, as --retention says',
    );
  });
});

describe('the attempts of an outage', () => {
  function toldAtMs(attempts: Attempts, everyMs: number, count: number): readonly number[] {
    return Array.from({ length: count }, (_, at) => at + 1).flatMap((attempt) => {
      const triedForMs = attempts.note(reconnecting(attempt), attempt * everyMs);
      return triedForMs === null ? [] : [triedForMs];
    });
  }

  it('are told a few times in a minute, however many they are', () => {
    const told = toldAtMs(new Attempts(), 500, 120);

    expect(told).toEqual([0, 500, 1_000, 3_000, 6_000, 12_000, 24_000, 48_000]);
  });

  it('are told every half minute in the end', () => {
    const told = toldAtMs(new Attempts(), 5_000, 60).slice(-3);

    expect(told).toEqual([220_000, 250_000, 280_000]);
  });

  it('are those of one part: others break by themselves', () => {
    const attempts = new Attempts();
    toldAtMs(attempts, 500, 20);

    expect(attempts.note(reconnecting(21), 10_500)).toBeNull();
    expect(attempts.note(reconnecting(21, 'tts'), 10_500)).toBe(0);
  });

  it.each([
    ['a link stands again', reconnected],
    ['it was given up', failed],
    ['another serves', changed],
  ])('begin anew with the outage after %s, whatever their number', (_what, end) => {
    const attempts = new Attempts();
    toldAtMs(attempts, 500, 4);

    attempts.note(end, 3_000);

    expect(attempts.note(reconnecting(5), 10_800_000)).toBe(0);
    expect(attempts.note(reconnecting(6), 10_801_000)).toBeNull();
    expect(attempts.note(reconnecting(7), 10_802_000)).toBe(2_000);
  });

  it('are told each time that a link breaks which stands for a moment only', () => {
    const attempts = new Attempts();

    const told = [1, 2, 3, 4, 5, 6].map((attempt) => {
      const triedForMs = attempts.note(reconnecting(attempt), attempt * 6_000);
      attempts.note(reconnected, attempt * 6_000 + 1_000);
      return triedForMs;
    });

    expect(told).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('a line for a program', () => {
  it('has milliseconds as whole numbers, at any depth, and leaves other numbers alone', () => {
    const words = [{ confidence: 0.811925, startMs: 990.0000001 }];

    expect(jsonLine({ ...reconnecting(1), words, ms: 7.6 })).toBe(
      '{"type":"connection.reconnecting","attempt":1,"maxAttempts":5,"persistsForMs":0,"backoffDelayMs":281,"component":"stt",' +
        '"bufferedAudioChunks":28,"cause":{"kind":"transient","code":"1006","detail":""},"words":[{"confidence":0.811925,"startMs":990}],"ms":8}',
    );
  });

  it('balances in whole milliseconds too', () => {
    const chunks = { captured: 9, delivered: 3, gap: 3, buffered: 3, replayed: 0, replayedMs: 0 };
    const exact = { capturedMs: 900.5, deliveredMs: 300.5, gapMs: 299.6, bufferedMs: 300.4 };

    const whole = inWholeMs({ ...chunks, ...exact, duplicatesSuppressed: 0 });

    const { capturedMs, deliveredMs, gapMs, bufferedMs } = whole;
    expect([capturedMs, deliveredMs, gapMs, bufferedMs].every(Number.isInteger)).toBe(true);
    expect(capturedMs).toBe(deliveredMs + gapMs + bufferedMs);
  });

  it('has no fraction of a millisecond in a run with an outage and a failover', async () => {
    const options = ['--provider', 'local,backup', '--faults', 'local:down@2s', '--speed', '6'];

    const { stdout } = await runCli(['transcribe', sentence, '--json', ...options]);

    const times = [...stdout.matchAll(/"(\w*[mM]s)":(-?[\d.e+]+)/g)];
    const names = new Set(times.map(([, name]) => name));
    expect([...names]).toEqual(expect.arrayContaining(['takeoverMs', 'downtimeMs', 'toMs']));
    expect(times.filter(([, , value]) => !/^\d+$/.test(value ?? ''))).toEqual([]);
  });
});

describe('tenuto transcribe over an outage', () => {
  it('goes on where nobody listens to its notes any more', async () => {
    const faults = ['--faults', 'reset@2s,reset@4s', '--speed', '4'];

    const { status, stdout } = await runCli(['transcribe', sentence, ...faults], ({ child }) => {
      child.stderr?.destroy();
    });

    expect(stdout).toContain('leisure to consider');
    expect(status).toBe(0);
  });

  it('tells a person of the first attempt', async () => {
    const faults = ['--faults', 'reset@2s', '--speed', '4'];

    const { stderr } = await runCli(['transcribe', sentence, ...faults]);

    expect(stderr).toMatch(
      /^reconnecting: attempt 1 in \d+ ms, for about 120 s, as --retention says, \d+ chunks held$/m,
    );
  });
});
