/**
 * Time that passes only when told to.
 *
 * It serves tenuto's `Clock` port and XState's alike: `createSession({ clock })`, `createActor(machine, { clock })`.
 */
import { TimerQueue } from './timer-queue.ts';
import type { Clock } from '../ports/clock.ts';
import { TenutoError } from '../ports/errors.ts';

/**
 * A clock for tests. Timers run in the order in which they fall due, each at its own moment, and so do those that they
 * set; two that fall due together run in the order in which they were set. Nothing else moves: `Date`, promises and
 * the platform's timers are left alone.
 *
 * Where a platform makes something of a time that is none (NaN, less than 0, Infinity), this clock throws a TenutoError
 * `OPTION_INVALID`: such a time is a slip in the code under test.
 */
export class VirtualClock implements Clock {
  readonly #timers = new TimerQueue();
  #nowMs: number;

  /** @param startAtMs what `nowMs()` says at first. */
  constructor(startAtMs = 0) {
    this.#nowMs = checked(startAtMs, 'VirtualClock is to start at');
    // XState takes a clock's methods off the object.
    this.setTimeout = this.setTimeout.bind(this);
    this.clearTimeout = this.clearTimeout.bind(this);
  }

  /** Timers that have neither run nor been cleared. */
  get pending(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): number {
    const dueAtMs = this.#nowMs + checked(delayMs, 'setTimeout was given a delay of');
    return this.#timers.add(callback, dueAtMs);
  }

  clearTimeout(handle: unknown): void {
    this.#timers.clear(handle as number);
  }

  /** Runs every timer that falls due within `ms`, each at its own moment, also those set meanwhile. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + checked(ms, 'advance was told to go on by');
    while (this.step(untilMs));
    this.#nowMs = untilMs;
  }

  /**
   * The same, and after each timer everything that was promised runs before time goes on. With 0 it lets what is
   * promised and what is due happen.
   */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#nowMs + checked(ms, 'advanceAsync was told to go on by');
    await settle();
    while (this.step(untilMs)) await settle();
    this.#nowMs = untilMs;
  }

  /**
   * Goes on to the next timer and runs it, and no other: what it promised can happen before the next step. False where none
   * falls due by `untilMs`, and then no time passes.
   */
  step(untilMs = Infinity): boolean {
    const timer = this.#timers.take(untilMs);
    if (timer === null) return false;
    this.#nowMs = Math.max(this.#nowMs, timer.dueAtMs);
    timer.callback();
    return true;
  }

  /** Time passes and nobody looks: what falls due meanwhile runs late, at the end. */
  sleep(ms: number): void {
    this.#nowMs += checked(ms, 'sleep was told to last');
    this.advance(0);
  }
}

/** A time that can pass. `undefined` comes from code that no compiler looked at, and is none. */
function checked(ms: number, what: string): number {
  if (Number.isFinite(ms) && ms >= 0) return ms;

  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `The virtual clock: ${what} ${String(ms)} ms.`,
    remediation: 'Give milliseconds that can pass: a number from 0 up, and not Infinity.',
  });
}

/** Lets every promise that can settle do so: a macrotask runs when no microtask is left. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    turns.wait(resolve);
  });
}

/** What browsers and Node agree on; only Node's ports can be left out of what keeps a process alive. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  readonly ref?: () => void;
  readonly unref?: () => void;
}

interface Channel {
  readonly port1: Port;
  readonly port2: Port;
}

/**
 * Macrotasks by a message channel: every platform has it, and fake timers, which take `setImmediate` and `setTimeout`
 * away, leave it alone. It keeps a process alive only while somebody waits.
 */
class Turns {
  readonly #waiting: (() => void)[] = [];
  #channel: Channel | null = null;

  wait(resolve: () => void): void {
    const { port1, port2 } = (this.#channel ??= this.#open());
    if (this.#waiting.push(resolve) === 1) port1.ref?.();
    port2.postMessage(null);
  }

  #open(): Channel {
    const channel = new MessageChannel() as unknown as Channel;
    channel.port1.onmessage = () => {
      const resolve = this.#waiting.shift();
      if (this.#waiting.length === 0) channel.port1.unref?.();
      resolve?.();
    };
    return channel;
  }
}

const turns = new Turns();
