/** Our gateway as a script, with one session: it keeps what it was sent, and takes its client back. Made anew for each case. */
import { decodeFrame, encodeFrame } from '../../src/protocol/frames.ts';
import type { HelloFrame, PingFrame, ProtocolFrame } from '../../src/protocol/types.ts';
import type { Frame } from '../../src/ports/socket.ts';
import type {
  ServiceClient,
  ServiceScript,
} from '../../src/testing/conformance/provider-server.ts';

const CREDIT = 1_000_000;
const BUSY = { code: 4420, reason: 'capacity', retryAfterMs: 7_000 } as const;

function frameIn(frame: Frame): ProtocolFrame | null {
  const read = typeof frame === 'string' ? null : decodeFrame(frame);
  return read === null || read.type === 'malformed' || read.type === 'unknown' ? null : read;
}

class OneSession {
  #epoch = 0;
  #up = 0;
  #committed = 0;
  #down = 0;
  /** Where the audio of the newest socket begins, in samples of the session. */
  #base: number | null = null;

  welcome({ mode, epoch, fin }: HelloFrame): Frame {
    const resumed = mode === 'resume';
    if (!resumed) {
      [this.#up, this.#committed, this.#down] = [0, 0, 0];
      this.#base = fin;
    } else this.#base = null;
    this.#up = this.#committed;
    this.#epoch = Math.max(this.#epoch, epoch) + 1;
    return encodeFrame({
      type: 'welcome',
      v: 1,
      sid: 'session',
      epoch: this.#epoch,
      lin: 'log',
      resumed,
      up: this.#committed,
      downFrom: this.#down + 1,
      maxSeq: CREDIT,
      resume: `token-${this.#epoch}`,
      graceMs: 120_000,
      retainMs: 120_000,
      maxFrame: 65_536,
      durability: 'memory',
      ping: { idleMs: 5_000, deadMs: 20_000 },
      caps: [],
      now: 0,
    });
  }

  heard(frame: ProtocolFrame): void {
    if (frame.type !== 'data' || frame.epoch !== this.#epoch) return; // of a socket that is passed
    this.#base ??= frame.position;
    this.#up = frame.seq;
  }

  pong({ nonce, sentAtMs: echoMs }: PingFrame): Frame {
    const standing = { epoch: this.#epoch, lastSent: this.#down, received: this.#up, sentAtMs: 0 };
    const ends = { committed: this.#committed, maxSeq: CREDIT };
    return encodeFrame({ type: 'pong', nonce, ...standing, ...ends, echoMs });
  }

  final(from: number, to: number, text: string): readonly Frame[] {
    const base = this.#base ?? 0;
    this.#down += 1;
    this.#committed = this.#up;
    const event = { type: 'final', from: base + from, to: base + to, text, words: [] };
    const shared = { epoch: this.#epoch, committed: this.#committed, maxSeq: CREDIT };
    return [
      encodeFrame({
        type: 'data',
        channel: 0,
        epoch: this.#epoch,
        seq: this.#down,
        position: 0,
        capturedAtMs: 0,
        codec: 'json',
        isEndOfStream: false,
        isDiscontinuity: false,
        isRetransmission: false,
        isSpeech: false,
        payload: new TextEncoder().encode(JSON.stringify(event)),
      }),
      encodeFrame({ type: 'ack', ...shared, ackDelayMs: 0, ranges: [] }),
    ];
  }

  sign(): Frame {
    const json = { type: 'speechStarted', at: this.#base ?? 0 };
    return encodeFrame({ type: 'hint', channel: 0, epoch: this.#epoch, ofSeq: this.#down, json });
  }

  finAck(): Frame {
    return encodeFrame({ type: 'finAck', up: this.#up, lastSeq: this.#down });
  }
}

export function gatewayService(): ServiceScript {
  const session = new OneSession();
  return {
    answers: ['goodbye'],
    credential: null, // it stands in the first frame, and nowhere in a dial
    refusals: {
      auth: { status: 401 },
      config: { status: 404, body: 'no such page' },
      rateLimited: { status: 429, headers: { 'retry-after': '7' } },
      transient: { status: 503 },
    },
    endings: {
      auth: { code: 4401, reason: 'unauthorised' },
      staleHandle: [
        { code: 4403, reason: 'bad-resume-token' },
        { code: 4411, reason: 'grace-expired' },
      ],
      planned: { code: 4430, reason: 'draining' },
      config: { code: 4410, reason: 'superseded' },
      rateLimited: {
        frame: encodeFrame({ type: 'refused', ...BUSY }),
        code: BUSY.code,
        reason: BUSY.reason,
        retryAfterMs: BUSY.retryAfterMs,
      },
      transient: [
        { code: 4440, reason: 'store-unavailable' },
        { code: 1_000, reason: 'done' },
      ],
    },
    result: ({ from, to }, text) => session.final(from, to, text),
    answer: () => session.sign(),
    audioIn: (frame) => {
      const read = frameIn(frame);
      return read?.type === 'data' ? read.payload.slice() : null;
    },
    onFrame: (frame: Frame, client: ServiceClient) => {
      const read = frameIn(frame);
      if (read === null) return;
      session.heard(read);
      if (read.type === 'hello') client.say(session.welcome(read));
      if (read.type === 'ping') client.say(session.pong(read));
      if (read.type !== 'fin') return;
      client.settle();
      client.say(session.finAck());
      client.close(1_000);
    },
  };
}
