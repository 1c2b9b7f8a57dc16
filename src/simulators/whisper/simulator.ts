/**
 * A local stand-in for OpenAI's transcription endpoint and for whisper.cpp's server, on one port. It transcribes with
 * whatever recogniser it is given, and refuses what the real ones refuse.
 *
 * `POST /v1/audio/transcriptions` asks for a key and works on many requests at once; `POST /inference` asks for none and
 * works on one after another, as whisper.cpp does behind its mutex.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WHISPER_FAULTS } from './fault-table.ts';
import type { WhisperFaultTarget } from './fault-table.ts';
import { answerOf } from './faults.ts';
import type { WhisperFault } from './faults.ts';
import { bodyOf as transcriptionBody, eventsOf, textOf } from './formats.ts';
import type { Transcription } from './formats.ts';
import { withOddities } from './oddities.ts';
import type { WhisperRequestLog, WhisperSimulator, WhisperSimulatorOptions } from './options.ts';
import { HEALTHY, LOADING, NOT_FOUND, cppRefusal, refusalOf, wrongKey } from './refusals.ts';
import type { Flavour } from './refusals.ts';
import { MODELS, readRequest } from './request.ts';
import type { TranscriptionRequest } from './request.ts';
import { transcribe } from './transcriber.ts';
import type { Clock } from '../../ports/clock.ts';
import { systemClock } from '../../ports/clock.ts';
import { systemRandom } from '../../ports/random.ts';
import { FaultDesk } from '../control/desk.ts';
import { listenWithFaults } from '../control/endpoint.ts';
import { newUuid } from '../control/names.ts';
import { PongPace } from '../control/pongs.ts';
import { answer, bodyOf } from '../server/simulator-server.ts';
import type { HttpAnswer } from '../server/http-answer.ts';

export type { WhisperFault } from './faults.ts';
export type { WhisperRequestLog, WhisperSimulator, WhisperSimulatorOptions } from './options.ts';

const MAX_BODY_BYTES = 25 * 1_024 * 1_024;
const REMEMBERED_REQUESTS = 1_000;
const MADE_UP = { text: 'Thank you for watching!', noSpeechProb: 0.86, avgLogprob: -1.2 };

const FLAVOURS: Readonly<Record<string, Flavour>> = {
  '/v1/audio/transcriptions': 'openai',
  '/inference': 'whisper.cpp',
};

/** Throws PORT_IN_USE where another server has the port. */
export async function startWhisperSimulator(
  options: WhisperSimulatorOptions,
): Promise<WhisperSimulator> {
  const service = new WhisperService(options);
  const { clock = systemClock } = options;
  const desk = new FaultDesk({ ...options, clock, table: WHISPER_FAULTS, target: service });
  const pongs = new PongPace(0, clock);
  const server = await listenWithFaults(service, { desk, pongs }, options);
  return {
    get faults() {
      return desk.faults;
    },
    ask: (request) => desk.ask(request),
    url: server.httpUrl,
    port: server.port,
    get requests() {
      return [...service.requests];
    },
    failNext: (...faults) => {
      for (const fault of faults) service.plan(fault);
    },
    callOff: () => {
      desk.close();
      service.callOff();
    },
    close: () => server.close(),
  };
}

