/** A gateway that goes: where its clients are sent, and what becomes of the sessions that were there. */
import type { Counters } from './counters.ts';
import type { Doors } from './doors.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Registry } from './registry.ts';
import { STOP_MS } from '../../machines/gateway.rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogStore } from '../ports/log-store.ts';
import { checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';
import { DRAIN_MS } from '../protocol/limits.ts';

export interface DrainOptions {
  /** How long clients have to go. Default 30,000 ms. */
  readonly deadlineMs?: number;
  /**
   * Addresses of gateways that would take them, such as `wss://gw7.eu.example`, 16 at the most; what a client was not told to
   * trust it passes over. Default none: they dial again where they had. With a store that only one gateway can have open
   * (`LogStore.isExclusive`) nothing is then waited for but what they sent: the next gateway has it when this one has ended.
   */
  readonly to?: readonly string[];
  /** How long sessions have to get what came in last into the log, once clients are gone. Default, and at the most, 5,000 ms. */
  readonly stopMs?: number;
}

/** What has become of the sessions that had not ended. */
export interface DrainReport {
  /** Those left in the log, to be taken over, as far as it outlives the process. */
  readonly left: number;
  /** Of these, those whose clients were told to go, and did in time: they go on elsewhere, with all that they hold. */
  readonly moved: number;
  /** Of these, those of which the store did not take all that came in: no client was told that it had. */
  readonly unwritten: number;
}

const KNOWN = { deadlineMs: 0, to: 0, stopMs: 0 } satisfies Record<keyof DrainOptions, 0>;
/** P11.5 */
const MAX_ADDRESSES = 16;

/** @throws TenutoError OPTION_INVALID */
function drainOptionsOf(given: number | DrainOptions): Required<DrainOptions> {
  const options = typeof given === 'number' ? { deadlineMs: given } : given;
  checkOptions('drain', options, KNOWN);
  const { deadlineMs = DRAIN_MS, to = [], stopMs = STOP_MS } = options;
  for (const [name, value] of Object.entries({ deadlineMs, stopMs })) {
    checkNumber(name, value, value >= 0 && value < Infinity, 'of milliseconds, 0 or more');
  }
  const isFine = Array.isArray(to) && to.length <= MAX_ADDRESSES && to.every(isAddress);
  if (isFine) return { deadlineMs, to, stopMs };
  throw invalid(
    'to is no list of addresses that clients could dial.',
    `Give ${MAX_ADDRESSES} at the most, such as wss://gw7.eu.example, without a user or a password.`,
  );
}

function isAddress(text: unknown): boolean {
  if (typeof text !== 'string' || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['wss:', 'ws:'].includes(protocol) && username + password === '';
}

/** The gateway's. */
export interface DepartureParts {
  readonly life: Lifecycle;
  readonly doors: Doors;
  readonly registry: Registry;
  readonly store: Pick<LogStore, 'isExclusive'>;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Departure {
  readonly #parts: DepartureParts;
  readonly #moved = new Set<string>();
  #unwrittenBefore = 0;
  #left: readonly string[] = [];
  #to: readonly string[] = [];

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  /** @throws TenutoError OPTION_INVALID */
  async drain(options: number | DrainOptions): Promise<DrainReport> {
    const { deadlineMs, to, stopMs } = drainOptionsOf(options);
    const { life, doors, registry, clock, logger } = this.#parts;
    logger.info('The gateway drains.', { sessions: registry.size, deadlineMs });
    this.#to = to;
    const isHandover = this.isHandover(to);
    const { size: sockets, clients } = doors;
    const atMs = clock.nowMs();
    life.tell({ type: 'gateway.drain', atMs, deadlineMs, stopMs, sockets, clients, isHandover });
    await life.stopped;
    return this.#report;
  }

  /** Whether nobody can have its sessions before it has let go of them, and clients have nowhere else to go. */
  isHandover(to: readonly string[]): boolean {
    return to.length === 0 && this.#parts.store.isExclusive === true;
  }

  /** So many more clients are told to go, by then. */
  ask(count: number, endsAtMs: number): void {
    const { doors, clock } = this.#parts;
    doors.ask(count, endsAtMs - clock.nowMs(), this.#to);
  }

  /** A client that had been told to go has let go of its socket. */
  moved(sessionId: string): void {
    this.#moved.add(sessionId);
  }

  /** All that are there are let go of. */
  async leave(): Promise<void> {
    const { life, registry, counters } = this.#parts;
    this.#unwrittenBefore = counters.unwritten;
    this.#left = Array.from(registry.sessions)
      .filter(({ isKept, card }) => isKept && card.isConcluded !== true)
      .map(({ id }) => id);
    await registry.leave();
    life.tell({ type: 'sessions.left' });
  }

  get #report(): DrainReport {
    return {
      left: this.#left.length,
      moved: this.#left.filter((id) => this.#moved.has(id)).length,
      unwritten: this.#parts.counters.unwritten - this.#unwrittenBefore,
    };
  }
}
