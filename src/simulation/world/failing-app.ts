/** An application that fails as nemeses have it, whatever it is: it throws, or nothing of what it says comes. */
import type { AppParts } from './world-shape.ts';
import type { App, AppHandlers, AppSession, AppStart } from '../../gateway/app.ts';

export class FailingApp implements App {
  readonly accepts?: NonNullable<App['accepts']>;
  readonly #app: App;
  readonly #parts: Pick<AppParts, 'manners' | 'process'>;

  constructor(app: App, parts: Pick<AppParts, 'manners' | 'process'>) {
    this.#app = app;
    this.#parts = parts;
    if (app.accepts !== undefined) this.accepts = app.accepts.bind(app);
  }

  open(session: AppSession, start: AppStart): AppHandlers {
    const { manners } = this.#parts;
    const handlers = this.#app.open(this.#late(session), start);
    const failing = (): void => {
      if (manners.throwing > 0) throw new Error('a fault of the simulated world');
    };
    return {
      audio: (audio) => {
        failing();
        handlers.audio(audio);
      },
      gap: (gap) => {
        failing();
        handlers.gap(gap);
      },
      ...(handlers.event && {
        event: (seq: number, event: unknown) => {
          failing();
          handlers.event?.(seq, event);
        },
      }),
      ...(handlers.message && {
        message: (seq: number, data: string | Uint8Array) => {
          failing();
          handlers.message?.(seq, data);
        },
      }),
      ...(handlers.attached && { attached: (is: boolean) => handlers.attached?.(is) }),
      ...(handlers.held && { held: (is: boolean) => handlers.held?.(is) }),
      finish: async () => {
        await handlers.finish();
        await new Promise<void>((resolve) => this.#whenWell(resolve));
      },
      close: () => handlers.close(),
    };
  }

  /** What it says comes in its order, when nothing stalls. */
  #late(session: AppSession): AppSession {
    return {
      id: session.id,
      send: (event) => this.#whenWell(() => session.send(event)),
      result: (result) => this.#whenWell(() => session.result(result)),
      message: (data) => this.#whenWell(() => session.message(data)),
      hint: (event) => this.#whenWell(() => session.hint(event)),
      handled: (seq) => this.#whenWell(() => session.handled(seq)),
      end: () => this.#whenWell(() => session.end()),
    };
  }

  #whenWell(work: () => void): void {
    const { manners, process } = this.#parts;
    if (manners.isWell) work();
    else manners.whenWell(() => process.run(work));
  }
}
