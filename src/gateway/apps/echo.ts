/** Sends every message back: to try a connection, and an example of an app. */
import type { App } from '../app.ts';

/**
 * What a client sends comes back once and in order, whatever dies: the answer and the note that the message is handled are
 * in one record of the log, so that a gateway that takes the session over answers what was not answered, and nothing twice.
 */
export function createEchoApp(): App {
  return {
    open: (session) => ({
      message: (seq, data) => {
        session.message(data);
        session.handled(seq);
      },
      event: (seq) => session.handled(seq),
      audio: ({ seq }) => session.handled(seq),
      gap: ({ toSeq }) => session.handled(toSeq),
      finish: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
  };
}
