/** Opens an address in whatever browser this machine has. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** @param note is told where there is none: the address is to be opened by hand. */
export function openBrowser(url: string, note: (line: string) => void): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  const fail = (): void => note(`No browser could be opened: go to ${url}`);
  child.on('error', fail);
  child.on('exit', (status) => {
    if (status !== 0 && status !== null) fail(); // xdg-open is there, and no browser
  });
  child.unref();
}
