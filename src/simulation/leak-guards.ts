/**
 * In a simulation time, chance and the network come in through ports. While these guards stand, whoever goes past them is told so,
 * by name, where it happens: a run that took as much as a millisecond from this machine would be another one the next time.
 *
 * What is a function of what it is given stays as it is: `new Date(atMs)`, `Date.parse`, `createHash`, `timingSafeEqual`.
 *
 * XState is let through where it means no harm. Its scheduler notes `Date.now()` with each delayed event, which nobody reads, and
 * draws a name by `Math.random()` for one that has none: it gets 0, and a name that was not there before. What an actor throws it
 * throws again from a `setTimeout` without a delay, and that one is the platform's own. Its clock is not let through: an actor
 * without `clock` is told.
 */
import * as crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import * as timers from 'node:timers';
import * as timersPromises from 'node:timers/promises';

type Holder = Record<string, unknown>;
/** What is thrown away and put back. */
type Undo = () => void;
type Leak = (what: string, instead: string) => Error;

const platform = globalThis as unknown as Holder;
const TIME = 'take it from `clock` (src/ports/clock.ts)';
const WALL = 'take it from `wallClock` (src/ports/clock.ts)';
const CHANCE = 'take it from `random` (src/ports/random.ts)';
const SECRET = 'take it from `secrets` (src/ports/secrets.ts)';
const NETWORK = 'go through `transport` (src/ports/socket.ts)';
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'];
/** Those of `node:crypto` that are not Web Cryptography. */
const NODE_CRYPTO = ['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID'];

/** Is told of each one, also where what is thrown goes no further: XState and promises catch it. */
export type OnLeak = (message: string) => void;

/** Runs it with the guards up. */
export async function guarded<T>(run: () => T | Promise<T>, onLeak?: OnLeak): Promise<T> {
  const uninstall = installLeakGuards(onLeak);
  try {
    return await run();
  } finally {
    uninstall();
  }
}

/** @returns puts everything back as it was. Guards that were put up later have to be taken down before. */
export function installLeakGuards(onLeak: OnLeak = () => undefined): () => void {
  const leak = (what: string, instead: string): Error => {
    const message = `A simulated run reached for ${what}, which is this machine's: ${instead}.`;
    onLeak(message);
    return new Error(message);
  };
  const undos = [
    guardDate(leak),
    guardRandom(leak),
    ...guardTimers(leak),
    ...guardAll(leak, platform, ['fetch', 'WebSocket'], '', NETWORK),
    ...guardAll(leak, platform['performance'], ['now'], 'performance.', TIME),
    ...guardAll(leak, platform['process'], ['hrtime'], 'process.', TIME),
    ...guardAll(leak, platform['AbortSignal'], ['timeout'], 'AbortSignal.', TIME),
    ...guardAll(leak, platform['crypto'], ['getRandomValues', 'randomUUID'], 'crypto.', SECRET),
    ...guardAll(leak, moduleOf(crypto), NODE_CRYPTO, 'node:crypto ', SECRET),
  ];
  syncBuiltinESMExports(); // which looks at `crypto.subtle`
  undos.push(guardSubtle(leak));
  return () => {
    for (const undo of undos.reverse()) undo();
    syncBuiltinESMExports();
  };
}

function guardDate(leak: Leak): Undo {
  const known = platform['Date'] as DateConstructor;
  const now = function now(): number {
    if (isForXState(now)) return 0;
    throw leak('Date.now', WALL);
  };
  const guard = new Proxy(known, {
    construct: (target, args, made) => {
      if (args.length === 0) throw leak('new Date()', WALL);
      return Reflect.construct(target, args, made) as object;
    },
    apply: () => {
      throw leak('Date()', WALL);
    },
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  });
  return replace(platform, 'Date', guard);
}

function guardRandom(leak: Leak): Undo {
  let names = 0;
  const random = function random(): number {
    if (!isForXState(random)) throw leak('Math.random', CHANCE);
    names += 1;
    return names / 4_294_967_296;
  };
  return replace(platform['Math'] as Holder, 'random', random);
}

function guardTimers(leak: Leak): readonly Undo[] {
  const known = platform['setTimeout'] as (...args: unknown[]) => unknown;
  const setTimeout = function setTimeout(...args: unknown[]): unknown {
    if (args.length === 1 && isForXState(setTimeout)) return known(...args);
    throw leak('setTimeout', TIME);
  };
  return [
    ...guardAll(leak, platform, TIMERS, '', TIME),
    replace(platform, 'setTimeout', setTimeout),
    ...guardAll(leak, moduleOf(timers), TIMERS, 'node:timers ', TIME),
    ...guardAll(leak, moduleOf(timersPromises), TIMERS, 'node:timers/promises ', TIME),
  ];
}

/** Encrypting and the like take the time that they take. */
function guardSubtle(leak: Leak): Undo {
  return define(platform['crypto'] as Holder, 'subtle', {
    get: () => {
      throw leak('crypto.subtle', SECRET);
    },
  });
}

/** @param whose goes before the name. */
function guardAll(
  leak: Leak,
  holder: unknown,
  keys: readonly string[],
  whose: string,
  instead: string,
): readonly Undo[] {
  const of = holder as Holder;
  const there = keys.filter((key) => typeof of[key] === 'function'); // Node 20 has no WebSocket
  return there.map((key) =>
    replace(of, key, () => {
      throw leak(whose + key, instead);
    }),
  );
}

/** What a builtin module exports is a copy of this. */
function moduleOf(module: object): Holder {
  return (module as { readonly default: Holder }).default;
}

function replace(of: Holder, key: string, value: unknown): Undo {
  return define(of, key, { value, writable: true });
}

function define(of: Holder, key: string, as: PropertyDescriptor): Undo {
  const before = Object.getOwnPropertyDescriptor(of, key);
  Object.defineProperty(of, key, {
    enumerable: before?.enumerable ?? false,
    ...as,
    configurable: true,
  });
  return () => {
    if (before === undefined) Reflect.deleteProperty(of, key);
    else Object.defineProperty(of, key, before);
  };
}

/** @param called the guard itself: who called it is looked at. */
function isForXState(called: (...args: never[]) => unknown): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  const seen = { stack: '' };
  Error.captureStackTrace(seen, called);
  const { stack } = seen;
  Error.stackTraceLimit = stackTraceLimit;
  return /[\\/]node_modules[\\/]xstate[\\/]/.test(stack);
}
