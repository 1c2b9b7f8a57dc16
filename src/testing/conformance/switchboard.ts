/** The service's side of a run: dials that wait for an answer, and the connections that came of them. */
import type {
  ProviderServer,
  ServerListener,
  ServiceDial,
  ServiceLink,
} from './provider-server.ts';
import { isByRequest, isVoice } from './script-kinds.ts';
import { mismatch } from './waiting.ts';
import type { Facts } from './waiting.ts';
import type { WatchedSocket, WatchedTransport } from './watched-transport.ts';
import type { FailureKind } from '../../../machines/failure.ts';

/** A connection with its two ends. */
export interface AcceptedLink {
  readonly link: ServiceLink;
  readonly socket: WatchedSocket;
}

interface ArrivedDial {
  readonly dial: ServiceDial;
  readonly socket: WatchedSocket;
}

export class Switchboard implements ServerListener {
  /** Every connection that was accepted, in order. */
  readonly links: AcceptedLink[] = [];
  readonly server: ProviderServer;
  readonly #facts: Facts;
  readonly #dials: ArrivedDial[] = [];
  readonly #silent = new Set<WatchedSocket>();
  #transport: WatchedTransport | null = null;
  #answered = 0;
  #acceptsAll = false;

  constructor(server: ProviderServer, facts: Facts) {
    this.server = server;
    this.#facts = facts;
  }

  /** Says whose dials are coming. */
  connect(transport: WatchedTransport): void {
    this.#transport = transport;
  }

  /** The connection that was accepted last and that nobody has let go of, or else the last of all. */
  get current(): AcceptedLink {
    return this.links.filter(({ socket }) => socket.isLive).at(-1) ?? this.#last;
  }

  /** The connection on which audio was sent last, or text to a voice. */
  get carrying(): AcceptedLink {
    const live = this.links.filter(({ socket }) => socket.isLive);
    const [newest] = live.sort((a, b) => b.socket.workSentAs - a.socket.workSentAs);
    return newest ?? this.#last;
  }

  /** Nothing is on its way that somebody's patience is measured by. */
  get isCalm(): boolean {
    const live = this.#transport?.live ?? [];
    if (this.#isDialing || this.server.isCalm === false) return false;
    if (this.#acceptsAll && !live.every(({ isOpen }) => isOpen)) return false;
    return live.every((socket) => socket.openPings === 0 || this.#isMute(socket));
  }

  /** Nothing is answered on it just now. */
  #isMute(socket: WatchedSocket): boolean {
    const accepted = this.links.find((each) => each.socket === socket);
    return this.#silent.has(socket) || accepted?.link.isHolding === true;
  }

  /** The newest dial, once it has reached the service; each is given out once. */
  async nextDial(): Promise<ArrivedDial> {
    const isThere = (): boolean =>
      this.#dials.length > this.#answered &&
      !this.#isDialing &&
      this.#dials.at(-1)?.socket.isLive === true;
    await this.#facts.until(isThere, () => 'dial: `dial()` has not resolved, or was not asked');
    this.#answered = this.#dials.length;
    return this.#dials.at(-1) as ArrivedDial;
  }

  accept({ dial, socket }: ArrivedDial): void {
    const link = dial.accept();
    this.links.push({ link, socket });
    if (this.#acceptsAll) link.speakAgain();
  }

  /** From now on the service is well: every dial is accepted, and what was held back is answered. */
  acceptAll(): void {
    this.#acceptsAll = true;
    this.#silent.clear();
    for (const { link } of this.links) if (!link.isClosed) link.speakAgain();
    const newest = this.#dials.at(-1);
    const isOpen = this.#answered < this.#dials.length;
    this.#answered = this.#dials.length;
    if (isOpen && newest?.socket.isLive === true) this.accept(newest);
  }

  goSilent(): void {
    const { link, socket } = this.current;
    if (!this.#silent.has(socket)) link.goSilent();
    this.#silent.add(socket);
  }

  speakAgain(): void {
    const { link, socket } = this.current;
    link.speakAgain();
    this.#silent.delete(socket);
  }

  /** Ends the current connection. Who does not read would not see the closing handshake end either. */
  end(how: FailureKind | 'reset', way = 0): void {
    if (!isByRequest(this.server.script)) this.speakAgain();
    this.current.link.end(how, way);
  }

  /** Waits until the service has heard all that was sent on the connection that carries audio. */
  async heard(): Promise<void> {
    const { link, socket } = this.carrying;
    if (isByRequest(this.server.script)) return;
    const isSpeech = isVoice(this.server.script);
    const heard = (): number => (isSpeech ? textOf(link) : link.audio).length;
    const [what, unit] = isSpeech ? ['text', 'characters'] : ['audio', 'bytes'];
    await this.#facts.until(
      () => heard() >= socket.sentWork,
      () => `${what} at the service after ${heard()} of ${socket.sentWork} ${unit}`,
    );
  }

  /** Time stands still until a dial has arrived, so that there is but one that it can be. */
  onDial(dial: ServiceDial): void {
    const socket = this.#transport?.live.find(({ hasArrived }) => !hasArrived);
    if (socket === undefined) return; // nobody waits for it any more
    socket.hasArrived = true;
    const arrived = { dial, socket };
    this.#dials.push(arrived);
    if (this.#acceptsAll) {
      this.#answered = this.#dials.length;
      this.accept(arrived);
    }
    this.#facts.changed();
  }

  onActivity(): void {
    this.#facts.changed();
  }

  get #isDialing(): boolean {
    return this.#transport?.live.some(({ hasArrived }) => !hasArrived) === true;
  }

  get #last(): AcceptedLink {
    const last = this.links.at(-1);
    if (last === undefined) throw mismatch('no dial was accepted yet');
    return last;
  }
}

function textOf({ texts = [] }: ServiceLink): string {
  return texts.join('');
}
