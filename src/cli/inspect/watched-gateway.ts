/** What a gateway tells, kept for the pages that show it, through losses of the gateway. */
import { attach } from './attached.ts';
import type { Attached } from './attached.ts';
import type { RecordFile } from './record-file.ts';
import { Viewers } from './viewers.ts';
import { WireHistory } from '../../observability/wire-history.ts';
import { systemClock } from '../../ports/clock.ts';
import type { TenutoError } from '../../ports/errors.ts';

export interface WatchedGatewayOptions {
  /** Events that are kept; beyond it the oldest goes. */
  readonly capacity: number;
  /** Where what it tells is written down as well. */
  readonly record: RecordFile | null;
  readonly onLoss: () => void;
  /** It is not dialled any more. What it told is still shown. */
  readonly onEnd: (error: TenutoError) => void;
}

const LOST = 'The gateway is lost; it is dialled again.';

export class WatchedGateway {
  readonly #options: WatchedGatewayOptions;
  #history: WireHistory;
  #viewers: Viewers;
  #attached: Attached | null = null;
  #isLost = false;
  #title = '';
  #dropped = 0;

  constructor(options: WatchedGatewayOptions) {
    this.#options = options;
    this.#history = new WireHistory(options);
    this.#viewers = new Viewers(this.#history, this.#shown());
  }

  /** Where pages that come now are served. */
  get viewers(): Viewers {
    return this.#viewers;
  }

  /** @throws TenutoError OPTION_INVALID, AUTH_REFUSED, CONNECTION_FAILED. */
  async attach(url: string, token: string, insecure: boolean): Promise<void> {
    this.#title = URL.canParse(url) ? new URL(url).host : '';
    this.#attached = await attach({
      url,
      token,
      insecure,
      clock: systemClock,
      onEvent: (event, chars) => {
        this.#history.add(event, chars);
        this.#viewers.pump();
        this.#options.record?.add(event);
      },
      onDropped: (events) => {
        this.#dropped += events;
        this.#viewers.show(this.#shown());
      },
      onLink: (isUp) => {
        if (isUp) this.#isThere();
        else this.#lost();
      },
      onEnd: (error) => {
        this.#show(`${error.message} ${error.remediation}`);
        this.#options.onEnd(error);
      },
    });
  }

  close(): void {
    this.#attached?.close();
    this.#viewers.close();
  }

  /** What was told until then stays to be seen. */
  #lost(): void {
    this.#isLost = true;
    this.#show(LOST);
    this.#options.onLoss();
  }

  /** One that was lost tells all that it knows anew, and pages begin anew with it. */
  #isThere(): void {
    if (!this.#isLost) {
      this.#viewers.show(this.#shown());
      return;
    }
    this.#isLost = false;
    this.#options.record?.next();
    this.#viewers.close();
    this.#history = new WireHistory(this.#options);
    this.#viewers = new Viewers(this.#history, this.#shown());
  }

  #show(note: string): void {
    this.#viewers.show({ title: this.#title, note });
  }

  #shown() {
    const note = this.#dropped === 0 ? '' : `The gateway left out ${this.#dropped} events.`;
    return { title: this.#title, note };
  }
}
