/** What answers a request, what is told of it, and what the next one learns. */
import { describe, expect, it } from 'vitest';

import type { Failure } from '../../machines/failure.ts';
import { requestMachine } from '../../machines/request.machine.ts';
import { ONE, RequestWorld } from './request-world.ts';

const BROKE: Failure = { kind: 'transient', code: 'test', detail: '' };

describe('an answer', () => {
  it('is told of as it begins where something was wrong, and ends the request as it ends', () => {
    const world = new RequestWorld({ candidates: ONE }).failed().pass(1_000).pass(40).begun();

    const before = world.state;
    world.ended();

    expect(before).toBe('asking.answering');
    expect(world.state).toBe('answered');
    expect(world.children).toEqual([]);
    expect(world.signals).toEqual([
      {
        type: 'connection.reconnecting',
        attempt: 1,
        maxAttempts: 5,
        persistsForMs: 0,
        backoffDelayMs: 1_000,
        component: 'llm',
        bufferedAudioChunks: 0,
        cause: BROKE,
      },
      {
        type: 'connection.reconnected',
        attempts: 1,
        component: 'llm',
        outcome: 'restarted',
        downtimeMs: 1_040,
        audioReplayedMs: 0,
        audioLostMs: 0,
        duplicatesDropped: 0,
        toolCallsCarried: 0,
        cause: BROKE,
      },
    ]);
    expect(world.output).toMatchObject({ outcome: 'answered', candidate: 0, attempts: 0 });
  });

  it('of nothing is an answer, and ends what was wrong', () => {
    const world = new RequestWorld({ candidates: ONE }).failed().pass(1_000).ended();

    expect(world.state).toBe('answered');
    expect(world.signals.map(({ type }) => type)).toEqual([
      'connection.reconnecting',
      'connection.reconnected',
    ]);
    expect(world.standing(0)).toMatchObject({ hasAnswered: true, failures: 0 });
  });

  it('of whom is as preferred as ever is told nothing of', () => {
    const world = new RequestWorld().begun().ended();

    expect(world.signals).toEqual([]);
    expect(world.output?.memory).toMatchObject({ outage: null, lastToAnswer: 0 });
  });

  it('of another is told, and so is the way back, each once', () => {
    const world = new RequestWorld().failed('rateLimited', { retryAfterMs: 5_000 }).pass(70);
    const second = world.begun().ended().next();
    const third = second.begun().ended().pass(5_000).next().begun().ended();

    expect(world.signalsOf('candidate.changed')).toEqual([
      { type: 'candidate.changed', from: 'a', to: 'b', reason: 'failover', takeoverMs: 70 },
    ]);
    expect(second.signals).toEqual([]);
    expect(third.signals).toEqual([
      { type: 'candidate.changed', from: 'b', to: 'a', reason: 'return', takeoverMs: 0 },
    ]);
  });

  it('that breaks off is asked for again, as one whose service was well', () => {
    const world = new RequestWorld({ candidates: ONE, policy: { firstDelayMs: 200 } });

    world.begun().pass(500).failed();

    expect(world.state).toBe('waiting.backingOff');
    expect(world.signalsOf('connection.reconnecting')[0]?.backoffDelayMs).toBe(200);
  });

  it('that breaks off when it cannot be taken back ends the request, and holds nothing against anybody', () => {
    const world = new RequestWorld().begun().failed('transient', {}, { canResume: false });

    expect(world.state).toBe('refused');
    expect(world.asked).toEqual([0]);
    expect(world.signals).toEqual([]);
    expect(world.output).toEqual({
      outcome: 'refused',
      candidate: 0,
      failure: BROKE,
      attempts: 0,
      memory: {
        standings: [world.standing(0), world.standing(1)],
        outage: null,
        lastToAnswer: 0,
      },
    });
    expect(world.standing(0)).toMatchObject({ failures: 0, isPassed: false, coolUntilMs: 0 });
  });
});

describe('a request at fault', () => {
  it('is asked of nobody else', () => {
    const world = new RequestWorld().failed('perRequest');

    expect(world.state).toBe('refused');
    expect(world.asked).toEqual([0]);
    expect(world.output).toMatchObject({ outcome: 'refused', failure: { kind: 'perRequest' } });
  });

  it('does not end what was wrong before it', () => {
    const world = new RequestWorld({ candidates: ONE }).failed().pass(1_000).failed('perRequest');

    const next = world.next({ candidates: ONE }).begun();

    expect(world.output?.attempts).toBe(1);
    expect(next.signalsOf('connection.reconnected')).toMatchObject([
      { attempts: 1, downtimeMs: 1_000, cause: BROKE },
    ]);
  });
});

describe('the request chart', () => {
  it('describes every state, and holds none deeper than two', () => {
    const states = Object.values(requestMachine.states).flatMap((state) => [
      state,
      ...Object.values(state.states),
    ]);

    for (const { id, description, path } of states) {
      expect(description, id).toMatch(/^[A-Z].*\.$/s);
      expect(path.length).toBeLessThanOrEqual(2);
    }
    expect(states).toHaveLength(12);
  });
});
