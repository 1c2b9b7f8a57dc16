/** What the orchestrator's questions and changes are asked of: XState hands each of them the union of all events. */
import type { OrchestratorContext, OrchestratorEvent } from './orchestrator.types.ts';

type FactType = OrchestratorEvent['type'];

export type Fact<T extends FactType> = Extract<OrchestratorEvent, { type: T }>;

export type Change = Partial<OrchestratorContext>;

export interface Facts {
  readonly context: OrchestratorContext;
  readonly event: OrchestratorEvent;
}

/** A question that only facts of these types are an answer to: of others the answer is no. */
export function asked<T extends FactType>(
  types: readonly T[],
  ask: (context: OrchestratorContext, event: Fact<T>) => boolean,
): (facts: Facts) => boolean {
  return ({ context, event }) => isOf(types, event) && ask(context, event);
}

/** A change that only facts of these types bring: others bring none. */
export function changed<T extends FactType>(
  types: readonly T[],
  change: (context: OrchestratorContext, event: Fact<T>) => Change,
): (facts: Facts) => Change {
  return ({ context, event }) => (isOf(types, event) ? change(context, event) : {});
}

/** Whether a fact was told by the connection that carries. */
export function isOfCarrier(
  { carrier }: OrchestratorContext,
  event: { readonly lane: number },
): boolean {
  return event.lane === carrier?.id;
}

/** The index of the candidate that carries; -1, which no candidate has, while none does. */
export function carrierIndex({ carrier }: Pick<OrchestratorContext, 'carrier'>): number {
  return carrier?.candidate ?? -1;
}

function isOf<T extends FactType>(types: readonly T[], event: OrchestratorEvent): event is Fact<T> {
  return (types as readonly FactType[]).includes(event.type);
}
