/** Who served when, as a summary tells it. */
import { describe, expect, it } from 'vitest';

import { Course } from '../../src/cli/course.ts';
import type { StreamReport } from '../../src/cli/recording.ts';
import { adviceOn, courseLines, remainders, summaryOf } from '../../src/cli/summary.ts';
import type { GapEvent, SessionEvent, TranscriptEvent } from '../../src/session/events.ts';

function final(provider: string, startMs: number, endMs: number): TranscriptEvent {
  return {
    type: 'transcript',
    text: 'ten of clubs',
    isFinal: true,
    startMs,
    endMs,
    words: [],
    endsUtterance: true,
    provider,
  };
}

const changed: SessionEvent = {
  type: 'candidate.changed',
  from: 'local',
  to: 'backup',
  reason: 'failover',
  takeoverMs: 812.4,
};
const degraded: SessionEvent = {
  type: 'session.degraded',
  mode: 'recordOnly',
  missing: ['hearing'],
};

function reportOf(course: Course): StreamReport {
  return {
    finals: [],
    answers: 0,
    toolCalls: 0,
    dropped: 0,
    transcript: '',
    ledger: {
      captured: 0,
      delivered: 0,
      gap: 0,
      buffered: 0,
      capturedMs: 0,
      deliveredMs: 0,
      gapMs: 0,
      bufferedMs: 0,
      replayed: 0,
      replayedMs: 0,
      duplicatesSuppressed: 0,
    },
    gaps: [],
    reconnects: 1,
    longestOutageMs: 812,
    story: [],
    status: 'complete',
    error: null,
    voice: null,
    ...course.report(),
  };
}

describe('the course of a session', () => {
  it('joins the finals of one provider into a stretch, and begins another with the next', () => {
    const course = new Course();

    course.note(final('local', 0, 2_000), 2_500, 10);
    course.note({ ...final('local', 2_000, 2_900), isFinal: false }, 2_900, 20);
    course.note(final('local', 2_000, 4_000), 4_500, 30);
    course.note(final('backup', 4_000, 6_000), 6_500, 40);

    expect(course.report()).toEqual({
      served: [
        { provider: 'local', fromMs: 0, toMs: 4_000 },
        { provider: 'backup', fromMs: 4_000, toMs: 6_000 },
      ],
      changes: [],
      degraded: [],
      behind: [],
      durability: null,
      sessionsLost: [],
    });
  });

  it('tells of each degraded stretch what was missing and how long it lasted', () => {
    const course = new Course();

    course.note(degraded, 3_000, 100);
    course.note({ ...degraded, mode: 'textOnly', missing: ['speaking'] }, 5_000, 600);
    course.note({ type: 'session.restored', mode: 'textOnly' }, 6_000, 850);
    course.note(degraded, 7_000, 1_100);

    expect(course.report().degraded).toEqual([
      { mode: 'recordOnly', missing: ['hearing'], fromMs: 3_000, toMs: 5_000, lastedMs: 500 },
      { mode: 'textOnly', missing: ['speaking'], fromMs: 5_000, toMs: 6_000, lastedMs: 250 },
      { mode: 'recordOnly', missing: ['hearing'], fromMs: 7_000, toMs: null, lastedMs: null },
    ]);
  });
});

describe('the summary of a session with several providers', () => {
  const course = new Course();
  course.note(final('local', 0, 4_000), 4_500, 30);
  course.note(changed, 6_200, 900);
  course.note(degraded, 7_000, 1_000);
  course.note(final('backup', 4_000, 9_000), 9_000, 2_000);

  it('names them for a program', () => {
    expect(summaryOf(reportOf(course), 'local,backup')).toMatchObject({
      provider: 'local,backup',
      served: [{ provider: 'local' }, { provider: 'backup' }],
      candidateChanges: [
        { atMs: 6_200, from: 'local', to: 'backup', reason: 'failover', takeoverMs: 812.4 },
      ],
      degraded: [{ mode: 'recordOnly', toMs: null }],
    });
  });

  it('names them for a person', () => {
    expect(courseLines(reportOf(course))).toEqual([
      'served: local 00:00.0-00:04.0, backup 00:04.0-00:09.0',
      'failover at 00:06.2: local -> backup in 812 ms',
      'recordOnly 00:07.0-the end, without hearing',
    ]);
  });

  it('says that nobody served', () => {
    const recorded = new Course();
    recorded.note(degraded, 3_000, 100);

    expect(courseLines(reportOf(recorded))[0]).toBe('served: nobody');
  });

  it('says nothing where one provider did all', () => {
    const plainCourse = new Course();
    plainCourse.note(final('local', 0, 4_000), 4_500, 30);

    expect(courseLines(reportOf(plainCourse))).toEqual([]);
  });
});

describe('what did not arrive', () => {
  const gap = (fromMs: number, toMs: number, reason: GapEvent['reason']): GapEvent => {
    return { type: 'gap', fromMs, toMs, durationMs: toMs - fromMs, chunks: 10, reason };
  };
  const report = (...gaps: readonly GapEvent[]): StreamReport => {
    const empty = reportOf(new Course());
    const gap = gaps.reduce((chunks, lost) => chunks + lost.chunks, 0);
    return { ...empty, ledger: { ...empty.ledger, gap }, gaps };
  };

  it('is told hole by hole, however many pieces each came in', () => {
    const lines = remainders(
      report(
        gap(0, 1_000, 'ringOverflow'),
        gap(1_000, 2_000, 'ringOverflow'),
        gap(2_000, 2_500, 'providerSkipped'),
        gap(4_000, 5_000, 'providerSkipped'),
      ),
    );

    expect(lines).toEqual([
      'gap 00:00.0-00:02.0 (given up: it had waited longer than --retention)',
      'gap 00:02.0-00:02.5 (the service passed over it)',
      'gap 00:04.0-00:05.0 (the service passed over it)',
    ]);
  });

  it('says what a gateway acknowledged survives, and what it lost', () => {
    const course = new Course();

    course.note({ type: 'gateway.attached', durability: 'fsync', resumed: false }, 0, 10);
    const lost = { acknowledgedMs: 9_000, resentFromMs: 5_000, gapMs: 0 };
    course.note({ type: 'gateway.sessionLost', ...lost }, 10_000, 20);

    expect(summaryOf(reportOf(course), 'gateway')).toMatchObject({
      durability: 'fsync',
      sessionsLost: [lost],
    });
    expect(courseLines(reportOf(course)).join()).toContain('outlives its process');
  });

  it('leads to a longer retention only where that would help', () => {
    expect(adviceOn(report(gap(0, 1_000, 'ringOverflow')))).toContain('--retention');
    expect(adviceOn(report(gap(0, 1_000, 'providerSkipped')))).not.toContain('--retention');
  });
});
