/** One client's TCP connection and its twin to the server, with the handles by which a fault takes hold. */
import { connect, type Socket } from 'node:net';

import type { Clock } from '../../ports/clock.ts';
import { FrameTracker } from './frame-tracker.ts';
import { Pipe } from './pipe.ts';
import { resetSocket } from './reset-socket.ts';
import {
  HeadReader,
  MOST_HEAD_BYTES,
  isUpgradeAnswer,
  refusalResponse,
  type UpgradeRefusal,
} from './upgrade-head.ts';

/** Client bytes on their way to the server, and how many of them to pass on to cut a frame in its middle. */
export interface ClientBytes {
  readonly bytes: Buffer;
  readonly cutBytes: number;
}

export interface ConnectionObserver {
  /** Bytes came from the client and go on when this returns, if the connection still lets them. */
  onClientBytes(connection: ProxiedConnection, sent: ClientBytes): void;
  /** The client's request is here: `carry` or `refuse` it, now or later. */
  onRequest(connection: ProxiedConnection): void;
  onEnded(connection: ProxiedConnection): void;
}

export interface ConnectionOptions {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly client: Socket;
  readonly clock: Clock;
  readonly observer: ConnectionObserver;
  readonly carries: Carried;
}

/** What a client is expected to send: audio over a WebSocket, now and then a text over one, or plain POST requests. */
export type Carried = 'sockets' | 'texts' | 'requests';

export type Direction = 'up' | 'down';

export class ProxiedConnection {
  readonly number: number;
  readonly #client: Socket;
  readonly #clock: Clock;
  readonly #observer: ConnectionObserver;
  readonly #carries: Carried;
  readonly #request: HeadReader;
  readonly #answer = new HeadReader('HTTP/1.1 ');
  readonly #frames = new FrameTracker();
  #server: Socket | null = null;
  #up: Pipe | null = null;
  #down: Pipe | null = null;
  #upgradedAtMs: number | null = null;
  #carriedBytes = 0;
  #carriedAtMs = 0;
  #isRefused = false;
  #isEnded = false;

  constructor(options: ConnectionOptions) {
    this.number = options.number;
    this.#client = options.client;
    this.#clock = options.clock;
    this.#observer = options.observer;
    this.#carries = options.carries;
    // A client may ask whether its service is there, and go on over the same connection.
    this.#request =
      options.carries === 'requests' ? new HeadReader('POST ', 'GET ') : new HeadReader('GET ');
    this.#client.setNoDelay(true);
    this.#client.on('data', (bytes: Buffer) => this.#onClientData(bytes));
    this.#client.on('end', () => this.#onClientEnd());
    this.#client.on('error', () => resetSocket(this.#server));
    this.#client.on('close', () => this.#onClientClose());
  }

  /** When the server's 101 passed, or a plain request; null before, and for what is neither. */
  get upgradedAtMs(): number | null {
    return this.#upgradedAtMs;
  }

  /** Client bytes since the upgrade or the last `forgetCarried`. */
  get carriedBytes(): number {
    return this.#carriedBytes;
  }

  get carriedAtMs(): number {
    return this.#carriedAtMs;
  }

  /** Both ways carry bytes, or would: the client's end is open and no fault has taken it. */
  get isLive(): boolean {
    return (
      this.#upgradedAtMs !== null && !this.isSilent && !this.#client.destroyed && !this.#isEnded
    );
  }

  /** True from the fault that silenced one of its ways, for good. */
  get isSilent(): boolean {
    return this.#up?.isSilent === true || this.#down?.isSilent === true;
  }

  /** The client's request head, once it is whole and where there is one. */
  get requestHead(): string | null {
    return this.#request.head;
  }

  get isWaitingForDecision(): boolean {
    return (
      this.#request.isDecided && this.#up === null && !this.#isRefused && !this.#client.destroyed
    );
  }

