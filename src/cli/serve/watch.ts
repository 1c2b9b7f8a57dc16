/** Watches what happens to the sessions of an app, for who runs the gateway. The sessions themselves notice nothing of it. */
import { tagOf } from '../../gateway/session-tag.ts';
import type { App, AppEvent, AppHandlers, AppSession, AppStart } from '../../gateway/app.ts';

/** `heard`: all of it, and its client is away. `expired`: its client did not come back. `kept`: in the log, to be taken over. */
export type SessionEnd = 'finished' | 'heard' | 'expired' | 'kept' | 'ended';

export type GatewayNews =
  | { readonly type: 'session.begun'; readonly session: string; readonly sessions: number }
  | { readonly type: 'session.takenOver'; readonly session: string; readonly sessions: number }
  | { readonly type: 'session.detached'; readonly session: string }
  | { readonly type: 'session.resumed'; readonly session: string }
  | {
      readonly type: 'client.refused';
      readonly why: string;
      readonly from: string | null;
      readonly session: string | null;
      /** Others that were refused for the same reason since the line before. */
      readonly more: number;
    }
  | {
      readonly type: 'session.over';
      readonly session: string;
      readonly why: SessionEnd;
      readonly sessions: number;
    }
  | {
      readonly type: 'session.serving';
      readonly session: string;
      readonly provider: string | null;
      readonly missing: readonly string[];
    };

export class Watch {
  readonly #tell: (news: GatewayNews) => void;
  #sessions = 0;
  #isStopping = false;

  constructor(tell: (news: GatewayNews) => void) {
    this.#tell = tell;
  }

  /** How many there are now. */
  get sessions(): number {
    return this.#sessions;
  }

  /** From now on a session that is let go of is one that stays in the log. */
  stopping(): void {
    this.#isStopping = true;
  }

  over(app: App): App {
    return { ...app, open: (session, start) => this.#open(app, session, start) };
  }

  #open(app: App, session: AppSession, start: AppStart): AppHandlers {
    const tag = tagOf(session.id);
    const handlers = app.open(this.#listening(session, tag), start);
    this.#sessions += 1;
    const type = start.isTakenOver ? 'session.takenOver' : 'session.begun';
    this.#tell({ type, session: tag, sessions: this.#sessions });
    let hasBeenThere = false;
    let isThere = false;
    let isFinished = false;
    let isOver = false;
    return {
      audio: (audio) => handlers.audio(audio),
      gap: (gap) => handlers.gap(gap),
      event: (seq, event) => handlers.event?.(seq, event),
      message: (seq, data) => handlers.message?.(seq, data),
      attached: (isAttached) => {
        if (isAttached && hasBeenThere) this.#tell({ type: 'session.resumed', session: tag });
        hasBeenThere ||= isAttached;
        isThere = isAttached;
        if (!isAttached && !isFinished && !this.#isStopping) {
          this.#tell({ type: 'session.detached', session: tag });
        }
        handlers.attached?.(isAttached);
      },
      held: (isHeld) => handlers.held?.(isHeld),
      finish: async () => {
        await handlers.finish();
        isFinished = true;
      },
      close: async () => {
        if (!isOver) {
          isOver = true;
          this.#sessions -= 1;
          this.#over(tag, isFinished, isThere);
        }
        await handlers.close();
      },
    } satisfies Required<AppHandlers>; // what is left out here never reaches the application
  }

  #over(session: string, isFinished: boolean, isThere: boolean): void {
    const unfinished = this.#isStopping ? 'kept' : isThere ? 'ended' : 'expired';
    const finished = isThere ? 'finished' : 'heard';
    const why = isFinished ? finished : unfinished;
    this.#tell({ type: 'session.over', session, why, sessions: this.#sessions });
  }

  #listening(session: AppSession, tag: string): AppSession {
    return {
      id: session.id,
      send: (event) => {
        if (event.type === 'serving') this.#tell(servingIn(event, tag));
        session.send(event);
      },
      result: (result) => {
        session.result(result);
      },
      message: (data) => {
        session.message(data);
      },
      hint: (event) => {
        session.hint(event);
      },
      handled: (seq) => {
        session.handled(seq);
      },
      end: () => {
        session.end();
      },
    };
  }
}

function servingIn({ provider, missing }: AppEvent, session: string): GatewayNews {
  return {
    type: 'session.serving',
    session,
    provider: typeof provider === 'string' ? provider : null,
    missing: Array.isArray(missing) ? missing.map(String) : [],
  };
}
