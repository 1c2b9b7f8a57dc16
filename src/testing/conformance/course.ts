/** Takes a path with a real session: causes each step, and holds what the session's chart did against the path. */
import { backlogFor, causeOf, isAutomatic } from './causes.ts';
import type { Backlog } from './causes.ts';
import { handshakeRemedy } from './remedies.ts';
import type { ConformanceRun } from './run.ts';
import { pathOf } from './step-log.ts';
import type { ConnectionSnapshot, TakenStep } from './step-log.ts';
import { mismatch } from './waiting.ts';
import type { ModelStep } from '../model/paths.ts';
import { outcomeOf, stateOf } from '../model/sentences.ts';
import type { Walk } from './walks.ts';

/** How much of what happened is told with a mismatch. */
const TOLD_STEPS = 4;

export class Course {
  readonly #run: ConformanceRun;
  readonly #steps: readonly ModelStep[];
  readonly #follows: readonly string[];
  /** Where in the log the next step is looked for. */
  #read = 0;
  #before: ConnectionSnapshot | null = null;

  constructor(run: ConformanceRun, { steps, setting }: Walk) {
    this.#run = run;
    this.#steps = steps;
    this.#follows = setting.follows;
  }

  /** Resolves when the last step was taken. Rejects with a TenutoError `MODEL_MISMATCH` at the first other one. */
  async take(): Promise<void> {
    for (const [index, step] of this.#steps.entries()) {
      // What takes time comes first: what is prepared is meant for what the cause sets off.
      if (!this.#isFollowing(step)) await causeOf(step).ready?.(this.#run, step);
      if (index === 0 || !this.#isFollowing(step)) this.#makeReady(index);
      const isTaken = (): boolean => this.#isTaken(step, index);
      if (!this.#isFollowing(step) && !isTaken()) {
        await causeOf(step).act?.(this.#run, step, isTaken);
      }
      await this.#run.facts.until(
        isTaken,
        () => this.#nameOf(step, index),
        () => handshakeRemedy(this.#run.log, this.#run.provider.traits),
      );
      this.#before = this.#run.log.steps[this.#read]?.snapshot ?? null;
      this.#read += 1;
    }
  }

  /** Before something is caused, whatever follows from it by itself is prepared. */
  #makeReady(index: number): void {
    let next = index + 1;
    let step = this.#steps[next];
    for (; step !== undefined && this.#isFollowing(step); step = this.#steps[next]) {
      causeOf(step).prepare?.(this.#run, step);
      next += 1;
    }
    const backlog = next > index + 1 ? this.#backlog(next) : null;
    if (backlog !== null) this.#run.microphone.speak(backlog);
  }

  /** The longest backlog that a step of the replay that begins here asks for. */
  #backlog(from: number): Backlog | null {
    let longest: Backlog | null = null;
    for (const step of this.#steps.slice(from)) {
      if (stateOf(step.from) !== 'connected.replaying') break;
      const backlog = backlogFor(step);
      if ((backlog?.ms ?? 0) > (longest?.ms ?? 0)) longest = backlog;
    }
    return longest;
  }

  #isFollowing(step: ModelStep): boolean {
    return isAutomatic(step) || this.#follows.includes(step.event.type);
  }

  #isTaken(step: ModelStep, index: number): boolean {
    const { steps } = this.#run.log;
    for (; this.#read < steps.length; this.#read += 1) {
      const taken = steps[this.#read] as TakenStep;
      const isSame = isSameStep(taken, step);
      if (isSame && differenceOf(taken.snapshot, step) === null) return true;
      if (!isSame && this.#isByTheWay(taken)) continue;
      const difference = isSame ? `: ${differenceOf(taken.snapshot, step) ?? ''}` : '';
      throw mismatch(`${this.#nameOf(step, index)}, but ${this.#story()}${difference}`);
    }
    return false;
  }

  /** Looks at the link, probes and answers come as they come; they change nothing that a path speaks of. */
  #isByTheWay({ snapshot }: TakenStep): boolean {
    const before = this.#before;
    return (
      before !== null &&
      pathOf(snapshot) === pathOf(before) &&
      factsOf(snapshot).join() === factsOf(before).join()
    );
  }

  #nameOf(step: ModelStep, index: number): string {
    return `step ${index + 1} of ${this.#steps.length}, ${step.label}, ${outcomeOf(step)}`;
  }

  #story(): string {
    const told = this.#run.log.steps.slice(
      Math.max(0, this.#read + 1 - TOLD_STEPS),
      this.#read + 1,
    );
    const steps = told.map(({ eventType, snapshot }) => `${eventType} → ${pathOf(snapshot)}`);
    return `the session did ${steps.join(', ')}`;
  }
}

/** Whatever the chart says of a loss has to be so in the session as well. */
function factsOf({ context }: ConnectionSnapshot): readonly unknown[] {
  return [context.attempts, context.isOnline, context.hedgeId !== null];
}

function isSameStep(taken: TakenStep, step: ModelStep): boolean {
  const wanted = step.to.edges.map(({ id }) => id).join();
  return (
    taken.edges.map(({ id }) => id).join() === wanted && pathOf(taken.snapshot) === stateOf(step.to)
  );
}

function differenceOf(snapshot: ConnectionSnapshot, { event, to }: ModelStep): string | null {
  const expected = to.snapshot as ConnectionSnapshot;
  const [kind, expectedKind] = [snapshot.context.failure?.kind, expected.context.failure?.kind];
  if (event.type === 'socket.lost' && kind !== expectedKind) {
    return `the failure was called ${String(kind)} instead of ${String(expectedKind)}`;
  }
  const hint = differenceOfHints(snapshot, expected);
  if (event.type === 'socket.lost' && hint !== null) return hint;
  const facts = factsOf(snapshot).join();
  const expectedFacts = factsOf(expected).join();
  if (facts === expectedFacts) return null;
  return `attempts, online and hedged are ${facts} instead of ${expectedFacts}`;
}

/** What the service said about when to come back has to reach the chart. */
function differenceOfHints(
  { context }: ConnectionSnapshot,
  expected: ConnectionSnapshot,
): string | null {
  const wantedMs = expected.context.failure?.retryAfterMs;
  const foundMs = context.failure?.retryAfterMs;
  if (wantedMs === undefined || (foundMs !== undefined && Math.abs(foundMs - wantedMs) < 1)) {
    return null;
  }
  const told = foundMs === undefined ? 'no hint' : `${foundMs} ms`;
  return `the service asked to come back in ${wantedMs} ms, and \`classifyEnd\` handed on ${told} as \`retryAfterMs\``;
}
