/** One open WebSocket of a scripted service: what came in on it, and what is said of that. */
import type { Socket as NetSocket } from 'node:net';

import type { RawData, WebSocket } from 'ws';

import type {
  SaidResult,
  ServerListener,
  ServiceLink,
  ServiceScript,
  SpeechScript,
  SpokenText,
} from './provider-server.ts';
import { framesOf, waysOf } from './provider-server.ts';
import { isSpeechScript } from './script-kinds.ts';
import { Voice } from './voice.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { TenutoError } from '../../ports/errors.ts';
import type { Frame } from '../../ports/socket.ts';
import { modelInvalid } from '../model-error.ts';

export interface LinkedService {
  readonly script: ServiceScript | SpeechScript;
  readonly listener: ServerListener;
  /** Counts on, so that no two results read alike. */
  readonly nextNumber: () => number;
}

export class ScriptedLink implements ServiceLink {
  readonly said: SaidResult[] = [];
  readonly #service: LinkedService;
  readonly #client: WebSocket;
  readonly #net: NetSocket;
  readonly #audio: Uint8Array[] = [];
  readonly #voice: Voice;
  #heardBytes = 0;

  constructor(service: LinkedService, client: WebSocket, net: NetSocket) {
    this.#service = service;
    this.#client = client;
    this.#net = net;
    this.#voice = new Voice(service.nextNumber);
    client.on('message', (data, isBinary) => {
      this.#hear(frameOf(data, isBinary));
    });
    client.on('close', () => {
      service.listener.onActivity();
    });
    client.on('error', () => undefined); // told by `close`
  }

  get heardSamples(): number {
    return this.#heardBytes / BYTES_PER_SAMPLE;
  }

  get audio(): Uint8Array {
    return Buffer.concat(this.#audio);
  }

  get texts(): readonly string[] {
    return this.#voice.texts;
  }

  get spoken(): readonly SpokenText[] {
    return this.#voice.spoken;
  }

  get isClosed(): boolean {
    return this.#client.readyState === this.#client.CLOSED;
  }

  say(frame: Frame): void {
    if (this.#client.readyState === this.#client.OPEN) this.#client.send(frame);
  }

  answer(): void {
    const { script } = this.#service;
    if (isSpeechScript(script)) this.#sound(script, this.#voice.begin());
    else this.#sayAll(script.answer?.() ?? script.result({ from: 0, to: 0 }, '', false));
  }

  settle({ answersFlush = false }: { readonly answersFlush?: boolean } = {}): void {
    const { script } = this.#service;
    if (isSpeechScript(script)) {
      this.#speak(script);
      return;
    }
    const from = this.said.at(-1)?.to ?? 0;
    const to = this.heardSamples;
    if (to <= from) return;
    const text = `result ${this.#service.nextNumber()}`;
    this.said.push({ from, to, text });
    this.#sayAll(script.result({ from, to }, text, answersFlush));
  }

  hush(): void {
    this.#voice.hush();
  }

  close(code: number, reason = ''): void {
    this.#client.close(code, reason);
  }

  end(how: FailureKind | 'reset', way = 0): void {
    this.speakAgain(); // whoever does not read does not see the closing handshake end either
    if (how === 'reset') {
      this.#net.resetAndDestroy();
      return;
    }
    const ending = waysOf(this.#service.script.endings, how)[way];
    if (ending === undefined) throw notInScript(`The script ends no connection as ${how}.`);
    if (ending.frame !== undefined) this.say(ending.frame);
    if (ending.code !== undefined) this.close(ending.code, ending.reason);
  }

  goSilent(): void {
    this.#client.pause();
  }

  speakAgain(): void {
    this.#client.resume();
  }

  #hear(frame: Frame): void {
    const { script, listener } = this.#service;
    if (isSpeechScript(script)) {
      const text = script.textIn(frame);
      if (text !== null) this.#voice.take(text);
    } else {
      const audio = script.audioIn ? script.audioIn(frame) : bareAudio(frame);
      if (audio !== null) {
        this.#audio.push(audio);
        this.#heardBytes += audio.length;
      }
    }
    script.onFrame?.(frame, this);
    listener.onActivity();
  }

  #speak(script: SpeechScript): void {
    for (let next = this.#voice.finish(); next !== null; next = this.#voice.finish()) {
      this.#sound(script, next.rest);
      this.#sayAll(script.spoken(next.text));
    }
  }

  #sound(script: SpeechScript, pcm: Uint8Array | null): void {
    if (pcm !== null) this.say(script.sound?.(pcm) ?? pcm);
  }

  #sayAll(frames: Frame | readonly Frame[]): void {
    for (const frame of framesOf(frames)) this.say(frame);
  }
}

function bareAudio(frame: Frame): Uint8Array | null {
  return typeof frame === 'string' ? null : frame;
}

function frameOf(data: RawData, isBinary: boolean): Frame {
  const bytes = data as Buffer; // `binaryType` is left at nodebuffer
  return isBinary ? bytes : bytes.toString('utf8');
}

export function notInScript(message: string): TenutoError {
  return modelInvalid(message, 'Add it to the script of the service.');
}
