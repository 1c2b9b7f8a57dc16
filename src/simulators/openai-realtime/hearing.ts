/** What the user's turns say: understood as soon as it can be, and told to whoever asked for transcription. */
import { objectAt, objectsAt, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Faults } from './faults.ts';
import type { Item } from './items.ts';
import type { Line } from './line.ts';
import type { HeardTurn } from './listening.ts';
import type { Transcriber } from './transcriber.ts';

const TOLD = 'conversation.item.input_audio_transcription';

export interface HearingOptions {
  readonly line: Line;
  readonly faults: Faults;
  readonly transcriber: Transcriber;
  readonly session: () => JsonObject;
}

export class Hearing {
  readonly #options: HearingOptions;
  readonly #heard = new Map<string, string>();
  #understanding: Promise<unknown> = Promise.resolve();

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  /** Everything that was said so far has been understood, or never will be. */
  get understood(): Promise<unknown> {
    return this.#understanding;
  }

  hear(turn: HeardTurn): void {
    const hearing = this.#options.transcriber.transcribe(turn).then(
      (text) => {
        this.#heard.set(turn.itemId, text);
        this.#tell(turn, text);
      },
      (error: unknown) => this.#tellNothing(turn.itemId, String(error)),
    );
    this.#understanding = Promise.all([this.#understanding, hearing]);
  }

  textOf(item: Item): string {
    const heard = this.#heard.get(item.id);
    if (heard !== undefined) return heard;
    return objectsAt(item, 'content')
      .map((part) => stringAt(part, 'text') ?? stringAt(part, 'transcript') ?? '')
      .join('');
  }

  withTranscript(item: Item): Item {
    const heard = this.#heard.get(item.id);
    if (heard === undefined) return item;
    return { ...item, content: [{ type: 'input_audio', transcript: heard }] };
  }

  #tell({ itemId, ms }: HeardTurn, text: string): void {
    const { line, faults, session } = this.#options;
    const input = objectAt(objectAt(session(), 'audio'), 'input');
    if (objectAt(input, 'transcription') === null) return;
    if (faults.take('failTranscription') !== null) {
      this.#tellNothing(itemId, 'Input transcription failed.');
      return;
    }
    const tell = (): void => {
      const about = { item_id: itemId, content_index: 0 };
      for (const delta of text.match(/\s*\S+/g) ?? [])
        line.say(`${TOLD}.delta`, { ...about, delta });
      const usage = { type: 'duration', seconds: Math.ceil(ms / 1_000) };
      line.say(`${TOLD}.completed`, { ...about, transcript: text, usage });
    };
    if (faults.lateTranscriptionMs === 0) tell();
    else line.after(faults.lateTranscriptionMs, tell);
  }

  #tellNothing(itemId: string, message: string): void {
    const error = { type: 'server_error', code: 'transcription_failed', message, param: null };
    this.#options.line.say(`${TOLD}.failed`, { item_id: itemId, content_index: 0, error });
  }
}
