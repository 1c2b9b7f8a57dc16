/** A fresh socket: nothing is believed, and little is kept, until it has said who it is and has been let in. */
import { Attachment } from './attachment.ts';
import type { AttachmentOptions } from './attachment.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Principal } from './auth/principal.ts';
import type { Attached } from './registry.types.ts';
import type { GatewaySession } from './session.ts';
import type { TagOf } from './session-tag.ts';
import type { Logger } from '../ports/logger.ts';
import type { Durability } from '../ports/log-store.ts';
import { CLOSE, reasonOf } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { decodeFrame, encodeFrame } from '../protocol/frames.ts';
import {
  HELLO_TIMEOUT_MS,
  MAX_CONTROL_JSON_BYTES,
  MAX_FRAME_BYTES,
  PING_IDLE_MS,
  RING_MS,
  SERVER_DEAD_MS,
} from '../protocol/limits.ts';
import type { HelloFrame, WelcomeFrame } from '../protocol/types.ts';

/** Before the welcome nothing is longer. P2.5 */
const MAX_HELLO_BYTES = MAX_CONTROL_JSON_BYTES + 8;

/** What a door needs of its gateway. */
export interface House extends AttachmentOptions {
  readonly durability: Durability;
  readonly graceMs: number;
  readonly logger: Logger;
  readonly tagOf: TagOf;
  /** @param isGone whether the socket is: then nothing is begun for it. */
  letIn(hello: HelloFrame, socket: GatewaySocket, isGone: () => boolean): Promise<LetIn | Refusal>;
  /** It has said who it is. */
  onKnown(door: Door): void;
  /** Its client was told to go, and has. */
  onLeft(session: GatewaySession): void;
  /** It counts no more. */
  onGone(door: Door): void;
}

/** Who it is, and what they have. */
export interface LetIn extends Attached {
  readonly principal: Principal;
}

export class Door {
  readonly #house: House;
  readonly #socket: GatewaySocket;
  #helloTimer: unknown;
  #attachment: Attachment | null = null;
  #hasSpoken = false;
  #hasKnocked = false;
  #isToldToGo = false;
  #isOver = false;

