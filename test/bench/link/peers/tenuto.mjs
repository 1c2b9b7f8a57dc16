// The real gateway, and real sessions with the provider `gateway`. What it says downward are finals: results are what is
// sequenced, kept and acknowledged.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createMemoryStore, openFileStore, startGateway } from '../../../../dist/src/gateway.js';
import { createAdmission, createSession } from '../../../../dist/src/node.js';
import { gateway } from '../../../../dist/src/providers/gateway/gateway.js';
import { readChunk } from '../load.mjs';

const BYTES_PER_SAMPLE = 2;

/** Hands over what comes, and says what it is told to. `lanes` finds a session by the lane that its chunks name. */
class BenchApp {
  lanes = new Map();

  constructor(onUp) {
    this.onUp = onUp;
  }

  open(session, { fin }) {
    let lane = null;
    const { lanes, onUp } = this;
    const speaker = { session, fin };
    return {
      audio({ seq, bytes }) {
        const chunk = readChunk(bytes);
        if (lane === null) lanes.set((lane = chunk.lane), speaker);
        onUp(lane, chunk.index);
        session.handled(seq);
      },
      gap: ({ toSeq }) => session.handled(toSeq),
      finish: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }
}

export async function serve({ onUp, store: kind = 'memory' }) {
  const directory = kind === 'file' ? await mkdtemp(join(tmpdir(), 'bench-link-')) : null;
  const store = directory === null ? createMemoryStore() : await openFileStore({ directory });
  const app = new BenchApp(onUp);
  const server = await startGateway({
    store,
    apps: new Map([['speech', app]]),
  });
  return {
    port: server.port,
    /** @param chunk as text; it stands for as much audio as its profile's chunks have. */
    say(lane, chunk, chunkBytes) {
      const speaker = app.lanes.get(lane);
      if (speaker === undefined) return false;
      const from = speaker.fin;
      speaker.fin += chunkBytes / BYTES_PER_SAMPLE;
      speaker.session.result({ type: 'final', from, to: speaker.fin, text: chunk });
      return true;
    },
    async close() {
      await server.close();
      await store.close();
      if (directory !== null) await rm(directory, { recursive: true });
    },
  };
}

/** @param options reconnect, dialTimeoutMs: as a user would give them. */
export function dial({ port, options = {} }, { onDown, onOpen, onEnd }) {
  const { reconnect = {}, dialTimeoutMs } = options;
  const provider = gateway({
    url: `ws://127.0.0.1:${port}/v1/session`,
    ...(dialTimeoutMs === undefined ? {} : { dialTimeoutMs }),
  });
  const session = createSession({
    candidates: [provider],
    admission: createAdmission(), // of one client each: they stand for as many machines
    reconnect: { retryInitialConnect: true, ...reconnect },
  });
  session.on('*', (event) => {
    if (event.type === 'transcript') {
      if (event.isFinal) onDown(readChunk(event.text).index);
    } else if (event.type === 'connection.suspected') onEnd('suspected');
    else if (event.type === 'connection.reconnecting') onEnd('close');
    else if (event.type === 'gap' || event.type === 'error') onEnd(event.type);
  });
  session.connect().then(onOpen, () => onEnd('error'));
  return {
    write: (chunk) => session.write(chunk),
    close: () => session.close({ drainTimeoutMs: 0 }),
    ledger: () => ({ ...session.ledger }),
  };
}
