/** What a session's orchestrator can be told, by the names of its chart: three candidates of two providers. */
import { providerLinkPolicy } from '../../../../machines/index.ts';
import type { Failure, orchestratorMachine } from '../../../../machines/index.ts';
import type { EventVariant, ModelMoment } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof orchestratorMachine;
type Variant = EventVariant<Machine>;
type Context = ModelMoment<Machine>['context'];

const MINUTE_MS = 60_000;

const TRANSIENT: Failure = { kind: 'transient', code: '1006', detail: '' };

const candidate = {
  provider: 'near',
  region: 'eu',
  component: 'stt',
  policy: providerLinkPolicy,
  refreshesCredential: true,
  canProbe: true,
  hedges: true,
  limits: {},
  faculties: ['hearing', 'speaking'],
  standby: 1,
  makesBeforeBreaks: true,
  endsAfterMs: 10 * MINUTE_MS,
} as const;

export const orchestratorModel: PathOptions<Machine> = {
  input: {
    candidates: [
      // A second session here takes over from the first.
      { ...candidate, takesOver: true },
      // No second session is allowed here: its end is met by letting go first.
      {
        ...candidate,
        provider: 'far',
        standby: 0,
        makesBeforeBreaks: false,
        faculties: ['hearing'],
      },
    ],
  },
  events: {
    'session.connect': [at('session.connect')],
    'network.lost': [at('network.lost')],
    'network.changed': [
      { label: '', event: ({ nowMs }) => ({ type: 'network.changed', atMs: nowMs, unit: 0.5 }) },
    ],
    'network.restored': [
      {
        label: '',
        event: ({ nowMs }) => ({
          type: 'network.restored',
          atMs: nowMs,
          unit: 0.5,
          resetsAttempts: true,
        }),
      },
    ],
    'speech.started': [at('speech.started')],
    'speech.paused': [at('speech.paused'), at('speech.paused', 2 * MINUTE_MS)],
    'close.begun': [at('close.begun')],
    'candidate.ready': [ofLane('', 'candidate.ready', besideOf)],
    'candidate.served': [ofLane('', 'candidate.served', carrierOf)],
    'candidate.caughtUp': [ofLane('', 'candidate.caughtUp', carrierOf)],
    'candidate.confirmed': [ofLane('', 'candidate.confirmed', carrierOf)],
    'candidate.lost': [
      lost('a dial of the carrier', carrierOf, { wasDial: true }),
      lost('the carrier', carrierOf, {}),
      lost('the carrier, for a long wait', carrierOf, {
        waitMs: 10_000,
        failure: { ...TRANSIENT, kind: 'rateLimited', retryAfterMs: 10_000 },
      }),
      lost('beside the carrier', besideOf, {}),
    ],
    'candidate.failed': [
      failed('the carrier', carrierOf, TRANSIENT),
      failed('the carrier, misconfigured', carrierOf, { ...TRANSIENT, kind: 'config' }),
      failed('beside the carrier', besideOf, TRANSIENT),
    ],
    'breaker.moved': [
      barred('the carrier', ({ carrier }) => carrier?.candidate ?? null),
      barred('the first candidate', () => 0),
    ],
    'end.announced': [
      {
        label: 'in 2 minutes',
        event: ({ context, nowMs }) =>
          context.carrier && {
            type: 'end.announced',
            lane: context.carrier.id,
            endsAtMs: nowMs + 2 * MINUTE_MS,
            atMs: nowMs,
          },
      },
    ],
    'faculty.lost': [faculty('faculty.lost')],
    'faculty.restored': [faculty('faculty.restored')],
    'xstate.done.actor.handover': [
      {
        label: '',
        event: ({ nowMs }) => ({ type: 'xstate.done.actor.handover', output: { atMs: nowMs } }),
      },
    ],
  },
  distinguish: ({ carrier, beside, isSpeaking, standings, heldUntilMs }, nowMs) => [
    carrier?.candidate,
    beside && [beside.purpose, beside.isReady, beside.isReady && isSpeaking],
    standings.every(({ openUntilMs }) => openUntilMs > nowMs),
    nowMs >= heldUntilMs &&
      standings
        .slice(0, carrier?.candidate ?? 0)
        .some((standing) => !standing.isBarred && freeAtMs(standing) <= nowMs),
  ],
};

function freeAtMs({ coolUntilMs, openUntilMs }: Context['standings'][number]): number {
  return Math.max(coolUntilMs, openUntilMs);
}

function carrierOf({ carrier }: Context): Context['carrier'] {
  return carrier;
}

function besideOf({ beside }: Context): Context['beside'] {
  return beside;
}

type LaneOf = typeof carrierOf;

function at(
  type: 'session.connect' | 'network.lost' | 'speech.started' | 'speech.paused' | 'close.begun',
  passMs = 0,
): Variant {
  return { label: '', passMs, event: ({ nowMs }) => ({ type, atMs: nowMs }) };
}

function ofLane(
  label: string,
  type: 'candidate.ready' | 'candidate.served' | 'candidate.caughtUp' | 'candidate.confirmed',
  laneOf: LaneOf,
): Variant {
  return {
    label,
    event: ({ context, nowMs }) => {
      const lane = laneOf(context);
      return lane && { type, lane: lane.id, atMs: nowMs };
    },
  };
}

interface LossFacts {
  readonly wasDial?: boolean;
  readonly waitMs?: number;
  readonly failure?: Failure;
}

function lost(
  label: string,
  laneOf: LaneOf,
  { wasDial = false, waitMs = 1_000, failure = TRANSIENT }: LossFacts,
): Variant {
  return {
    label,
    event: ({ context, nowMs }) => {
      const lane = laneOf(context);
      const facts = { atMs: nowMs, failure, waitMs, wasDial, outage: null };
      return lane && { type: 'candidate.lost', lane: lane.id, ...facts };
    },
  };
}

function failed(label: string, laneOf: LaneOf, failure: Failure): Variant {
  return {
    label,
    event: ({ context, nowMs }) => {
      const lane = laneOf(context);
      return (
        lane && { type: 'candidate.failed', lane: lane.id, atMs: nowMs, failure, outage: null }
      );
    },
  };
}

/** For longer than audio is only recorded. */
function barred(label: string, candidateOf: (context: Context) => number | null): Variant {
  return {
    label,
    event: ({ context, nowMs }) => {
      const index = candidateOf(context);
      if (index === null) return null;
      return {
        type: 'breaker.moved',
        candidate: index,
        untilMs: nowMs + 5 * MINUTE_MS,
        atMs: nowMs,
      };
    },
  };
}

function faculty(type: 'faculty.lost' | 'faculty.restored'): Variant {
  return {
    label: 'speaking',
    event: ({ context, nowMs }) =>
      context.carrier && { type, lane: context.carrier.id, faculty: 'speaking', atMs: nowMs },
  };
}
