/** Whoever a client speaks with: one session, or a voice agent of three parts. */
import { ClientTransport } from './client-side.ts';
import type { ClientClock, DialFact } from './client-side.ts';
import type { ClientWorld } from './client.types.ts';
import type { Part } from './link-checks.ts';
import { SPEAKING, THINKING, TOOLS } from './places.ts';
import type { Caller, Place } from './places.ts';
import type { ClientPlan } from './plan.ts';
import { createRepeatingResampler } from './recogniser.ts';
import { RATE_HZ } from './voice.ts';
import type { ManualNetwork } from '../../network/manual-signals.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CandidateOptions } from '../../session/candidates.ts';
import type { Session } from '../../session/session.ts';
import { openSession } from '../../session/whole-session.ts';
import type { SessionOptions } from '../../session/options.ts';
import { createVoiceAgent } from '../../voice/voice-agent.ts';
import type { VoiceAgent } from '../../voice/voice-agent.ts';

/** Of a status. */
export const STANDS: readonly string[] = ['active', 'connected'];

export type Served = Session | VoiceAgent;

export interface ServedSide {
  readonly plan: ClientPlan;
  readonly world: ClientWorld;
  readonly clock: ClientClock;
  readonly signals: ManualNetwork | null;
  readonly logger: Logger;
  /** @param target counts the services of the world; one that has two ways in has the next number as well. */
  readonly onDial: (part: Part, target: number, fact: DialFact) => void;
}

export function isAgent(served: Served): served is VoiceAgent {
  return 'hearing' in served;
}

/** Of its sessions: the one that hears, and the one that speaks. */
export function statusesOf(served: Served): readonly [string, ...string[]] {
  if (!isAgent(served)) return [served.status];
  return [served.hearing.status, served.speaking.status];
}

export function serve(side: ServedSide): Served {
  const { places } = side.world;
  const hearing = places.flatMap((place, at) =>
    place.service === THINKING || place.service === SPEAKING
      ? []
      : candidatesAt(side, place, at, 'hearing'),
  );
  const at = places.findIndex(({ service }) => service === THINKING);
  const thinks = places[at];
  if (thinks?.model === undefined) return openSession(optionsOf(side, hearing));
  const speaking = places.flatMap((place, index) =>
    place.service === SPEAKING ? candidatesAt(side, place, index, 'speaking') : [],
  );
  const { http } = transportTo(side, thinks, at, 'thinking');
  const { candidates, ...options } = optionsOf(side, hearing);
  const model = thinks.model({ ...callerOf(side, at), http });
  return createVoiceAgent({
    ...options,
    hearing: candidates,
    thinking: model,
    speaking,
    tools: TOOLS,
  });
}

type Candidates = readonly (CandidateOptions & { readonly transport: ClientTransport })[];

function candidatesAt(side: ServedSide, place: Place, at: number, part: Part): Candidates {
  return place.providers(callerOf(side, at)).map((provider, way) => {
    const isFirst = way === 0 && (at === 0 || part === 'speaking');
    const mayStandBy =
      side.plan.hasStandby && isFirst && provider.traits.makesBeforeBreaks !== false;
    return {
      provider,
      region: `region ${at}`,
      transport: transportTo(side, place, at + way, part),
      standby: mayStandBy ? (1 as const) : (0 as const),
    };
  });
}

function transportTo(
  { clock, onDial }: ServedSide,
  place: Place,
  target: number,
  part: Part,
): ClientTransport {
  return new ClientTransport(clock, place, (fact) => onDial(part, target, fact));
}

function callerOf({ plan, world }: ServedSide, at: number): Caller {
  const { wallClock, random } = world;
  const apiKey = plan.isKeyRenewable ? () => 'local' : 'local';
  return { apiKey, wallClock, random: random.fork(`caller ${at}`) };
}

function optionsOf(
  { plan, world, clock, signals, logger }: ServedSide,
  candidates: Candidates,
): SessionOptions {
  const { admission, random } = world;
  const [{ transport }] = candidates as [Candidates[number]];
  return {
    candidates,
    transport,
    clock,
    admission,
    retentionMs: plan.retentionMs,
    holdDownMs: plan.holdDownMs,
    rotationLeadMs: 20_000,
    format: { encoding: 'pcm_s16le', sampleRateHz: RATE_HZ },
    createResampler: createRepeatingResampler,
    random: random.fork('session'),
    logger,
    ...(signals === null ? {} : { network: new NetworkMonitor({ signals, clock }) }),
  };
}
