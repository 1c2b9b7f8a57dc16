/**
 * One process at a time has the directory. Each that comes leaves a file with its name first, and then looks for others:
 * of two that come at the same moment at least one sees the other. A file is only ever removed by its name, which is used
 * once, so nobody removes the lock of who came meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

import type { Disk } from './disk.node.ts';

/** Who holds a lock: process ids are used again, but not with the same start. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
  /** Which start of the process of that id, on which start of the machine; empty where the system does not tell. */
  readonly started: string;
}

const NAME = /^lock\.([^.]+)\.(\d+)\.([^.]*)\.[0-9a-f]+$/;

/**
 * Returns what lets go of it.
 *
 * @param inUse what is thrown where another process has it. @param file its lock.
 */
export async function lockDirectory(
  disk: Disk,
  inUse: (owner: LockOwner, file: string) => Error,
): Promise<() => Promise<void>> {
  const mine = nameOf(thisProcess());
  await (await disk.create(mine)).close();
  const release = (): Promise<void> => disk.remove(mine).catch(() => undefined);
  for (const name of await disk.list()) {
    const owner = name === mine ? null : ownerOf(name);
    if (owner === null) continue;
    if (isOwnerRunning(owner)) {
      await release();
      throw inUse(owner, name);
    }
    await disk.remove(name).catch(() => undefined); // who else came has removed it
  }
  return release;
}

/** On another host nobody here can tell, so it is. */
export function isOwnerRunning({ host, pid, started }: LockOwner): boolean {
  if (host !== hostName()) return true;
  const process = processOf(pid);
  if (process !== null) {
    return !process.isOver && (started === '' || started === process.started);
  }
  return answersSignals(pid);
}

export function nameOf({ host, pid, started }: LockOwner): string {
  return `lock.${host}.${pid}.${started}.${randomBytes(8).toString('hex')}`;
}

export function thisProcess(): LockOwner {
  return { host: hostName(), pid: process.pid, started: processOf(process.pid)?.started ?? '' };
}

function ownerOf(name: string): LockOwner | null {
  const [, host, pid, started] = NAME.exec(name) ?? [];
  if (host === undefined || pid === undefined || started === undefined) return null;
  return { host, pid: Number(pid), started };
}

function hostName(): string {
  return hostname().replace(/[^A-Za-z0-9-]/g, '-') || 'localhost';
}

/** Linux: proc(5), fields 3 and 22 of /proc/PID/stat, and the machine's boot id. Null elsewhere, and where it is gone. */
function processOf(pid: number): { readonly started: string; readonly isOver: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
    const isOver = fields[0] === 'Z' || fields[0] === 'X'; // dead, and nobody has asked what it died of
    return { started: `${boot}-${fields[19] ?? ''}`, isOver };
  } catch {
    return null;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}
