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
import { forgetSpool, spoolKey } from './kept.browser.ts';
import { addressOf, airplaneSignals } from './server.browser.ts';
import { LinkWords } from './link.ts';
import { charts, isGivenUp, ledger, ours } from './state.ts';

/** How long what is left may take, through whatever is broken meanwhile, and by a recogniser on a slow machine. */
const END_WITHIN_MS = 120_000;
/** Four minutes. */
const SPOOL_BYTES = 8 * 1_024 * 1_024;

export class OurClient {
  readonly #session: Session;
  readonly #words = new LinkWords();

  private constructor(spool: Spool | null) {
    const signals = joinSignals(browserNetworkSignals(), airplaneSignals);
    this.#session = sessionShown({
      reconnect: { retryInitialConnect: true },
      network: new NetworkMonitor({ signals }),
      ...(spool === null ? {} : { spool }),
    });
    this.#session.on('*', (event) => this.#show(event));
    this.#session.connect().catch(() => undefined); // told as an event
  }

  /** @param name of what outlives the page: audio that is not delivered yet, and what takes the session up again. */
  static async open(name: string): Promise<OurClient> {
    return new OurClient(
      await openKept(name, true).catch((error: unknown) => {
        ours.note.value = `A reload would begin anew, for this browser keeps nothing: ${wordsOf(error)}`;
        return null;
      }),
    );
  }

  /** @throws Error where there is nothing to be taken up: its message says why. */
  static async takeUp(name: string): Promise<OurClient> {
    const spool = await openKept(name, false);
    if (spool.remains !== null) return new OurClient(spool);
    await spool.close();
    await forgetSpool(name);
    throw new Error('nothing of it is kept in this browser.');
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
    const { delivered, captured } = ledger.value;
    const detail = `${delivered} of ${captured} chunks delivered`;
    ours.link.value = { mood: 'off', label: 'Finished', detail };
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
    const view = this.#words.after(event);
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

/** So that the chart is there to be looked at before anything runs: a session that is not connected. */
export function showIdle(): void {
  idle = sessionShown({});
}

let idle: Session | null = null;

/** Its charts take the place of those before. */
type Options = Parameters<typeof createSession>[0];

function sessionShown(options: Pick<Options, 'network' | 'reconnect' | 'spool'>): Session {
  void idle?.close();
  idle = null;
  const feed = inspectionFeed();
  charts.value = feed;
  const candidates = [gateway({ url: addressOf('tenuto') })] as const;
  return createSession({ ...options, candidates, inspect: feed.inspect });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the visitor says is sealed, by a key that no script reads out of this browser. */
async function openKept(name: string, isNew: boolean): Promise<Spool> {
  const key = await spoolKey();
  return openSpool({ name, fresh: isNew, capacityBytes: SPOOL_BYTES, key });
}
