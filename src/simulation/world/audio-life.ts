/** One life of a client with a microphone: a process, its spool where it has one, and its session. */
import type { Access } from './access.ts';
import type { ClientParts } from './client.ts';
import { SimulatedSignals } from './network-signals.ts';
import type { Pocket } from './pocket.ts';
import type { AudioPlan } from '../plan.ts';
import type { SimulatedProcess } from '../process.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { SeededRandom } from '../../ports/random.ts';
import type { Spool } from '../../ports/spool.ts';
import { gateway } from '../../providers/gateway/gateway.ts';
import { createAdmission } from '../../session/admission/admission.ts';
import type { Session } from '../../session/session.ts';
import { openSession } from '../../session/whole-session.ts';
import { openSpoolIn } from '../../spool/open-spool.ts';

/** More than any plan keeps. */
const CAPACITY_BYTES = 4 * 1_024 * 1_024;

export interface LifeParts extends Pick<ClientParts, 'index' | 'url' | 'mayMoveTo' | 'sessions'> {
  readonly plan: AudioPlan;
  readonly process: SimulatedProcess;
  readonly access: Access;
  readonly random: SeededRandom;
  readonly token: () => string;
  readonly wallClock: WallClock;
  /** A time of its process's clock is so much later by the world's. */
  readonly laterMs: number;
  /** It has what the one before had stored. */
  readonly isWithSpool: boolean;
}

export class AudioLife {
  readonly process: SimulatedProcess;
  readonly laterMs: number;
  readonly isWithSpool: boolean;
  readonly signals = new SimulatedSignals();
  /** It was let in last, by the world's clock. */
  attachedAtMs = -Infinity;
  /** Null while its spool is opened. */
  session: Session | null = null;
  readonly #parts: LifeParts;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.process = parts.process;
    this.laterMs = parts.laterMs;
    this.isWithSpool = parts.isWithSpool;
  }

  /** @throws TenutoError as `openSpool` does. */
  openSpool(pocket: Pocket): Promise<Spool> {
    const { plan, process, wallClock } = this.#parts;
    const flushEveryMs = plan.spool?.flushEveryMs ?? 250;
    const options = { name: 'voice', capacityBytes: CAPACITY_BYTES, flushEveryMs, wallClock };
    return openSpoolIn(pocket.storageFor(process), options);
  }

  open(spool: Spool | null): Session {
    const { index, url, token, mayMoveTo, wallClock, plan, process, access, random } = this.#parts;
    this.session = openSession({
      candidates: [gateway({ url, token, mayMoveTo, wallClock })],
      format: { encoding: 'pcm_s16le', sampleRateHz: plan.sampleRateHz },
      reconnect: { retryInitialConnect: true },
      retentionMs: plan.retentionMs,
      ...(spool && { spool }),
      transport: access,
      network: new NetworkMonitor({ signals: this.signals, clock: process }),
      admission: createAdmission(),
      clock: process,
      random,
    });
    const { sessions } = this.#parts;
    this.session.on('gateway.sessionLost', () => sessions.lost(index));
    this.session.on('connection.failed', ({ failure }) => sessions.gaveUp(index, failure.code));
    return this.session;
  }
}
