/**
 * Where the demonstration's gateway keeps its sessions: what was said is in them. Whoever made one removes it; where that was
 * killed its gateway does; and what both left behind goes when the demonstration is started again.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const PREFIX = 'tenuto-demo-';
const NAME = /^tenuto-demo-(\d+)-/;

export async function makeDemoFolder(): Promise<string> {
  await removeLeftOver();
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function removeLeftOver(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = Number(NAME.exec(name)?.[1] ?? NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    await removeFolder(join(tmpdir(), name)).catch(() => undefined); // somebody else's
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
