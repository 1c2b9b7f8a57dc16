/** What a gateway tells, kept for the pages that show it, through losses of the gateway. */
import { attach } from './attached.ts';
import type { Attached } from './attached.ts';
import { Viewers } from './viewers.ts';
import { WireHistory } from '../../observability/wire-history.ts';
import { systemClock } from '../../ports/clock.ts';

export interface WatchedGatewayOptions {
  /** Events that are kept; beyond it the oldest goes. */
  readonly capacity: number;
  readonly onLoss: () => void;
}

const LOST = 'The gateway is lost; it is dialled again.';

export class WatchedGateway {
  readonly #options: WatchedGatewayOptions;
  #history: WireHistory;
  #viewers: Viewers;
  /** Those who see what was before a loss, until the gateway is there again. */
  #former: Viewers | null = null;
  #attached: Attached | null = null;
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
      onEvent: (event) => {
        this.#history.add(event);
        this.#viewers.pump();
      },
      onDropped: (events) => {
        this.#dropped += events;
        this.#viewers.show(this.#shown());
      },
      onLink: (isUp) => {
        if (isUp) this.#isBack();
        else this.#isLost();
      },
    });
  }

  close(): void {
    this.#attached?.close();
    this.#former?.close();
    this.#viewers.close();
  }

  /** It tells all that it knows anew when it is back, and pages begin anew with it. */
  #isLost(): void {
    this.#options.onLoss();
    this.#former?.close();
    this.#former = this.#viewers;
    this.#former.show({ title: this.#title, note: LOST });
    this.#history = new WireHistory(this.#options);
    this.#viewers = new Viewers(this.#history, { title: this.#title, note: LOST });
  }

  #isBack(): void {
    this.#viewers.show(this.#shown());
    this.#former?.close();
    this.#former = null;
  }

  #shown() {
    const note = this.#dropped === 0 ? '' : `The gateway left out ${this.#dropped} events.`;
    return { title: this.#title, note };
  }
}
