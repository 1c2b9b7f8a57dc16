import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';

import { corkForTurn } from '../../src/transports/cork.node.ts';

/** Notes how many chunks came with each call that it gets. */
class Calls extends Writable {
  readonly sizes: number[];

  constructor() {
    const sizes: number[] = [];
    super({
      write(_chunk, _encoding, callback) {
        sizes.push(1);
        callback();
      },
      writev(chunks, callback) {
        sizes.push(chunks.length);
        callback();
      },
    });
    this.sizes = sizes;
  }

  say(): void {
    corkForTurn(this);
    this.write('x');
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a corked socket', () => {
  it('writes what it is given in one turn in one call, beside another that does', async () => {
    const [one, other] = [new Calls(), new Calls()];

    for (let n = 0; n < 3; n += 1) {
      one.say();
      other.say();
    }
    const before = [...one.sizes, ...other.sizes];
    await turn();

    expect(before).toEqual([]);
    expect([one.sizes, other.sizes]).toEqual([[3], [3]]);
  });

  it('holds nothing back beyond the turn, and goes on in the next', async () => {
    const stream = new Calls();

    stream.say();
    await turn();
    stream.say();
    stream.say();
    await turn();

    expect(stream.sizes).toEqual([1, 2]);
    expect(stream.writableCorked).toBe(0);
  });

  it('writes the others where one throws', async () => {
    const [faulty, stays] = [new Calls(), new Calls()];
    faulty.uncork = () => {
      throw new Error('a fault');
    };
    const faults: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => faults.push(error));

    faulty.say();
    stays.say();
    await turn();
    for (const listener of listeners) process.on('uncaughtException', listener);

    expect(faults).toHaveLength(1);
    expect(stays.sizes).toEqual([1]);
  });

  it('writes the others when one is gone before the turn ends', async () => {
    const [gone, stays] = [new Calls(), new Calls()];
    gone.on('error', () => undefined);

    gone.say();
    stays.say();
    gone.destroy();
    await turn();

    expect(stays.sizes).toEqual([1]);
  });
});
