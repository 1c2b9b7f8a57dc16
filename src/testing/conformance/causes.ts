/**
 * From an event of a path to its real cause: a close frame, a refusal, silence, a late timer, a provider that throws.
 *
 * A cause only does what the world would do; that the session's chart takes the step is awaited by who runs the path.
 */
import { wayOf } from './losses.ts';
import type { LossCause } from './losses.ts';
import type { ConformanceRun } from './run.ts';
import { occupy } from './standing.ts';
import type { ConnectionEvent } from '../../../machines/connection.types.ts';
import type { ModelStep } from '../model/paths.ts';
import { stateOf } from '../model/sentences.ts';
import { mismatch } from './waiting.ts';

type SocketLost = Extract<ConnectionEvent, { type: 'socket.lost' }>;

export interface Cause {
  /** What has to stand ready before the cause of an earlier step sets off a chain that includes this one. */
  prepare?(run: ConformanceRun, step: ModelStep): void;
  /** What takes time, and has to be so before anything is prepared. */
  ready?(run: ConformanceRun, step: ModelStep): Promise<void>;
  /** Left out where the step follows by itself. */
  act?(run: ConformanceRun, step: ModelStep, isTaken: () => boolean): Promise<void> | void;
}

/** Audio that waits when a replay begins, and in which chunks it was written. */
export interface Backlog {
  readonly ms: number;
  readonly chunkMs: number;
}

/** A little more than goes out at once, so that the replay lasts until time passes. */
const SHORT_BACKLOG: Backlog = { ms: 600, chunkMs: 20 };

/** Silence that is noticed, suspected, deadly: how long a replay has to last for it to fall into it. */
const BACKLOGS: Readonly<Record<string, Backlog>> = {
  'link.measured': { ms: 1_500, chunkMs: 20 },
  'link.probe': { ms: 1_500, chunkMs: 20 },
  'link.suspected': { ms: 3_500, chunkMs: 20 },
  'link.recovered': { ms: 3_500, chunkMs: 20 },
  'link.died': { ms: 12_000, chunkMs: 20 },
  // Told while no audio flows: long chunks are paid for afterwards, which leaves pauses.
  'link.answered': { ms: 6_000, chunkMs: 2_000 },
};

/** Sooner than any plan could be made for. */
const END_IN_MS = 1_000;

const SPOKEN: Backlog = { ms: 200, chunkMs: 20 };

const causes: Readonly<Record<string, Cause>> = {
  'session.connect': {
    act: (run) => {
      run.connect();
    },
  },
  'session.close': {
    act: (run) => {
      void run.session.close({ drainTimeoutMs: 0 });
    },
  },
  'socket.opened': {
    act: async (run) => {
      run.service.accept(await run.service.nextDial());
    },
  },
  'socket.configured': {
    act: async (run, step, isTaken) => {
      if (!isOfHedge(step)) return;
      const second = await run.service.nextDial();
      run.service.accept(second);
      if (run.provider.traits.takesOver !== true) return;
      await run.facts.until(
        () => second.socket.isOpen || !second.socket.isLive,
        () => 'second socket',
      );
      await run.passUntil(isTaken, 'greeting of the second socket'); // the first one has a moment to speak
    },
  },
  'socket.lost': { ready: readyToLose, prepare: prepareLoss, act: lose },
  'server.answered': { act: answer },
  'result.committed': { ready: occupy, act: commit },
  'link.measured': { act: silence },
  'link.probe': { act: silence },
  'link.suspected': { act: silence },
  'link.died': { act: silence },
  'link.answered': { act: speakAgain },
  'link.recovered': { act: speakAgain },
  'network.lost': { act: (run) => run.network.offline() },
  'network.restored': { act: (run) => run.network.online() },
  'network.changed': { act: (run) => run.network.changed() },
  'carrier.chosen': { ready: occupy, act: loseCarrier },
  'session.rotate': { act: announceEnd },
  'xstate.done.actor.sessionRestore': {},
  'xstate.done.actor.bufferReplay': {
    act: (run, _step, isTaken) => run.passUntil(isTaken, 'end of the replay'),
  },
  'xstate.error.actor.sessionRestore': {
    prepare: (run) => {
      run.log.onNext('socket.configured', () => run.clock.failNext('nowMs'));
    },
  },
  'xstate.error.actor.bufferReplay': {
    prepare: (run) => {
      run.microphone.speak(SHORT_BACKLOG);
      run.provider.failNext('encodeAudio');
    },
  },
  'xstate.done.actor.backoffTimer': { act: sitOut },
  'xstate.done.actor.rateLimitWait': { act: sitOut },
  'xstate.error.actor.backoffTimer': { prepare: (run) => run.clock.failNext('setTimeout') },
  'xstate.error.actor.rateLimitWait': { prepare: (run) => run.clock.failNext('setTimeout') },
};

