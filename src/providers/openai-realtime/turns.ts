/**
 * The user's turns on one socket, and which of the audio that was sent is done with.
 *
 * The service confirms no audio. A turn is done with when its transcription is there (or has failed), or when the reply
 * to it has ended, whichever is first; turns are settled in their order, so that finals tile the audio.
 */
import type { ProviderEvent } from '../contract.ts';
import { dropOldest } from '../../ports/capacity.ts';
import type { TurnRules } from './session-config.ts';
import { abandon, newTurn, tell } from './turn.ts';
import type { Turn } from './turn.ts';
import { SAMPLES_PER_MS } from './wire.ts';

/** A conversation has one turn under way and a few that wait; what a confused service adds is settled without text. */
const MAX_OPEN_TURNS = 64;
/** How many settled turns may still be given a text. */
const MAX_SETTLED_TURNS = 64;
const MAX_ASKED_COMMITS = 64;
const MAX_INTERIM_CHARS = 20_000;

interface AskedCommit {
  readonly eventId: string;
  readonly endSample: number;
  readonly isFlush: boolean;
}

export interface Committed {
  readonly events: readonly ProviderEvent[];
  /** The commit of ours that it answers. */
  readonly eventId: string | null;
}

export class Turns {
  /** In force now, as the service told them. */
  rules: TurnRules;
  #open: Turn[] = [];
  #asked: AskedCommit[] = [];
  /** By the item: whether its text is still to come. */
  readonly #settled = new Map<string, boolean>();
  #sentSamples = 0;
  #settledThrough = 0;
  /** Where the newest turn ends. */
  #turnsThrough = 0;

  constructor(rules: TurnRules) {
    this.rules = rules;
  }

  get sentSamples(): number {
    return this.#sentSamples;
  }

  sent(samples: number): void {
    this.#sentSamples += samples;
  }

