/** A run, drawn from its seed before it begins. */
import { between, whole } from './draws.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { SERVICES, SPEAKING, THINKING } from './places.ts';
import type { ServiceName } from './places.ts';

export interface ClientPlan {
  readonly chunkMs: number;
  readonly retentionMs: number;
  readonly holdDownMs: number;
  readonly hasSignals: boolean;
  readonly hasStandby: boolean;
  readonly isKeyRenewable: boolean;
  /** It closes by itself; null: when all is over. */
  readonly finishesAtMs: number | null;
  /** When it begins to speak, to be silent, and to capture nothing, in turn. */
  readonly spells: readonly Spell[];
}

export interface Spell {
  readonly fromMs: number;
  readonly kind: 'talk' | 'silent' | 'off';
}

export interface RunPlan {
  /** The clients are voice agents: the last two services think and speak. */
  readonly isOfAgents: boolean;
  readonly services: readonly ServiceName[];
  readonly clients: readonly ClientPlan[];
  /** Whether the clients are one process, whose breakers they share. */
  readonly isOneProcess: boolean;
}

const MOST_SERVICES = 3;
const MOST_CLIENTS = 2;
const RETENTION_MS = [15_000, 30_000, 45_000, 60_000] as const;
const FINISHES_RATIO = 0.15;
const AGENTS = 'agents as clients';
const AGENTS_RATIO = 0.15;

export function planOf(random: SeededRandom, lengthMs: number): RunPlan {
  const services = Array.from({ length: whole(random, 1, MOST_SERVICES) }, () =>
    random.pick(SERVICES),
  );
  const clients = Array.from({ length: whole(random, 1, MOST_CLIENTS) }, (_, at) =>
    clientOf(random.fork(`client ${at}`), lengthMs),
  );
  const isOneProcess = random.chance(0.5);
  const agents = random.fork(AGENTS);
  const isOfAgents = agents.chance(AGENTS_RATIO);
  return {
    services: isOfAgents ? partsOf(services, agents) : services,
    clients,
    isOneProcess,
    isOfAgents,
  };
}

/** Those that transcribe, or one that does, and what else an agent has. */
function partsOf(services: readonly ServiceName[], random: SeededRandom): readonly ServiceName[] {
  const isTranscribing = (name: ServiceName): boolean => name !== 'openai' && name !== 'gemini';
  const hearing = services.filter(isTranscribing);
  const some = hearing.length > 0 ? hearing : [random.pick(SERVICES.filter(isTranscribing))];
  return [...some, THINKING, SPEAKING];
}

function clientOf(random: SeededRandom, lengthMs: number): ClientPlan {
  return {
    chunkMs: random.chance(0.25) ? 20 : 100,
    retentionMs: random.pick(RETENTION_MS),
    holdDownMs: whole(random, 10, 60) * 1_000,
    hasSignals: random.chance(0.5),
    hasStandby: random.chance(0.15),
    isKeyRenewable: random.chance(0.5),
    finishesAtMs: random.chance(FINISHES_RATIO)
      ? Math.round(between(random, lengthMs / 3, lengthMs))
      : null,
    spells: spellsOf(random, lengthMs),
  };
}

function spellsOf(random: SeededRandom, lengthMs: number): readonly Spell[] {
  const spells: Spell[] = [];
  let fromMs = 0;
  while (fromMs < lengthMs) {
    spells.push({ fromMs, kind: 'talk' });
    fromMs += between(random, 10_000, 50_000);
    spells.push({ fromMs, kind: random.pick(['silent', 'off']) });
    fromMs += between(random, 1_000, 12_000);
  }
  return spells;
}
