/** What the application hears of a session's charts: its status, why it was given up, and what they emit. */
import type { DeciderHandlers } from './decider.types.ts';
import { aborted, internal } from './door.ts';
import type { Drain } from './drain.ts';
import type { SessionEmitter } from './emitter.ts';
import { errorOf } from './failure-error.ts';
import type { ResolvedOptions } from './options.ts';
import { isSettled } from './status.ts';
import type { Wiring } from './wiring.ts';
import type { ConnectionSignal, ConnectionStatus } from '../../machines/connection.types.ts';
import type { OrchestratorSignal } from '../../machines/orchestrator.types.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Abortion } from '../ports/abort.ts';
import type { TenutoError } from '../ports/errors.ts';

export class Announcer implements DeciderHandlers {
  readonly #options: ResolvedOptions;
  readonly #uplink: Uplink;
  readonly #wiring: Wiring;
  readonly #drain: Drain;
  readonly #emitter: SessionEmitter;
  #status: ConnectionStatus = 'idle';
  /** A listener is being told, and the chart is in the middle of what it does. */
  isTelling = false;
  /** Why the connection was given up, until the next dial. */
  error: TenutoError | null = null;

  constructor(
    options: ResolvedOptions,
    uplink: Uplink,
    wiring: Wiring,
    drain: Drain,
    emitter: SessionEmitter,
  ) {
    this.#options = options;
    this.#uplink = uplink;
    this.#wiring = wiring;
    this.#drain = drain;
    this.#emitter = emitter;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Nothing more comes, unless somebody connects again. */
  get isOver(): boolean {
    return this.#status === 'error' || this.#status === 'disconnected';
  }

  /** The first status that says how a dial ended. Rejects with CONNECT_ABORTED where the signal comes first. */
  settled(signal: Abortion | undefined): Promise<ConnectionStatus> {
    if (isSettled(this.#status)) return Promise.resolve(this.#status);

    return new Promise((resolve, reject) => {
      const stop = this.#emitter.on('stateChange', ({ current }) => {
        if (!isSettled(current)) return;
        leave();
        resolve(current);
      });
      const abort = (): void => {
        leave();
        reject(aborted());
      };
      const leave = (): void => {
        stop();
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort);
    });
  }

  onSignal(signal: ConnectionSignal | OrchestratorSignal): void {
    if (signal.type === 'connection.failed') {
      this.error = errorOf(signal.failure, this.#services, signal.attempts);
      this.#uplink.flushGaps();
    }
    this.isTelling = true;
    this.#emitter.emit(signal);
    if (this.error !== null && signal.type === 'connection.failed') {
      this.#emitter.emit({ type: 'error', error: this.error });
    }
    this.isTelling = false;
  }

  onStatus(current: ConnectionStatus): void {
    const previous = this.#status;
    if (current === previous) return;
    this.#status = current;
    if (this.isOver) this.#drain.cancel();
    if (current === 'reconnecting') this.#drain.linkLost();
    const reason = current === 'disconnected' ? 'session.close' : this.#wiring.reporter.lastFact;
    this.isTelling = true;
    this.#emitter.emit({ type: 'stateChange', current, previous, reason });
    this.isTelling = false;
  }

  onBroken(error: unknown): void {
    this.#options.logger.error('a chart failed', { error: String(error) });
    this.#wiring.release();
    this.error = internal(error);
    this.onStatus('error');
    this.#emitter.emit({ type: 'error', error: this.error });
  }

  /** The candidates' names, for a person. */
  get #services(): string {
    const names = this.#options.candidates.map(({ provider }) => provider.name);
    return [...new Set(names)].join(' and ');
  }
}
