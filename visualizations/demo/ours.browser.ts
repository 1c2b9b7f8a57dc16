/** The client with tenuto: a session to the gateway, and what the page shows of it. Everything here is the public face. */
import {
  browserNetworkSignals,
  createSession,
  joinSignals,
  NetworkMonitor,
  openSpool,
} from '../../src/browser.ts';
import type { Session, SessionEvent, Spool } from '../../src/browser.ts';
import { inspectionFeed } from '../../src/inspect.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';

import { CHUNK_MS } from './chunks.ts';
import { spoolKey } from './kept.browser.ts';
import { addressOf, airplaneSignals } from './server.browser.ts';
import { charts, isGivenUp, ledger, ours } from './state.ts';
import type { LinkView } from './state.ts';

/** How long what is left may take, through whatever is broken meanwhile, and by a recogniser on a slow machine. */
const END_WITHIN_MS = 120_000;
const BACK = 'back after';
/** Four minutes. */
const SPOOL_BYTES = 8 * 1_024 * 1_024;

export class OurClient {
  readonly #session: Session;

  private constructor(spool: Spool | null) {
    const feed = inspectionFeed();
    charts.value = feed;
    const signals = joinSignals(browserNetworkSignals(), airplaneSignals);
    this.#session = createSession({
      candidates: [gateway({ url: addressOf('tenuto') })],
      reconnect: { retryInitialConnect: true },
      network: new NetworkMonitor({ signals }),
      inspect: feed.inspect,
      ...(spool === null ? {} : { spool }),
    });
    this.#session.on('*', (event) => this.#show(event));
    this.#session.connect().catch(() => undefined); // told as an event
  }

  /**
   * @param name of what outlives the page: audio that is not delivered yet, and what takes the session up again.
   * @returns null where there is nothing to be taken up.
   */
  static async open(name: string, isNew: boolean): Promise<OurClient | null> {
    const spool = await openKept(name, isNew).catch(() => null); // a browser that stores nothing shows everything but a reload
    if (!isNew && (spool === null || spool.remains === null)) return null;
    return new OurClient(spool);
  }

  write(chunk: Uint8Array): void {
    const outcome = this.#session.write(chunk);
    ours.book.value.capture(outcome === 'sent' ? 'sent' : 'waiting');
  }

  /** Settles when all that was said is delivered and all that came of it was told. */
  async finish(): Promise<void> {
    await this.#session.drain();
    await this.#session.close({ drainTimeoutMs: END_WITHIN_MS });
    this.look();
    ours.interim.value = '';
    if (isGivenUp.value) return;
    ours.link.value = { mood: 'off', label: 'Finished', detail: ours.link.value.detail };
  }

  /** Reads the books: on every frame that is drawn. */
  look(): void {
    const { captured, delivered, gap, buffered, replayed } = this.#session.ledger;
    ours.book.value.settle(delivered + gap);
    const before = ledger.value;
    const holds = before.holds && captured === delivered + gap + buffered;
    ledger.value = {
      captured,
      delivered,
      gap,
      buffered,
      replayed,
      holds,
      checks: before.checks + 1,
    };
  }

  #show(event: SessionEvent): void {
    const view = linkViewOf(event);
    if (view !== null) ours.link.value = view;
    if (event.type === 'error') isGivenUp.value = true;
    if (event.type === 'transcript') {
      if (event.isFinal && event.text !== '') {
        ours.finals.value = [...ours.finals.value, event.text];
      }
      ours.interim.value = event.isFinal ? '' : event.text;
    } else if (event.type === 'audio.flowing') {
      ours.book.value.sentFrom(Math.floor(event.fromMs / CHUNK_MS));
    } else if (event.type === 'gap') {
      ours.book.value.lose(Math.floor(event.fromMs / CHUNK_MS), Math.ceil(event.toMs / CHUNK_MS));
    }
  }
}

/** What the visitor says is sealed, by a key that no script reads out of this browser. */
async function openKept(name: string, isNew: boolean): Promise<Spool> {
  const key = await spoolKey();
  return openSpool({ name, fresh: isNew, capacityBytes: SPOOL_BYTES, key });
}

function linkViewOf(event: SessionEvent): LinkView | null {
  switch (event.type) {
    case 'stateChange':
      return stateViewOf(event.current);
    case 'connection.suspected':
      return {
        mood: 'busy',
        label: 'Suspicious silence',
        detail: `${seconds(event.silentForMs)} without a sign of life: a second connection is dialled beside it`,
      };
    case 'connection.reconnecting':
      return {
        mood: 'busy',
        label: `Reconnecting, attempt ${event.attempt}`,
        detail: `next try in ${seconds(event.backoffDelayMs)}; ${event.bufferedAudioChunks} chunks are kept`,
      };
    case 'connection.reconnected': {
      const { downtimeMs, audioReplayedMs, audioLostMs } = event;
      const lost = audioLostMs === 0 ? 'nothing lost' : `${seconds(audioLostMs)} lost`;
      return {
        mood: 'good',
        label: 'Connected',
        detail: `${BACK} ${seconds(downtimeMs)}: ${seconds(audioReplayedMs)} sent again, ${lost}`,
      };
    }
    case 'connection.recovered':
      return { mood: 'good', label: 'Connected', detail: 'it speaks again' };
    case 'gateway.serving':
      if (event.provider !== null) return heardAgain();
      return {
        mood: 'busy',
        label: 'Connected',
        detail: 'the recogniser is away: the gateway keeps the audio for it',
      };
    case 'error':
      return { mood: 'bad', label: 'Given up', detail: event.error.message };
    default:
      return null;
  }
}

/** What was told of an outage stays to be read. */
function heardAgain(): LinkView {
  const { detail } = ours.link.value;
  const isTold = detail.startsWith(BACK);
  return {
    mood: 'good',
    label: 'Connected',
    detail: isTold ? detail : 'the gateway takes the audio',
  };
}

function stateViewOf(status: Session['status']): LinkView | null {
  switch (status) {
    case 'idle':
    case 'disconnected':
      return { mood: 'off', label: 'Not connected', detail: '' };
    case 'connecting':
      return { mood: 'busy', label: 'Connecting', detail: 'what is said already is kept' };
    case 'connected':
    case 'active':
      return ours.link.value.mood === 'good'
        ? null
        : { mood: 'good', label: 'Connected', detail: ours.link.value.detail };
    case 'reconnecting':
      return { mood: 'busy', label: 'Reconnecting', detail: 'what is said meanwhile is kept' };
    case 'error':
      return { mood: 'bad', label: 'Given up', detail: '' };
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
