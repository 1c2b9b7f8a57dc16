/** One socket's worth of Deepgram's frames, and the two things that can only be known by remembering. */
import { decodeListenFrame } from './decode.ts';
import type { ProviderEvent, ProviderStream } from '../contract.ts';
import type { Frame } from '../../ports/socket.ts';

/** What is sent besides audio, as text: as binary it would be decoded as audio. */
export interface ListenCommand {
  readonly type: 'KeepAlive' | 'Finalize' | 'CloseStream';
}

const command = (said: ListenCommand): string => JSON.stringify(said);
const KEEP_ALIVE = command({ type: 'KeepAlive' });
const FINALIZE = command({ type: 'Finalize' });
const CLOSE_STREAM = command({ type: 'CloseStream' });

export class ListenStream implements ProviderStream {
  readonly #sampleRateHz: number;
  readonly #secrets: () => readonly string[];
  #saidGoodbye = false;
  #closedThroughSample = 0;

  /** @param secrets credentials that must not be repeated. */
  constructor(sampleRateHz: number, secrets: () => readonly string[]) {
    this.#sampleRateHz = sampleRateHz;
    this.#secrets = secrets;
  }

  encodeAudio(bytes: Uint8Array): Frame {
    return bytes;
  }

  encodeKeepAlive(): Frame {
    return KEEP_ALIVE;
  }

  encodeFlush(): Frame {
    return FINALIZE;
  }

  encodeGoodbye(): Frame {
    this.#saidGoodbye = true;
    return CLOSE_STREAM;
  }

  decode(frame: Frame): readonly ProviderEvent[] {
    const events = decodeListenFrame(frame, this.#sampleRateHz, this.#secrets);
    return events.map((event) => this.#weigh(event));
  }

  #weigh(event: ProviderEvent): ProviderEvent {
    switch (event.kind) {
      case 'transcript':
        if (event.isFinal && event.endsUtterance) this.#closeUtterance(event.endSample);
        return event;
      case 'utteranceEnded': {
        // It may come late, when the utterance was closed already and the next one runs.
        if (event.atSample <= this.#closedThroughSample) {
          return { kind: 'ignored', what: 'UtteranceEnd of a closed utterance' };
        }
        this.#closeUtterance(event.atSample);
        return event;
      }
      case 'finished':
        // Metadata also precedes an idle close (NET-0001); there it is no promise that results covered everything.
        return this.#saidGoodbye ? event : { kind: 'ignored', what: 'Metadata without a goodbye' };
      default:
        return event;
    }
  }

  #closeUtterance(throughSample: number): void {
    this.#closedThroughSample = Math.max(this.#closedThroughSample, throughSample);
  }
}
