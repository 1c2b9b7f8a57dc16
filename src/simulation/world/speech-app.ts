/**
 * What makes text of audio in the simulated world: a model of a service's manners, not of its ears.
 *
 * It segments as it likes, differently on each run; it is late; it dies with its gateway and begins anew where the last final
 * ended. A final's text names the chunks that it covers, so that a mix-up shows. Here and there it tells what a final may become, and
 * a text that was most likely never spoken, which has a name of its own.
 */
import { stampOf } from './captured.ts';
import type { AppParts } from './world-shape.ts';
import type {
  App,
  AppAudio,
  AppGap,
  AppHandlers,
  AppSession,
  AppStart,
} from '../../gateway/app.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { SeededRandom } from '../../ports/random.ts';

/** What an application fails on is handed to it so often. */
const TRIED_TIMES = 3;
/** Finals cover so much, at the least and at the most. */
const SEGMENT_MS = [300, 2_500] as const;
const LATE_MS = [20, 900] as const;
/** What waited for longer is told in several: each names its chunks, and a text has an end (MAX_SPEECH_TEXT_CHARS). */
const LONGEST_MS = 30_000;
/** So many of those who hear say something between finals, and so often. */
const TALKATIVE_RATIO = 1 / 3;
const ASIDE_RATIO = 0.4;
const INTERIM_RATIO = 0.1;
/** So many of them tell all of a long speech anew each time. */
const LONG_INTERIMS_RATIO = 0.25;
const LONG_INTERIM_CHARS = 9_000;

interface Heard {
  readonly position: number;
  readonly name: string;
}

export class SpeechModel implements App {
  readonly #parts: AppParts;
  #opened = 0;

  constructor(parts: AppParts) {
    this.#parts = parts;
  }

  open(session: AppSession, start: AppStart): AppHandlers {
    const random = this.#parts.random.fork(`${session.id}@${start.fin}`);
    this.#opened += 1;
    const name = `${this.#parts.process.name}, ${this.#opened}`;
    return new Hearing({ ...this.#parts, random, session, start, name });
  }
}

interface HearingParts extends AppParts {
  readonly session: AppSession;
  readonly start: AppStart;
  /** Nobody else's. */
  readonly name: string;
}

class Hearing implements AppHandlers {
  readonly #parts: HearingParts;
  readonly #perMs: number;
  /** What came in and is in no final. */
  #heard: Heard[] = [];
  /** Where what came in ends; null before the first of it. */
  #end: number | null = null;
  #fin: number;
  #nextSamples: number;
  #timer: unknown = null;
  #onFinished: (() => void) | null = null;
  #isClosed = false;
  /** Null: it says nothing but finals. */
  readonly #aside: SeededRandom | null;
  #asides = 0;
  /** At the least. */
  readonly #interimChars: number;

  constructor(parts: HearingParts) {
    this.#parts = parts;
    const aside = parts.random.fork('asides');
    this.#aside = aside.chance(TALKATIVE_RATIO) ? aside : null;
    this.#interimChars = aside.chance(LONG_INTERIMS_RATIO) ? LONG_INTERIM_CHARS : 0;
    this.#perMs = parts.start.audio.sampleRateHz / 1_000;
    this.#fin = parts.start.fin;
    this.#nextSamples = this.#between(SEGMENT_MS) * this.#perMs;
  }

  audio({ position, bytes }: AppAudio): void {
    const stamp = stampOf(bytes);
    this.#come(
      position,
      bytes.length / BYTES_PER_SAMPLE,
      stamp === null ? '?' : String(stamp.chunk),
    );
  }

  gap({ position, samples, cause }: AppGap): void {
    if (cause === 'setAside') this.#expectTried(position);
    this.#come(position, samples, '_');
  }

  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFinished = resolve;
      this.#parts.process.clearTimeout(this.#timer);
      this.#timer = this.#parts.process.setTimeout(() => this.#finish(), this.#late());
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.process.clearTimeout(this.#timer);
    this.#timer = null;
    this.#onFinished?.();
    return Promise.resolve();
  }

  #come(position: number, samples: number, name: string): void {
    this.#parts.manners.take(this.#parts.session.id, position);
    const end = position + samples;
    // Where it begins, what a final covers may come again: a chunk of which some is, or all that a store had lost.
    const isNext = this.#end === null ? position <= this.#fin : position === this.#end;
    if (!isNext) {
      const message = `the application was handed sample ${position} where ${this.#end ?? this.#fin} was next`;
      this.#parts.report.violated('I6', message);
    }
    this.#end = end;
    if (end <= this.#fin) return;
    this.#heard.push({ position, name });
    if (this.#aside?.chance(INTERIM_RATIO) === true) {
      const text = name.padEnd(this.#interimChars, '.');
      this.#parts.session.hint({ type: 'interim', from: this.#fin, to: end, text });
    }
    this.#wait();
  }

  /** P24.3 */
  #expectTried(position: number): void {
    const { manners, report, session } = this.#parts;
    const times = manners.timesThrown(session.id, position);
    if (times >= TRIED_TIMES) return;
    report.violated('I6', `sample ${position} was set aside after it had failed ${times} times`);
  }

  #wait(): void {
    if (this.#timer !== null || this.#isClosed || !this.#isEnough) return;
    this.#timer = this.#parts.process.setTimeout(() => {
      this.#timer = null;
      this.#whenWell(() => {
        if (!this.#isEnough) return;
        this.#tell(this.#fin + Math.floor(this.#nextSamples));
        this.#nextSamples = this.#between(SEGMENT_MS) * this.#perMs;
        this.#wait();
      });
    }, this.#late());
  }

  get #isEnough(): boolean {
    return (this.#end ?? 0) - this.#fin >= this.#nextSamples;
  }

  #finish(): void {
    this.#timer = null;
    this.#whenWell(() => {
      const end = this.#end ?? 0;
      while (this.#fin < end) this.#tell(Math.min(end, this.#fin + LONGEST_MS * this.#perMs));
      this.#onFinished?.();
    });
  }

  #whenWell(work: () => void): void {
    const { manners, process } = this.#parts;
    manners.whenWell(() =>
      process.run(() => {
        if (!this.#isClosed) work();
      }),
    );
  }

  #tell(to: number): void {
    const of = this.#heard.filter(({ position }) => position < to);
    const isDropped = this.#drop(to);
    this.#parts.session.result({
      type: 'final',
      from: this.#fin,
      to,
      text: isDropped ? '' : of.map(({ name }) => name).join(' '),
    });
    // The chunk in which it ends is the next one's too.
    this.#heard = this.#heard.slice(Math.max(0, of.length - 1));
    this.#fin = to;
  }

  /** P23.5 */
  #drop(to: number): boolean {
    if (this.#aside?.chance(ASIDE_RATIO) !== true) return false;
    this.#asides += 1;
    const text = `aside ${this.#asides} of ${this.#parts.name}`;
    this.#parts.session.send({ type: 'dropped', reason: 'tooQuiet', text, from: this.#fin, to });
    return true;
  }

  #late(): number {
    return this.#between(LATE_MS);
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.#parts.random.unit() * (most - least);
  }
}
