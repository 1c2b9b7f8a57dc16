// Two networks of their own with a wire between them, where this machine allows it (Linux, root): what is cut is the wire.
import { execFile, execFileSync } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';

const ip = (...args) => promisify(execFile)('ip', args);
const CLIENT = '10.213.7.1';
export const GATEWAY = '10.213.7.2';
/** Nobody's: what is sent there arrives nowhere, and nobody is told. */
const NOWHERE = '02:00:00:00:00:99';

let count = 0;

export function hasNamespaces() {
  const name = `tenuto-${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
    execFileSync('ip', ['-n', name, 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two']);
    return true;
  } catch {
    return false;
  } finally {
    try {
      execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
    } catch {
      // there is none
    }
  }
}

export class Wire {
  #names;

  static async open() {
    count += 1;
    const wire = new Wire(`tenuto-${process.pid}-${count}`);
    await wire.#open();
    return wire;
  }

  constructor(name) {
    this.#names = { client: `${name}c`, gateway: `${name}g` };
  }

  /** What a program is started with at that end. */
  within(end) {
    return ['ip', 'netns', 'exec', this.#names[end]];
  }

  async #open() {
    const { client, gateway } = this.#names;
    await ip('netns', 'add', client);
    await ip('netns', 'add', gateway);
    const peer = ['peer', 'name', 'wire', 'netns', gateway];
    await ip('link', 'add', 'wire', 'netns', client, 'type', 'veth', ...peer);
    for (const [name, address] of [
      [client, CLIENT],
      [gateway, GATEWAY],
    ]) {
      await ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'wire');
      await ip('-n', name, 'link', 'set', 'lo', 'up');
      await ip('-n', name, 'link', 'set', 'wire', 'up');
    }
  }

  /** `down` tells the end whose link it is; `silent` tells nobody. Resolves to what mends it. */
  async cut(how) {
    const { client, gateway } = this.#names;
    switch (how) {
      case 'down at the client':
        return this.#down(client);
      case 'down at the gateway':
        return this.#down(gateway);
      case 'silent up':
        return this.#silent(client, GATEWAY);
      case 'silent down':
        return this.#silent(gateway, CLIENT);
      default: {
        const mends = [await this.#silent(client, GATEWAY), await this.#silent(gateway, CLIENT)];
        return () => Promise.all(mends.map((mend) => mend()));
      }
    }
  }

  async #down(name) {
    await ip('-n', name, 'link', 'set', 'wire', 'down');
    return () => ip('-n', name, 'link', 'set', 'wire', 'up');
  }

  async #silent(name, address) {
    const there = ['dev', 'wire', 'nud', 'permanent'];
    await ip('-n', name, 'neigh', 'replace', address, 'lladdr', NOWHERE, ...there);
    return () => ip('-n', name, 'neigh', 'del', address, 'dev', 'wire');
  }

  async close() {
    for (const name of Object.values(this.#names)) await ip('netns', 'del', name);
  }
}

export const CUTS = [
  'down at the client',
  'down at the gateway',
  'silent',
  'silent up',
  'silent down',
];