  /** The pipes of both ways, once there are any. */
  get pipes(): readonly Pipe[] {
    return [this.#up, this.#down].filter((pipe) => pipe !== null);
  }

  setRateUp(bytesPerSecond: number | null): void {
    this.#up?.setRate(bytesPerSecond);
  }

  forgetCarried(): void {
    this.#carriedBytes = 0;
  }

  /** Connects through to the server and lets everything pass. */
  carry(target: { readonly host: string; readonly port: number }): void {
    const server = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#server = server;
    this.#up = new Pipe({ source: this.#client, sink: server, clock: this.#clock });
    this.#down = new Pipe({ source: server, sink: this.#client, clock: this.#clock });
    server.on('data', (bytes: Buffer) => this.#onServerData(bytes));
    server.on('end', () => this.#onServerEnd());
    server.on('error', () => {
      if (this.#down?.isSilent !== true) resetSocket(this.#client);
    });
    server.on('close', () => this.#onServerClose(server));
    const { bytes, rest } = this.#request;
    if (this.#carries !== 'requests') this.#frames.advance(rest);
    if (this.#carries !== 'requests' || this.requestHead === null) {
      this.#up.push(bytes);
      return;
    }
    this.#upgradedAtMs = this.#clock.nowMs();
    this.#up.push(bytes.subarray(0, bytes.length - rest.length));
    if (rest.length > 0) this.#onClientData(rest); // a small request comes at once, and can be broken all the same
  }

  /** Answers the upgrade itself; the server hears nothing of it. */
  refuse(refusal: UpgradeRefusal): void {
    this.#isRefused = true;
    this.#client.end(refusalResponse(refusal));
    this.#client.resume();
  }

  /** Ends both sides with a RST, at once. */
  reset(): void {
    resetSocket(this.#client);
    resetSocket(this.#server);
  }

  /** Passes these last bytes on to the server, then resets. */
  resetAfter(bytes: Buffer): void {
    this.#down?.silence();
    this.#up?.finishWith(bytes, () => this.reset());
  }

  /** What comes this way is read and dropped from now on, while TCP stays up. */
  silence(direction: Direction): void {
    (direction === 'up' ? this.#up : this.#down)?.silence();
  }

  /** Ends both sides without ado. */
  drop(): void {
    this.#client.destroy();
    this.#server?.destroy();
  }

  #onClientData(bytes: Buffer): void {
    if (this.#isRefused) return;
    if (this.#up === null) {
      this.#gather(bytes);
      return;
    }
    const cutBytes =
      this.#carries === 'requests' ? Math.floor(bytes.length / 2) : this.#frames.advance(bytes);
    if (this.isLive) {
      this.#carriedBytes += bytes.length;
      this.#carriedAtMs = this.#clock.nowMs();
    }
    this.#observer.onClientBytes(this, { bytes, cutBytes });
    if (!this.#client.destroyed) this.#up.push(bytes);
  }

  /** While there is no decision the client is read on, within bounds, so that its leaving is noticed. */
  #gather(bytes: Buffer): void {
    const wasDecided = this.#request.isDecided;
    this.#request.push(bytes);
    if (this.#request.bytes.length > MOST_HEAD_BYTES) this.#client.pause();
    this.#observer.onClientBytes(this, { bytes, cutBytes: 0 });
    if (!wasDecided && this.isWaitingForDecision) this.#observer.onRequest(this);
  }

  #onServerData(bytes: Buffer): void {
    if (!this.#answer.isDecided) {
      this.#answer.push(bytes);
      const { head } = this.#answer;
      if (head !== null && isUpgradeAnswer(head)) this.#upgradedAtMs = this.#clock.nowMs();
    }
    this.#down?.push(bytes);
  }

  #onClientEnd(): void {
    if (this.#up === null || this.isSilent) this.drop();
    else this.#up.end();
  }

  #onServerEnd(): void {
    // The client is not to hear of it, so the server's end has nobody left to talk to.
    if (this.#down?.isSilent === true) this.#server?.destroy();
    else this.#down?.end();
  }

  #onClientClose(): void {
    // A clean close has passed both ends through; anything else takes the server's end along.
    if (!this.#client.readableEnded || this.isSilent) this.#server?.destroy();
    this.#endWhenBothClosed();
  }

  #onServerClose(server: Socket): void {
    // The client is read on for its own end to be noticed.
    this.#up?.silence();
    if (!server.readableEnded && this.#down?.isSilent !== true) this.#client.destroy();
    this.#endWhenBothClosed();
  }

  #endWhenBothClosed(): void {
    if (this.#isEnded || !this.#client.closed || this.#server?.closed === false) return;
    this.#isEnded = true;
    for (const pipe of this.pipes) pipe.dispose();
    this.#observer.onEnded(this);
  }
}
