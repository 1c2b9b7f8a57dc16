/**
 * Speech between two services of which each can die alone: nothing is lost on the way, and nothing told twice. What lasts
 * long is said by the stand-ins' voice, which is understood at any speed on any machine; the rest by people.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Recording } from '../../src/cli/recording.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import { asHeard, speak } from '../../src/simulators/persona/voice.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import type { Fact, SpeechRun } from '../support/speech.ts';
import { runSpeech, speechFile } from '../support/speech.ts';
import type { SocketFact } from '../support/watched-sockets.ts';

/** Counted from the first final on: the second sentence is in full flow by then, and nothing is known of it. */
const IN_MID_SENTENCE = { faults: 'local:down@1500ms', faultsFromFirstFinal: true } as const;

/** Dials follow one another fast, so that a test need not wait. */
const HASTY = { baseMs: 100, capMs: 200 };

/** About a minute, with a pause after each sentence. */
const TOLD = Array.from({ length: 12 }, (_, at) => `this is sentence ${at} of a long story,`);
const PAUSE = new Uint8Array(16_000 * 2 * 0.7);

let recogniser: Recogniser;
let ears: Recogniser;
let sentences: Recording;
let calm: SpeechRun;
let calmMinute: SpeechRun;
const minute = said(TOLD);

beforeAll(async () => {
  recogniser = createVoskRecogniser();
  ears = createToneRecogniser();
  sentences = await speechFile('two-sentences.wav');
  [calm, calmMinute] = await Promise.all([
    runSpeech({ recogniser, recording: sentences }),
    runSpeech({ recogniser: ears, recording: minute, speedRatio: 6 }),
  ]);
  expect(calmMinute.transcript).toBe(TOLD.map(asHeard).join(' '));
});

afterAll(async () => {
  await recogniser.close();
  await ears.close();
});

function said(texts: readonly string[]): Recording {
  const pcm = Buffer.concat(texts.flatMap((text) => [speak(text, 16_000), PAUSE]));
  const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
  return { name: 'a long story', pcm, format, durationMs: pcm.length / 32 };
}

function expectNothingLost(run: SpeechRun, like: SpeechRun, { durationMs }: Recording): void {
  expect(run.transcript).toBe(like.transcript);
  expect(run.status).toBe('complete');
  expect(run.ledger).toMatchObject({ gap: 0, gapMs: 0, buffered: 0, bufferedMs: 0 });
  expect(run.ledger.captured).toBe(run.ledger.delivered);
  expect(run.ledger.deliveredMs).toBeCloseTo(durationMs, 6);
  expect(run.pendingFaults).toBe(0);
  let throughMs = 0;
  for (const { startMs, endMs } of run.finals) {
    expect(startMs).toBeCloseTo(throughMs, 3); // each sample is covered by exactly one final
    throughMs = endMs;
  }
  expect(throughMs).toBeCloseTo(durationMs, 0);
}

function told<T extends SessionEventType>(run: SpeechRun, type: T): readonly SessionEventOf<T>[] {
  return run.facts.flatMap((fact) =>
    fact.what === 'told' && isOf(fact.event, type) ? [fact.event] : [],
  );
}

function isOf<T extends SessionEventType>(
  event: SessionEvent,
  type: T,
): event is SessionEventOf<T> {
  return event.type === type;
}

function isTold(fact: Fact, type: SessionEventType): boolean {
  return fact.what === 'told' && fact.event.type === type;
}

function dialsOf(facts: readonly Fact[]): readonly SocketFact[] {
  return facts.filter((fact): fact is SocketFact => fact.what === 'dialled');
}

/** No change of the carrier lies inside a word. */
function expectSeamsBetweenWords(run: SpeechRun, like: SpeechRun): void {
  const words = like.finals.flatMap((final) => final.words);
  for (const { toMs } of run.served.slice(0, -1)) {
    expect(words.filter(({ startMs, endMs }) => startMs < toMs && toMs < endMs)).toEqual([]);
  }
}