class WhisperService implements WhisperFaultTarget {
  readonly #planned: { readonly fault: WhisperFault; readonly told?: (() => void) | undefined }[] =
    [];
  oddityRatio: number;
  readonly requests: WhisperRequestLog[] = [];
  readonly #options: WhisperSimulatorOptions;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  #count = 0;
  /** whisper.cpp's mutex: the end of the last request that it works on. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WhisperSimulatorOptions) {
    this.#options = options;
    this.oddityRatio = options.oddityRatio ?? 0;
    this.#clock = options.clock ?? systemClock;
    this.#startedAtMs = this.#clock.nowMs();
  }

  plan(fault: WhisperFault, told?: () => void): void {
    this.#planned.push({ fault, told });
  }

  callOff(): void {
    this.#planned.length = 0;
  }

  onUpgrade(): HttpAnswer {
    return NOT_FOUND;
  }

  async onRequest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { method } = request;
    const flavour = FLAVOURS[url.pathname];
    if (method === 'POST' && flavour !== undefined) {
      await this.#onTranscription(flavour, request, response, url.pathname);
    } else if (method === 'GET' && url.pathname === '/health') {
      answer(response, this.#isLoading ? LOADING : HEALTHY);
    } else if (method === 'GET' && url.pathname === '/v1/models') {
      const data = MODELS.map((id) => ({ id, object: 'model' }));
      const list = { status: 200, body: JSON.stringify({ object: 'list', data }) };
      answer(response, this.#isAdmitted(request) ? list : wrongKey(request.headers.authorization));
    } else answer(response, NOT_FOUND);
  }

  get #isLoading(): boolean {
    return this.#clock.nowMs() - this.#startedAtMs < (this.#options.loadingMs ?? 0);
  }

  #isAdmitted({ headers }: IncomingMessage): boolean {
    const [, key] = /^bearer\s+(\S+)$/i.exec(headers.authorization?.trim() ?? '') ?? [];
    return key !== undefined && (this.#options.apiKeys ?? ['local']).includes(key);
  }

  async #onTranscription(
    flavour: Flavour,
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    this.#count += 1;
    const planned = this.#planned.shift();
    planned?.told?.();
    const fault = planned?.fault ?? this.#options.faults?.(this.#count) ?? null;
    const body = await bodyOf(request, MAX_BODY_BYTES).catch(() => null);
    const served = await this.#serve(flavour, request, body, fault);
    const isLost = fault?.kind === 'hang' || fault?.kind === 'cut' || fault?.kind === 'cutBody';
    this.requests.push({
      path,
      status: isLost ? 0 : served.answer.status,
      idempotencyKey: String(request.headers['idempotency-key'] ?? '') || null,
      durationMs: served.durationMs,
      text: served.text,
    });
    if (this.requests.length > REMEMBERED_REQUESTS) this.requests.shift();
    if (fault?.kind === 'slow') await this.#wait(fault.ms);
    const { random = systemRandom, secrets } = this.#options;
    const id = `req_${newUuid(secrets).replaceAll('-', '')}`;
    const named = { ...served.answer, headers: { 'x-request-id': id, ...served.answer.headers } };
    send(response, withOddities(named, this.oddityRatio, random), fault);
  }

  async #serve(
    flavour: Flavour,
    request: IncomingMessage,
    body: Buffer | null,
    fault: WhisperFault | null,
  ): Promise<Served> {
    const refused = (refusal: HttpAnswer): Served => ({ answer: refusal, durationMs: 0, text: '' });
    if (flavour === 'whisper.cpp' && this.#isLoading) return refused(LOADING);
    if (flavour === 'openai' && !this.#isAdmitted(request)) {
      return refused(wrongKey(request.headers.authorization));
    }
    const said = fault === null ? null : answerOf(fault, flavour);
    if (said !== null) return refused(said);
    if (body === null) return refused(answerOf({ kind: 'tooLarge' }, flavour) ?? NOT_FOUND);
    const verdict = await readRequest(flavour, request.headers['content-type'], body);
    if ('refusal' in verdict) return refused(verdict.refusal);
    const asked = verdict.request;
    try {
      const heard = await this.#hear(flavour, asked, fault);
      const options = { flavour, ...asked };
      const told = asked.isStreamed
        ? eventsOf(heard, asked.model)
        : transcriptionBody(heard, options);
      return { answer: told, durationMs: asked.durationSeconds * 1_000, text: textOf(heard) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return refused(
        flavour === 'openai'
          ? refusalOf(flavour, 500, { message, type: 'server_error' })
          : cppRefusal(500, 'failed to process audio'),
      );
    }
  }

  async #hear(
    flavour: Flavour,
    asked: TranscriptionRequest,
    fault: WhisperFault | null,
  ): Promise<Transcription> {
    const { pcm, sampleRateHz, durationSeconds, language } = asked;
    if (fault?.kind === 'hallucination') return madeUp(asked, { ...MADE_UP, ...fault });
    const work = (): Promise<Transcription['segments']> =>
      transcribe(this.#options.recogniser, pcm, sampleRateHz);
    let result: Promise<Transcription['segments']>;
    if (flavour === 'openai') result = work();
    else {
      result = this.#turn.then(work);
      this.#turn = result.catch(() => undefined);
    }
    const segments = await result;
    const isSilent = segments.length === 0 && this.#options.hallucinatesOnSilence === true;
    return isSilent ? madeUp(asked, MADE_UP) : { segments, durationSeconds, language };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimeout(resolve, ms);
    });
  }
}

interface Served {
  readonly answer: HttpAnswer;
  readonly durationMs: number;
  readonly text: string;
}

function madeUp(
  { durationSeconds, language }: TranscriptionRequest,
  { text, noSpeechProb, avgLogprob }: typeof MADE_UP,
): Transcription {
  const segment = { startSeconds: 0, endSeconds: durationSeconds, text, words: [] };
  return { segments: [segment], durationSeconds, language, noSpeechProb, avgLogprob };
}

function send(response: ServerResponse, served: HttpAnswer, fault: WhisperFault | null): void {
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'cut') {
    response.destroy();
    return;
  }
  if (fault?.kind !== 'cutBody') {
    answer(response, served);
    return;
  }
  const body = served.body ?? '';
  response.writeHead(served.status, {
    ...served.headers,
    'content-length': Buffer.byteLength(body),
  });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}
