/** What a file store needs of a file system, and no more: tests put one here that fails, fills up and forgets. */
export interface Disk {
  /** Names, in no order. */
  list(): Promise<readonly string[]>;
  /** A new, empty file; fails where there is one of that name. */
  create(name: string): Promise<DiskFile>;
  open(name: string): Promise<DiskFile>;
  remove(name: string): Promise<void>;
  /** What was created and removed before stays so, whatever happens. */
  syncNames(): Promise<void>;
}

export interface DiskFile {
  /** Bytes. */
  size(): Promise<number>;
  /** Fewer where the file ends. */
  read(at: number, length: number): Promise<Buffer>;
  /** How many bytes were written: at times fewer than there are. `bytes` may be used again afterwards. */
  write(bytes: Uint8Array, at: number): Promise<number>;
  truncate(length: number): Promise<void>;
  /** What was written before stays, whatever happens. */
  sync(): Promise<void>;
  /** Reads that are under way end first. */
  close(): Promise<void>;
}

/** A sync failed: what the disk has of the last writes nobody knows, and asking again would only hide it. */
export class SyncFailure extends Error {}

export async function synced(target: Pick<DiskFile, 'sync'>): Promise<void> {
  try {
    await target.sync();
  } catch (error) {
    throw new SyncFailure(`a sync failed (${reasonOf(error)})`, { cause: error });
  }
}

export async function writeWhole(file: DiskFile, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const written = await file.write(bytes.subarray(done), at + done);
    if (written <= 0) throw new Error('the disk took no more bytes');
    done += written;
  }
}

/** `ENOSPC` says more than the sentence around it, which names paths. */
export function reasonOf(error: unknown): string {
  if (error instanceof SyncFailure) return error.message;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message ?? error);
}
