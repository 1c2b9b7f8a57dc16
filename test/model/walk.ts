/**
 * Random walks through a chart: an actor of it with fake actors beside the chart as a pure function. Whatever may
 * happen next is drawn, both take the step, and both must agree on everything that is remembered.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { AnyStateMachine } from 'xstate';

import { ActorWorld, actorExecutors } from '../../src/testing/model/actor-world.ts';
import { isTimer, MODEL_START_AT_MS } from '../../src/testing/model/events.ts';
import type { OfferedEvent } from '../../src/testing/model/events.ts';
import { FakeActors } from '../../src/testing/model/fake-actors.ts';
import { offersIn } from '../../src/testing/model/paths.ts';
import type { ModelStep, PathOptions } from '../../src/testing/model/paths.ts';
import { after, nextTimer, startOf } from '../../src/testing/model/steps.ts';
import type { Situation } from '../../src/testing/model/steps.ts';

export interface Draw {
  /** Which of the events that are possible: a number of any size, or the name of one. */
  readonly which: number | string;
  /** Only of those that lead on, where there are any: by chance alone nothing is ever live. */
  readonly leadsOn: boolean;
  /** Time that passes before it, unless a timer of the chart is due. */
  readonly passMs: number;
}

export interface WalkOptions<TMachine extends AnyStateMachine> {
  readonly machine: TMachine;
  readonly model: PathOptions<TMachine>;
  readonly draws: readonly Draw[];
  /** What must be so after each step. */
  readonly check?: (world: ActorWorld<TMachine>, step: ModelStep, way: string) => void;
}

/** Moments between facts, so that links are young, healthy and old. */
export const draws: fc.Arbitrary<readonly Draw[]> = fc.array(
  fc.record({
    which: fc.nat({ max: 9_999 }),
    leadsOn: fc.boolean(),
    passMs: fc.constantFrom(0, 0, 0, 20, 700, 11_000, 61_000),
  }),
  { minLength: 10, maxLength: 40 },
);

/** Walks on until the draws are over or the chart is done. The world is left open: dispose of it. */
export async function walk<TMachine extends AnyStateMachine>({
  machine,
  model,
  draws: drawn,
  check,
}: WalkOptions<TMachine>): Promise<{ world: ActorWorld<TMachine>; steps: readonly ModelStep[] }> {
  const oracle = new FakeActors().provideTo(machine, []);
  const executors = actorExecutors(machine);
  const world = new ActorWorld(machine, model);
  const steps: ModelStep[] = [];
  let at = startOf(oracle, model.input, MODEL_START_AT_MS);

  for (const draw of drawn) {
    if (at.snapshot.status !== 'active') break;
    const from = later(at, draw.passMs);
    world.clock.advance(from.nowMs - at.nowMs);
    const offer = drawnOf(offersIn(from, model as PathOptions), draw);
    if (offer === undefined) continue;
    at = after(oracle, from, offer.event, from.nowMs + offer.passMs);
    const step = { ...offer, from, to: at };
    world.clock.advance(offer.passMs);
    await executors[offer.descriptor]?.(world, { ...offer.event }, step);
    steps.push(step);
    // What falls due at the same moment comes before anybody can look.
    if (isTimer(offer.descriptor) && nextTimer(at)?.[1] === at.nowMs) continue;
    agree(world, at, steps);
    check?.(world, step, steps.map(({ label }) => label).join(' → '));
  }
  return { world, steps };
}

function later(at: Situation, passMs: number): Situation {
  const timer = nextTimer(at);
  const isFree = timer === null || at.nowMs + passMs < timer[1];
  return isFree ? { ...at, nowMs: at.nowMs + passMs } : at;
}

/** A close ends every walk, so it is not drawn. */
function drawnOf(offers: readonly OfferedEvent[], draw: Draw): OfferedEvent | undefined {
  const { which } = draw;
  if (typeof which === 'string') return named(offers, which);
  const open = offers.filter(({ type }) => type !== 'session.close');
  const onward = open.filter(({ label }) => LEADS_ON.test(label));
  const drawn = draw.leadsOn && onward.length > 0 ? onward : open;
  return drawn[which % Math.max(1, drawn.length)];
}

function named(offers: readonly OfferedEvent[], name: string): OfferedEvent {
  const labels = offers.map(({ label }) => label);
  expect(labels).toContain(name);
  return offers[labels.indexOf(name)]!;
}

/** Draws that take these events, one at once after the other. */
export function drawsOf(...names: readonly string[]): readonly Draw[] {
  return names.map((which) => ({ which, leadsOn: false, passMs: 0 }));
}

const LEADS_ON = /(connect|opened|configured|done|served|ready|second socket\))$/;

function agree(world: ActorWorld, { snapshot }: Situation, steps: readonly ModelStep[]): void {
  const way = steps.map(({ label }) => label).join(' → ');

  expect(world.snapshot.value, way).toEqual(snapshot.value);
  expect(world.snapshot.status, way).toBe(snapshot.status);
  expect(world.snapshot.context, way).toEqual(snapshot.context);
  expect(Object.keys(world.snapshot.children).sort(), way).toEqual(
    Object.keys(snapshot.children).sort(),
  );
}
