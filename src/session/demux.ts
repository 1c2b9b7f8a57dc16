/**
 * A provider's events, told on its connection's clock, as the session's events, told on the session's.
 *
 * A final settles its audio in the uplink and is told once; words that an earlier final told are taken out.
 */
import type { SessionEmitter } from './emitter.ts';
import type { TranscriptEvent, TranscriptWord } from './events.ts';
import type { Link } from './link.ts';
import type { SessionSpool, SpoolFacts } from './spooling.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import { Downlink } from '../audio/downlink.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { ProviderEvent, ProviderWord } from '../providers/contract.ts';

type ProviderTranscript = Extract<ProviderEvent, { kind: 'transcript' }>;

/** What a provider tells of the audio. */
export type Result = Extract<
  ProviderEvent,
  { kind: 'transcript' | 'dropped' | 'finished' | 'speechStarted' | 'utteranceEnded' | 'committed' }
>;

/** Times come as 32-bit floats and models round to their frames: closer than this is the same moment. */
const TOLERANCE_MS = 10;

/** A word whose middle lies this little behind the line was told by the last final. */
const WORD_TOLERANCE_MS = 40;

export class Demux {
  readonly #uplink: Uplink;
  readonly #emitter: SessionEmitter;
  readonly #downlink: Downlink;
  #interim: { from: number; provider: string } | null = null;

  constructor(uplink: Uplink, emitter: SessionEmitter) {
    this.#uplink = uplink;
    this.#emitter = emitter;
    this.#downlink = new Downlink(TOLERANCE_MS / uplink.msOf(1));
  }

  /** What is told, and what of the audio is settled, is kept beyond this process. */
  keepIn(spool: SessionSpool, facts: SpoolFacts): void {
    const parts = { uplink: this.#uplink, downlink: this.#downlink, emitter: this.#emitter };
    this.#uplink.keepIn((retention, cursor) => spool.join({ ...parts, retention, cursor }, facts));
  }

  get duplicates(): number {
    return this.#downlink.duplicates;
  }

  /** Takes what the link that carries the audio was told. */
  take(link: Link, event: Result): void {
    switch (event.kind) {
      case 'transcript':
        this.#transcript(link, event);
        return;
      case 'dropped':
        this.#emitter.emit({
          type: 'transcript.dropped',
          reason: event.reason,
          text: event.text,
          startMs: this.msOfSample(event.startSample),
          endMs: this.msOfSample(event.endSample),
        });
        return;
      case 'finished':
        this.#finished(event.samples);
        return;
      case 'committed':
        this.#uplink.confirm(
          this.#uplink.ledger.settledThrough,
          event.throughSample * BYTES_PER_SAMPLE,
        );
        return;
      case 'speechStarted':
        this.#emitter.emit({ type: 'speechStarted', atMs: this.msOfSample(event.atSample) });
        return;
      case 'utteranceEnded':
        this.#emitter.emit({ type: 'utteranceEnded', atMs: this.msOfSample(event.atSample) });
    }
  }

  #transcript(link: Link, event: ProviderTranscript): void {
    const from = this.#positionOf(event.startSample);
    const to = this.#positionOf(event.endSample);
    const { name: provider } = link.candidate.provider;
    this.#interim = event.isFinal ? null : { from, provider };
    if (!event.isFinal) {
      const admission = this.#downlink.admitInterim(from, to);
      if (admission.verdict !== 'duplicate') this.#tell(event, provider, from, to, admission.from);
      return;
    }

    const admission = this.#downlink.admitFinal(from, to);
    if (link.candidate.provider.traits.keepsAudio !== true) this.#settle(link, event, from, to);
    if (admission.verdict !== 'duplicate') this.#tell(event, provider, from, to, admission.from);
  }

  /** The link is gone, and with it the interim that it told last: an empty one takes its place. */
  dropInterim(): void {
    if (this.#interim === null) return;
    const { from, provider } = this.#interim;
    const startMs = this.#uplink.msOf(from);
    this.#interim = null;
    this.#emitter.emit({
      type: 'transcript',
      text: '',
      isFinal: false,
      startMs,
      endMs: startMs,
      words: [],
      endsUtterance: false,
      provider,
    });
  }

  /** The service has worked through everything that it was sent. */
  #finished(samples: number): void {
    const { cursorPosition, ledger } = this.#uplink;
    const through = this.#positionOf(samples);
    const isAll = this.#uplink.msOf(cursorPosition - through) <= TOLERANCE_MS;
    this.#uplink.confirm(ledger.settledThrough, isAll ? cursorPosition : through);
  }

  #settle(link: Link, event: ProviderTranscript, from: number, to: number): void {
    const settled = this.#uplink.ledger.settledThrough;
    const isNextTo = this.#uplink.msOf(Math.abs(from - settled)) <= TOLERANCE_MS;
    this.#uplink.confirm(isNextTo ? settled : from, to);
    const flushed = event.answersFlush ? link.flushes.answered() : null;
    if (flushed !== null) this.#uplink.confirm(this.#uplink.ledger.settledThrough, flushed);
  }

  #tell(
    event: ProviderTranscript,
    provider: string,
    from: number,
    to: number,
    newsFrom: number,
  ): void {
    const isWhole = newsFrom === from;
    const toldMs = this.#uplink.msOf(newsFrom) + WORD_TOLERANCE_MS;
    const words = isWhole
      ? event.words
      : event.words.filter(
          ({ startSample, endSample }) => this.msOfSample((startSample + endSample) / 2) > toldMs,
        );
    const told: TranscriptEvent = {
      type: 'transcript',
      text: isWhole ? event.text : words.map(({ text }) => text).join(' '),
      isFinal: event.isFinal,
      startMs: this.#uplink.msOf(Math.max(from, newsFrom)),
      endMs: this.#uplink.msOf(to),
      words: words.map((word) => this.#wordOf(word)),
      endsUtterance: event.endsUtterance,
      provider,
    };
    this.#emitter.emit(told);
  }

  #wordOf(word: ProviderWord): TranscriptWord {
    return {
      text: word.text,
      startMs: this.msOfSample(word.startSample),
      endMs: this.msOfSample(word.endSample),
      confidence: word.confidence,
    };
  }

  /** Where a sample of the link that carries lies in captured audio. */
  msOfSample(sample: number): number {
    return this.#uplink.msOf(this.#positionOf(sample));
  }

  msOfCaptured(sample: number): number {
    return this.#uplink.msOf(sample * BYTES_PER_SAMPLE);
  }

  /** How much audio from there on is not held any more. */
  missingMsFrom(sample: number): number {
    const { ring } = this.#uplink;
    return this.#uplink.msOf(Math.max(0, ring.startPosition - sample * BYTES_PER_SAMPLE));
  }

  #positionOf(sample: number): number {
    return this.#uplink.positionOf(sample * BYTES_PER_SAMPLE);
  }
}
