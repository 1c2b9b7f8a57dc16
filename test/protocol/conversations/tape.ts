/** Writes a conversation down where the client meets the network: what is dialled, said, heard and lost, and what comes of it. */
import type { ClientStep, Due, Payload, Standing, Step, Told, UserStep } from './steps.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { DialRequest, Frame, Socket, SocketHandlers } from '../../../src/ports/socket.ts';
import type { Transport } from '../../../src/ports/socket.ts';
import { decodeFrame } from '../../../src/protocol/frames.ts';
import type { ProtocolFrame } from '../../../src/protocol/types.ts';
import { toHex } from '../hex.ts';

const DATA_HEAD_BYTES = 24;
const WELCOME = 0x41;
/** What has to be done at once is done within this. A slow machine is no wrong one. */
const AT_ONCE = [0, 1_000] as const;
type Range = readonly [fromMs: number, toMs: number];

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Written = Mutable<Step>;
/** A step of each kind, without its moment. */
type Timeless<T> = T extends unknown ? Omit<T, 'atMs'> : never;

type Alter = (frame: Uint8Array) => Uint8Array;

type SentStep = Extract<ClientStep, { readonly does: 'send' }>;

interface Line {
  readonly handlers: SocketHandlers;
  /** The next frame of the client's that arrives is this one instead. */
  spoil: Alter | null;
  isOver: boolean;
  /** REFUSED or FIN_ACK was the last of it. */
  isDone: boolean;
}

export class Tape {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #startMs: number;
  readonly #written: Written[] = [];
  readonly #lines: Line[] = [];
  /** What the client knows, where that is to be seen. */
  standing: () => Standing | null = () => null;
  /** When the next of its kind is due, where that is not at once: after what was heard or done before it. */
  readonly due = new Map<'dial' | 'auth', Range>();
  /** The next WELCOME is this one instead. */
  #otherWelcome: Alter | null = null;
  #held = '';
  #isShut = false;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
    this.#startMs = clock.nowMs();
  }

  /** @returns all that was written. */
  stop(): readonly Step[] {
    this.#look();
    return this.#written;
  }

  get sockets(): number {
    return this.#lines.length;
  }

  /** The gateway's frames, in hex. */
  get heard(): readonly string[] {
    return this.#written.flatMap((step) =>
      step.who === 'gateway' && step.does === 'send' ? [step.hex] : [],
    );
  }

  user(step: Timeless<UserStep>): void {
    this.#write(step);
  }

  /** A chunk more: of those that follow each other, with nothing between, one step tells. */
  speak(payload: Payload, everyMs: number, capturedAtMs: number): void {
    const newest = this.#written.at(-1);
    const isNext =
      newest?.who === 'user' &&
      newest.does === 'speak' &&
      newest.tells === undefined &&
      newest.capturedAtMs + newest.chunks * everyMs === capturedAtMs;
    if (isNext) Object.assign(newest, { chunks: newest.chunks + 1 });
    else this.user({ who: 'user', does: 'speak', chunks: 1, everyMs, payload, capturedAtMs });
  }

  /** The network refuses every dial from now on, or does not any more. */
  shut(isShut: boolean): void {
    this.#isShut = isShut;
    this.#write({ who: 'network', does: isShut ? 'shut' : 'clear' });
  }

  told(told: Told): void {
    const newest = this.#written.at(-1);
    if (newest === undefined) throw new Error('nothing was said yet');
    newest.tells = [...(newest.tells ?? []), told];
  }

  /** The way of the newest socket swallows everything from now on. */
  silence(): void {
    this.#write({ who: 'network', does: 'silence', socket: this.sockets });
  }

  /** A frame of the gateway's that it did not send. */
  plant(bytes: Uint8Array): void {
    const socket = this.sockets;
    this.#heard(socket, bytes, true);
    this.#lines[socket - 1]?.handlers.onFrame(bytes);
  }

  /** What the client says next is something else when it arrives. */
  spoilNext(spoil: Alter): void {
    const line = this.#lines.at(-1);
    if (line !== undefined) line.spoil = spoil;
  }

  /** The next gateway that lets the client in says something else, as one might that is not ours. */
  welcomeNext(alter: Alter): void {
    this.#otherWelcome = alter;
  }

  over(transport: Transport): Transport {
    return { dial: (request, handlers) => this.#dial(transport, request, handlers) };
  }

  #dial(transport: Transport, request: DialRequest, handlers: SocketHandlers): Socket {
    if (this.#isShut) return transport.dial(request, handlers);
    const line: Line = { handlers, spoil: null, isOver: false, isDone: false };
    this.#lines.push(line);
    const socket = this.sockets;
    const due = this.#due('dial', isReasonToDial);
    this.#write({ who: 'client', does: 'dial', socket, url: request.url, due });
    const dialled = transport.dial(request, {
      ...{ onPong: () => handlers.onPong(), onDrain: () => handlers.onDrain() },
      onOpen: () => {
        this.#write({ who: 'network', does: 'open', socket });
        handlers.onOpen();
      },
      onFrame: (frame) => {
        const other = this.#insteadOf(frame as Uint8Array);
        this.#heard(socket, other ?? frame, other !== null);
        handlers.onFrame(other ?? frame);
      },
      onEnd: (end) => {
        if (!line.isOver) this.#ended(socket, end.code, end.reason);
        handlers.onEnd(end);
      },
    });
    return this.#tapped(dialled, line, socket);
  }

  #insteadOf(frame: Uint8Array): Uint8Array | null {
    const alter = this.#otherWelcome;
    if (alter === null || frame[0] !== WELCOME) return null;
    this.#otherWelcome = null;
    return alter(Uint8Array.from(frame));
  }

  #tapped(dialled: Socket, line: Line, socket: number): Socket {
    const close = (code: number): void => {
      if (line.isOver) return;
      line.isOver = true;
      const due = line.isDone ? {} : { due: this.#due('close', isOfOthers) }; // the gateway would close it
      this.#write({ who: 'client', does: 'close', socket, code, ...due });
    };
    return {
      send: (frame) => {
        this.#said(socket, frame as Uint8Array);
        const spoilt = line.spoil?.(Uint8Array.from(frame as Uint8Array));
        line.spoil = null;
        if (spoilt !== undefined) {
          this.#write({ who: 'network', does: 'spoil', socket, ...audioIn(spoilt) });
        }
        dialled.send(spoilt ?? frame);
      },
      ping: () => dialled.ping(),
      get protocol() {
        return dialled.protocol ?? '';
      },
      get bufferedBytes() {
        return dialled.bufferedBytes;
      },
      close: (code, reason) => {
        close(code);
        dialled.close(code, reason);
      },
      terminate: () => {
        close(1006);
        dialled.terminate();
      },
    };
  }

  #said(socket: number, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes.slice()) as ProtocolFrame;
    const isFree = frame.type === 'ping' || frame.type === 'ack';
    this.#write({
      ...({ who: 'client', does: 'send', socket } as const),
      ...(isFree ? {} : { due: this.#due(frame.type, REASONS[frame.type] ?? isOfOthers) }),
      ...writtenOut(bytes, frame),
    });
  }

  #heard(socket: number, bytes: Frame, isPlanted: boolean): void {
    const copy = Uint8Array.from(bytes as Uint8Array);
    const frame = decodeFrame(copy);
    const line = this.#lines[socket - 1];
    if (line !== undefined) line.isDone ||= frame.type === 'refused' || frame.type === 'finAck';
    this.#write({
      ...({ who: 'gateway', does: 'send', socket } as const),
      ...(isPlanted ? { isPlanted } : {}),
      ...(frame.type === 'pong' ? { isAnswer: true } : {}),
      ...writtenOut(copy, frame),
    });
  }

  #ended(socket: number, code: number, reason: string): void {
    if (code === 1006) this.#write({ who: 'network', does: 'lose', socket });
    else this.#write({ who: 'gateway', does: 'close', socket, code, reason });
  }

  /** @param isReason tells the step that makes it so. */
  #due(what: string, isReason: (step: Step) => boolean): Due {
    const [fromMs, toMs] = this.due.get(what as 'dial') ?? AT_ONCE;
    this.due.delete(what as 'dial');
    const after = this.#written.length - 1 - [...this.#written].reverse().findIndex(isReason);
    return { after, fromMs, toMs };
  }

  /** What the client knows when the next thing happens. */
  #look(): void {
    const standing = this.standing();
    const told = JSON.stringify(standing);
    const newest = this.#written.at(-1);
    if (standing === null || newest === undefined || told === this.#held) return;
    this.#held = told;
    newest.holds = standing;
  }

  #write(step: Timeless<Step>): void {
    if (step.who !== 'client') this.#look();
    const atMs = Math.round(this.#clock.nowMs() - this.#startMs);
    this.#written.push({ atMs, ...step });
  }
}

