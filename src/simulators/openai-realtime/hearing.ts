/** The user's turns: items at once, understood as soon as can be, and told to whoever asked for transcription. */
import { objectAt, objectsAt, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Faults } from './faults.ts';
import type { Item, Items } from './items.ts';
import type { Line } from './line.ts';
import type { HeardTurn } from './listening.ts';
import type { Transcriber } from './transcriber.ts';

const TOLD = 'conversation.item.input_audio_transcription';

export interface HearingOptions {
  readonly line: Line;
  readonly items: Items;
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
    this.#tellItem(turn.itemId);
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

  #tellItem(id: string): void {
    const { line, items } = this.#options;
    line.say('input_audio_buffer.committed', { previous_item_id: items.lastId, item_id: id });
    const content = [{ type: 'input_audio', transcript: null }];
    const turn = { id, type: 'message', status: 'completed', role: 'user', content };
    const { item, previousId } = items.append(turn);
    line.say('conversation.item.added', { previous_item_id: previousId, item });
    line.say('conversation.item.done', { previous_item_id: previousId, item });
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
