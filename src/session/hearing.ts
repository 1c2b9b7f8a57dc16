/** What is heard on a link goes where it belongs: to the charts, to the audio's books, to the conversation. */
import type { ResolvedCandidate } from './candidates.ts';
import { conversationOf } from './conversation-part.ts';
import type { Demux } from './demux.ts';
import type { SessionEmitter } from './emitter.ts';
import { requestErrorOf } from './failure-error.ts';
import type { HearingWiring } from './hearing.types.ts';
import { keepingOf } from './keeping-part.ts';
import type { KeptHearing } from './kept-hearing.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { talks } from './parts.ts';
import type { Restoring } from './restoring.ts';
import type { Talk } from './talk.ts';
import type { RestoreResult } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Clock } from '../ports/clock.ts';
import { NO_CONVERSATION } from '../ports/conversation.ts';
import type { Random } from '../ports/random.ts';
import type { Durability } from '../ports/log-store.ts';
import type { ProviderEvent, StreamMemory } from '../providers/contract.ts';

type EventOf<Kind extends ProviderEvent['kind']> = Extract<ProviderEvent, { kind: Kind }>;

export class Hearing {
  readonly #wiring: HearingWiring;
  readonly #demux: Demux;
  readonly #emitter: SessionEmitter;
  readonly #options: ResolvedOptions;
  /** Made when it is needed: who only listens has no conversation. */
  readonly #talk: () => Talk;
  /** Null until a link has a conversation to carry. */
  #restoring: Restoring | null = null;
  /** What a candidate's streams leave for each other. */
  readonly #shared = new Map<string, object>();
  /** Null where no service keeps sessions. */
  readonly #kept: KeptHearing | null;

  constructor(
    wiring: HearingWiring,
    options: ResolvedOptions,
    demux: Demux,
    emitter: SessionEmitter,
    talk: () => Talk,
  ) {
    this.#wiring = wiring;
    this.#demux = demux;
    this.#emitter = emitter;
    this.#options = options;
    this.#talk = talk;
    this.#kept = keepingOf(options)?.hearing(wiring, demux, emitter) ?? null;
  }

  memoryFor(candidate: ResolvedCandidate): StreamMemory {
    const shared: StreamMemory['shared'] = (create) => this.#sharedBy(candidate.key, create);
    if (talks(candidate)) return { ...this.#talk().memoryFor(candidate.key), shared };
    const conversation = () =>
      conversationOf(this.#options) === null ? NO_CONVERSATION : this.#talk().journal.conversation;
    return { conversation, handle: null, shared };
  }

  #sharedBy<T extends object>(key: string, create: (random: Random, clock: Clock) => T): T {
    const known = this.#shared.get(key);
    if (known !== undefined) return known as T;
    const made = create(this.#wiring.random, this.#wiring.clock);
    this.#shared.set(key, made);
    this.#options.spool?.made(key, made);
    return made;
  }

  /** The least that acknowledgements survived; null where nobody kept anything. */
  get durability(): Durability | null {
    return this.#kept?.durability ?? null;
  }

  /** Resolves when the link has been given the conversation. */
  restore(link: Link): Promise<RestoreResult> {
    const { clock } = this.#wiring;
    const part = conversationOf(this.#options);
    if (part === null || !talks(link.candidate)) {
      const { resumed = false, toolCallsCarried = 0 } = link.restored ?? {};
      return Promise.resolve({ resumed, toolCallsCarried, atMs: clock.nowMs() });
    }
    this.#restoring ??= part.startRestoring(clock, this.#demux, this.#talk());
    return this.#restoring.begin(link);
  }

  configured(link: Link): void {
    const { clock, reporter } = this.#wiring;
    link.isConfigured = true;
    reporter.tell(link, { type: 'socket.configured', id: link.id, atMs: clock.nowMs() });
  }

  lost(link: Link, { kind }: Failure): void {
    if (kind === 'staleHandle') this.#offerHandle(link, null);
  }

  leave(link: Link): void {
    this.#restoring?.leave(link);
  }

  /** A hedge: a second socket of the connection that carries. */
  isBesideCarrier(link: Link): boolean {
    const { link: carrying } = this.#wiring.carrier;
    return carrying !== null && carrying !== link && carrying.lane === link.lane;
  }

  hear(link: Link, event: ProviderEvent): void {
    switch (event.kind) {
      case 'ignored':
        this.#wiring.ignored.note(link.candidate.provider.name, event.what);
        return;
      case 'failed':
        if (event.failure.kind !== 'perRequest') link.fail(event.failure);
        else {
          this.tellRequestFailed(link.candidate, event.failure);
          if (event.isOfReply === true) this.#restoring?.replyFailed(link, event.failure);
        }
        return;
      case 'endAnnounced':
        this.#noteEnd(link, event);
        if (!this.isBesideCarrier(link)) this.#wiring.reporter.tellEnd(link);
        return;
      case 'credentialEnds':
        link.watch?.credentialEnds(event.inMs);
        return;
      case 'facultyLost':
      case 'facultyRestored':
        this.#wiring.reporter.tellFaculty(link, event);
        return;
      case 'send':
        link.sendFrames(event.frames);
        return;
      case 'configured':
        this.configured(link);
        return;
      case 'restored':
        link.restored = event;
        this.#kept?.attached(link, event.resumed);
        this.#restoring?.restored(link);
        return;
      case 'handleOffered':
        this.#offerHandle(link, event.handle);
        return;
      case 'pong':
        link.onPong();
        return;
      case 'committed':
        this.#noteAnswer(link);
        this.#wiring.carrier.take(link, event);
        this.#wiring.carrier.drained(link); // and may send more
        return;
      case 'transcript':
      case 'dropped':
      case 'finished':
      case 'speechStarted':
      case 'utteranceEnded':
        this.#noteAnswer(link);
        this.#wiring.carrier.take(link, event);
        return;
      case 'standstill':
      case 'keeping':
      case 'sessionLost':
      case 'serving':
        this.#kept?.hear(link, event);
        return;
      default:
        this.#noteAnswer(link);
        this.#restoring?.take(link, event);
    }
  }

  #noteEnd(link: Link, { inMs, isForMany = false }: EventOf<'endAnnounced'>): void {
    const { clock, random } = this.#wiring;
    const nowMs = clock.nowMs();
    link.endsAtMs = nowMs + inMs;
    link.leavesAtMs = isForMany ? nowMs + (random.unit() * inMs) / 2 : null;
  }

  #offerHandle(link: Link, handle: string | null): void {
    if (!talks(link.candidate)) return;
    const isCarrying = this.#restoring?.carries(link) ?? false;
    this.#talk().offerHandle(link.candidate.key, handle, isCarrying);
  }

  #noteAnswer(link: Link): void {
    if (link.hasAnswered) return;
    link.hasAnswered = true;
    const atMs = this.#wiring.clock.nowMs();
    this.#wiring.reporter.tell(link, { type: 'server.answered', id: link.id, atMs });
  }

  tellRequestFailed({ provider }: ResolvedCandidate, failure: Failure): void {
    this.#emitter.emit({ type: 'warning', error: requestErrorOf(failure, provider.name) });
  }
}

/** Whose streams leave something for each other. */
export function remembers({ provider }: ResolvedCandidate): boolean {
  return provider.component !== 'stt';
}
