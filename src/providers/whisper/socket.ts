/**
 * A socket made of HTTP: audio goes in, a detector cuts it into utterances, each is posted, and what the service answers
 * comes out as frames in the order of the audio.
 *
 * Between two posts there is no link that could be dead: a ping is answered at once. While a post is under way it is
 * answered when that post is, and the post has a deadline of its own, which ends the socket.
 */
import { Cutter } from './cutter.ts';
import type { Cut, CutterEvent } from './cutter.ts';
import { dialFacts } from './dial.ts';
import type { EndFacts } from './exchange.ts';
import { ask } from './exchange.ts';
import { FLUSH, GOODBYE, frameOf } from './messages.ts';
import { formBodyOf } from './multipart.ts';
import { Posts } from './posts.ts';
import type { WhisperSocketOptions } from './settings.ts';
import { peakLevelDbfs, wavOf } from './wav.ts';
import { clipKeyOf } from './clip-key.ts';
import type { DialRequest, Frame, Socket, SocketHandlers } from '../../ports/socket.ts';
import type { VoiceActivityDetector } from '../../ports/voice-activity.ts';

const NORMAL_CLOSURE = 1_000;
const ABNORMAL_CLOSURE = 1_006;

/** A post that is older than half its time no longer counts as slow: from then on nothing says that all is well. */
const SLOW_RATIO = 0.5;

export class WhisperSocket implements Socket {
  readonly #options: WhisperSocketOptions;
  readonly #request: DialRequest;
  readonly #handlers: SocketHandlers;
  readonly #posts: Posts;
  readonly #inbox: Frame[] = [];
  #isWorking = false;
  #cutter: Cutter | null = null;
  #isOpen = false;
  #isOver = false;
  #saidGoodbye = false;
  /** The service answered on this socket, or nothing was wrong before. */
  #isProven: boolean;
  #owesPong = false;
  #askedAtMs = 0;
  #cancelDial: () => void = () => undefined;

