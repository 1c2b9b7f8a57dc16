/** Node's view of the network: its interfaces, looked at every so often, since the platform tells of no change. */
import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';

import { everySoOften, LOOK_EVERY_MS, SleepMeter } from './sleep-meter.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import { systemClock, systemWallClock } from '../ports/clock.ts';
import type { NetworkSignal, NetworkSignals } from '../ports/network.ts';

type Interfaces = Readonly<
  Record<string, readonly Pick<NetworkInterfaceInfo, 'address' | 'internal'>[] | undefined>
>;

export interface InterfaceSignalsOptions {
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** Default 2,000 ms. */
  readonly everyMs?: number;
  /** Default: the machine's interfaces. */
  readonly read?: () => Interfaces;
  /** Time of day, which runs on while the machine sleeps, as timers do not everywhere. Default: the machine's. */
  readonly wallMs?: WallClock;
}

/** Addresses that a machine gives itself where there is no network: RFC 3927 and RFC 4291, section 2.5.6. */
const LINK_LOCAL = /^(169\.254\.|fe[89ab][0-9a-f]:)/i;

const SOURCE = 'interfaces';

/**
 * Says `changed` when the machine's addresses differ, `offline` when it has lost the last of them, `online` when it has
 * some again, and `woke` after a sleep. A machine that never had an address says nothing: it may only talk to itself.
 */
export class InterfaceSignals implements NetworkSignals {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #read: () => Interfaces;
  readonly #wallMs: WallClock;

  constructor(options: InterfaceSignalsOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#everyMs = options.everyMs ?? LOOK_EVERY_MS;
    this.#read = options.read ?? networkInterfaces;
    this.#wallMs = options.wallMs ?? systemWallClock;
  }

  subscribe(listener: (signal: NetworkSignal) => void): () => void {
    const meter = new SleepMeter({
      clock: this.#clock,
      wallMs: this.#wallMs,
      everyMs: this.#everyMs,
    });
    let addresses = this.#addresses() ?? '';
    let isListening = true;

    const stopLooking = everySoOften(this.#clock, this.#everyMs, () => {
      const isWoken = meter.look();
      const before = addresses;
      addresses = this.#addresses() ?? before;
      for (const says of wordsFor(before, addresses, isWoken)) {
        if (isListening) listener({ source: SOURCE, says });
      }
    });

    return () => {
      isListening = false;
      stopLooking();
    };
  }

  /** The addresses by which others can be reached, as one text; null where the system refuses to tell. */
  #addresses(): string | null {
    try {
      return Object.values(this.#read())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ address, internal }) => !internal && !LINK_LOCAL.test(address))
        .map(({ address }) => address)
        .sort()
        .join(' ');
    } catch {
      return null;
    }
  }
}

function wordsFor(before: string, now: string, isWoken: boolean): readonly NetworkSignal['says'][] {
  const woken: readonly NetworkSignal['says'][] = isWoken ? ['woke'] : [];
  if (before === now) return woken;
  if (now === '') return [...woken, 'offline'];
  return [...woken, before === '' ? 'online' : 'changed'];
}
