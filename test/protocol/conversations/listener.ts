/** The application of the conversations' gateways. */
import type { App, AppHandlers, AppSession, AppStart } from '../../../src/gateway/app.ts';

/** Hears all, and tells a final for each so many samples of it. */
export class Listener implements App {
  readonly #every: number;

  constructor(every: number) {
    this.#every = every;
  }

  open(session: AppSession, start: AppStart): AppHandlers {
    let { fin } = start;
    const tell = (end: number, isLast = false): void => {
      while (end - fin >= this.#every || (isLast && end > fin)) {
        const to = Math.min(end, fin + this.#every);
        const facts = { words: [], endsUtterance: false, provider: 'stand-in' };
        session.result({ type: 'final', from: fin, to, text: `chunks to ${to / 800}`, ...facts });
        fin = to;
      }
    };
    let heard = fin;
    return {
      audio: ({ position, bytes }) => tell((heard = position + bytes.length / 2)),
      gap: ({ position, samples }) => tell((heard = position + samples)),
      event: () => undefined,
      message: () => undefined,
      finish: () => {
        tell(heard, true);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }
}
