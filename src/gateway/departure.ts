/** A gateway that goes: where its clients are sent, and what becomes of the sessions that were there. */
import type { Doors } from './doors.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Registry } from './registry.ts';
import type { GatewaySession } from './session.ts';
import { within } from './within.ts';
import { STOP_MS } from '../../machines/gateway.rules.ts';
import type { LeaseRelease } from '../../machines/lease.types.ts';
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

/** What has become of the sessions that had not ended when the drain began. */
export interface DrainReport {
  /** Those that nobody is known to have taken up: they are in the log, as far as it outlives the process. */
  readonly left: number;
  /** Of those left, those with something that no app had handled, or that no client had acknowledged. */
  readonly unfinished: number;
  /** Of the unfinished, those whose clients were told to go, and went in time: what no app had handled they have themselves. */
  readonly gone: number;
  /** Of those left, those of which the store did not take all that came in: no client was told that it had. */
  readonly unwritten: number;
  /** Beside these, those that another gateway has taken up, or has ended: their logs say so. */
  readonly moved: number;
}

const KNOWN = { deadlineMs: 0, to: 0, stopMs: 0 } satisfies Record<keyof DrainOptions, 0>;
/** P11.5 */
const MAX_ADDRESSES = 16;
/** Where a store does not say for so long whether a session has moved, nobody is known to have it. */
const LOOK_MS = 1_000;

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
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Departure {
  readonly #parts: DepartureParts;
  #isDraining = false;
  readonly #left = new Set<GatewaySession>();
  readonly #gone = new WeakSet<GatewaySession>();
  #moved = 0;
  /** Where clients are sent. */
  to: readonly string[] = [];

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  /** @throws TenutoError OPTION_INVALID */
  async drain(options: number | DrainOptions): Promise<DrainReport> {
    const { deadlineMs, to, stopMs } = drainOptionsOf(options);
    const { life, doors, registry, clock, logger } = this.#parts;
    logger.info('The gateway drains.', { sessions: registry.size, deadlineMs });
    this.#isDraining = true;
    this.to = to;
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
    doors.ask(count, endsAtMs - clock.nowMs(), this.to);
  }

  /** A session is not here any more. Where it goes on its log tells, and not what its client did before it was gone. */
  gone(session: GatewaySession, why: LeaseRelease): void {
    if (!this.#isDraining) return;
    if (why === 'fenced') this.#moved += 1;
    if (why !== 'left' && why !== 'uncertain') return;
    if (session.card.isConcluded !== true) this.#left.add(session); // else both sides have said all
  }

  /** Its client was told to go, and has let go of its socket. */
  clientGone(session: GatewaySession): void {
    this.#gone.add(session);
  }

  /** All that are there are let go of. */
  async leave(): Promise<void> {
    const { life, registry, store } = this.#parts;
    await registry.leave();
    if (this.#isDraining && store.isExclusive !== true) await this.#findMoved();
    life.tell({ type: 'sessions.left' });
  }

  /** Who wrote nothing meanwhile has not learnt that another has the session. Each answer counts as it comes. */
  async #findMoved(): Promise<void> {
    const looks = Array.from(this.#left, async (session) => {
      if (!(await session.log.isOvertaken())) return;
      this.#left.delete(session);
      this.#moved += 1;
    });
    await within(this.#parts.clock, LOOK_MS, Promise.all(looks));
  }

  get #report(): DrainReport {
    const left = Array.from(this.#left);
    const unfinished = left.filter(isUnfinished);
    return {
      left: left.length,
      unfinished: unfinished.length,
      gone: unfinished.filter((session) => this.#gone.has(session)).length,
      unwritten: left.filter(({ log }) => log.hasUnwritten).length,
      moved: this.#moved,
    };
  }
}

/** What it accepted was not all handled, or what it said was not all acknowledged. */
function isUnfinished({ committed, standing }: GatewaySession): boolean {
  return committed > standing.done || standing.down > standing.downAcked;
}