export function causeOf({ event: { type } }: ModelStep): Cause {
  const cause = causes[type];
  if (cause === undefined) throw mismatch(`nothing in the world is known to cause ${type}`);
  return cause;
}

/** Whether a step follows from the one before without anybody's doing. */
export function isAutomatic(step: ModelStep): boolean {
  if (step.event.type === 'socket.configured') return !isOfHedge(step);
  return causeOf(step).act === undefined || lossCauseOf(step) === 'throws';
}

/** The audio that has to be there before a replay begins, so that it still lasts when this step is to come. */
export function backlogFor(step: ModelStep): Backlog | null {
  const { type } = step.event;
  if (stateOf(step.from) !== 'connected.replaying' || type.startsWith('xstate.')) return null;
  return BACKLOGS[type] ?? SHORT_BACKLOG;
}

function prepareLoss(run: ConformanceRun, step: ModelStep): void {
  if (lossCauseOf(step) === 'throws') run.provider.failNext('openStream');
}

async function lose(run: ConformanceRun, step: ModelStep): Promise<void> {
  const { failure } = step.event as SocketLost;
  const cause = lossCauseOf(step);
  if (cause === 'ending' || (cause === 'reset' && !isDialing(step))) {
    run.service.end(cause === 'ending' ? failure.kind : 'reset', wayOf(failure));
  } else if (cause !== 'throws') {
    (await run.service.nextDial()).dial.refuse(
      cause === 'refusal' ? failure.kind : 'reset',
      wayOf(failure),
    );
  }
}

/** Where requests are answered, a link ends with one of them. */
async function readyToLose(run: ConformanceRun, step: ModelStep): Promise<void> {
  const cause = lossCauseOf(step);
  if (cause === 'ending' || (cause === 'reset' && !isDialing(step))) await occupy(run);
}

/** A voice, and who answers requests, show themselves at work by nothing but their work. */
async function answer(
  run: ConformanceRun,
  _step: ModelStep,
  isTaken: () => boolean,
): Promise<void> {
  await occupy(run);
  if (run.speech !== null && !run.isByRequest) {
    run.say();
    await run.service.heard();
  }
  if (!isTaken()) run.service.current.link.answer();
}

/** A result can only cover audio that was heard. */
async function commit(run: ConformanceRun): Promise<void> {
  if (run.isByRequest) {
    run.service.carrying.link.settle();
    return;
  }
  run.microphone.speak(SPOKEN);
  await run.service.heard();
  run.service.carrying.link.settle();
}

/** The standby takes over when the connection that was there first is lost. */
function loseCarrier(run: ConformanceRun): void {
  run.service.links[0]?.link.end('reset');
}

async function announceEnd(
  run: ConformanceRun,
  _step: ModelStep,
  isTaken: () => boolean,
): Promise<void> {
  const { link } = run.service.current;
  const { announceEnd: frameFor } = run.service.server.script;
  if (frameFor !== undefined) link.say(frameFor(END_IN_MS));
  await run.passUntil(isTaken, 'rotation before the end that was announced');
}

async function silence(
  run: ConformanceRun,
  _step: ModelStep,
  isTaken: () => boolean,
): Promise<void> {
  if (!run.isByRequest) run.service.goSilent(); // there it is silent between requests
  await run.passUntil(isTaken, 'notice of the silence');
}

/** What piled up is answered first; the next look at the link sees it. */
async function speakAgain(
  run: ConformanceRun,
  _step: ModelStep,
  isTaken: () => boolean,
): Promise<void> {
  if (run.isByRequest) run.service.carrying.link.settle();
  else run.service.speakAgain();
  await run.passUntil(isTaken, 'notice of the answer');
}

/** One millisecond less is too early. */
async function sitOut(run: ConformanceRun, step: ModelStep, isTaken: () => boolean): Promise<void> {
  const waitMs = run.waitMs;
  await run.clock.advanceAsync(Math.max(0, waitMs - 1));
  if (isTaken()) {
    if (waitMs > 0) throw mismatch(`${step.label} came before its ${waitMs} ms were over`);
    return;
  }
  await run.clock.advanceAsync(1);
}

function isOfHedge({ event, from }: ModelStep): boolean {
  return 'id' in event && event.id === (from.snapshot.context as { hedgeId: unknown }).hedgeId;
}

function isDialing({ from }: ModelStep): boolean {
  return stateOf(from).endsWith('.dialing');
}

function lossCauseOf({ event }: ModelStep): LossCause | null {
  return event.type === 'socket.lost' ? ((event as SocketLost).failure.code as LossCause) : null;
}
