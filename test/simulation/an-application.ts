/** An application for the simulated world: what it hears, who speaks, and who says numbers. */
import type { App, AppResult, AppSession } from '../../src/gateway/app.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import { openSession } from '../../src/session/whole-session.ts';
import type { AppProcess, ClientFactory } from '../../src/simulation/simulate.types.ts';

const CONVERGES_MS = 90_000;
export const CHUNK = new Uint8Array(3_200);

/** Tells after each second of audio that it was there. */
export class SecondsApp implements App {
  readonly #tell: (session: AppSession, result: AppResult) => void;

  constructor(tell: (session: AppSession, result: AppResult) => void) {
    this.#tell = tell;
  }

  open(session: AppSession, { fin, audio: { sampleRateHz } }: Parameters<App['open']>[1]) {
    let from = fin;
    let end = fin;
    const tell = (to: number): void => {
      if (to <= from) return;
      this.#tell(session, { type: 'final', from, to, text: 'a second' });
      from = to;
    };
    const come = (to: number): void => {
      end = to;
      if (to - from >= sampleRateHz) tell(to);
    };
    return {
      audio: ({ position, bytes }: { position: number; bytes: Uint8Array }) => {
        come(position + bytes.length / 2);
      },
      gap: ({ position, samples }: { position: number; samples: number }) =>
        come(position + samples),
      finish: () => Promise.resolve(tell(end)),
      close: () => Promise.resolve(),
    };
  }
}

export const seconds = (_process: AppProcess) => ({
  speech: new SecondsApp((session, result) => session.result(result)),
});

export const speaker: ClientFactory = (place) => {
  const session = place.watch(
    openSession({
      candidates: [gateway(place.gateway)],
      reconnect: { retryInitialConnect: true },
      ...place.session,
    }),
  );
  void session.connect().catch(() => undefined);
  place.every(100, () => session.write(CHUNK));
  return { finish: () => session.close({ drainTimeoutMs: CONVERGES_MS }) };
};

/** Says numbers, and takes them for wrong that come back in another order. */
export const counter: ClientFactory = (place) => {
  const socket = place.watch(
    new ResumableWebSocket(place.gateway.url, [], {
      ...place.socket,
      maxEnqueuedMessages: 16_384,
      closeTimeout: CONVERGES_MS,
    }),
  );
  let said = 0;
  let heard = 0;
  let wrong: string | null = null;
  socket.addEventListener('message', ({ data }) => {
    if (String(data) !== String(heard)) wrong = `${String(data)} came where ${heard} was next`;
    heard += 1;
  });
  place.expect(() => wrong);
  place.every(500, () => {
    socket.send(String(said));
    said += 1;
  });
  return { finish: () => socket.close() };
};
