/**
 * A flight recording: lines of JSON, the first of them a header, each of the others an event of the wire format.
 *
 * What cannot be read is told with the number of its line, and the rest is read: a process that was killed leaves half a line.
 */
import { isInspectionEvent } from './wire.ts';
import type { StatelyInspectionEvent } from './wire.ts';
import { TenutoError } from '../ports/errors.ts';

const RECORDING_VERSION = 1;

export interface RecordingHeader {
  readonly type: 'tenuto.recording';
  readonly version: number;
  /** Milliseconds since 1970, as text. */
  readonly startedAt: string;
  /** What was recorded, for a person: no secret and no text that was spoken. Default: empty. */
  readonly title: string;
}

export interface RecordingLimits {
  /** A line that is longer is told and left out. Default 1 MiB of characters. */
  readonly lineChars?: number;
  /** What comes after so many events is counted and left out. Default 1,000,000. */
  readonly events?: number;
}

/** A line that could not be read. */
export interface BadLine {
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly why: string;
}

const LIMITS = { lineChars: 1_048_576, events: 1_000_000 } as const;
/** So many bad lines are told; of the others there is only the count. */
const MOST_TOLD = 100;

/** The first line of a file, without its end. */
export function headerLine(title: string, startedAtMs: number): string {
  const startedAt = String(Math.round(startedAtMs));
  return JSON.stringify({
    type: 'tenuto.recording',
    version: RECORDING_VERSION,
    startedAt,
    title,
  } satisfies RecordingHeader);
}

/** Any line after it. */
export function eventLine(event: StatelyInspectionEvent): string {
  return JSON.stringify(event);
}

/** Takes the lines of a file in order. */
export class RecordingReader {
  readonly #limits: Required<RecordingLimits>;
  readonly #badLines: BadLine[] = [];
  #header: RecordingHeader | null = null;
  #line = 0;
  #bad = 0;
  #events = 0;
  #leftOut = 0;

  constructor(limits: RecordingLimits = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  get header(): RecordingHeader | null {
    return this.#header;
  }

  /** The first hundred of them. */
  get badLines(): readonly BadLine[] {
    return this.#badLines;
  }

  get badCount(): number {
    return this.#bad;
  }

  /** How many events were read. */
  get count(): number {
    return this.#events;
  }

  /** How many came after the last that was wanted. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /**
   * @returns the event of the line; null of the header, of an empty line and of one that cannot be read.
   * @throws TenutoError RECORDING_INVALID where the first line is no header of a version that is known.
   */
  read(text: string): StatelyInspectionEvent | null {
    this.#line += 1;
    if (this.#header === null) {
      this.#header = headerOf(text.replace(/^\uFEFF/, ''));
      return null;
    }
    if (text.trim() === '') return null;
    if (text.length > this.#limits.lineChars) return this.#isBad('is too long');
    const value = parsed(text);
    if (value === undefined) return this.#isBad('is no JSON');
    if (!isInspectionEvent(value)) return this.#isBad('is no event of the wire format');
    if (this.#events >= this.#limits.events) {
      this.#leftOut += 1;
      return null;
    }
    this.#events += 1;
    return value;
  }

  #isBad(why: string): null {
    this.#bad += 1;
    if (this.#badLines.length < MOST_TOLD) this.#badLines.push({ line: this.#line, why });
    return null;
  }
}

function headerOf(text: string): RecordingHeader {
  const value = text.length > LIMITS.lineChars ? undefined : parsed(text);
  if (typeof value !== 'object' || value === null) throw noRecording();
  const { type, version, startedAt, title } = value as Partial<
    Record<keyof RecordingHeader, unknown>
  >;
  if (type !== 'tenuto.recording' || typeof version !== 'number') throw noRecording();
  if (version > RECORDING_VERSION) throw tooNew(version);
  if (version !== RECORDING_VERSION) throw noRecording();
  return {
    type,
    version,
    startedAt: typeof startedAt === 'string' ? startedAt : '',
    title: typeof title === 'string' ? title : '',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noRecording(): TenutoError {
  return new TenutoError({
    code: 'RECORDING_INVALID',
    message: 'The first line is no header of a flight recording.',
    remediation: 'Give a file whose first line is {"type":"tenuto.recording","version":1,…}.',
  });
}

function tooNew(version: number): TenutoError {
  return new TenutoError({
    code: 'RECORDING_INVALID',
    message: `The recording is of version ${version}, and this tenuto reads version ${RECORDING_VERSION}.`,
    remediation: 'Open it with the tenuto that wrote it, or with a newer one.',
  });
}
