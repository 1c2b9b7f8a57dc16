/** The live line, and what a program reads. */
import { describe, expect, it } from 'vitest';

import { runCli, sentence } from './run-cli.ts';
import { Counts, progressLine } from '../../src/cli/progress.ts';
import type { Progress } from '../../src/cli/progress.ts';
import { inWholeMs, jsonLine } from '../../src/cli/summary.ts';
import type { SessionEvent } from '../../src/session/events.ts';

const flowing: SessionEvent = { type: 'audio.flowing', fromMs: 0, backlogMs: 0 };

function reconnecting(attempt: number): SessionEvent {
  return {
    type: 'connection.reconnecting',
    attempt,
    maxAttempts: 5,
    persistsForMs: 0,
    backoffDelayMs: 281.25,
    component: 'stt',
    bufferedAudioChunks: 28,
  };
}

function line(counts: Counts, status: Progress['status']): string {
  const { reconnects, attempt } = counts;
  const figures = { positionMs: 1_000, durationMs: 8_300, bufferedMs: 300, faults: 1 };
  return progressLine({ status, ...figures, reconnects, attempt });
}

describe('the live line', () => {
  it('counts the attempts from the first on, while there is no link', () => {
    const counts = new Counts();
    counts.note(flowing);

    counts.note(reconnecting(1));
    const first = line(counts, 'reconnecting');
    counts.note(reconnecting(2));
    const second = line(counts, 'reconnecting');

    expect(first).toContain('attempt 1/5');
    expect(second).toContain('attempt 2/5');
    expect(line(counts, 'connected')).toContain('catching up');
  });

  it('forgets them when audio flows again, which it counts', () => {
    const counts = new Counts();
    counts.note(flowing);
    counts.note(reconnecting(1));

    counts.note(flowing);

    expect(line(counts, 'reconnecting')).not.toContain('attempt');
    expect(line(counts, 'active')).toContain('reconnects 1');
  });
});

describe('a line for a program', () => {
  it('has milliseconds as whole numbers, at any depth, and leaves other numbers alone', () => {
    const words = [{ confidence: 0.811925, startMs: 990.0000001 }];

    expect(jsonLine({ ...reconnecting(1), words, ms: 7.6 })).toBe(
      '{"type":"connection.reconnecting","attempt":1,"maxAttempts":5,"backoffDelayMs":281,"component":"stt",' +
        '"bufferedAudioChunks":28,"words":[{"confidence":0.811925,"startMs":990}],"ms":8}',
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

    expect(stderr).toMatch(/^reconnecting: attempt 1\/5 in \d+ ms, \d+ chunks held$/m);
  });
});
