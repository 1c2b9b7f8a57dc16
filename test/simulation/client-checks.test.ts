/** What a client tells that cannot be is told: right histories beside wrong ones. */
import { describe, expect, it } from 'vitest';
import { createActor, createMachine } from 'xstate';

import type { CloseResult, SessionEvent, SessionLedger } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session.ts';
import { AudioChecks } from '../../src/simulation/checks/audio-checks.ts';
import { GapChecks } from '../../src/simulation/checks/gap-checks.ts';
import { Report } from '../../src/simulation/checks/report.ts';
import { SimulatedProcess } from '../../src/simulation/process.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { captured, CHUNK_MS, CHUNK_SAMPLES, toldIn } from './histories.ts';

const CHUNKS = 600;
const RETENTION_MS = 8_000;
const machine = createMachine({
  id: 'session',
  initial: 'active',
  states: { active: { on: { fell: 'pit' } }, pit: {} },
});

type Hears = (event: SessionEvent) => void;

/** What of a session the checks see, said by hand. */
class Microphone {
  readonly clock = new VirtualClock();
  readonly report = new Report(this.clock, false);
  readonly actor = createActor(machine).start();
  readonly checks: AudioChecks;
  readonly gaps: GapChecks;
  status = 'connecting';
  ledger = ledgerOf({ delivered: CHUNKS });
  readonly #heard: (readonly [string, Hears])[] = [];

  constructor() {
    const { audio } = captured(0, CHUNKS);
    const session = this as unknown as Session;
    const process = new SimulatedProcess('client 1', this.clock);
    this.checks = new AudioChecks('client 1', session, audio, this.report, process, RETENTION_MS);
    this.gaps = new GapChecks('client 1', session, audio, RETENTION_MS, this.report);
  }

  get told() {
    return toldIn(this.report);
  }

  on(type: string, hear: Hears): void {
    this.#heard.push([type, hear]);
  }

  says(given: { readonly type: SessionEvent['type']; readonly [fact: string]: unknown }): this {
    const event = given as unknown as SessionEvent;
    for (const [type, hear] of this.#heard) if (type === '*' || type === event.type) hear(event);
    return this;
  }

  final(startMs: number, endMs: number, text = ''): this {
    return this.says({ type: 'transcript', isFinal: true, startMs, endMs, text });
  }

  gap(fromMs: number, toMs: number, reason = 'ringOverflow'): this {
    return this.says({ type: 'gap', fromMs, toMs, durationMs: toMs - fromMs, reason });
  }

  closes(given: Partial<CloseResult> = {}): this {
    const left = { chunks: 0, ms: 0 };
    this.checks.closed({
      drained: true,
      finished: true,
      durability: null,
      left,
      ledger: this.ledger,
      ...given,
    });
    this.checks.expectOver();
    return this;
  }

  books(given: Partial<Pick<SessionLedger, 'delivered' | 'gap' | 'buffered'>>): this {
    this.ledger = ledgerOf(given);
    this.checks.look();
    return this;
  }
}

function ledgerOf({ delivered = 0, gap = 0, buffered = 0 }): SessionLedger {
  return {
    captured: CHUNKS,
    delivered,
    gap,
    buffered,
    capturedMs: CHUNKS * CHUNK_MS,
    deliveredMs: delivered * CHUNK_MS,
    gapMs: gap * CHUNK_MS,
    bufferedMs: buffered * CHUNK_MS,
    replayed: 0,
    replayedMs: 0,
    duplicatesSuppressed: 0,
  };
}

const failed = { type: 'connection.failed', reason: 'refused' } as const;
const reconnecting = {
  type: 'connection.reconnecting',
  attempt: 1,
  cause: { code: '1006' },
} as const;
const END_MS = CHUNKS * CHUNK_MS;

type Happens = (microphone: Microphone) => unknown;

function toldOf(happens: Happens) {
  const microphone = new Microphone();
  happens(microphone);
  return microphone.told;
}

describe('a client that is as it should be', () => {
  it.each<[string, Happens]>([
    ['has finals, and ends', (of) => of.final(0, 200, '0 1').final(200, END_MS, '2').closes()],
    [
      'has a gap between finals',
      (of) => of.final(0, 200).gap(200, 1_200).final(1_200, END_MS).closes(),
    ],
    ['balances its books', (of) => of.books({ delivered: CHUNKS - 201, gap: 1, buffered: 200 })],
    ['gives up, with audio left', (of) => of.says(failed).closes({ drained: false })],
    [
      'reconnects, and is connected again',
      (of) =>
        of.says(reconnecting).says({ type: 'connection.reconnected' }).final(0, END_MS).closes(),
    ],
    ['dials', (of) => of.checks.dialled()],
  ])('is told nothing: it %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual([]);
  });
});

