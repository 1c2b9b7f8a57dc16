/** A client that is killed and comes back with what its spool kept, and without what it had not kept yet. */
import { CHUNK_MS, CHUNK_SAMPLES } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Scene } from './scenes.ts';
import type { Holding } from './steps.ts';
import type { SavedCustody } from '../../../src/providers/gateway/saved-custody.ts';
import type { SessionLedger } from '../../../src/session/events.ts';
import { openSpoolIn } from '../../../src/spool/open-spool.ts';
import type { Spool } from '../../../src/ports/spool.ts';
import { MemorySpool } from '../../spool/memory-spool.ts';

/** By so much a client that comes back raises what it had written down: nobody dials more often between two writes. */
const ATT_MARGIN = 1_000;

let storage = new MemorySpool();
let stageOf: Stage | null = null;

function opened(): Promise<Spool> {
  return openSpoolIn(storage, { name: 'conversation', wallClock: () => stageOf?.wallMs ?? 0 });
}

export const spooledScene: Scene = {
  name: 'a client that died, and comes back with its spool',
  clauses: ['P12.3', 'P12.10', 'P12.12'],
  says: 'What it had written down is older than what it had sent: WELCOME.up is beyond its numbers, and WELCOME.position says where that audio ends. What is captured from then on follows there. It had not written down either that a final had come: it is sent again, from `rcv` + 1 on.',
  prepare: async () => {
    storage = new MemorySpool();
    stageOf = null;
    return { spool: await opened() };
  },
  run: async (stage) => {
    stageOf = stage;
    await stage.speak(6);
    await stage.pass(90);
    storage.wait = () => new Promise(() => undefined); // from here on nothing is written down any more
    await stage.pass(10);
    await stage.speak(3);
    await stage.pass(150);
    stage.kill();
    storage.wait = () => Promise.resolve();
    storage.kill();
    await stage.pass(500);
    const spool = await opened();
    stage.comeBack(spool, holdingOf);
    await stage.connect();
    await stage.pass(300);
    await stage.speak(4);
    await stage.finish();
  },
};

/** In this conversation chunks follow each other each 100 ms from the first on, and each has one number. */
function holdingOf(saved: SavedCustody, { capturedMs, bufferedMs }: SessionLedger): Holding {
  const { sid, token, lineage, numbers, fin, inst, att, epoch, acked, received } = saved;
  const numbered = numbers.runs.reduce((sum, [count]) => sum + count, 0);
  const first = (capturedMs - bufferedMs) / CHUNK_MS;
  return {
    ...{ sid: sid ?? '', resume: token ?? '', lin: lineage ?? '', inst, att: att - ATT_MARGIN },
    ...{ epoch, acked, next: numbered + 1, received, fin },
    chunks: Array.from({ length: bufferedMs / CHUNK_MS }, (_, at) => ({
      seq: first + at < numbered ? first + at + 1 : null,
      position: (first + at) * CHUNK_SAMPLES,
      capturedAtMs: (first + at) * CHUNK_MS,
      payload: { byte: first + at + 1, times: 2 * CHUNK_SAMPLES },
    })),
  };
}
