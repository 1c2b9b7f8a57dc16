/** What language models mean for each other, and for other agents: by breakers, and by the retry budget. */
import { describe, expect, it } from 'vitest';

import { createAdmission } from '../../src/session/admission/admission.ts';
import type { Admission } from '../../src/session/admission/admission.ts';
import { candidateKey } from '../../src/session/admission/candidate-key.ts';
import type { VoiceAgentOptions } from '../../src/voice/options.ts';
import { ScriptedModel, VoiceWorld } from './voice-world.ts';

/** Backoff is of no matter here. */
const AT_ONCE = { jitter: 'none', baseMs: 1, capMs: 1, maxAttempts: 20 } as const;

const KEY_OF_A = candidateKey({ provider: 'a', region: '', keyId: 'default' });
const BROKEN = { kind: 'transient', code: 'http 500', detail: '' } as const;

interface Pair {
  readonly first: ScriptedModel;
  readonly second: ScriptedModel;
  readonly world: VoiceWorld;
}

async function pairOf(admission: Admission, agent: Partial<VoiceAgentOptions> = {}): Promise<Pair> {
  const first = new ScriptedModel('a');
  const second = new ScriptedModel('b');
  const world = new VoiceWorld({
    agent: { thinking: [first, second], reconnect: AT_ONCE, admission, ...agent },
  });
  return { first, second, world: await world.connected() };
}

/** Others have found it dead. */
function openBreaker({ breakers }: Admission, atMs: number): void {
  for (let times = 0; times < 5; times += 1) {
    breakers.tell(KEY_OF_A, { type: 'dial.failed', failure: BROKEN, isLast: false, atMs });
  }
}

/** Turns on which the first model fails and the second answers. */
async function failFor(turns: number, { first, second, world }: Pair): Promise<void> {
  for (let turn = 1; turn <= turns; turn += 1) {
    await world.turn(`turn ${turn}`);
    first.fails({ kind: 'transient' });
    second.answers('Yes.');
  }
}

describe('a model that failed five times in a row', () => {
  it('is passed over for 30 s, and its answer then brings it back', async () => {
    const admission = createAdmission();
    const pair = await pairOf(admission);
    const { first, second, world } = pair;
    await failFor(5, pair);

    await world.turn('six');
    second.answers('Six.');
    const early = first.asked.length;
    await world.pass(30_000);
    await world.turn('seven');
    first.answers('Seven.');
    const { state } = admission.breakers.stateOf(KEY_OF_A);
    await world.turn('eight');
    first.answers('Eight.');

    expect([state, admission.breakers.stateOf(KEY_OF_A).state]).toEqual(['halfOpen', 'closed']);
    expect(early).toBe(5);
    expect(first.asked).toHaveLength(7);
    expect(world.eventsOf('candidate.changed').map(({ reason }) => reason)).toEqual([
      'failover',
      'return',
    ]);
    expect(world.messages.at(-1)).toBe('assistant: Eight. (completed)');
  });

  it('is passed over by other agents too, which send one request between them to find out', async () => {
    const admission = createAdmission();
    const one = await pairOf(admission);
    const other = await pairOf(admission);
    await failFor(5, one);
    await other.world.pass(5_100);

    await other.world.turn('hello');
    const barred = other.first.asked.length;
    other.second.answers('Hello.');
    for (const { world } of [one, other]) await world.pass(30_000);
    for (const { world } of [one, other]) await world.turn('again');

    expect(barred).toBe(0);
    expect([one.first.open, other.first.open]).toEqual([1, 0]);
    expect(other.second.open).toBe(1);
    expect(other.world.signals).toEqual([]);
  });

  it('may be asked by another agent when whoever asked it was interrupted', async () => {
    const admission = createAdmission();
    const one = await pairOf(admission);
    const other = await pairOf(admission);
    await failFor(5, one);
    await other.world.pass(5_100);
    for (const { world } of [one, other]) await world.pass(30_000);
    await one.world.turn('again');

    one.world.agent.conversation.interrupt();
    await other.world.turn('again');

    expect([one.first.open, other.first.open]).toEqual([0, 1]);
  });

  it('is asked all the same where it is the only one', async () => {
    const admission = createAdmission();
    await failFor(5, await pairOf(admission));
    const only = new ScriptedModel('a');
    const world = await new VoiceWorld({ agent: { thinking: only, admission } }).connected();
    await world.pass(5_100);

    await world.turn('hello');

    expect(only.asked).toHaveLength(1);
  });

  it('does not open a breaker where nobody else is there', async () => {
    const admission = createAdmission();
    const world = await new VoiceWorld({ agent: { admission, reconnect: AT_ONCE } }).connected();
    await world.turn('hello');

    for (let times = 0; times < 6; times += 1) {
      world.model.fails({ kind: 'transient' });
      await world.pass(1);
    }

    const key = candidateKey({ provider: 'model', region: '', keyId: 'default' });
    expect(admission.breakers.stateOf(key).state).toBe('closed');
  });

  it('is one of its region and key: the same model elsewhere is asked', async () => {
    const admission = createAdmission();
    await failFor(5, await pairOf(admission));
    const [near, far] = [new ScriptedModel('a'), new ScriptedModel('a')];
    const thinking = [
      { model: near, region: 'eu' },
      { model: far, key: 'second account' },
    ];
    const world = await new VoiceWorld({ agent: { thinking, admission } }).connected();
    await world.pass(5_100);

    await world.turn('hello');
    near.fails({ kind: 'quota' });
    far.answers('Hello.');

    expect(world.eventsOf('candidate.changed')).toMatchObject([{ from: 'a (eu)', to: 'a' }]);
  });
});

