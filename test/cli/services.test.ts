/** Several services for one session, each with an address of its own. */
import { connect, createServer } from 'node:net';
import process from 'node:process';

import { afterEach, describe, expect, it } from 'vitest';

import { parseProviders } from '../../src/cli/providers.ts';
import { startServices } from '../../src/cli/services.ts';
import type { Services, ServicesOptions } from '../../src/cli/services.ts';
import { parseFaultPlan } from '../../src/simulators/faults/plan.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';

/** Nobody speaks here. */
const deaf: Recogniser = {
  open: () => ({ write: () => undefined, flush: () => undefined, close: () => undefined }),
  close: () => Promise.reject(new Error('it belongs to the test')),
};

const started: Services[] = [];

async function services(
  names: string,
  options: Partial<ServicesOptions> & { readonly faults?: string } = {},
): Promise<Services> {
  const providers = parseProviders(names);
  const { faults = 'none', ...others } = options;
  const plan = parseFaultPlan(faults, { seed: 1, lengthMs: 9_000, targets: providers });
  const base = { providers, simulated: true, plan, speedRatio: 1, recogniser: deaf };
  const found = await startServices({ ...base, ...others });
  started.push(found);
  return found;
}

/** Where each of them is. */
async function addressesOf({ candidates }: Services): Promise<readonly URL[]> {
  const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
  const dials = candidates.map(({ provider }) => provider.dial(format, 'connect'));
  return (await Promise.all(dials)).map(({ url }) => new URL(url));
}

/** Two ports in a row, from where no system takes a free one by itself: nobody takes them between two lines of a test. */
async function freePair(): Promise<number> {
  for (let port = 20_000 + ((process.pid * 2) % 8_000); port < 30_000; port += 2) {
    const isFree = await Promise.all([canListen(port), canListen(port + 1)]);
    if (isFree.every(Boolean)) return port;
  }
  throw new Error('no two ports in a row are free');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((found) => found.close()));
});

describe('services for a session', () => {
  it('stand in the order of preference, each at a port of its own', async () => {
    const found = await services('local,backup,deepgram');

    const ports = (await addressesOf(found)).map(({ port }) => port);
    expect(found.candidates.map(({ provider }) => provider.name)).toEqual([
      'local',
      'backup',
      'deepgram',
    ]);
    expect(new Set(ports).size).toBe(3);
    expect(found.candidates.every(({ standby }) => standby === 0)).toBe(true);
  });

  it('take the ports after the one that is asked for', async () => {
    const free = await freePair();

    const [first, second] = await addressesOf(await services('local,backup', { port: free }));

    expect([first?.port, second?.port]).toEqual([String(free), String(free + 1)]);
  });

  it.each([
    ['local', [1]],
    ['local,backup', [0, 1]],
    ['backup,local,deepgram', [0, 1, 1]],
  ])('stand by at the others, or at the only one: %s', async (names, standby) => {
    const found = await services(names, { standby: true });

    expect(found.candidates.map((candidate) => candidate.standby)).toEqual(standby);
  });

  it('break alone, and say which one broke', async () => {
    const found = await services('local,backup', { faults: 'backup:down@0s' });
    const [local, backup] = await addressesOf(found);
    const knock = (port = '') =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.destroy();
          resolve('open');
        });
        socket.once('error', (error: NodeJS.ErrnoException) => {
          resolve(error.code ?? '');
        });
      });
    const first = connect(Number(backup?.port), '127.0.0.1');
    first.on('error', () => undefined);

    first.write('GET'); // the first byte of all starts the plan

    await new Promise((resolve) => first.once('close', resolve));
    expect(await Promise.all([knock(local?.port), knock(backup?.port)])).toEqual([
      'open',
      'ECONNREFUSED',
    ]);
    expect(found.faults()).toMatchObject([{ fault: { kind: 'down', target: 'backup' } }]);
    expect(found.pendingFaults()).toBe(0);
  });

  it('count the faults of all of them that found nothing to break', async () => {
    const found = await services('local,backup', {
      faults: 'reset@1s,backup:reset@1s,stall@2s:1s',
    });

    expect(found.pendingFaults()).toBe(3);
    expect(found.faults()).toEqual([]);
  });

  it('leave nothing behind where one of them cannot start', async () => {
    const free = await freePair();
    await services('backup', { port: free + 1 });

    await expect(services('local,backup', { port: free })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });

    const [again] = await addressesOf(await services('local', { port: free }));
    expect(again?.port).toBe(String(free));
  });

  it('of which one is a cloud take faults that are aimed at the others, at the pace of the cloud', async () => {
    const cloudFirst = { simulated: false, apiKey: 'k' } as const;

    const found = await services('deepgram,local', { ...cloudFirst, faults: 'local:reset@1s' });

    expect((await addressesOf(found))[0]?.host).toBe('api.deepgram.com');
    await expect(
      services('deepgram,local', { ...cloudFirst, faults: 'reset@1s' }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(
      services('deepgram,local', { ...cloudFirst, speedRatio: 2 }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('a list of providers', () => {
  it('is read in its order, with blanks forgiven', () => {
    expect(parseProviders('backup, local')).toEqual(['backup', 'local']);
  });

  it.each([
    ['local,acme', 'PROVIDER_UNKNOWN', '"acme"'],
    ['', 'PROVIDER_UNKNOWN', 'no name'],
    ['local,,backup', 'PROVIDER_UNKNOWN', 'no name'],
    ['local,backup,local', 'OPTION_INVALID', '"local" is named twice'],
  ])('is refused where it is "%s"', (text, code, complaint) => {
    expect(() => parseProviders(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(complaint) as string }),
    );
  });
});