  speechStarted(ref: string, atMs: number | null): readonly ProviderEvent[] {
    if (this.#find(ref) !== undefined || this.#settled.has(ref)) return [];
    const atSample = this.#within(atMs ?? this.#sentSamples / SAMPLES_PER_MS);
    for (const turn of this.#open) if (!turn.isCommitted) abandon(turn, atSample);
    const turn = this.#add(ref, atSample);
    return [
      ...this.#drain(),
      { kind: 'speechStarted', atSample: turn.startSample },
      ...tell(turn, 'inProgress'),
    ];
  }

  speechStopped(ref: string, atMs: number | null): void {
    const turn = this.#find(ref);
    if (turn === undefined || turn.isCommitted) return;
    turn.endSample = atMs === null ? this.#sentSamples : this.#within(atMs, turn.startSample);
    turn.hasStopped = true;
  }

  /** What was sent so far is committed by us; the event's name tells the service's refusal apart from others. */
  commitAsked(eventId: string, isFlush: boolean): void {
    this.#asked.push({ eventId, endSample: this.#sentSamples, isFlush });
    if (this.#asked.length > MAX_ASKED_COMMITS) this.#asked.shift();
  }

  committed(ref: string): Committed {
    const known = this.#find(ref);
    if (this.#settled.has(ref) || known?.isCommitted === true) return { events: [], eventId: null };
    const turn = known ?? this.#add(ref, this.#turnsThrough);
    // A commit of ours follows no end that the service found.
    const asked = turn.hasStopped ? undefined : this.#asked.shift();
    turn.isCommitted = true;
    turn.endSample ??= Math.max(asked?.endSample ?? this.#sentSamples, turn.startSample);
    turn.answersFlush = asked?.isFlush === true;
    this.#turnsThrough = Math.max(this.#turnsThrough, turn.endSample);

    const isAnswered = asked === undefined ? this.rules.replies : !asked.isFlush;
    if (!turn.isInterim || (!this.rules.transcribes && !isAnswered)) turn.isDone = true;
    // What a flush commits may be silence: it is a turn once it has a text.
    const isTurn = !turn.answersFlush || turn.isTold || !this.rules.transcribes;
    const events = [...(isTurn ? tell(turn, 'inProgress') : []), ...this.#drain()];
    return { events, eventId: asked?.eventId ?? null };
  }

  /** There was nothing to commit. Null where no commit of ours is meant. */
  commitRefused(eventId: string | null): readonly ProviderEvent[] | null {
    const at = eventId === null ? 0 : this.#asked.findIndex((one) => one.eventId === eventId);
    const [asked] = at < 0 ? [] : this.#asked.splice(at, 1);
    if (asked === undefined) return null;
    if (!asked.isFlush) return [];
    const turn = this.#add(null, this.#turnsThrough);
    Object.assign(turn, { endSample: asked.endSample, isDone: true, answersFlush: true });
    return this.#drain();
  }

  transcribing(ref: string, delta: string): readonly ProviderEvent[] {
    const turn = this.#find(ref);
    if (turn === undefined || turn.isDone || !turn.isInterim) return [];
    turn.text = `${turn.text ?? ''}${delta}`.slice(0, MAX_INTERIM_CHARS);
    const interim: ProviderEvent = {
      kind: 'transcript',
      text: turn.text,
      words: [],
      startSample: turn.startSample,
      endSample: turn.endSample ?? this.#sentSamples,
      isFinal: false,
      endsUtterance: false,
      answersFlush: false,
    };
    return [interim, ...tell(turn, 'inProgress')];
  }

  /** @param text null where it failed. */
  transcribed(ref: string, text: string | null): readonly ProviderEvent[] {
    const turn = this.#find(ref);
    if (turn === undefined) {
      if (text === null || this.#settled.get(ref) !== true) return [];
      this.#settled.set(ref, false);
      return [{ kind: 'item', ref, role: 'user', text, status: 'completed' }];
    }
    if (!turn.isInterim) return [];
    turn.text = text;
    turn.isInterim = false;
    turn.isDone = turn.endSample !== null;
    return this.#drain();
  }

  /** What is committed by now is what the reply answers. */
  replyStarted(): void {
    for (const turn of this.#open) if (turn.isCommitted) turn.isAnswered = true;
  }

  /** @param isAnswer otherwise it failed or was cut off, and what it should have answered is worth waiting for its text. */
  replyEnded(isAnswer: boolean): readonly ProviderEvent[] {
    if (!isAnswer && this.rules.transcribes) return [];
    for (const turn of this.#open) if (turn.isAnswered) turn.isDone = true;
    return this.#drain();
  }

  settleSilence(throughSample: number): readonly ProviderEvent[] {
    if (!this.rules.detects) return [];
    const turnAt = this.#open[0]?.startSample ?? this.#sentSamples;
    const endSample = Math.min(throughSample, turnAt, this.#sentSamples);
    return endSample > this.#settledThrough ? [this.#final(endSample)] : [];
  }

  #add(ref: string | null, atSample: number): Turn {
    const turn = newTurn(ref, Math.max(atSample, this.#turnsThrough, this.#settledThrough));
    this.#open.push(turn);
    const [oldest] = this.#open;
    if (this.#open.length > MAX_OPEN_TURNS && oldest !== undefined) abandon(oldest, atSample);
    return turn;
  }

  #find(ref: string): Turn | undefined {
    return this.#open.find((turn) => turn.ref === ref);
  }

  /** In samples; a service's figure can be nothing beyond what it was sent. */
  #within(ms: number, fromSample = this.#settledThrough): number {
    const sample = Math.round(ms * SAMPLES_PER_MS);
    return Math.max(fromSample, Math.min(sample, this.#sentSamples));
  }

  /** Turns in their order, as far as they are done with. */
  #drain(): readonly ProviderEvent[] {
    const events: ProviderEvent[] = [];
    for (let turn = this.#open[0]; turn?.isDone === true; turn = this.#open[0]) {
      this.#open.shift();
      const endSample = Math.min(turn.endSample ?? turn.startSample, this.#sentSamples);
      const through = Math.max(endSample, this.#settledThrough);
      this.#turnsThrough = Math.max(this.#turnsThrough, through);
      events.push(this.#final(through, turn), ...tell(turn, 'completed'));
      if (turn.ref !== null) this.#settled.set(turn.ref, turn.isInterim);
      dropOldest(this.#settled, MAX_SETTLED_TURNS);
    }
    return events;
  }

  #final(endSample: number, turn?: Turn): ProviderEvent {
    const startSample = this.#settledThrough;
    this.#settledThrough = endSample;
    return {
      kind: 'transcript',
      text: turn?.text ?? '',
      words: [],
      startSample,
      endSample,
      isFinal: true,
      endsUtterance: turn !== undefined && (turn.isTold || (turn.text ?? '') !== ''),
      answersFlush: turn?.answersFlush === true,
    };
  }
}
