/** One socket's worth of the Live API. */
import { frameOf } from './client-message.ts';
import type { ClientContent } from './client-message.ts';
import * as decode from './decode.ts';
import { callsAt, memberAt } from './names.ts';
import { durationMs } from './duration.ts';
import { classifyLiveEnd, isInternalError } from './failures.ts';
import type { Handles } from './handles.ts';
import type { GeminiLiveOptions } from './options.ts';
import * as restore from './restore.ts';
import { detectionOf, setupOf } from './setup.ts';
import { Turns } from './turns.ts';
import type { Failure } from '../../../machines/failure.ts';
import { NO_CONVERSATION } from '../../ports/conversation.ts';
import type { ConversationRecord } from '../../ports/conversation.ts';
import type { Frame, SocketEnd } from '../../ports/socket.ts';
import type { Heard, Order, ProviderEvent, ProviderStream, StreamMemory } from '../contract.ts';
import { toBase64 } from '../wire/base64.ts';
import { detailOf } from '../wire/detail.ts';
import { objectIn, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

const BYTES_PER_SAMPLE = 2;

/** How long before the end the service announces it: measured, where a `goAway` names no time. */
const GO_AWAY_MS = 50_000;

export interface StreamSettings {
  readonly options: GeminiLiveOptions;
  readonly sampleRateHz: number;
  readonly handles: Handles;
  /** Credentials, which must not be repeated. */
  readonly secrets: () => readonly string[];
}

export class GeminiLiveStream implements ProviderStream {
  readonly #settings: StreamSettings;
  readonly #conversation: () => ConversationRecord;
  readonly #news: StreamMemory['news'];
  /** What the session is taken up again by; null for a fresh one. */
  readonly #handle: string | null;
  /** What was remembered was refused before. */
  readonly #dropsHandle: boolean;
  readonly #turns: Turns;
  readonly #isManual: boolean;
  #isConfigured = false;
  #wasAnnounced = false;
  #hasOffered = false;
  /** The message before this order asked for its answer along with it. */
  #isReplyAsked = false;
  /** With manual detection: a turn of the user's has begun. */
  #isActive = false;

  constructor(settings: StreamSettings, memory: StreamMemory | undefined) {
    const { options, sampleRateHz, handles } = settings;
    const remembered = options.resumption === false ? null : (memory?.handle ?? null);
    this.#settings = settings;
    this.#conversation = memory?.conversation ?? (() => NO_CONVERSATION);
    this.#news = memory?.news;
    this.#dropsHandle = remembered !== null && handles.isRefused(remembered);
    this.#handle = this.#dropsHandle ? null : remembered;
    this.#isManual = detectionOf(options).isManual;
    this.#turns = new Turns({
      sampleRateHz,
      isWritten: options.inputTranscription !== false,
      speaksText: options.responseModalities?.includes('TEXT') ?? false,
    });
  }

  encodeHello(): readonly Frame[] {
    return [frameOf({ setup: setupOf(this.#settings.options, this.#handle) })];
  }

  /**
   * A session that is taken up again knows its history as far as its handle reaches, and is not told that twice. What was
   * said after it is told: what was lost with the last socket, and what was said to others meanwhile.
   */
  encodeRestore(): readonly Frame[] | null {
    const conversation = this.#conversation();
    this.#turns.calls.notAgain(restore.callIdsOf(conversation));
    const isFresh = this.#handle === null;
    const turns = restore.turnsFor(conversation, { isFresh, news: this.#news?.() ?? null });
    return turns.length === 0
      ? null
      : [this.#content({ turns, turnComplete: conversation.owesReply })];
  }

  encodeAudio(bytes: Uint8Array): Frame {
    const { sampleRateHz } = this.#settings;
    this.#turns.hearing.sent(Math.floor(bytes.length / BYTES_PER_SAMPLE));
    const audio = { data: toBase64(bytes), mimeType: `audio/pcm;rate=${sampleRateHz}` } as const;
    const isFirst = this.#isManual && !this.#isActive;
    this.#isActive = this.#isManual;
    return frameOf({ realtimeInput: isFirst ? { activityStart: {}, audio } : { audio } });
  }

  /** Silence, which whoever captures has to stream, is what keeps the service listening. */
  encodeKeepAlive(): null {
    return null;
  }

  encodeFlush(): Frame | null {
    if (this.#isManual) return this.#endActivity();
    this.#turns.hearing.flushAsked();
    return frameOf({ realtimeInput: { audioStreamEnd: true } });
  }

  /** There is no such thing: whoever leaves closes the socket. */
  encodeGoodbye(): null {
    return null;
  }

  encodeOrder(order: Order): readonly Frame[] | null {
    switch (order.kind) {
      case 'message': {
        const turn = restore.textTurn('user', order.item.text);
        this.#isReplyAsked = order.replyFollows === true;
        return [this.#content({ turns: [turn], turnComplete: this.#isReplyAsked })];
      }
      case 'reply': {
        const isAsked = this.#isReplyAsked;
        this.#isReplyAsked = false;
        return isAsked ? [] : [this.#content({ turnComplete: true })];
      }
      case 'toolResult':
        return [this.#toolResult(order.item.callId, order.name, order.item.output)];
      case 'endTurn': {
        const frame = this.#isManual ? this.#endActivity() : null;
        return frame === null ? null : [frame];
      }
      case 'interrupt':
        this.#turns.mute();
        return null;
      case 'say':
        return null;
    }
  }

  decode(frame: Frame, heard?: Heard): readonly ProviderEvent[] {
    this.#turns.hearing.heard = heard ?? null;
    const message = objectIn(frame);
    if (message === null) return [{ kind: 'ignored', what: 'frame that is no JSON object' }];
    const unknown = decode.unknownMembers(message, this.#settings.secrets);
    return [
      ...this.#configured(message),
      ...this.#turnsIn(message),
      ...this.#serviceIn(message),
      ...(unknown === null ? [] : [{ kind: 'ignored', what: unknown } as const]),
    ];
  }

  settleSilence(throughSample: number, isQuiet = false): readonly ProviderEvent[] {
    return this.#turns.settleSilence(throughSample, isQuiet);
  }

  classifyEnd(end: SocketEnd): Failure {
    const { handles, secrets } = this.#settings;
    const handle = this.#handle;
    const isStrike = handle !== null && !this.#hasOffered && isInternalError(end);
    const story = {
      hasHandle: handle !== null || this.#hasOffered,
      wasConfigured: this.#isConfigured,
      wasAnnounced: this.#wasAnnounced,
      failedBefore: isStrike && handles.noteInternalError(handle),
    };
    const failure = classifyLiveEnd(end, story, secrets());
    if (failure.kind === 'staleHandle' && handle !== null) handles.refuse(handle);
    return failure;
  }

  /** Nothing acknowledges what is given back: it counts as taken when the setup is. */
  #configured(message: JsonObject): readonly ProviderEvent[] {
    if (this.#isConfigured || memberAt(message, 'setupComplete') === null) return [];
    this.#isConfigured = true;
    const conversation = this.#conversation();
    const resumed = this.#handle !== null;
    const wasAnswering = resumed && restore.wasAnswering(conversation);
    return [
      ...(this.#dropsHandle ? [{ kind: 'handleOffered', handle: null } as const] : []),
      { kind: 'configured' },
      { kind: 'restored', resumed, toolCallsCarried: restore.pendingCallsOf(conversation) },
      // An answer that was being given is not gone on with.
      ...(wasAnswering ? [{ kind: 'replyEnded', status: 'interrupted' } as const] : []),
    ];
  }

  #turnsIn(message: JsonObject): readonly ProviderEvent[] {
    const isSpeaking = decode.activityIn(message);
    const calls = callsAt(memberAt(message, 'toolCall'), 'functionCalls');
    const callIds = decode.idsIn(memberAt(message, 'toolCallCancellation'));
    return [
      ...(isSpeaking === null ? [] : this.#turns.hearing.activity(isSpeaking)),
      ...this.#turns.take(
        memberAt(message, 'serverContent'),
        calls.map((call) => decode.callIn(call, null)),
      ),
      ...(callIds.length === 0 ? [] : [{ kind: 'toolCallsCancelled', callIds } as const]),
    ];
  }

  #serviceIn(message: JsonObject): readonly ProviderEvent[] {
    const events: ProviderEvent[] = [];
    const handle = decode.handleIn(memberAt(message, 'sessionResumptionUpdate'));
    if (handle !== null && this.#settings.options.resumption !== false) {
      this.#hasOffered = true;
      events.push({ kind: 'handleOffered', handle });
    }
    const goAway = memberAt(message, 'goAway');
    if (goAway !== null) {
      this.#wasAnnounced = true;
      this.#turns.endAnnounced();
      events.push({
        kind: 'endAnnounced',
        inMs: durationMs(stringAt(goAway, 'timeLeft')) ?? GO_AWAY_MS,
      });
    }
    const error = memberAt(message, 'error');
    if (error !== null) {
      // The service's own ends are closes: what a gateway says on the way is passed on.
      const detail = detailOf(stringAt(error, 'message') ?? '', this.#settings.secrets());
      const code = detailOf(stringAt(error, 'status') ?? 'error', this.#settings.secrets());
      events.push({ kind: 'failed', failure: { kind: 'perRequest', code, detail } });
    }
    return events;
  }

  /** A call that another socket told is not known on this one: there its result is told in words. */
  #toolResult(callId: string, name: string, output: string): Frame {
    const known = this.#turns.calls.find(callId);
    if (known === null) {
      const turn = restore.textTurn('user', restore.resultInWords(name, output));
      return this.#content({ turns: [turn], turnComplete: true });
    }
    this.#turns.asked();
    const functionResponses = [{ ...known, name, response: { output } }];
    return frameOf({ toolResponse: { functionResponses } });
  }

  #content(clientContent: ClientContent): Frame {
    if (clientContent.turnComplete) this.#turns.asked();
    return frameOf({ clientContent });
  }

  #endActivity(): Frame | null {
    if (!this.#isActive) return null;
    this.#isActive = false;
    this.#turns.hearing.turnEnded();
    return frameOf({ realtimeInput: { activityEnd: {} } });
  }
}
