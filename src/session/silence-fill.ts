/** Silence in the place of audio that is not there, for services that hear pauses only where they are sent. */
import type { ResolvedCandidate } from './candidates.ts';

/** After a sleep no hour of silence is made up for. */
const LONGEST_FILL_MS = 1_000;

/** A link that may be sent silence. */
export interface Filled {
  readonly candidate: Pick<ResolvedCandidate, 'provider'>;
  readonly openedAtMs: number | null;
  readonly audioFlowedAtMs: number | null;
}

export class SilenceFill {
  readonly #link: Filled;
  readonly #afterMs: number;
  readonly #forMs: number;
  /** When it was sent last, and how much in a row. */
  #atMs: number | null = null;
  #ms = 0;

  constructor(link: Filled, afterMs: number, forMs: number) {
    this.#link = link;
    this.#afterMs = afterMs;
    this.#forMs = forMs;
  }

  /** As much silence as there was no audio. @param send is false where what was captured has to go out first. */
  beat(nowMs: number, send: (ms: number) => boolean): void {
    const { audioFlowedAtMs, openedAtMs } = this.#link;
    if (audioFlowedAtMs === null && this.#forMs !== Infinity) return; // there is no turn to be ended
    if (audioFlowedAtMs !== this.#atMs) this.#ms = 0; // something was captured since
    const quietMs = nowMs - (audioFlowedAtMs ?? openedAtMs ?? nowMs);
    const ms = Math.min(quietMs, LONGEST_FILL_MS, this.#forMs - this.#ms);
    if (quietMs < this.#afterMs || ms <= 0 || !send(ms)) return;
    this.#atMs = this.#link.audioFlowedAtMs;
    this.#ms += ms;
  }
}

/** Null where the service hears pauses by itself. */
export function fillFor(link: Filled): SilenceFill | null {
  const { fillsSilenceAfterMs = null, fillsSilenceForMs = Infinity } =
    link.candidate.provider.traits;
  if (fillsSilenceAfterMs === null) return null;
  return new SilenceFill(link, fillsSilenceAfterMs, fillsSilenceForMs);
}