  constructor(options: WhisperSocketOptions, request: DialRequest, handlers: SocketHandlers) {
    this.#options = options;
    this.#request = request;
    this.#handlers = handlers;
    this.#isProven = !options.remembered.isDoubted;
    this.#posts = this.#makePosts();
    this.#cancelDial = dialFacts(options, request, {
      opened: (detector) => this.#opened(detector),
      refused: (facts) => this.#end(ABNORMAL_CLOSURE, facts),
    });
  }

  /** Clips that wait to be posted: whoever sends more of them than the service takes, hears of it. */
  get bufferedBytes(): number {
    return this.#posts.waitingBytes;
  }

  /** Who is told of a cut may send more at once: that waits until this frame is worked through. */
  send(frame: Frame): void {
    this.#inbox.push(typeof frame === 'string' || !this.#isWorking ? frame : frame.slice());
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        this.#take(next);
      }
    } finally {
      this.#isWorking = false;
      this.#inbox.length = 0;
    }
  }

  ping(): boolean {
    if (this.#posts.inFlight > 0) this.#owesPong = true;
    else queueMicrotask(() => this.#pong());
    return true;
  }

  close(code: number, reason: string): void {
    queueMicrotask(() => this.#end(code, { reason }));
  }

  terminate(): void {
    this.#isOver = true;
    this.#cancelDial();
    this.#posts.cancel();
  }

  #take(frame: Frame): void {
    if (this.#cutter === null || this.#isOver || this.#saidGoodbye) return;
    if (typeof frame !== 'string') this.#cutter.push(frame);
    else if (frame === FLUSH) this.#flush(this.#cutter);
    else if (frame === GOODBYE) this.#goodbye(this.#cutter);
  }

  #opened(detector: VoiceActivityDetector): void {
    if (this.#isOver) return;
    this.#cutter = new Cutter(detector, this.#options.settings.cut, (event) => this.#heard(event));
    this.#isOpen = true;
    this.#handlers.onOpen();
  }

  #heard(event: CutterEvent): void {
    switch (event.kind) {
      case 'speech':
        this.#tellNow(frameOf({ type: 'speech', at: event.at }));
        return;
      case 'listening':
        if (!this.#isSlow()) {
          this.#tellNow(frameOf({ type: 'listening', from: event.from, to: event.to }));
        }
        return;
      default:
        this.#add(event, false);
    }
  }

  #add(cut: Cut, flush: boolean): void {
    const { from, to } = cut;
    if (cut.kind === 'silence') {
      this.#posts.say({ type: 'silence', from, to, flush });
      return;
    }
    const { cut: settings, filter } = this.#options.settings;
    const level = peakLevelDbfs(cut.pcm, settings.sampleRateHz);
    if (filter.minLevelDbfs === null || level >= filter.minLevelDbfs) this.#posts.add(cut, flush);
    else {
      const { leadFrom: lead, endsInPause: pause } = cut;
      this.#posts.say({ type: 'tooQuiet', lead, from, to, pause, flush });
    }
  }

  #flush(cutter: Cutter): void {
    const cut = cutter.flush();
    if (cut === null) this.#posts.say({ type: 'flushed', at: cutter.samples });
    else this.#add(cut, true);
  }

  #goodbye(cutter: Cutter): void {
    this.#saidGoodbye = true;
    const cut = cutter.flush();
    if (cut !== null) this.#add(cut, false);
    this.#posts.say({ type: 'finished', samples: cutter.samples });
  }

  #makePosts(): Posts {
    const { settings, remembered } = this.#options;
    return new Posts({
      concurrency: settings.concurrency,
      remembered,
      keyOf: (pcm) => clipKeyOf(settings.session, pcm),
      post: (pcm, key, done) => this.#post(pcm, key, done),
      tell: (frame) => this.#tell(frame),
      end: (facts) => {
        remembered.isDoubted = true;
        this.#end(ABNORMAL_CLOSURE, facts);
      },
      onAnswer: () => this.#answered(),
      onDrain: () => {
        if (this.#isOpen) this.#handlers.onDrain();
      },
    });
  }

  #post(pcm: Uint8Array, key: string, done: Parameters<typeof ask>[2]): () => void {
    const { settings, http, clock } = this.#options;
    const { cut, fields, timeoutMs } = settings;
    const file = wavOf(pcm, cut.sampleRateHz);
    const form = { fields, file, fileName: 'audio.wav', fileType: 'audio/wav' };
    const { contentType, body } = formBodyOf(form, key);
    const headers = {
      ...this.#request.headers,
      'content-type': contentType,
      'idempotency-key': key,
    };
    if (this.#posts.inFlight <= 1) this.#askedAtMs = clock.nowMs();
    const { url } = this.#request;
    if (http === undefined) return () => undefined; // it was never opened
    return ask(http, { method: 'POST', url, headers, body, timeoutMs }, done);
  }

  #answered(): void {
    this.#isProven = true;
    this.#options.remembered.isDoubted = false;
    this.#askedAtMs = this.#options.clock.nowMs();
    if (this.#owesPong) queueMicrotask(() => this.#pong());
  }

  #pong(): void {
    this.#owesPong = false;
    if (!this.#isOver) this.#handlers.onPong();
  }

  /** Not in the order of the clips: what is true before any of them is answered. */
  #tellNow(frame: string): void {
    if (this.#isProven) this.#tell(frame);
  }

  #tell(frame: string): void {
    if (this.#isOver) return;
    this.#handlers.onFrame(frame);
    if (frame.startsWith('{"type":"finished"')) this.#end(NORMAL_CLOSURE, { reason: '' });
  }

  #isSlow(): boolean {
    const { settings, clock } = this.#options;
    const waitedMs = clock.nowMs() - this.#askedAtMs;
    return this.#posts.inFlight > 0 && waitedMs > SLOW_RATIO * settings.timeoutMs;
  }

  #end(code: number, facts: EndFacts): void {
    if (this.#isOver) return;
    this.terminate();
    this.#handlers.onEnd({ kind: this.#isOpen ? 'closed' : 'refused', code, ...facts });
  }
}
