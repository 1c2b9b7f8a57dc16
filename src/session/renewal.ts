/** The renewal chart at work on one link: a new credential is asked for in time, and brought to the service on that link. */
import { createActor, fromPromise } from 'xstate';
import type { ActorRefFrom } from 'xstate';

import type { ResolvedOptions } from './options.ts';
import { faulty, textOf } from './provider-faults.ts';
import type { Failure } from '../../machines/failure.ts';
import { renewalMachine } from '../../machines/renewal.machine.ts';
import type { CredentialAnswer, CredentialMiss } from '../../machines/renewal.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { Frame } from '../ports/socket.ts';

type RenewalActor = ActorRefFrom<typeof renewalMachine>;

/** What a link that renews its credential does for the chart. */
export interface RenewalHost {
  readonly clock: Clock;
  readonly inspect?: ResolvedOptions['inspect'];
  /** Resolves with what brings a new credential; null where there is nobody to ask. */
  newCredential(): Promise<Frame | null>;
  bring(frame: Frame): void;
  /** None came. It is asked for again. */
  onMissed(failure: Failure): void;
}

/** One chart serves every link: providing anew for each would build all its states again. */
const renewals = new WeakMap<object, Renewal>();

const wiredRenewal = renewalMachine.provide({
  actors: {
    ask: fromPromise<CredentialAnswer>(async ({ system, signal }) => ({
      hasCome: (await renewals.get(system)?.ask(signal)) === true,
    })),
  },
});

export class Renewal {
  readonly #host: RenewalHost;
  /** Null until the service says that its credential ends: most never do. */
  #actor: RenewalActor | null = null;
  #isOver = false;
  /** What came last, for the service alone. */
  #frame: Frame | null = null;
  /** Why none came. */
  #words = '';

  constructor(host: RenewalHost) {
    this.#host = host;
  }

  /** @param endsInMs how long the credential in use is still believed. */
  endsIn(endsInMs: number): void {
    if (this.#isOver) return;
    if (this.#actor === null) this.#actor = this.#start(endsInMs);
    else this.#actor.send({ type: 'credential.accepted', endsInMs });
  }

  stop(): void {
    this.#isOver = true;
    this.#actor?.stop();
    this.#actor = null;
  }

  /** For the chart. @returns whether one has come. */
  async ask(signal: AbortSignal): Promise<boolean> {
    const { frame, words } = await this.#answer();
    if (signal.aborted) return false; // too late: the next may be on its way
    this.#frame = frame;
    this.#words = words;
    return frame !== null;
  }

  async #answer(): Promise<{ readonly frame: Frame | null; readonly words: string }> {
    try {
      const frame = await this.#host.newCredential();
      return { frame, words: 'there is nobody to ask for another' };
    } catch (error) {
      return { frame: null, words: textOf(error) };
    }
  }

  #start(endsInMs: number): RenewalActor {
    const { clock, inspect = null } = this.#host;
    const actor = createActor(wiredRenewal, {
      clock,
      input: { endsInMs },
      ...(inspect === null ? {} : { inspect }),
    });
    renewals.set(actor.system, this);
    actor.on('credential.bring', () => {
      const frame = this.#frame;
      this.#frame = null;
      if (frame !== null) this.#host.bring(frame);
    });
    actor.on('credential.missed', ({ why }) => {
      this.#host.onMissed(this.#failure(why));
    });
    actor.subscribe({
      error: (error) => {
        this.#host.onMissed(faulty(error));
      },
    });
    return actor.start();
  }

  #failure(why: CredentialMiss): Failure {
    const detail = why === 'late' ? 'it did not come in time' : this.#words;
    return { kind: 'auth', code: 'credential', detail };
  }
}
