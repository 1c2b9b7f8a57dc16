/** Conversations that a close code ends in their midst, and what the client makes of each. */
import type { Scene } from './scenes.ts';

/** What another gateway could close with, in the words of its reason. */
const CODES: readonly (readonly [code: number, reason: string, says: string])[] = [
  [1000, 'done', 'Without FIN_ACK before it this is no end: the client attaches again.'],
  [1011, '', 'A code that says nothing of the session is a broken socket.'],
  [1012, '', 'The server restarts: a code of WebSocket itself, and a broken socket here.'],
  [1013, '', 'Try again later: a code of WebSocket itself, and a broken socket here.'],
  [
    4400,
    'protocol-error',
    'The client attaches again at once; the third within 60 s begins a new session.',
  ],
  [
    4408,
    'heartbeat',
    'The gateway heard nothing for 20 s. The session stays: the client attaches again at once.',
  ],
  [
    4409,
    'fenced',
    'It should have another attachment, and has none: this one is lost, and the client attaches again.',
  ],
  [4410, 'superseded', 'Another process of the client has the session: it gives up, and says so.'],
  [4413, 'too-large', 'A frame was too long: it would be again. The client gives up.'],
  [4414, 'version', 'Another version is spoken there. The client gives up.'],
  [
    4421,
    'rate',
    'Too much at once: the client waits. A close frame has no `retryAfterMs`: 60 s, more or less a fifth.',
  ],
  [4423, 'over-credit', 'It sent more than it was granted: it would again. The client gives up.'],
  [
    4430,
    'draining',
    'The gateway ends: the client dials at once, where GOAWAY said, else where it did.',
  ],
  [
    4440,
    'store-unavailable',
    'The store does not answer. The client attaches again by its backoff, elsewhere where it can.',
  ],
];

/** Without a hint 60 s, more or less a fifth: P16.4. */
const WAIT = [48_000, 72_500] as const;

export const closeScenes: readonly Scene[] = CODES.map(([code, reason, says]) => ({
  name: `closed with ${code} in the midst`,
  clauses: ['P16.1'],
  says,
  run: async (stage) => {
    await stage.speak(2);
    await stage.pass(50);
    if (code === 4421) stage.tape.due.set('dial', WAIT);
    stage.hangUp(code, reason);
    await stage.pass(code === 4421 ? WAIT[1] : 500);
    await stage.speak(1);
    await stage.pass(200);
  },
}));