describe('a client', () => {
  it('I2: has finals of their own audio', () => {
    expect(toldOf((of) => of.final(0, 200, '0 7'))).toEqual(['I2']);
  });

  it('I3: gives up nothing that it may still hold', () => {
    expect(toldOf((of) => of.gap(0, 1_000))).toEqual([]);
    expect(toldOf((of) => of.gap(END_MS - 6_000, END_MS - 5_000))).toEqual(['I3']);
  });

  it('I3: has lost nothing to a store that lost nothing', () => {
    const loses = (of: Microphone): Microphone => of.gap(0, 1_000, 'storeLoss');
    const struck = (of: Microphone): void => {
      of.report.struck('storeTailLost');
      loses(of);
    };

    expect(toldOf(struck)).toEqual([]);
    expect(toldOf((of) => loses(of.says({ type: 'gateway.sessionLost' })))).toEqual([]);
    expect(toldOf(loses)).toEqual(['I3']);
  });

  it('I3: tells the gaps that a log has', () => {
    const gapped = (of: Microphone): void => {
      of.gaps.expectTold(8_000, 16_000, of.checks.told.gaps);
    };

    expect(toldOf((of) => gapped(of.gap(1_000, 2_000)))).toEqual([]);
    expect(toldOf(gapped)).toEqual(['I3']);
  });

  it.each<[string, Happens]>([
    ['a final passes audio over', (of) => of.final(0, 100).final(300, 400)],
    ['a final tells audio again', (of) => of.final(0, 200).final(100, 300)],
    ['finals end too early', (of) => of.final(0, END_MS - 100).closes()],
  ])('I6: %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual(['I6']);
  });

  it('I8: holds what it may, a chunk, a second, and what is on its way', () => {
    expect(toldOf((of) => of.books({ delivered: CHUNKS - 418, buffered: 418 }))).toEqual([]);
    expect(toldOf((of) => of.books({ delivered: CHUNKS - 419, buffered: 419 }))).toEqual(['I8']);
  });

  it.each<[string, Happens]>([
    ['a chunk is nowhere', (of) => of.books({ delivered: CHUNKS - 1 })],
    ['a chunk is twice', (of) => of.books({ delivered: CHUNKS, gap: 1 })],
    [
      'less is captured than was written',
      (of) => {
        of.ledger = { ...of.ledger, captured: 1 };
        of.checks.look();
      },
    ],
  ])('I9: %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual(['I9']);
  });

  it.each<[string, Happens]>([
    ['chunks are left', (of) => of.closes({ drained: false })],
    ['not all was told', (of) => of.closes({ finished: false })],
    ['it does not close', ({ checks }) => checks.expectOver()],
  ])('I10: %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual(['I10']);
  });

  it.each<[string, Happens]>([
    ['after its end', (of) => of.final(0, END_MS).closes().checks.dialled()],
    ['after a final refusal', (of) => of.says(failed).checks.dialled()],
    [
      'too often',
      ({ checks }) => {
        for (let dial = 0; dial < 181; dial += 1) checks.dialled();
      },
    ],
  ])('I12: dials %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual(['I12']);
  });

  it('I17: a reconnection that is told of ends', () => {
    expect(toldOf((of) => of.says(reconnecting).checks.expectOver())).toContain('I17');
    expect(toldOf((of) => of.says(reconnecting).says(failed).checks.expectOver())).not.toContain(
      'I17',
    );
  });

  it('I18: is in no state that nothing leads out of', () => {
    const fell = (of: Microphone): void => {
      of.actor.send({ type: 'fell' });
      of.status = 'reconnecting';
      of.checks.look();
    };

    expect(toldOf((of) => of.checks.look())).toEqual([]);
    expect(toldOf(fell)).toEqual(['I18']);
  });
});

describe('what a log has', () => {
  const inLog = ({ gaps }: Microphone): void => gaps.inLog(0, 10 * CHUNK_SAMPLES);

  it.each<[string, Happens]>([
    [
      'is given up afterwards',
      (of) => {
        inLog(of);
        of.gap(0, 1_000);
      },
    ],
    ['was given up before', (of) => inLog(of.gap(0, 1_000))],
  ])('I4: %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual(['I4']);
  });

  it.each<[string, Happens]>([
    [
      'ends where the gap begins',
      (of) => {
        inLog(of);
        of.gap(1_000, 2_000);
      },
    ],
    [
      'the store has lost',
      (of) => {
        inLog(of);
        of.report.struck('storeTailLost');
        of.gap(0, 1_000);
      },
    ],
    [
      'was of a session that is lost',
      (of) => {
        inLog(of);
        of.says({ type: 'gateway.sessionLost' }).gap(0, 1_000);
      },
    ],
    [
      'nobody can tell who has given up',
      (of) => {
        inLog(of);
        of.says(failed).gap(0, 1_000);
      },
    ],
  ])('may be a gap where it %s', (_what, happens) => {
    expect(toldOf(happens)).toEqual([]);
  });
});
