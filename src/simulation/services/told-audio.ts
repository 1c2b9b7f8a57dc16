/** What finals, gaps and items of one session told of the audio: each moment once, each word once, where it was said. */
import { Coverage } from './coverage.ts';
import type { SpokenWord } from './microphone.ts';
import { WORD_MS, wordOf } from './voice.ts';
import type { InvariantId } from '../simulation.types.ts';
import type { ConversationItem } from '../../ports/conversation.ts';
import type { SessionEventOf, SessionLedger } from '../../session/events.ts';

export type Report = (invariant: InvariantId, message: string) => void;

/** Times come as 32-bit floats, and models round to their frames. */
const SEAM_MS = 10;
/** What the cut of a word at a gap's edge may take of its nucleus. */
const EDGE_MS = 40;
/** A word is told to lie within so much of where it was said. */
const PLACE_MS = 60;

export class ToldAudio {
  readonly #report: Report;
  readonly #coverage: Coverage;
  readonly #missed: number[] = [];
  /** What a service is said to have left out. */
  readonly #skipped: { readonly fromMs: number; readonly toMs: number }[] = [];
  /** Utterances of which was told that they were, and not what they were. */
  readonly #wordless: { readonly fromMs: number; readonly toMs: number }[] = [];
  /** Words that items of the user's had. */
  readonly #inItems = new Set<number>();
  #lastWord = 0;

  constructor(report: Report) {
    this.#report = report;
    this.#coverage = new Coverage(SEAM_MS, (message, isGap) =>
      report(isGap ? 'I4' : 'I6', message),
    );
  }

  gap({ fromMs, toMs, reason }: SessionEventOf<'gap'>): void {
    this.#coverage.add(fromMs, toMs, true);
    if (reason === 'providerSkipped') this.#skipped.push({ fromMs, toMs });
  }

  /** @param spoken by their numbers, from 1. */
  final(
    { startMs, endMs, text, words, endsUtterance }: SessionEventOf<'transcript'>,
    ledger: SessionLedger,
    capturedMs: number,
    spoken: readonly SpokenWord[],
  ): void {
    this.#coverage.add(startMs, endMs, false);
    if (ledger.deliveredMs + ledger.gapMs < endMs - SEAM_MS) {
      this.#report(
        'I6',
        `a final ends at ${endMs} ms, and only ${ledger.deliveredMs + ledger.gapMs} ms are settled`,
      );
    }
    if (endMs > capturedMs + SEAM_MS) {
      this.#report('I6', `a final ends at ${endMs} ms, of ${capturedMs} captured`);
    }
    if (endsUtterance && text === '') this.#wordless.push({ fromMs: startMs, toMs: endMs });
    for (const token of text.split(' ')) if (token !== '') this.#word(token);
    for (const word of words) this.#place(word, spoken);
  }

  /** A transcription that comes after the answer is told with its item alone. */
  item(item: ConversationItem): void {
    if (item.kind !== 'message' || item.role !== 'user') return;
    for (const token of item.text.split(' ')) {
      const word = wordOf(token);
      if (word !== null) this.#inItems.add(word.number);
    }
  }

  /** Nothing is told any more: all of it must have been. */
  close(capturedMs: number, spoken: readonly SpokenWord[]): void {
    this.#coverage.close(capturedMs);
    for (const { number, fromMs } of spoken.slice(this.#lastWord)) {
      if (fromMs + WORD_MS <= capturedMs) this.#missed.push(number);
    }
    for (const number of this.#missed) this.#excuse(spoken[number - 1]);
  }

  #word(token: string): void {
    const number = wordOf(token)?.number;
    if (number === undefined) {
      this.#report('I6', `"${token}" was told, which nobody says`);
      return;
    }
    if (number <= this.#lastWord) {
      this.#report('I6', `"${token}" was told after the word ${this.#lastWord}`);
      return;
    }
    for (let missed = this.#lastWord + 1; missed < number; missed += 1) this.#missed.push(missed);
    this.#lastWord = number;
  }

  #place(
    { text, startMs, endMs }: SessionEventOf<'transcript'>['words'][number],
    spoken: readonly SpokenWord[],
  ): void {
    const said = spoken[(wordOf(text)?.number ?? 0) - 1];
    if (said === undefined) return;
    if (
      startMs < said.fromMs - PLACE_MS ||
      endMs < startMs ||
      endMs > 2 * said.nucleusAtMs - said.fromMs + PLACE_MS
    ) {
      this.#report(
        'I15',
        `"${text}" was told at ${startMs} to ${endMs} ms, and said at ${said.fromMs} ms`,
      );
    }
  }

  /** A service that heard a word tells it: one that was left out was not sent to the service that told what follows. */
  #expectHeard({ number, fromMs, nucleusAtMs }: SpokenWord): void {
    const isSkipped = this.#skipped.some(
      (gap) => gap.fromMs < nucleusAtMs && nucleusAtMs < gap.toMs,
    );
    if (isSkipped) this.#report('I3', `the word ${number}, said at ${fromMs} ms, was not heard`);
  }

  /** A word that nobody told must lie in a gap. */
  #excuse(said: SpokenWord | undefined): void {
    if (said === undefined || this.#inItems.has(said.number)) return;
    const atMs = said.nucleusAtMs;
    if (this.#wordless.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)) return;
    this.#expectHeard(said);
    if (this.#coverage.isGapNear(atMs, EDGE_MS)) return;
    this.#report(
      'I6',
      `the word ${said.number}, said at ${said.fromMs} ms, was not told, and lies in no gap`,
    );
  }
}
