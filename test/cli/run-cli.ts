/** The command line in a process of its own, as a person starts it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const sentence = join(root, 'test/fixtures/speech/sentence.wav');

export interface Watched {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param onOutput called whenever it prints something: what it has printed so far. */
export async function runCli(
  args: readonly string[],
  onOutput: (watched: Watched) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, ['src/cli/tenuto.mjs', ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', DEEPGRAM_API_KEY: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      onOutput({ child, ...printed });
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...printed };
}
