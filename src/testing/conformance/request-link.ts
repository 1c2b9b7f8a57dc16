/** The service's end of a socket that is made of requests. */
import type { HeldRequest } from './held-request.node.ts';
import type { SaidResult, ServiceLink, SpokenText } from './provider-server.ts';
import { waysOf } from './provider-server.ts';
import type { RequestScript, ServiceAnswer } from './request-script.ts';
import { Voice } from './voice.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { TenutoError } from '../../ports/errors.ts';
import { modelInvalid } from '../model-error.ts';

export interface RequestLinkOptions {
  readonly script: RequestScript;
  readonly nextNumber: () => number;
}

/** Every request is held until somebody says what becomes of it. */
export class RequestLink implements ServiceLink {
  readonly said: SaidResult[] = [];
  isClosed = false;
  readonly #options: RequestLinkOptions;
  readonly #voice: Voice;
  readonly #clips: Uint8Array[] = [];
  #held: HeldRequest[] = [];
  #answersAtOnce = false;

  constructor(options: RequestLinkOptions) {
    this.#options = options;
    this.#voice = new Voice(options.nextNumber);
  }

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  get audio(): Uint8Array {
    return Buffer.concat(this.#clips);
  }

  get heardSamples(): number {
    return this.audio.length / BYTES_PER_SAMPLE;
  }

  get texts(): readonly string[] {
    return this.#voice.texts;
  }

  get spoken(): readonly SpokenText[] {
    return this.#voice.spoken;
  }

  take(request: HeldRequest): void {
    const { hears, speaks } = this.#options.script;
    const clip = hears?.clipIn(request.facts) ?? null;
    const text = speaks?.textIn(request.facts) ?? null;
    if (clip !== null) this.#clips.push(clip);
    if (text !== null) this.#voice.take(text);
    this.#held.push(request);
    if (this.#answersAtOnce) this.settle();
  }

  /** Nobody waits for its answer any more. */
  forget(id: string): void {
    const before = this.#held.length;
    this.#held = this.#held.filter((held) => held.id !== id);
    if (this.#held.length < before) this.#voice.skip();
  }

  /** Less than an answer shows nothing. */
  answer(): void {
    this.settle();
  }

  settle(): void {
    const held = this.#held;
    this.#held = [];
    for (const request of held) request.answer(this.#answerTo(request));
  }

  end(how: FailureKind | 'reset', way = 0): void {
    const request = this.#first();
    if (how === 'reset') {
      request.cut(this.#answerTo(request, { isTold: false }));
      return;
    }
    const ending = waysOf(this.#options.script.endings, how)[way];
    if (ending === undefined) throw notInScript(`The script ends no request as ${how}.`);
    request.refuse(ending);
  }

  decline(): void {
    const { declines } = this.#options.script;
    if (declines === undefined) throw notInScript('The script declines no request.');
    this.#first().refuse(declines);
    this.#voice.skip();
  }

  goSilent(): void {
    this.#answersAtOnce = false;
  }

  speakAgain(): void {
    this.#answersAtOnce = true;
    this.settle();
  }

  /** Whatever is said here is the answer to a request. */
  say(): never {
    throw notInScript('A service of requests says nothing by itself.');
  }

  /** Its socket is gone. */
  close(): void {
    this.isClosed = true;
    this.#held = [];
  }

  #first(): HeldRequest {
    const request = this.#held.shift();
    if (request === undefined) throw notInScript('No request waits for an answer.');
    return request;
  }

  /** @param isTold false where it breaks off, so that it counts for nothing. */
  #answerTo({ facts }: HeldRequest, { isTold = true } = {}): ServiceAnswer {
    const { hears, speaks } = this.#options.script;
    const clip = hears?.clipIn(facts) ?? null;
    if (clip !== null) return this.#resultOf(clip, isTold);
    const sound = speaks?.sound ?? ((pcm: Uint8Array): ServiceAnswer => ({ body: pcm }));
    if (speaks === undefined || speaks.textIn(facts) === null) return {};
    if (!isTold) return sound(this.#voice.begin() ?? new Uint8Array());
    return sound(this.#voice.finish()?.pcm ?? new Uint8Array());
  }

  #resultOf(clip: Uint8Array, isTold: boolean): ServiceAnswer {
    const { hears } = this.#options.script;
    const text = `result ${this.#options.nextNumber()}`;
    const samples = clip.length / BYTES_PER_SAMPLE;
    const from = this.said.at(-1)?.to ?? 0;
    if (isTold) this.said.push({ from, to: from + samples, text, clip });
    return hears?.result(text, { samples }) ?? {};
  }
}

function notInScript(message: string): TenutoError {
  return modelInvalid(message, 'Add it to the script of the service.');
}
