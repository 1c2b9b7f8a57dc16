/** One directory of this machine's file system. What is in it is audio: nobody but its owner may read it. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { Disk, DiskFile } from './disk.node.ts';

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/** Makes the directory where there is none. */
export async function openNodeDisk(directory: string): Promise<Disk> {
  const path = resolve(directory);
  await makeFolder(path);
  return {
    list: () => readdir(path),
    create: async (name) => new NodeFile(await open(join(path, name), CREATE, OWNER_ONLY_FILE)),
    open: async (name) => new NodeFile(await open(join(path, name), 'r+')),
    remove: (name) => unlink(join(path, name)),
    syncNames: () => syncFolder(path),
  };
}

/**
 * With those above it, each of them for good. Not by `recursive`: where nothing can be made and nothing is missing, as in
 * /proc, that of Node never comes back.
 */
async function makeFolder(path: string): Promise<void> {
  if (await exists(path)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  try {
    await mkdir(path, { mode: OWNER_ONLY_FOLDER });
  } catch (error) {
    if (await exists(path)) return; // somebody else was faster
    throw error;
  }
  await syncFolder(dirname(path));
}

/** What is no folder is told by whatever is tried in it. */
function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#handle.read(buffer, done, length - done, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return buffer.subarray(0, done);
  }

  async write(bytes: Uint8Array, at: number): Promise<number> {
    return (await this.#handle.write(bytes, 0, bytes.length, at)).bytesWritten;
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  /** fdatasync: the file's length is kept with its data, its times are not. */
  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // there a folder cannot be opened, and its names are journalled
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
