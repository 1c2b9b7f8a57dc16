/**
 * The client to compare with: `reconnecting-websocket` with its own settings, as many use it. It dials again after 1 to 5 s,
 * and what is written while it is closed waits in its queue and goes out when it is open.
 */
import ReconnectingWebSocket from 'reconnecting-websocket';

import { CHUNK_MS } from './chunks.ts';
import { addressOf } from './server.browser.ts';
import { plain } from './state.ts';
import type { LinkView } from './state.ts';

const NUMBER_BYTES = 4;
/** So much without an answer is worth a word. */
const UNANSWERED_MS = 1_500;
const CONNECTED = 'Connected';
const FINISHED = 'Finished';

interface Message {
  readonly type: 'received' | 'text';
  readonly chunk?: number;
  readonly text?: string;
  readonly isFinal?: boolean;
  readonly isLast?: boolean;
}

export class PlainClient {
  readonly #socket = new ReconnectingWebSocket(addressOf('plain'));
  readonly #onFinished: () => void;
  readonly finished: Promise<void>;
  #sent = plain.book.value.length;
  #isFinishing = false;
  #wasOpen = false;
  #drops = 0;

  constructor() {
    let resolve = (): void => undefined;
    this.finished = new Promise((done) => {
      resolve = done;
    });
    this.#onFinished = resolve;
    plain.link.value = { mood: 'busy', label: 'Connecting', detail: '' };
    this.#socket.addEventListener('open', () => this.#opened());
    this.#socket.addEventListener('close', () => this.#closed());
    this.#socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      this.#take(JSON.parse(data) as Message);
    });
  }

  write(chunk: Uint8Array<ArrayBuffer>): void {
    const message = new Uint8Array(NUMBER_BYTES + chunk.length);
    new DataView(message.buffer).setUint32(0, this.#sent);
    message.set(chunk, NUMBER_BYTES);
    this.#sent += 1;
    plain.book.value.capture(this.#isOpen ? 'sent' : 'waiting');
    this.#socket.send(message);
  }

  /** Asks for the last words; asked again on every connection until they are there. */
  finish(): void {
    this.#isFinishing = true;
    if (this.#isOpen) this.#socket.send('{"type":"finish"}');
  }

  close(): void {
    this.#socket.close();
    plain.book.value.loseAllUnsettled();
    plain.interim.value = '';
    plain.link.value = this.#view('off', FINISHED);
  }

  /** It notices nothing of a line that is dead, but the page may. */
  look(): void {
    const view = plain.link.value;
    if (view.label !== CONNECTED) return;
    const unansweredMs = plain.counts.value.sent * CHUNK_MS;
    if (unansweredMs >= UNANSWERED_MS) {
      const detail = `${(unansweredMs / 1_000).toFixed(1)} s sent without an answer, and it has not noticed`;
      if (detail !== view.detail) plain.link.value = { ...view, mood: 'bad', detail };
    } else if (view.mood === 'bad') plain.link.value = this.#view('good', CONNECTED);
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #opened(): void {
    this.#wasOpen = true;
    plain.book.value.sentFrom(0);
    plain.link.value = this.#view('good', CONNECTED);
    if (this.#isFinishing) this.#socket.send('{"type":"finish"}');
  }

  #closed(): void {
    if (plain.link.value.label === FINISHED) return;
    if (this.#wasOpen) this.#drops += 1;
    this.#wasOpen = false;
    plain.book.value.loseSent();
    plain.interim.value = ''; // the recogniser's stream went with the connection, and what it had not finished
    plain.link.value = this.#view('bad', 'Disconnected');
  }

  #view(mood: LinkView['mood'], label: string): LinkView {
    const times = this.#drops === 1 ? 'once' : `${this.#drops} times`;
    return { mood, label, detail: this.#drops === 0 ? '' : `dropped ${times}` };
  }

  #take({ type, chunk = -1, text = '', isFinal = false, isLast = false }: Message): void {
    if (type === 'received') {
      plain.book.value.arrived(chunk);
      return;
    }
    plain.interim.value = isFinal ? '' : text;
    if (isFinal && text !== '') plain.finals.value = [...plain.finals.value, text];
    if (isLast && this.#isFinishing) this.#onFinished();
  }
}
