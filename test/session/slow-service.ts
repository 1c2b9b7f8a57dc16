/** A service that takes audio slower than it comes, on the clock of its world: whatever it is sent waits in one line. */
import { FLUSH, GOODBYE, transcriptFrame } from '../support/fake-provider.ts';
import type { FakeSocket } from '../support/fake-transport.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

export interface SlowServiceOptions {
  /** How many times real time it takes audio. */
  readonly paceRatio: number;
  /** A final comes after so much audio. */
  readonly finalEveryMs: number;
  /** Results between the finals tell how far it is. */
  readonly hasInterims: boolean;
  /** A ping waits behind the audio that was sent before it, as at a process that has too much to do. */
  readonly pongsInTurn: boolean;
}

const TURN_MS = 50;
const SAMPLES_PER_MS = 16;
const BYTES_PER_MS = 32;

export class SlowService {
  readonly #options: SlowServiceOptions;
  readonly #lines = new Map<FakeSocket, Line>();

  constructor(options: SlowServiceOptions) {
    this.#options = options;
  }

  readonly onFrame = (socket: FakeSocket, frame: string | Uint8Array): void => {
    this.#lineOf(socket).wait(typeof frame === 'string' ? frame : frame.length / BYTES_PER_MS);
  };

  /** @param sockets all that were ever dialled. */
  workOn(clock: VirtualClock, sockets: readonly FakeSocket[]): void {
    clock.setTimeout(() => {
      for (const socket of sockets) if (socket.isOpen) this.#lineOf(socket).turn();
      this.workOn(clock, sockets);
    }, TURN_MS);
  }

  #lineOf(socket: FakeSocket): Line {
    const line = this.#lines.get(socket) ?? new Line(socket, this.#options);
    this.#lines.set(socket, line);
    return line;
  }
}

class Line {
  readonly #socket: FakeSocket;
  readonly #options: SlowServiceOptions;
  /** Milliseconds of audio, and text frames. */
  #waiting: (number | string)[] = [];
  #pings = 0;
  #heardMs = 0;
  #finalMs = 0;

  constructor(socket: FakeSocket, options: SlowServiceOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.answersPings = !options.pongsInTurn;
  }

  wait(what: number | string): void {
    this.#waiting.push(what);
  }

  turn(): void {
    const beforeMs = this.#heardMs;
    for (; this.#pings < this.#socket.pings; this.#pings += 1) this.wait('ping');
    let leftMs = TURN_MS * this.#options.paceRatio;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (typeof next === 'string') {
        this.#answer(next);
        continue;
      }
      const takenMs = Math.min(next, leftMs);
      leftMs -= takenMs;
      this.#hear(takenMs);
      if (takenMs === next) continue;
      this.#waiting.unshift(next - takenMs);
      break;
    }
    if (this.#options.hasInterims && this.#heardMs > beforeMs) this.#say({ isFinal: false });
  }

  #hear(ms: number): void {
    this.#heardMs += ms;
    if (this.#heardMs - this.#finalMs >= this.#options.finalEveryMs) this.#say({ isFinal: true });
  }

  #answer(frame: string): void {
    if (frame === 'ping' && this.#options.pongsInTurn) this.#socket.pong();
    if (frame !== FLUSH && frame !== GOODBYE) return;
    if (this.#heardMs > this.#finalMs) this.#say({ isFinal: true, answersFlush: frame === FLUSH });
    if (frame === FLUSH) return;
    const samples = this.#heardMs * SAMPLES_PER_MS;
    this.#socket.answer(JSON.stringify({ kind: 'finished', samples }));
    this.#socket.endsAfter(15, { code: 1000, reason: '' });
  }

  #say(what: { readonly isFinal: boolean; readonly answersFlush?: boolean }): void {
    const fromSample = Math.round(this.#finalMs * SAMPLES_PER_MS);
    const toSample = Math.round(this.#heardMs * SAMPLES_PER_MS);
    this.#socket.answer(transcriptFrame({ fromSample, toSample, ...what }));
    if (what.isFinal) this.#finalMs = this.#heardMs;
  }
}
