/** What services tell of audio for good, as it comes over a socket: it may come twice, or never. */
import type { ServiceName } from './places.ts';
import type { Frame } from '../../ports/socket.ts';

const TELLS_FOR_GOOD: Readonly<Partial<Record<ServiceName, string>>> = {
  listen: '"is_final":true',
  flux: '"event":"EndOfTurn"',
  openai: '"conversation.item.input_audio_transcription.completed"',
};

export const FINALISERS = Object.keys(TELLS_FOR_GOOD) as readonly ServiceName[];

function isFinal(service: ServiceName, frame: Frame): boolean {
  const told = TELLS_FOR_GOOD[service];
  return told !== undefined && typeof frame === 'string' && frame.includes(told);
}

/** One socket: once a final of it got lost, all that follow do. */
export class Finals {
  readonly #service: ServiceName;
  #isMute = false;

  constructor(service: ServiceName) {
    this.#service = service;
  }

  /** How often this frame comes. */
  times(
    frame: Frame,
    { areRepeated, areLost }: { areRepeated: boolean; areLost: boolean },
  ): number {
    if (!isFinal(this.#service, frame)) return 1;
    this.#isMute ||= areLost;
    if (this.#isMute) return 0;
    return areRepeated ? 2 : 1;
  }
}