/** The bytes, and what they say. Of audio the head is enough: all of its bytes are the same. */
function writtenOut(bytes: Uint8Array, frame: object): Pick<SentStep, 'hex' | 'frame' | 'payload'> {
  const isAudio = 'codec' in frame && frame.codec === 'pcm_s16le';
  return { ...(isAudio ? audioIn(bytes) : { hex: toHex(bytes) }), frame: legible(frame) };
}

function audioIn(bytes: Uint8Array): { readonly hex: string; readonly payload: Payload } {
  const payload = { byte: bytes.at(-1) ?? 0, times: bytes.length - DATA_HEAD_BYTES };
  return { hex: toHex(bytes.subarray(0, DATA_HEAD_BYTES)), payload };
}

/** As JSON has it: audio is left out, an event is read, and so are flags that are not set. */
function legible(frame: object): object {
  const members = Object.entries(frame).filter(
    ([name, value]) => name !== 'payload' && !(name.startsWith('is') && value === false),
  );
  const { codec, payload } = frame as { codec?: string; payload?: Uint8Array };
  if (codec === 'json') members.push(['says', JSON.parse(new TextDecoder().decode(payload))]);
  return Object.fromEntries(members);
}

/** What makes a frame due: who said or did what before it. */
const REASONS: Readonly<Record<string, (step: Step) => boolean>> = {
  hello: among('open'),
  data: among('speak', 'welcome', 'ack', 'pong'),
  gap: among('welcome', 'ack', 'pong'),
  pong: among('ping'),
  auth: among('authOk'),
  fin: among('finish', 'welcome', 'ack', 'pong'),
};

const isReasonToDial = among(
  ...['connect', 'comeBack', 'lose', 'silence', 'clear', 'close'],
  ...['goAway', 'refused', 'malformed'],
);

function among(...names: readonly string[]): (step: Step) => boolean {
  return (step) => {
    if (step.who === 'client') return false;
    const name = 'frame' in step ? (step.frame as { readonly type: string }).type : step.does;
    return names.includes(name);
  };
}

function isOfOthers(step: Step): boolean {
  return step.who !== 'client';
}
