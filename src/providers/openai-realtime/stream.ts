/** One socket's worth of OpenAI Realtime: coming to terms, giving the conversation back, then turns and replies. */
import type { Order, ProviderEvent, ProviderStream, StreamMemory } from '../contract.ts';
import type { ConversationRecord } from '../../ports/conversation.ts';
import { NO_CONVERSATION } from '../../ports/conversation.ts';
import type { Frame } from '../../ports/socket.ts';
import { toBase64 } from '../wire/base64.ts';
import { Calls } from './calls.ts';
import { EventReader } from './event-reader.ts';
import { Handshake } from './handshake.ts';
import type { HandshakeOptions } from './handshake.ts';
import { createdItemOf, pendingCallsOf } from './items.ts';
import { Outbox } from './outbox.ts';
import type { NamedFrame } from './outbox.ts';
import { Replies } from './replies.ts';
import { Restoration } from './restore.ts';
import type { RestoreMemory } from './restore.ts';
import { turnRulesOf } from './session-config.ts';
import { Turns } from './turns.ts';
import { encode } from './wire.ts';

/** What the streams of one provider have in common. */
export interface StreamContext extends HandshakeOptions {
  readonly restoreMemory: RestoreMemory;
}

const BYTES_PER_SAMPLE = 2;

export class RealtimeStream implements ProviderStream {
  readonly #conversation: () => ConversationRecord;
  readonly #outbox = new Outbox();
  readonly #calls: Calls;
  readonly #replies: Replies;
  readonly #restoration: Restoration;
  readonly #turns: Turns;
  readonly #reader: EventReader;

  constructor(context: StreamContext, memory?: StreamMemory) {
    this.#conversation = memory?.conversation ?? (() => NO_CONVERSATION);
    const known = this.#conversation().items.filter((item) => item.kind === 'toolCall');
    this.#calls = new Calls(known.map(({ callId }) => callId));
    this.#replies = new Replies(this.#outbox, this.#calls);
    this.#restoration = new Restoration({
      memory: context.restoreMemory,
      outbox: this.#outbox,
      requestReply: () => this.#replies.request(),
    });
    this.#turns = new Turns(turnRulesOf(context.config));
    this.#reader = new EventReader({
      handshake: new Handshake(context),
      restoration: this.#restoration,
      turns: this.#turns,
      replies: this.#replies,
      outbox: this.#outbox,
      secrets: context.secrets,
    });
  }

  decode(frame: Frame): readonly ProviderEvent[] {
    return this.#reader.read(frame);
  }

  settleSilence(throughSample: number): readonly ProviderEvent[] {
    return this.#turns.settleSilence(throughSample);
  }

  encodeAudio(bytes: Uint8Array): Frame {
    this.#turns.sent(Math.floor(bytes.length / BYTES_PER_SAMPLE));
    return encode({ type: 'input_audio_buffer.append', audio: toBase64(bytes) });
  }

  encodeKeepAlive(): null {
    return null;
  }

  encodeFlush(): Frame {
    return this.#commit(true)[0];
  }

  encodeGoodbye(): null {
    return null;
  }

  encodeRestore(): readonly Frame[] | null {
    const conversation = this.#conversation();
    this.#calls.carry(pendingCallsOf(conversation));
    return this.#restoration.begin(conversation);
  }

  encodeOrder(order: Order): readonly Frame[] | null {
    switch (order.kind) {
      case 'say':
        return null;
      case 'message':
      case 'toolResult': {
        const item = createdItemOf(order.item);
        const frames = item === null ? [] : [this.#outbox.create(item)[0]];
        if (order.kind === 'message') return frames;
        return [...frames, ...this.#replies.toolAnswered(order.item.callId)];
      }
      case 'reply':
        return this.#replies.request();
      case 'endTurn': {
        const [frame, eventId] = this.#commit(false);
        if (!this.#turns.rules.detects) return [frame, ...this.#replies.request()];
        this.#replies.requestAfter(eventId); // the service may have ended the turn by now, and answer it
        return [frame];
      }
      case 'interrupt':
        return this.#replies.interrupt(order);
    }
  }

  #commit(isFlush: boolean): NamedFrame {
    const commit = this.#outbox.commit();
    this.#turns.commitAsked(commit[1], isFlush);
    return commit;
  }
}
