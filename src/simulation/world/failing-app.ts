/** An application that fails as nemeses have it, whatever it is: it throws, or nothing of what it says comes. */
import { appThrew, PlannedError } from './thrown.ts';
import type { AppParts } from './world-shape.ts';
import type { App, AppHandlers, AppSession, AppStart } from '../../gateway/app.ts';

export class FailingApp implements App {
  readonly accepts?: NonNullable<App['accepts']>;
  readonly #app: App;
  readonly #parts: Pick<AppParts, 'manners' | 'process' | 'report'>;

  constructor(app: App, parts: Pick<AppParts, 'manners' | 'process' | 'report'>) {
    this.#app = app;
    this.#parts = parts;
    if (app.accepts !== undefined) this.accepts = (audio) => this.#accepts(audio);
  }

  open(session: AppSession, start: AppStart): AppHandlers {
    const handlers = this.#app.open(this.#late(session), start);
    if (!hasAll(handlers)) return handlers; // the gateway says so
    return {
      audio: (audio) => this.#handed(() => handlers.audio(audio)),
      gap: (gap) => this.#handed(() => handlers.gap(gap)),
      event: (seq, event) => this.#handed(() => handlers.event?.(seq, event)),
      message: (seq, data) => this.#handed(() => handlers.message?.(seq, data)),
      attached: (is) => handlers.attached?.(is),
      held: (is) => handlers.held?.(is),
      finish: async () => {
        await handlers.finish();
        await new Promise<void>((resolve) => this.#whenWell(resolve));
      },
      close: () => this.#closed(handlers),
    };
  }

  /** The gateway tells its log of it, and not `onAppError`: there is no session yet. */
  #accepts(audio: AppStart['audio']): boolean {
    try {
      return this.#app.accepts?.(audio) !== false;
    } catch (error) {
      const { report, process } = this.#parts;
      appThrew(report, process.name, error);
      throw error;
    }
  }

  /** The gateway tells nobody: it is over in any case. */
  async #closed(handlers: AppHandlers): Promise<void> {
    try {
      await handlers.close();
    } catch (error) {
      const { report, process } = this.#parts;
      appThrew(report, process.name, error);
    }
  }

  /** Returns what the app does: a promise of it may be rejected. */
  #handed<T>(hand: () => T): T {
    if (this.#parts.manners.throwing > 0) throw new PlannedError();
    return hand();
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

/** Who writes no types may have left some out. */
function hasAll(handlers: AppHandlers): boolean {
  const given = Object(handlers) as Readonly<Record<string, unknown>>;
  return ['audio', 'gap', 'finish', 'close'].every((name) => typeof given[name] === 'function');
}