describe('a service that dies for good in mid-sentence', () => {
  it('is followed by the next one, with every word once', async () => {
    const run = await runSpeech({
      recogniser,
      recording: sentences,
      providers: 'local,backup',
      ...IN_MID_SENTENCE,
    });

    expectNothingLost(run, calm, sentences);
    expect(run.ledger.replayed).toBeGreaterThan(0);
    expect(told(run, 'candidate.changed')).toMatchObject([
      { from: 'local', to: 'backup', reason: 'failover' },
    ]);
    expect(run.changes[0]?.takeoverMs).toBeGreaterThan(0);
    expect(run.served.map(({ provider }) => provider)).toEqual(['local', 'backup']);
    expect(run.degraded).toEqual([]);
  });

  it('costs no dial where another stands by', async () => {
    const run = await runSpeech({
      recogniser,
      recording: sentences,
      providers: 'local,backup',
      standby: true,
      ...IN_MID_SENTENCE,
    });

    expectNothingLost(run, calm, sentences);
    expect(told(run, 'candidate.changed')).toMatchObject([
      { from: 'local', to: 'backup', reason: 'standby' },
    ]);
    const lostAt = run.facts.findIndex((fact) => isTold(fact, 'connection.reconnecting'));
    const sinceLost = run.facts.slice(lostAt);
    const flowingAt = sinceLost.findIndex((fact) => isTold(fact, 'audio.flowing'));
    const next = sinceLost.find((fact): fact is SocketFact => fact.what === 'audio');
    expect(flowingAt).toBeGreaterThan(0);
    expect(dialsOf(sinceLost.slice(0, flowingAt))).toEqual([]);
    expect(next?.service).toBe('backup');
    expect(dialsOf(run.facts.slice(0, lostAt)).map(({ socket }) => socket)).toContain(next?.socket);
  });
});

describe('a service that comes back', () => {
  it('is returned to in a pause of speech, with every word once', async () => {
    const run = await runSpeech({
      recogniser: ears,
      recording: minute,
      providers: 'local,backup',
      speedRatio: 5,
      faults: 'local:down@4s:10s',
      reconnect: HASTY,
      session: { holdDownMs: 500 },
    });

    expectNothingLost(run, calmMinute, minute);
    expect(told(run, 'candidate.changed')).toMatchObject([
      { from: 'local', to: 'backup', reason: 'failover' },
      { from: 'backup', to: 'local', reason: 'return' },
    ]);
    expect(run.served.at(-1)?.provider).toBe('local');
    expectSeamsBetweenWords(run, calmMinute);
  });
});

describe('a service that ends each session after a while', () => {
  it('is dialled anew before that, in a pause of speech, and changed to once it stands', async () => {
    const run = await runSpeech({
      recogniser: ears,
      recording: minute,
      speedRatio: 5,
      // The next one is looked for after half of it. A machine that is busy could take the link for a silent one.
      traits: { endsAfterMs: 14_000, hedges: false },
    });

    expectNothingLost(run, calmMinute, minute);
    expect(run.outages).toEqual([]);
    expect(run.changes.length).toBeGreaterThan(0);
    for (const change of run.changes) {
      expect(change).toMatchObject({ from: 'local', to: 'local', reason: 'rotation' });
    }
    expectSeamsBetweenWords(run, calmMinute);
    expectOneSocketAtATime(run.facts, run.changes.length);
  });
});

/** A second socket stands only during a change; audio goes to it once the first is let go. */
function expectOneSocketAtATime(facts: readonly Fact[], changes: number): void {
  const standing: number[] = [];
  let overlaps = 0;
  for (const fact of facts) {
    if (fact.what === 'told') continue;
    if (fact.what === 'opened') {
      standing.push(fact.socket);
      if (standing.length > 1) overlaps += 1;
    }
    if (fact.what === 'audio') expect(standing).toEqual([fact.socket]);
    if (fact.what === 'gone') expect(standing.shift()).toBe(fact.socket); // the older one
    expect(standing.length).toBeLessThanOrEqual(2);
  }
  expect(overlaps).toBe(changes);
}

describe('two services that both die', () => {
  it('leave a session that says so, records on, and delivers all once one is back', async () => {
    const run = await runSpeech({
      recogniser,
      recording: sentences,
      providers: 'local,backup',
      faults: 'local:down@2s,backup:down@2s:12s',
      reconnect: { ...HASTY, maxAttempts: 2 },
    });

    expectNothingLost(run, calm, sentences);
    expect(told(run, 'session.degraded')).toEqual([
      { type: 'session.degraded', mode: 'recordOnly', missing: ['hearing'] },
    ]);
    expect(told(run, 'session.restored')).toHaveLength(1);
    expect(told(run, 'candidate.changed')).toMatchObject([{ from: 'local', to: 'backup' }]);
    expect(run.degraded).toHaveLength(1);
    expect(run.degraded[0]?.toMs).not.toBeNull();
    expect(run.served.at(-1)?.provider).toBe('backup');
  });
});
