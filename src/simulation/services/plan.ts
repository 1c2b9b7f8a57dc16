/** A run, drawn from its seed before it begins. */
import type { Chance } from './chance.ts';
import { SERVICES } from './places.ts';
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
  readonly services: readonly ServiceName[];
  readonly clients: readonly ClientPlan[];
  /** Whether the clients are one process, whose breakers they share. */
  readonly isOneProcess: boolean;
}

const MOST_SERVICES = 3;
const MOST_CLIENTS = 2;
const RETENTION_MS = [15_000, 30_000, 45_000, 60_000] as const;
const FINISHES_RATIO = 0.15;

export function planOf(random: Chance, lengthMs: number): RunPlan {
  const services = Array.from({ length: random.whole(1, MOST_SERVICES) }, () =>
    random.pick(SERVICES),
  );
  const clients = Array.from({ length: random.whole(1, MOST_CLIENTS) }, (_, at) =>
    clientOf(random.fork(`client ${at}`), lengthMs),
  );
  return { services, clients, isOneProcess: random.is(0.5) };
}

function clientOf(random: Chance, lengthMs: number): ClientPlan {
  return {
    chunkMs: random.is(0.25) ? 20 : 100,
    retentionMs: random.pick(RETENTION_MS),
    holdDownMs: random.whole(10, 60) * 1_000,
    hasSignals: random.is(0.5),
    hasStandby: random.is(0.15),
    isKeyRenewable: random.is(0.5),
    finishesAtMs: random.is(FINISHES_RATIO)
      ? Math.round(random.between(lengthMs / 3, lengthMs))
      : null,
    spells: spellsOf(random, lengthMs),
  };
}

function spellsOf(random: Chance, lengthMs: number): readonly Spell[] {
  const spells: Spell[] = [];
  let fromMs = 0;
  while (fromMs < lengthMs) {
    spells.push({ fromMs, kind: 'talk' });
    fromMs += random.between(10_000, 50_000);
    spells.push({ fromMs, kind: random.pick(['silent', 'off']) });
    fromMs += random.between(1_000, 12_000);
  }
  return spells;
}
