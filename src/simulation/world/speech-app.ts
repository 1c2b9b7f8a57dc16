/**
 * What makes text of audio in the simulated world: a model of a service's manners, not of its ears.
 *
 * It segments as it likes, differently on each run; it is late; it dies with its gateway and begins anew where the last final
 * ended. A final's text names the chunks that it covers, so that a mix-up shows.
 */
import { stampOf } from './captured.ts';
import type { Report } from '../checks/report.ts';
import type { SimulatedProcess } from '../process.ts';
import type {
  App,
  AppAudio,
  AppGap,
  AppHandlers,
  AppSession,
  AppStart,
} from '../../gateway/app.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';

export class SpeechManners {
  /** Finals cover so much, at the least and at the most. */
  readonly segmentMs: readonly [least: number, most: number];
  readonly lateMs: readonly [least: number, most: number];
  /** So many faults have it throw on what it is handed. */
  throwing = 0;
  readonly #waiting = new Set<() => void>();
  #stalls = 0;

  constructor(segmentMs: SpeechManners['segmentMs'], lateMs: SpeechManners['lateMs']) {
    this.segmentMs = segmentMs;
    this.lateMs = lateMs;
  }

  /** One more fault has it finalise nothing, or one less. */
  stall(by: 1 | -1): void {
    this.#stalls += by;
    if (this.#stalls > 0) return;
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** Does it now, or when nothing has it stall. */
  whenWell(work: () => void): void {
    if (this.#stalls === 0) work();
    else this.#waiting.add(work);
  }
}

interface Heard {
  readonly position: number;
  readonly name: string;
}

export class SpeechModel implements App {
  readonly #process: SimulatedProcess;
  readonly #random: SeededRandom;
  readonly #manners: SpeechManners;
  readonly #report: Report;

  constructor(
    process: SimulatedProcess,
    random: SeededRandom,
    manners: SpeechManners,
    report: Report,
  ) {
    this.#process = process;
    this.#random = random;
    this.#manners = manners;
    this.#report = report;
  }

  open(session: AppSession, start: AppStart): AppHandlers {
    return new Hearing({
      session,
      start,
      process: this.#process,
      random: this.#random.fork(`${session.id}@${start.fin}`),
      manners: this.#manners,
      report: this.#report,
    });
  }
}

interface HearingParts {
  readonly session: AppSession;
  readonly start: AppStart;
  readonly process: SimulatedProcess;
  readonly random: SeededRandom;
  readonly manners: SpeechManners;
  readonly report: Report;
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

  constructor(parts: HearingParts) {
    this.#parts = parts;
    this.#perMs = parts.start.audio.sampleRateHz / 1_000;
    this.#fin = parts.start.fin;
    this.#nextSamples = this.#between(parts.manners.segmentMs) * this.#perMs;
  }

  audio({ position, bytes }: AppAudio): void {
    const stamp = stampOf(bytes);
    this.#come(
      position,
      bytes.length / BYTES_PER_SAMPLE,
      stamp === null ? '?' : String(stamp.chunk),
    );
  }

  gap({ position, samples }: AppGap): void {
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
    if (this.#parts.manners.throwing > 0) throw new Error('a fault of the simulated world');
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
    this.#wait();
  }

  #wait(): void {
    if (this.#timer !== null || this.#isClosed || !this.#isEnough) return;
    this.#timer = this.#parts.process.setTimeout(() => {
      this.#timer = null;
      this.#whenWell(() => {
        if (!this.#isEnough) return;
        this.#tell(this.#fin + Math.floor(this.#nextSamples));
        this.#nextSamples = this.#between(this.#parts.manners.segmentMs) * this.#perMs;
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
      if (this.#end !== null && this.#end > this.#fin) this.#tell(this.#end);
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
    this.#parts.session.result({
      type: 'final',
      from: this.#fin,
      to,
      text: of.map(({ name }) => name).join(' '),
    });
    // The chunk in which it ends is the next one's too.
    this.#heard = this.#heard.slice(Math.max(0, of.length - 1));
    this.#fin = to;
  }

  #late(): number {
    return this.#between(this.#parts.manners.lateMs);
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.#parts.random.unit() * (most - least);
  }
}
