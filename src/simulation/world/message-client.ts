/** Somebody with messages: a real resumable WebSocket whose other end says everything back. */
import { Access } from './access.ts';
import type { Client, ClientParts } from './client.ts';
import { SimulatedSignals } from './network-signals.ts';
import type { SessionChecks } from '../checks/session-checks.ts';
import { MessageChecks } from '../checks/message-checks.ts';
import type { MessagesPlan } from '../plan.ts';
import { SimulatedProcess } from '../process.ts';
import { NetworkMonitor } from '../../network/monitor.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { ResumableSocket } from '../../resumable-websocket/resumable-socket.ts';

export class MessageClient implements Client {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly access: Access;
  readonly signals = new SimulatedSignals();
  readonly socket: ResumableSocket;
  readonly checks: MessageChecks;
  wallOffsetMs = 0;
  readonly #index: number;
  readonly #sessions: SessionChecks;
  readonly #plan: MessagesPlan;
  readonly #bulk: SeededRandom;
  #turn = 0;
  #sent = 0;
  #bearers = 0;
  #isPaused = false;
  #isFinishing = false;
  #isClosing = false;
  #patience: unknown = null;

  constructor(parts: ClientParts, plan: MessagesPlan) {
    const { index, clock, random, report, url, mayMoveTo, wallMs } = parts;
    this.#index = index;
    this.#sessions = parts.sessions;
    this.#plan = plan;
    this.#bulk = random.fork('bulk');
    this.name = `client ${index + 1}`;
    this.process = new SimulatedProcess(this.name, clock, () => this.checks.look());
    this.access = new Access({
      ...parts,
      process: this.process,
      random: random.fork('network'),
      address: `10.0.${index}.1`,
      onDial: () => this.#dialled(),
      onEnd: ({ code }) => parts.sessions.ended(index, code),
    });
    this.socket = new ResumableSocket(this.access, url, [], {
      mode: 'gateway',
      maxEnqueuedMessages: 16_384,
      maxBufferedBytes: plan.maxBufferedBytes,
      closeTimeout: plan.endsWithinMs,
      startClosed: true,
      token: () => `client-${index}/${(this.#bearers += 1)}`,
      mayMoveTo,
      network: new NetworkMonitor({ signals: this.signals, clock: this.process }),
      clock: this.process,
      random: random.fork('socket'),
      wallClock: () => wallMs() + this.wallOffsetMs,
    });
    this.socket.addEventListener('reconnected', ({ isResumed }) => {
      if (!isResumed) parts.sessions.lost(index);
    });
    this.socket.addEventListener('loss', ({ reason }) => {
      if (reason === 'sessionLost') parts.sessions.lost(index);
    });
    this.socket.addEventListener('close', ({ willReconnect, code, cause }) => {
      if (willReconnect) return;
      if (this.#isClosing) parts.sessions.ends(index);
      if (this.#isClosing) return;
      this.process.clearTimeout(this.#patience);
      parts.sessions.gaveUp(index, `${code} ${cause}`);
    });
    const { name, socket, process } = this;
    this.checks = new MessageChecks(name, socket, report, process, plan.maxBufferedBytes);
    for (const told of ['message', 'loss'] as const) {
      socket.addEventListener(told, () => this.#closeWhenAnswered());
    }
  }

  get isOver(): boolean {
    return this.checks.isClosed || this.process.isDead;
  }

  get brought(): Client['brought'] {
    return { chunks: this.#sent, gapChunks: 0 };
  }

  start(): void {
    this.process.run(() => {
      this.socket.reconnect();
      this.process.setTimeout(() => this.#say(), this.#plan.startsAtMs);
      const { finishAtMs } = this.#plan;
      if (finishAtMs !== null) this.process.setTimeout(() => this.finish(), finishAtMs);
    });
  }

  /** It says nothing more, and closes: at once, or with the last answer. */
  finish(): void {
    if (this.#isFinishing || this.isOver) return; // given up: nothing can be answered
    this.#isFinishing = true;
    const { closesAtOnce, endsWithinMs } = this.#plan;
    if (closesAtOnce) {
      this.#close();
      return;
    }
    this.#patience = this.process.setTimeout(() => this.#expectAnswered(), endsWithinMs);
    this.#closeWhenAnswered();
  }

  pause(isPaused: boolean): boolean {
    this.#isPaused = isPaused;
    return true;
  }

  kill(): void {
    this.process.kill();
    this.access.hangUp();
    this.checks.killed();
  }

  #closeWhenAnswered(): void {
    if (this.#isFinishing && !this.#plan.closesAtOnce && this.checks.isAnswered) this.#close();
  }

  #expectAnswered(): void {
    this.checks.expectAnswered();
    this.#close();
  }

  #close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.process.clearTimeout(this.#patience);
    this.checks.closes();
    this.#sessions.closes(this.#index);
    this.socket.close(1000);
  }

  #dialled(): void {
    this.#sessions.dialled(this.#index);
    this.checks.dialled();
  }

  /** Whose it is, which, and as much more as the plan has it. */
  #next(): string {
    const words = `${this.#index}:${this.#sent}:`;
    return words.padEnd(this.#bulk.integer(this.#plan.mostBytes), 'x');
  }

  #say(): void {
    if (this.#isFinishing || this.socket.readyState === ResumableSocket.CLOSED) return;
    if (!this.#isPaused) {
      const message = this.#next();
      if (this.checks.said(this.socket.send(message), message.length)) this.#sent += 1;
    }
    const { everyMs } = this.#plan;
    const waitMs = everyMs[this.#turn % everyMs.length] ?? 1_000;
    this.#turn += 1;
    this.process.setTimeout(() => this.#say(), waitMs);
  }
}
