/** What each kind of fault does to the network: one table. */
import { isForGood, type Fault, type FaultKind } from './kinds.ts';
import type { Listener } from './listener.ts';
import type { ClientBytes, ProxiedConnection } from './proxied-connection.ts';
import type { ProxiedNetwork } from './proxied-network.ts';
import type { UpgradeRefusalStatus } from './upgrade-head.ts';

/** What a fault of the whole service has to do with. */
export interface ServiceScene {
  readonly fault: Fault;
  readonly network: ProxiedNetwork;
  readonly listener: Listener;
  /** Calls back once the fault's duration is over. */
  readonly afterDuration: (callback: () => void) => void;
  /** To be called once, when the fault is over. */
  readonly onEnded: () => void;
}

interface FaultScene extends ServiceScene {
  readonly victim: ProxiedConnection;
  /** The client bytes that are passing at this moment, if any are. */
  readonly passing: ClientBytes | null;
}

/** Breaks something and says what. */
export type FaultEffect = (scene: FaultScene) => string;

/** Ends the service, whether anybody uses it or not. */
export function takeDown({
  fault,
  network,
  listener,
  afterDuration,
  onEnded,
}: ServiceScene): string {
  listener.refuse();
  const resets = network.resetAll();
  if (isForGood(fault)) onEnded();
  else afterDuration(() => listener.admit(onEnded));
  const howLong = isForGood(fault) ? 'good' : `${fault.durationMs ?? 0} ms`;
  return `${resets} reset, new connections refused for ${howLong}`;
}

export const FAULT_EFFECTS: Readonly<Record<Exclude<FaultKind, 'down'>, FaultEffect>> = {
  reset({ victim, onEnded }) {
    victim.reset();
    onEnded();
    return `connection ${victim.number} reset`;
  },
  midframe({ victim, passing, onEnded }) {
    const bytes = passing?.bytes.subarray(0, passing.cutBytes) ?? Buffer.alloc(0);
    const sentBytes = passing?.bytes.length ?? 0;
    victim.resetAfter(bytes);
    onEnded();
    return `connection ${victim.number} reset after ${bytes.length} of ${sentBytes} bytes, inside a frame`;
  },
  'half-open'(scene) {
    scene.victim.silence('up');
    scene.victim.silence('down');
    return `connection ${scene.victim.number} silent both ways${silenceNewcomers(scene)}`;
  },
  'half-open-up'(scene) {
    scene.victim.silence('up');
    return `connection ${scene.victim.number} silent from client to server${silenceNewcomers(scene)}`;
  },
  'half-open-down'(scene) {
    scene.victim.silence('down');
    return `connection ${scene.victim.number} silent from server to client${silenceNewcomers(scene)}`;
  },
  stall({ fault, network, afterDuration, onEnded }) {
    network.setHeld(true);
    afterDuration(() => {
      network.setHeld(false);
      onEnded();
    });
    return `nothing passes for ${fault.durationMs ?? 0} ms`;
  },
  refuse({ fault, network, listener, afterDuration, onEnded }) {
    listener.refuse();
    const resets = network.resetAll();
    afterDuration(() => listener.admit(onEnded));
    return `${resets} reset, new connections refused for ${fault.durationMs ?? 0} ms`;
  },
  delay({ fault, network, afterDuration, onEnded }) {
    const latencyMs = fault.latencyMs ?? 0;
    network.setLatency(latencyMs);
    afterDuration(() => {
      network.setLatency(0);
      onEnded();
    });
    return `${latencyMs} ms more each way for ${fault.durationMs ?? 0} ms`;
  },
  throttle({ fault, network, afterDuration, onEnded }) {
    const bytesPerSecond = fault.bytesPerSecond ?? 16_000;
    network.setRateUp(bytesPerSecond);
    afterDuration(() => {
      network.setRateUp(null);
      onEnded();
    });
    return `${bytesPerSecond} bytes/s from client to server for ${fault.durationMs ?? 0} ms`;
  },
  'http-401': (scene) => refuseUpgrades(scene, 401),
  'http-429': (scene) => refuseUpgrades(scene, 429),
  'http-503': (scene) => refuseUpgrades(scene, 503),
};

/** The connection stays silent for good; newcomers only while the fault lasts. */
function silenceNewcomers(scene: FaultScene): string {
  const { fault, network, afterDuration, onEnded } = scene;
  const durationMs = fault.durationMs ?? 0;
  if (durationMs === 0) {
    onEnded();
    return ' for good';
  }
  network.setSilentToNewcomers(true);
  afterDuration(() => {
    network.setSilentToNewcomers(false);
    onEnded();
  });
  return ` for good, new ones for ${durationMs} ms`;
}

function refuseUpgrades(scene: FaultScene, status: UpgradeRefusalStatus): string {
  const { fault, victim, network, onEnded } = scene;
  const { count = 1, retryAfterS = 1 } = fault;
  const refusal = status === 429 ? { status, retryAfterS } : { status };
  network.refuseUpgrades(refusal, count, onEnded);
  victim.reset();
  return `connection ${victim.number} reset, upgrades answered with ${status}: the next ${count}`;
}
