/** One socket of the local voice, from `Metadata` to its close. */
import type { Clock } from '../../ports/clock.ts';
import { objectIn, stringAt } from '../../providers/wire/json.ts';
import type { SpeakBehaviour } from './behaviour.ts';
import { DOCUMENTED_CLOSES } from './faults.ts';
import type { DeepgramFault, DocumentedClose } from './faults.ts';
import { ServedSocket } from './served-socket.ts';
import type { ServedSocketOptions } from './served-socket.ts';
import { MinuteBudget } from './speak-limits.ts';
import type { SpeakQuery } from './speak-query.ts';
import { metadataMessage, sequenceMessage, warningMessage } from './speak-wire.ts';
import { Speaker } from './speaker.ts';
import { CLOSE_DONE } from './wire.ts';

/** An answer may be minutes of audio, made at once. */
const UNREAD_CAPACITY_BYTES = 64 * 1_024 * 1_024;
const SESSION_MS = 60 * 60_000;

export interface SpeakConnectionOptions extends Omit<ServedSocketOptions, 'unreadCapacityBytes'> {
  readonly requestId: string;
  readonly query: SpeakQuery;
  readonly behaviour: SpeakBehaviour;
  readonly clock: Clock;
  onSpoken(chars: number): void;
}

export class SpeakConnection {
  readonly service = 'speak';
  readonly #options: SpeakConnectionOptions;
  readonly #socket: ServedSocket;
  readonly #speaker: Speaker;
  readonly #chars: MinuteBudget;
  readonly #flushes: MinuteBudget;
  readonly #endTimer: unknown;
  #text = '';
  #sequence = 0;
  #saidClose = false;

  constructor(options: SpeakConnectionOptions) {
    const { behaviour, clock, query, requestId } = options;
    this.#options = options;
    this.#chars = new MinuteBudget(behaviour.maxCharsPerMinute ?? 2_400);
    this.#flushes = new MinuteBudget(behaviour.maxFlushesPerMinute ?? 20);
    this.#socket = new ServedSocket(
      { ...options, unreadCapacityBytes: UNREAD_CAPACITY_BYTES },
      {
        onText: (text) => !this.#saidClose && this.#onText(text),
        onBytes: () => this.#close('MESSAGE-0000'),
        release: () => this.#release(),
      },
    );
    this.#speaker = new Speaker({
      sampleRateHz: query.sampleRateHz,
      paceRatio: behaviour.paceRatio ?? Infinity,
      clock,
      onAudio: (bytes) => this.#socket.send(bytes),
    });
    this.#endTimer = clock.setTimeout(
      () => this.#close('NET-0003'),
      behaviour.endsAfterMs ?? SESSION_MS,
    );
    this.#socket.say(metadataMessage(requestId, query.model));
  }

  cut(): Promise<void> {
    return this.#socket.cut();
  }

  suffer(fault: DeepgramFault): void {
    this.#socket.suffer(fault);
  }

  #onText(text: string): void {
    const message = objectIn(text);
    switch (message?.['type']) {
      case 'Speak':
        this.#take(stringAt(message, 'text'));
        return;
      case 'Flush':
        this.#flush();
        return;
      case 'Clear':
        this.#text = '';
        this.#speaker.hush();
        this.#tell('Cleared');
        return;
      case 'Close':
        this.#saidClose = true;
        this.#speaker.say(this.#taken(), () => this.#socket.close(CLOSE_DONE));
        return;
      default:
        this.#close('DATA-0000');
    }
  }

  #take(text: string | null): void {
    const { behaviour, clock } = this.#options;
    if (text === null) this.#close('DATA-0000');
    else if (text.length > (behaviour.maxCharsPerMessage ?? 2_000)) this.#close('BIG-0000');
    else if (!this.#chars.spend(text.length, clock.nowMs())) this.#close('DATA-0001');
    else this.#text += text;
  }

  /** Beyond the limit it is not done, and the text waits for the next one. */
  #flush(): void {
    if (!this.#flushes.spend(1, this.#options.clock.nowMs())) {
      const what = 'Too many Flush messages in the last 60 s; this one was ignored.';
      this.#socket.say(warningMessage('EXCESSIVE_FLUSH', what));
      return;
    }
    const text = this.#taken();
    this.#speaker.say(text, () => {
      this.#options.onSpoken(text.length);
      this.#tell('Flushed');
    });
  }

  #taken(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  #tell(type: 'Flushed' | 'Cleared'): void {
    this.#socket.say(sequenceMessage(type, this.#sequence));
    this.#sequence += 1;
  }

  #close(name: DocumentedClose): void {
    this.#socket.close(DOCUMENTED_CLOSES[name]);
  }

  #release(): void {
    this.#speaker.hush();
    this.#options.clock.clearTimeout(this.#endTimer);
  }
}
