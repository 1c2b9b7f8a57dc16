/** The session of a component: one that it was given, or one that it makes while it is on the screen, and closes after. */
import { TenutoError } from '../ports/errors.ts';
import type { Session } from '../session/session.ts';
import { NO_SESSION, SessionView } from '../views/session-view.ts';
import type { SessionState, SessionViewOptions } from '../views/session-view.ts';

/** One view for all components that show a session, and what it told is there when another one comes. */
const views = new WeakMap<Session, SessionView>();

function viewOf(session: Session, options: SessionViewOptions): SessionView {
  const view = views.get(session) ?? new SessionView(session, options);
  views.set(session, view);
  return view;
}

export class HeldSession {
  readonly #make: (() => Session) | null;
  readonly #options: SessionViewOptions;
  #view: SessionView | null = null;
  #session: Session | null = null;
  #holders = 0;

  /** @param given a session, or what makes one: not called before a component is on the screen. */
  constructor(given: Session | (() => Session), options: SessionViewOptions) {
    this.#make = typeof given === 'function' ? given : null;
    this.#options = options;
    if (typeof given !== 'function') this.#hold(given);
  }

  get session(): Session | null {
    return this.#session;
  }

  get state(): SessionState {
    return this.#view?.state ?? NO_SESSION;
  }

  /** A component is on the screen until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#holders += 1;
    const stop = this.#present().view.subscribe(listener);
    let isOver = false;

    return () => {
      if (isOver) return;
      isOver = true;
      stop();
      this.#holders -= 1;
      // React takes a component away and puts it back at once, in its strict mode: nothing ends for that.
      queueMicrotask(() => this.#letGo());
    };
  }

  /** @throws TenutoError SESSION_CLOSED where the component is not on the screen. */
  connect(): Promise<void> {
    if (this.#session !== null) return this.#session.connect();
    return Promise.reject(
      new TenutoError({
        code: 'SESSION_CLOSED',
        message: 'The component is not on the screen, and has no session.',
        remediation:
          'Connect in an effect or in a handler, or give the hook a session of your own.',
      }),
    );
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  #present(): { readonly view: SessionView } {
    if (this.#view === null && this.#make !== null) this.#hold(this.#make());
    return { view: this.#view as unknown as SessionView };
  }

  #hold(session: Session): void {
    this.#session = session;
    this.#view = viewOf(session, this.#options);
  }

  /** One that it was given is not its to close. */
  #letGo(): void {
    if (this.#holders > 0 || this.#make === null) return;
    const session = this.#session;
    this.#session = null;
    this.#view = null;
    void session?.close();
  }
}