  constructor(house: House, socket: GatewaySocket) {
    this.#house = house;
    this.#socket = socket;
    this.#helloTimer = house.clock.setTimeout(() => {
      this.#close(CLOSE.protocolError);
    }, HELLO_TIMEOUT_MS);
  }

  get attachment(): Attachment | null {
    return this.#attachment;
  }

  /** @param bytes only valid during the call; a text frame is no frame of this protocol. */
  onMessage(bytes: Uint8Array | string): void {
    if (this.#isOver) return;
    this.#hasSpoken = true;
    this.#house.counters.framesIn += 1;
    this.#house.counters.bytesIn += bytes.length;
    const isTooLong = this.#attachment === null && bytes.length > MAX_HELLO_BYTES;
    if (isTooLong) {
      this.#close(CLOSE.tooLarge);
      return;
    }
    const frame = typeof bytes === 'string' ? null : decodeFrame(bytes);
    if (frame === null || frame.type === 'malformed') {
      this.#close(frame === null ? CLOSE.protocolError : frame.code);
      return;
    }
    if (frame.type === 'unknown') {
      this.#attachment?.heard();
      return;
    }
    if (this.#attachment !== null) this.#attachment.take(bytes as Uint8Array, frame);
    else if (frame.type === 'hello' && !this.#hasKnocked) void this.#knock(frame);
    else this.#close(CLOSE.protocolError); // nothing may follow a HELLO before its WELCOME
  }

  /** More than a frame may have came, and is not looked at. P3.2 */
  onTooLong(): void {
    this.#hasSpoken = true;
    this.close(CLOSE.tooLarge);
  }

  /** The attachment is over. */
  onGone(): void {
    this.#end();
  }

  /** The socket is gone. */
  onClose(): void {
    const hasLeft = this.#isToldToGo && !this.#isOver;
    if (hasLeft && this.#attachment !== null) this.#house.onLeft(this.#attachment.session);
    this.#end();
    this.#attachment?.ended();
  }

  onSign(): void {
    this.#attachment?.heard();
  }

  /** The gateway goes: the client may come to another, and should by then. */
  sendGoAway(deadlineMs: number, to: readonly string[]): void {
    if (this.#attachment === null) return;
    this.#isToldToGo = true;
    this.#house.counters.goAways += 1;
    this.#attachment.send(encodeFrame({ type: 'goAway', deadlineMs, to, reason: 'draining' }));
  }

  close(code: CloseCode): void {
    if (this.#attachment === null) this.#close(code);
    else this.#attachment.close(code);
  }

  /** Never rejects: what one client says is no reason to end those of the others. */
  async #knock(hello: HelloFrame): Promise<void> {
    this.#hasKnocked = true;
    this.#stopWaiting();
    try {
      const outcome = await this.#house.letIn(hello, this.#socket, () => this.#isOver);
      if (outcome.kind === 'refused') this.#refuse(outcome);
      else if (!this.#isOver) this.#welcome(hello, outcome);
    } catch (error) {
      this.#house.logger.error('A client could not be let in.', {
        what: error instanceof Error ? error.message : 'no error was thrown',
      });
      this.close(CLOSE.storeUnavailable);
    }
  }

  #welcome(hello: HelloFrame, { session, epoch, token, isResumed, principal }: LetIn): void {
    if (!session.admits(epoch)) {
      // While it was being told, another fence was written, or the session was given up.
      const why = hello.inst === session.card.inst ? 'fenced' : 'superseded';
      this.#refuse(refuse(session.isKept ? why : 'storeUnavailable'));
      return;
    }
    const { wallClock, durability, graceMs } = this.#house;
    const attachment = new Attachment(this.#house, this, this.#socket, session, principal);
    this.#attachment = attachment;
    if (isResumed) this.#compare(hello, session);
    // Numbers of another session mean nothing here; who was started anew may not know all that it acknowledged. P12.10
    const received = isResumed ? Math.max(hello.rcv, session.standing.downAcked) : 0;
    const welcome: WelcomeFrame = {
      type: 'welcome',
      v: 1,
      sid: session.id,
      epoch,
      lin: session.card.lineage,
      resumed: isResumed,
      up: session.committed,
      ...(isResumed ? endOf(session) : {}),
      downFrom: received + 1,
      maxSeq: attachment.grantedSeq,
      resume: token,
      graceMs,
      retainMs: RING_MS,
      maxFrame: MAX_FRAME_BYTES,
      durability,
      ping: { idleMs: PING_IDLE_MS, deadMs: SERVER_DEAD_MS },
      caps: [],
      now: wallClock(),
    };
    attachment.send(encodeFrame(welcome));
    attachment.tellExpiry();
    session.attach(attachment, epoch, received);
    this.#house.onKnown(this);
  }

  /** It is a client's word, and decides nothing; but nobody else can know. P12.8 */
  #compare({ acked }: HelloFrame, { id, committed }: LetIn['session']): void {
    if (acked <= committed) return;
    const { logger, tagOf } = this.#house;
    const facts = { session: tagOf(id), acked, committed };
    logger.warn('A client was told of more than the log has: its store has lost it.', facts);
  }

  #refuse({ kind: _, ...facts }: Refusal): void {
    if (this.#isOver) return;
    const frame = encodeFrame({ type: 'refused', ...facts });
    this.#house.counters.sent(frame);
    this.#socket.send(frame);
    this.#shut(facts.code as CloseCode); // counted where it was decided
  }

  /** Before it was let in: it counts as one who was not. */
  #close(code: CloseCode): void {
    if (!this.#isOver && this.#attachment === null) {
      this.#house.turnedAway.socket(code, this.#socket, this.#hasSpoken);
    }
    this.#shut(code);
  }

  #shut(code: CloseCode): void {
    if (this.#isOver) return;
    this.#socket.close(code, reasonOf(code));
    this.#end();
    this.#attachment?.ended();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopWaiting();
    this.#house.onGone(this);
  }

  #stopWaiting(): void {
    if (this.#helloTimer !== null) this.#house.clock.clearTimeout(this.#helloTimer);
    this.#helloTimer = null;
  }
}

/** Where the audio through what is committed ends, as far as that is known: of Opus it is not. P12.12 */
function endOf({ card, committed, standing, up }: GatewaySession): { readonly position?: number } {
  const isSaid = card.audio.encoding === 'pcm_s16le' && committed === standing.up;
  return isSaid && up.position !== null ? { position: up.position } : {};
}
