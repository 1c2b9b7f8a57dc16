/** Lists of faults, and of seeds that failed once, as JSON that a person may have written. */
import { z } from 'zod';

import { kindsOf, WORLDS } from './world.ts';
import type { Simulation } from './world.ts';
import { nearestOf } from '../serve/nearest.ts';
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';
import { INVARIANTS } from '../../simulation/simulation.types.ts';
import type { Fault, InvariantId, WorldKind } from '../../simulation/simulation.types.ts';

/** A seed that failed once, and never may again. */
export interface Regression {
  readonly seed: number;
  readonly faults?: readonly Fault[];
  readonly lengthMs?: number;
  readonly world?: WorldKind;
  readonly invariant: InvariantId;
  /** What it was, in a sentence. */
  readonly found: string;
  /** What was done about it. */
  readonly mended: string;
}

const whole = z.number().int().min(0);
const ms = z.number().min(0).max(86_400_000);

const faultSchema = (kinds: ReadonlySet<string>) =>
  z.strictObject({
    kind: z.string().superRefine((kind, context) => {
      if (kinds.has(kind)) return;
      const nearest = nearestOf(kind, [...kinds]);
      const guess =
        nearest === null
          ? 'docs/simulation.md has those that there are'
          : `did you mean ${nearest}?`;
      context.addIssue({ code: 'custom', message: `there is no fault "${kind}": ${guess}` });
    }),
    atMs: ms,
    forMs: ms.optional(),
    on: whole.optional(),
    much: z.number().optional(),
  });

const regressionSchema = (kinds: ReadonlySet<string>) =>
  z.strictObject({
    seed: whole.max(4_294_967_295),
    faults: z.array(faultSchema(kinds)).optional(),
    lengthMs: ms.optional(),
    world: z.enum(WORLDS).optional(),
    invariant: z.enum(Object.keys(INVARIANTS) as InvariantId[]),
    found: z.string(),
    mended: z.string(),
  });

/** @throws TenutoError FAULT_PLAN_INVALID. */
export function parseFaults(
  text: string,
  where: string,
  kinds: ReadonlySet<string>,
): readonly Fault[] {
  const read = jsonOf(text, z.array(faultSchema(kinds)));
  if ('read' in read) return read.read as readonly Fault[]; // JSON has no undefined
  throw new TenutoError({
    code: 'FAULT_PLAN_INVALID',
    message: `${where} cannot be read: ${read.why}.`,
    remediation:
      'Give JSON as a failure prints it: \'[{"kind":"…","atMs":1000,"forMs":500,"on":0}]\'.',
  });
}

type Worlds = Pick<Simulation, 'nemeses' | 'aimed' | 'muchOf' | 'worldOf'>;

/** @throws TenutoError OPTION_INVALID. */
export function parseRegressions(
  text: string,
  path: string,
  worlds: Worlds,
): readonly Regression[] {
  const read = jsonOf(text, z.array(regressionSchema(kindsOf(worlds, undefined))));
  const regressions = 'read' in read ? (read.read as readonly Regression[]) : [];
  const why = 'why' in read ? read.why : misplacedIn(regressions, worlds);
  if (why === null) return regressions;
  throw invalid(
    `The seeds that failed once (${path}) cannot be read: ${why}.`,
    'Correct the file: a list of {"seed","faults","world","invariant","found","mended"}.',
  );
}

/** A fault of the other world would hit nothing, and the seed guard nothing. Null: there is none. */
function misplacedIn(regressions: readonly Regression[], worlds: Worlds): string | null {
  for (const [at, { seed, world = worlds.worldOf(seed), faults = [] }] of regressions.entries()) {
    const wrong = alienIn(faults, world, worlds) ?? excessIn(faults, world, worlds);
    if (wrong !== null) return `[${at}].faults: seed ${seed}: ${wrong}`;
  }
  return null;
}

/** Which of them is of the other world, in words. Null: none is. */
export function alienIn(
  faults: readonly Fault[],
  world: WorldKind,
  kinds: Pick<Simulation, 'nemeses' | 'aimed'>,
): string | null {
  const own = kindsOf(kinds, world);
  const alien = faults.find(({ kind }) => !own.has(kind));
  if (alien === undefined) return null;
  return `${alien.kind} is a fault of ${otherOf(world)}, and this run is of ${world}`;
}

/** Which of them is more or less than there can be, in words. Null: none is. */
export function excessIn(
  faults: readonly Fault[],
  world: WorldKind,
  { muchOf = () => undefined }: Pick<Simulation, 'muchOf'>,
): string | null {
  if (world === 'services') return null;
  for (const { kind, much } of faults) {
    const [least, most] = muchOf(kind) ?? [-Infinity, Infinity];
    if (much !== undefined && (much < least || much > most)) {
      return `${kind} cannot have "much": ${much}, but ${least} to ${most}`;
    }
  }
  return null;
}

export function otherOf(world: WorldKind): WorldKind {
  return world === 'services' ? 'gateways' : 'services';
}

function jsonOf<T>(text: string, schema: z.ZodType<T>): { read: T } | { why: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: 'it is no JSON' };
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return { read: data };
  const [issue] = error.issues;
  const path = (issue?.path ?? []).map((part) =>
    typeof part === 'number' ? `[${part}]` : `.${String(part)}`,
  );
  const where = path.join('').replace(/^\./, '');
  const what = issue?.message ?? 'it is no list';
  return { why: where === '' ? what : `${where}: ${what}` };
}
