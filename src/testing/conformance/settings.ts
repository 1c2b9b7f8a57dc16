/** The kinds of session that a connection lives in; between them its chart takes every transition. */
import type { ServiceFacts } from './provider-server.ts';
import type { Switchboard } from './switchboard.ts';
import type { WatchedProvider } from './watched-provider.ts';
import { providerLinkPolicy } from '../../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../../machines/backoff.ts';
import type { ManualNetwork } from '../../network/manual-signals.ts';
import type { Provider, ProviderTraits } from '../../providers/contract.ts';
import type { CandidateOptions } from '../../session/candidates.ts';

/** A run whose session has not connected yet. */
export interface NewRun {
  readonly service: Switchboard;
  readonly provider: WatchedProvider;
  readonly network: ManualNetwork;
  connect(): void;
}

export interface Setting {
  /** How the names of its paths begin. */
  readonly lead: string;
  readonly policy: ReconnectPolicy;
  /** The connection that the paths are about, by its lane: 0 where it is the session's only one. */
  readonly lane: number;
  readonly role: 'carrier' | 'standby';
  /** What is tried of all that can happen. */
  readonly tries: readonly string[];
  /** What follows without anybody's doing, because another chart orders it. */
  readonly follows: readonly string[];
  /** How many may stand at once: the connections' own, and one that is tried beside a silent one. */
  readonly mostSockets: number;
  /** What the session is made to believe of the service. */
  readonly traits: Partial<ProviderTraits>;
  candidates(this: void, provider: Provider): readonly (Provider | CandidateOptions)[];
  /** Brings the session to where the connection begins. */
  before(this: void, run: NewRun): Promise<void> | void;
  isPossible(this: void, provider: Provider, script: ServiceFacts): boolean;
}

/** Without jitter the chart's waits are known to the millisecond. */
const PLAIN: ReconnectPolicy = { ...providerLinkPolicy, maxAttempts: 2, jitter: 'none' };

const DIALS = [
  'session.connect',
  'session.close',
  'socket.lost',
  'network.lost',
  'network.restored',
  'network.changed',
  'xstate.done.actor.backoffTimer',
  'xstate.done.actor.rateLimitWait',
  'xstate.error.actor.backoffTimer',
  'xstate.error.actor.rateLimitWait',
];

const SETUP = [
  'socket.opened',
  'socket.configured',
  'xstate.done.actor.sessionRestore',
  'xstate.done.actor.bufferReplay',
];

const SILENCE = [
  'link.measured',
  'link.probe',
  'link.suspected',
  'link.answered',
  'link.recovered',
  'link.died',
];

const LINKS = [
  ...DIALS,
  ...SETUP,
  ...SILENCE,
  'server.answered',
  'result.committed',
  'xstate.error.actor.sessionRestore',
  'xstate.error.actor.bufferReplay',
];

/** One connection and nothing to plan for: no orchestrator. */
const ALONE: Omit<Setting, 'lead' | 'policy' | 'tries'> = {
  lane: 0,
  role: 'carrier',
  follows: [],
  mostSockets: 2,
  // However patient its adapter is: silence is noticed in the chart's own time.
  traits: { endsAfterMs: null, announcesEnd: false, liveness: {} },
  candidates: (provider) => [provider],
  before: () => undefined,
  isPossible: () => true,
};

/** One connection that nothing is done to. */
export const ALONE_SETTING: Setting = { ...ALONE, lead: '', policy: PLAIN, tries: LINKS };

export const SETTINGS: readonly Setting[] = [
  ALONE_SETTING,
  {
    ...ALONE,
    lead: 'Where the first dial is tried again: ',
    policy: { ...PLAIN, retryInitialConnect: true },
    tries: DIALS,
  },
  { ...ALONE, lead: 'Without reconnection: ', policy: { ...PLAIN, maxAttempts: 0 }, tries: LINKS },
  {
    ...ALONE,
    lead: 'Where the session is kept meanwhile: ',
    policy: { ...PLAIN, pressForMs: 15_000 },
    tries: [...DIALS, ...SETUP, 'xstate.done.actor.backoffTimer'],
    isPossible: ({ traits }) => (traits.keepsSessionForMs ?? 0) > 0,
  },
  {
    ...ALONE,
    lead: 'As a standby: ',
    policy: PLAIN,
    lane: 2,
    role: 'standby',
    tries: [
      ...SETUP,
      ...SILENCE,
      'session.connect',
      'socket.lost',
      'network.lost',
      'network.restored',
      'network.changed',
      'carrier.chosen',
    ],
    follows: ['session.connect'],
    mostSockets: 3,
    candidates: (provider) => [{ provider, standby: 1 }],
    before: bringUpCarrier,
    isPossible: ({ traits }) => traits.makesBeforeBreaks !== false && traits.takesOver !== true,
  },
  {
    ...ALONE,
    lead: 'Where the service announces its end and allows no second session: ',
    policy: PLAIN,
    lane: 1,
    tries: [...SETUP, 'session.connect', 'session.rotate'],
    mostSockets: 1,
    traits: { endsAfterMs: null, announcesEnd: true, makesBeforeBreaks: false, liveness: {} },
    isPossible: ({ traits }, { announceEnd }) =>
      traits.announcesEnd === true && announceEnd !== undefined,
  },
  {
    ...ALONE,
    lead: 'As the second candidate, tried while there is no network: ',
    policy: { ...PLAIN, retryInitialConnect: true },
    lane: 2,
    tries: ['session.connect', 'socket.lost', 'network.restored'],
    follows: ['session.connect'],
    candidates: (provider) => [
      { provider, region: 'first' },
      { provider, region: 'second', reconnect: { retryInitialConnect: true } },
    ],
    before: failFirstWhileOffline,
  },
];

async function bringUpCarrier(run: NewRun): Promise<void> {
  run.connect();
  run.service.accept(await run.service.nextDial());
}

/** The first candidate's adapter has a bug, so the second is tried at once, network or not. */
function failFirstWhileOffline(run: NewRun): void {
  run.network.offline();
  run.provider.failNext('openStream');
  run.connect();
}
