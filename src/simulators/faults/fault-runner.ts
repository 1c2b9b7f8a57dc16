/**
 * Fires a plan's faults: in order, one at a time, and each only when there is something to break.
 *
 * A fault that hits a connection nobody uses proves nothing, so one that is due waits for an upgraded connection
 * that has carried client bytes since the fault before it was over, or for a plain request that is being sent. Only a
 * service that is down is so without one.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { FAULT_EFFECTS, takeDown, type ServiceScene } from './fault-effects.ts';
import type { Fault, FaultPlan } from './kinds.ts';
import type { Listener } from './listener.ts';
import type { Carried, ClientBytes, ProxiedConnection } from './proxied-connection.ts';
import type { ProxiedNetwork } from './proxied-network.ts';
import type { FaultTimeline } from './timeline.ts';

export interface FaultRecord {
  readonly fault: Fault;
  /** By the proxy's clock. */
  readonly firedAtMs: number;
  /** Null while it lasts. */
  readonly endedAtMs: number | null;
  /** The connection that it hit, from 1 in the order of arrival; null where it hit the service. */
  readonly connection: number | null;
  /** What was broken, for a person. */
  readonly effect: string;
}

interface OpenRecord extends FaultRecord {
  endedAtMs: number | null;
  effect: string;
}

export interface FaultRunnerOptions {
  readonly plan: FaultPlan;
  readonly clock: Clock;
  readonly carries: Carried;
  readonly timeScaleRatio: number;
  readonly timeline: FaultTimeline;
  readonly network: ProxiedNetwork;
  readonly listener: Listener;
  readonly logger: Logger;
  readonly onFault: (record: FaultRecord) => void;
  /** Every fault has fired and ended. */
  readonly onPlanEnded: () => void;
}

/** How long a connection must have been up, and undisturbed, before it is worth breaking (plan time). */
const LIVE_AFTER_MS = 300;
/** More than keep-alives and pings come to in that time, less than any audio does. */
const LIVE_AFTER_BYTES = 256;
/** Where texts are carried any of them counts; a pong is smaller. */
const LIVE_AFTER_TEXT_BYTES = 16;
/** A smaller write may be a control frame; its loss would show nothing. */
const LEAST_CUT_BYTES = 64;

interface Passing {
  readonly connection: ProxiedConnection;
  readonly passing: ClientBytes;
}

export class FaultRunner {
  readonly #options: FaultRunnerOptions;
  readonly #records: OpenRecord[] = [];
  #quietSinceMs = -Infinity;
  #isBusy = false;
  #isStopped = false;
  #wakeTimer: unknown = null;
  #durationTimer: unknown = null;

  constructor(options: FaultRunnerOptions) {
    this.#options = options;
    if (options.plan.faults.length === 0) options.onPlanEnded();
    else options.timeline.onStart(() => this.#consider(null));
  }

  records(): readonly FaultRecord[] {
    return this.#records.map((record) => ({ ...record }));
  }

  pending(): number {
    return this.#options.plan.faults.length - this.#records.length;
  }

  /** The first byte of all starts the plan's time: dialling does not count. */
  clientBytesCame(connection: ProxiedConnection, passing: ClientBytes): void {
    this.#options.timeline.start(this.#options.clock.nowMs());
    this.#consider({ connection, passing });
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of [this.#wakeTimer, this.#durationTimer]) {
      if (timer !== null) this.#options.clock.clearTimeout(timer);
    }
  }

  #consider(now: Passing | null): void {
    const { plan, clock, timeScaleRatio, timeline } = this.#options;
    const fault = plan.faults[this.#records.length];
    const { startedAtMs } = timeline;
    if (fault === undefined || startedAtMs === null || this.#isBusy || this.#isStopped) return;

    const dueAtMs = startedAtMs + fault.atMs / timeScaleRatio;
    if (clock.nowMs() < dueAtMs) {
      this.#wakeAt(dueAtMs);
      return;
    }
    const { kind } = fault;
    if (kind === 'down') {
      this.#fire(fault, null, takeDown);
      return;
    }
    const victim = this.#options.carries === 'requests' ? requestOf(now) : this.#victim();
    if (victim === null) return;
    const passing = now?.connection === victim ? now.passing : null;
    if (kind === 'midframe' && (passing?.bytes.length ?? 0) <= LEAST_CUT_BYTES) return;
    this.#fire(fault, victim, (scene) => FAULT_EFFECTS[kind]({ ...scene, victim, passing }));
  }

  /** The connection that carried client bytes last, of those worth breaking. */
  #victim(): ProxiedConnection | null {
    const { network, clock, timeScaleRatio, carries } = this.#options;
    const leastBytes = carries === 'texts' ? LIVE_AFTER_TEXT_BYTES : LIVE_AFTER_BYTES;
    let victim: ProxiedConnection | null = null;
    for (const connection of network.connections) {
      const { upgradedAtMs, carriedBytes } = connection;
      if (!connection.isLive || upgradedAtMs === null || carriedBytes < leastBytes) continue;
      const liveAtMs = Math.max(upgradedAtMs, this.#quietSinceMs) + LIVE_AFTER_MS / timeScaleRatio;
      if (clock.nowMs() < liveAtMs) {
        this.#wakeAt(liveAtMs);
        continue;
      }
      if (victim === null || connection.carriedAtMs >= victim.carriedAtMs) victim = connection;
    }
    return victim;
  }

  #fire(
    fault: Fault,
    victim: ProxiedConnection | null,
    breakIt: (scene: ServiceScene) => string,
  ): void {
    const { network, listener, clock, logger, onFault, timeScaleRatio } = this.#options;
    const record: OpenRecord = {
      fault,
      firedAtMs: clock.nowMs(),
      endedAtMs: null,
      connection: victim?.number ?? null,
      effect: '',
    };
    this.#records.push(record);
    this.#isBusy = true;
    record.effect = breakIt({
      fault,
      network,
      listener,
      afterDuration: (callback) => {
        const durationMs = (fault.durationMs ?? 0) / timeScaleRatio;
        this.#durationTimer = clock.setTimeout(callback, durationMs);
      },
      onEnded: () => this.#end(record),
    });
    logger.info('Fault fired', {
      kind: fault.kind,
      connection: record.connection,
      effect: record.effect,
    });
    onFault({ ...record });
  }

  #end(record: OpenRecord): void {
    const { network, clock, onPlanEnded } = this.#options;
    record.endedAtMs = clock.nowMs();
    this.#isBusy = false;
    this.#quietSinceMs = record.endedAtMs;
    for (const connection of network.connections) connection.forgetCarried();
    if (this.pending() === 0) onPlanEnded();
    else this.#consider(null);
  }

  #wakeAt(atMs: number): void {
    const { clock } = this.#options;
    if (this.#wakeTimer !== null) clock.clearTimeout(this.#wakeTimer);
    this.#wakeTimer = clock.setTimeout(() => {
      this.#wakeTimer = null;
      this.#consider(null);
    }, atMs - clock.nowMs());
  }
}

/** Between two requests a connection is in nobody's use. */
function requestOf(now: Passing | null): ProxiedConnection | null {
  return now?.connection.isLive === true ? now.connection : null;
}
