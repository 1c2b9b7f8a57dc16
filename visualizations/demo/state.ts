/** What the page shows, as signals: whoever runs something writes them, and the parts of the page read them. */
import { computed, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

import { align, countOf, wordsOf } from './align.ts';
import { ChunkBook } from './chunks.ts';
import type { FateCounts } from './chunks.ts';
import type { FaultName } from './faults.ts';
import heard from './heard.json' with { type: 'json' };
import type { ChartSource } from '../../src/inspect.ts';

/** `finishing`: all was said, and what waits is still on its way. */
export type Phase = 'idle' | 'running' | 'finishing' | 'done';

export type Mood = 'off' | 'good' | 'busy' | 'bad';

export interface LinkView {
  readonly mood: Mood;
  readonly label: string;
  readonly detail: string;
}

const NOT_YET: LinkView = {
  mood: 'off',
  label: 'Not connected',
  detail: 'it is dialled when you press play',
};

/** One of the two clients. */
export class ClientView {
  readonly link: Signal<LinkView> = signal(NOT_YET);
  readonly finals: Signal<readonly string[]> = signal([]);
  readonly interim: Signal<string> = signal('');
  readonly book: Signal<ChunkBook> = signal(new ChunkBook());
  /** Of the book, as it was when it was looked at. */
  readonly counts: Signal<FateCounts> = signal(this.book.value.counts());
  /** What its visitor should know of it; empty where there is nothing. */
  readonly note: Signal<string> = signal('');
  readonly heard = computed(() => this.finals.value.flatMap((text) => wordsOf(text)));

  reset(): void {
    this.link.value = NOT_YET;
    this.finals.value = [];
    this.interim.value = '';
    this.book.value = new ChunkBook();
    this.note.value = '';
    this.look();
  }

  /** The book is no signal: on every frame that is drawn, and once more when all is over. */
  look(): void {
    const { book } = this;
    if (this.#seen.book === book.value && this.#seen.version === book.value.version) return;
    this.#seen = { book: book.value, version: book.value.version };
    this.counts.value = book.value.counts();
  }

  #seen = { book: this.book.value, version: this.book.value.version };
}

export interface LedgerView {
  readonly captured: number;
  readonly delivered: number;
  readonly gap: number;
  readonly buffered: number;
  readonly replayed: number;
  readonly checks: number;
  readonly holds: boolean;
}

export interface ActiveFault {
  readonly name: FaultName;
  readonly endsAtMs: number;
  readonly lastsMs: number;
}

const EMPTY_LEDGER: LedgerView = {
  captured: 0,
  delivered: 0,
  gap: 0,
  buffered: 0,
  replayed: 0,
  checks: 0,
  holds: true,
};

export const phase = signal<Phase>('idle');
export type SourceName = 'speech' | 'microphone';

export const source = signal<SourceName>('speech');
/** How much has been said, in milliseconds of audio. */
export const positionMs = signal(0);
export const durationMs = signal(62_567);
export const isMuted = signal(false);
/** What went wrong with the page itself: no microphone, no server. */
export const trouble = signal<string>('');
export const serverIsThere = signal(true);
export const activeFaults = signal<readonly ActiveFault[]>([]);
/** What was broken in this run, and with which chunk. */
export const broken = signal<readonly { readonly name: FaultName; readonly chunk: number }[]>([]);
export const ledger = signal<LedgerView>(EMPTY_LEDGER);
/** Milliseconds on the page's clock, a few times a second: for countdowns. */
export const nowMs = signal(0);

/** The charts of this run's session. */
export const charts = signal<ChartSource | null>(null);

export const ours = new ClientView();
export const plain = new ClientView();

/** All of the packaged speech went out. */
export const wasWhole = signal(false);

const packaged = wordsOf(heard['minute.wav']);

/** What both are held to: the packaged speech as the recogniser hears it when nothing breaks, or else what tenuto brought. */
const reference = computed(() => {
  const isPackaged = source.value === 'speech' && (phase.value !== 'done' || wasWhole.value);
  return isPackaged ? packaged : ours.heard.value;
});

export const oursAligned = computed(() =>
  align(reference.value, ours.heard.value, phase.value === 'done'),
);
export const plainAligned = computed(() =>
  align(reference.value, plain.heard.value, phase.value === 'done'),
);
export const oursMissing = computed(() => countOf(oursAligned.value, 'missing'));
export const plainMissing = computed(() => countOf(plainAligned.value, 'missing'));

/** Whether what tenuto brought can be held to words: not to those that nobody knows but by it. */
export const isMeasured = computed(() => source.value === 'speech' && wasWhole.value);
/** The session was given up: what came afterwards is not on its way. */
export const isGivenUp = signal(false);

/** The promise, by all that is seen of it: each chunk arrived, none is waited for or given up, and no word is lost or doubled. */
export const isKept = computed(() => {
  const { captured, delivered, buffered, holds } = ledger.value;
  const isDelivered = holds && captured === delivered && buffered === 0 && !isGivenUp.value;
  const areWordsRight = oursMissing.value === 0 && countOf(oursAligned.value, 'extra') === 0;
  return isDelivered && areWordsRight;
});

export const isBusy = computed(() => phase.value === 'running' || phase.value === 'finishing');

export function resetRun(): void {
  ours.reset();
  plain.reset();
  broken.value = [];
  ledger.value = EMPTY_LEDGER;
  positionMs.value = 0;
  wasWhole.value = false;
  isGivenUp.value = false;
  trouble.value = '';
}
