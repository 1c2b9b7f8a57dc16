/** The packaged speech, in chunks, at the pace at which it was spoken; and as sound, for whoever listens along. */
import { CHUNK_MS } from './chunks.ts';
import { isMuted } from './state.ts';

const ADDRESS = '/speech/minute.wav';
const HEADER_BYTES = 44;
const BYTES_PER_MS = 32;
const CHUNK_BYTES = CHUNK_MS * BYTES_PER_MS;
/** Of a browser that throttles what is in the background, a tick is late: what was due meanwhile comes with it. */
const TICK_MS = 20;
/** Faster than this nobody understands it. */
const MOST_AUDIBLE_RATIO = 2;

export type OnChunk = (bytes: Uint8Array<ArrayBuffer>, durationMs: number) => void;

export interface Source {
  /** Settles when there is no more: true where all of it was said. */
  readonly ended: Promise<boolean>;
  stop(): void;
}

export interface SpeechOptions {
  readonly speedRatio: number;
  /** Where a reload took it up again. */
  readonly fromMs: number;
}

/** @throws TypeError where it cannot be fetched. */
export async function playSpeech(
  { speedRatio, fromMs }: SpeechOptions,
  onChunk: OnChunk,
): Promise<Source> {
  const pcm = await fetchPcm();
  const sound = soundOf(speedRatio, fromMs);
  const startedAtMs = performance.now();
  const from = Math.min(pcm.length, Math.round(fromMs) * BYTES_PER_MS);
  let at = from;
  let finish = (_isWhole: boolean): void => undefined;
  const ended = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  const end = (isWhole: boolean): void => {
    clearInterval(timer);
    sound.pause();
    finish(isWhole);
  };
  const tick = (): void => {
    const dueBytes = from + (performance.now() - startedAtMs) * speedRatio * BYTES_PER_MS;
    while (at < pcm.length && Math.min(at + CHUNK_BYTES, pcm.length) <= dueBytes) {
      const chunk = pcm.slice(at, at + CHUNK_BYTES);
      at += chunk.length;
      onChunk(chunk, chunk.length / BYTES_PER_MS);
    }
    if (at >= pcm.length) end(true);
  };
  const timer = setInterval(tick, TICK_MS);

  return { ended, stop: () => end(false) };
}

async function fetchPcm(): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(ADDRESS);
  if (!answer.ok) throw new TypeError(`the speech could not be read: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer(), HEADER_BYTES);
}

function soundOf(speedRatio: number, fromMs: number): { pause(): void } {
  const sound = new Audio(ADDRESS);
  sound.currentTime = fromMs / 1_000;
  sound.playbackRate = Math.min(speedRatio, 16);
  const stopListening = isMuted.subscribe((muted) => {
    sound.muted = muted || speedRatio > MOST_AUDIBLE_RATIO;
  });
  sound.play().catch(() => undefined); // a browser without sound shows everything all the same
  return {
    pause() {
      stopListening();
      sound.pause();
    },
  };
}
