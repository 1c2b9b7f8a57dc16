/** A store whose disk did not keep its word. */
import { decodeRecord, encodeRecord } from '../../src/gateway/records.ts';
import type { LogStore } from '../../src/ports/log-store.ts';

/** Of a session's log only these records stay, as whole as if no other had ever been written. */
export async function keepOnly(
  store: LogStore,
  sid: string,
  keep: (records: readonly Uint8Array[]) => readonly Uint8Array[],
): Promise<void> {
  const records: Uint8Array[] = [];
  for await (const { bytes } of store.read(sid, 0)) records.push(bytes);
  await store.drop(sid);
  let previous = 0;
  for (const bytes of keep(records)) {
    const record = decodeRecord(bytes);
    if (record === null) throw new Error('no record');
    const options = { after: previous, id: `again:${previous}` };
    const outcome = await store.append(sid, encodeRecord({ ...record, previous }), options);
    if (outcome.kind !== 'committed') throw new Error(outcome.kind);
    previous = outcome.position;
  }
}
