/** A machine of an application's own, which has a session in one of its states, on a network in memory. */
import { onTestFinished } from 'vitest';
import { createActor, sendTo, setup } from 'xstate';
import type { InspectionEvent } from 'xstate';

import { sessionLogic, sessionOf } from '../../src/session/session-logic.ts';
import type { SessionFact, SessionLogicInput } from '../../src/session/session-logic.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { Session } from '../../src/session/session.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { createAdmission, MemoryTransport, seededRandom, VirtualClock } from '../../src/testing.ts';
import type { MemoryTransportOptions } from '../../src/testing.ts';
import { answerControl, fakeProvider } from '../support/fake-provider.ts';

type CallEvent = { type: 'call.dialed' } | { type: 'call.left' } | { type: 'call.hungUp' };

export interface ParentOptions {
  readonly transport?: Partial<MemoryTransportOptions>;
  readonly session?: Partial<SessionOptions>;
  readonly connectsAtOnce?: boolean;
  /** Instead of opening a session on the network in memory. */
  readonly open?: () => Session;
  readonly inspect?: (event: InspectionEvent) => void;
}

/** The application: it is out of a call or in one, and what the session tells it is in its books. */
function callMachine(input: SessionLogicInput) {
  const told: SessionFact[] = [];
  const machine = setup({
    types: { events: {} as CallEvent | SessionFact },
    actors: { session: sessionLogic },
    actions: {
      book: ({ event }) => {
        if (!event.type.startsWith('call.')) told.push(event as SessionFact);
      },
    },
  }).createMachine({
    id: 'call',
    initial: 'out',
    states: {
      out: { on: { 'call.dialed': 'in' } },
      in: {
        invoke: { src: 'session', id: 'session', input, onError: 'broken' },
        on: {
          'session.closed': { target: 'out', actions: 'book' },
          'call.hungUp': { actions: sendTo('session', { type: 'session.close' }) },
          'call.left': 'out',
          '*': { actions: 'book' },
        },
      },
      broken: { on: { 'call.dialed': 'in' } },
    },
  });
  return { machine, told };
}

export class ParentWorld {
  readonly clock = new VirtualClock(1_000);
  readonly transport: MemoryTransport;
  readonly told: readonly SessionFact[];
  readonly sessions: Session[] = [];
  readonly actor;
  readonly #options: ParentOptions;

  constructor(options: ParentOptions = {}) {
    this.#options = options;
    const { clock } = this;
    this.transport = new MemoryTransport({ clock, onFrame: answerControl, ...options.transport });
    const { machine, told } = callMachine({
      open: options.open ?? (() => this.open()),
      ...(options.connectsAtOnce === undefined ? {} : { connectsAtOnce: options.connectsAtOnce }),
    });
    this.told = told;
    this.actor = createActor(machine, {
      clock,
      ...(options.inspect === undefined ? {} : { inspect: options.inspect }),
    });
    this.actor.start();
    onTestFinished(() => void this.actor.stop());
  }

  get child() {
    return this.actor.getSnapshot().children['session'];
  }

  /** The session that runs now. */
  get session(): Session {
    const session = sessionOf(this.child);
    if (session === undefined) throw new Error('no session runs');
    return session;
  }

  toldOf<T extends SessionFact['type']>(type: T) {
    return this.told.filter(
      (fact): fact is Extract<SessionFact, { type: T }> => fact.type === type,
    );
  }

  async dial(): Promise<void> {
    this.actor.send({ type: 'call.dialed' });
    await this.pass(100);
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  /** Audio goes to the session itself: no actor sees it. */
  async speak(ms: number, chunk: Uint8Array = new Uint8Array(640).fill(7)): Promise<void> {
    for (let spokenMs = 0; spokenMs < ms; spokenMs += 20) {
      sessionOf(this.child)?.write(chunk);
      await this.pass(20);
    }
  }

  /** A session on the network in memory. */
  open(): Session {
    const { inspect, session: options } = this.#options;
    const session = openSession({
      candidates: [fakeProvider()],
      transport: this.transport,
      clock: this.clock,
      random: seededRandom(1),
      admission: createAdmission(),
      ...(inspect === undefined ? {} : { inspect }),
      ...options,
    });
    this.sessions.push(session);
    return session;
  }
}