describe('a breaker that opens while a model is waited for', () => {
  it('lets another be asked first', async () => {
    const admission = createAdmission();
    const { first, second, world } = await pairOf(admission, {
      reconnect: { jitter: 'none', baseMs: 8_000, capMs: 8_000 },
    });
    await world.turn('hello');
    first.fails({ kind: 'transient' });
    second.fails({ kind: 'rateLimited', retryAfterMs: 12_000 });

    openBreaker(admission, world.clock.nowMs());
    await world.pass(12_000);

    expect([first.asked.length, second.asked.length]).toEqual([1, 2]);
  });
});

describe('a model whose breaker is waited for', () => {
  it('is asked at the moment when it may be', async () => {
    const admission = createAdmission();
    const { first, second, world } = await pairOf(admission);
    openBreaker(admission, world.clock.nowMs());
    await world.pass(25_000);
    await world.turn('hello');

    second.fails({ kind: 'rateLimited', retryAfterMs: 60_000 });
    await world.pass(30_000 - 25_000 - 1_010 - 1);
    const early = first.asked.length;
    await world.pass(1);

    expect([early, first.asked.length]).toEqual([0, 1]);
  });

  it('is asked as soon as another agent found that it works', async () => {
    const admission = createAdmission();
    const { breakers } = admission;
    const { first, second, world } = await pairOf(admission);
    openBreaker(admission, world.clock.nowMs());
    await world.turn('hello');
    second.fails({ kind: 'rateLimited', retryAfterMs: 60_000 });

    const atMs = world.clock.nowMs() + 30_000; // clocks differ
    breakers.tell(KEY_OF_A, { type: 'dial.asked', atMs });
    await world.pass(100);
    const during = first.asked.length;
    breakers.tell(KEY_OF_A, { type: 'dial.succeeded', atMs });
    breakers.tell(KEY_OF_A, { type: 'dial.succeeded', atMs });

    expect([during, first.asked.length]).toEqual([0, 1]);
  });
});

describe('an agent whose requests fail again and again', () => {
  it('waits for 30 s before each once its budget is spent', async () => {
    const world = await new VoiceWorld({ agent: { reconnect: AT_ONCE } }).connected();
    await world.turn('hello');

    for (let times = 0; times < 11; times += 1) {
      world.model.fails({ kind: 'transient' });
      const { backoffDelayMs = 0 } = world.eventsOf('connection.reconnecting').at(-1) ?? {};
      await world.pass(backoffDelayMs);
    }

    const waitsMs = world
      .eventsOf('connection.reconnecting')
      .map(({ backoffDelayMs }) => backoffDelayMs);
    expect(waitsMs.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 1));
    expect(waitsMs.slice(9)).toEqual([30_000, 30_000]);
    expect(world.model.asked).toHaveLength(12);
  });
});
