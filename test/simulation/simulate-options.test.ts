/** What `simulate` cannot take is said at the door, with what to do about it. */
import { describe, expect, it } from 'vitest';

import { seconds, speaker } from './an-application.ts';
import { createSimulatedWorld, simulate } from '../../src/simulation/simulate.ts';
import type { SimulatedPlace, SimulateOptions } from '../../src/simulation/simulate.types.ts';

type Given = Readonly<Record<string, unknown>>;

const fine = { seed: 1, lengthMs: 1_000, apps: seconds, clients: [speaker], faults: [] };

/** As who writes no types may call it. */
const run = (given: unknown) => simulate(given as SimulateOptions);

const refused = (message: string) => ({
  code: 'OPTION_INVALID',
  message: expect.stringContaining(message) as string,
  remediation: expect.stringMatching(/\w/) as string,
});

describe('what simulate is given', () => {
  it.each([[undefined], [null], [7]])('is refused where it is %s', async (given) => {
    await expect(run(given)).rejects.toMatchObject(refused('simulate was given no options'));
  });

  it.each<[string, Given]>([
    ['There is no simulate option "lenghtMs"', { lenghtMs: 1_000 }],
    ['seed cannot be -1', { seed: -1 }],
    ['seed cannot be undefined', { seed: undefined }],
    ['seed cannot be 4294967296', { seed: 2 ** 32 }],
    ['clients is undefined', { clients: undefined }],
    ['clients is a function', { clients: speaker }],
    ['clients is empty', { clients: [] }],
    ['clients[1] is an object', { clients: [speaker, {}] }],
    ['gateways cannot be 0', { gateways: 0 }],
    ['gateways cannot be 17', { gateways: 17 }],
    ['lengthMs is 0', { lengthMs: 0 }],
    ['lengthMs is NaN', { lengthMs: Number.NaN }],
    ['lengthMs is 1000', { lengthMs: '1000' }],
    ['lengthMs is 3600001', { lengthMs: 3_600_001 }],
    ['apps is an object', { apps: {} }],
    ['isTraced is yes', { isTraced: 'yes' }],
  ])('says %s', async (message, given) => {
    await expect(run({ ...fine, ...given })).rejects.toMatchObject(refused(message));
  });

  it.each<[string, unknown]>([
    ['faults is an object', {}],
    ['faults[0] is null', [null]],
    ['There is no fault "crush"', [{ kind: 'crush', atMs: 1 }]],
    ['There is no faults[0] option "form"', [{ kind: 'crash', atMs: 1, form: 2 }]],
    ['faults[0].atMs is x', [{ kind: 'crash', atMs: 'x' }]],
    ['faults[0].atMs is undefined', [{ kind: 'crash' }]],
    ['faults[0].forMs is NaN', [{ kind: 'crash', atMs: 1, forMs: Number.NaN }]],
    ['faults[0].much is Infinity', [{ kind: 'latency', atMs: 1, much: Infinity }]],
    ['faults[0].much is 0', [{ kind: 'littleMemory', atMs: 1, much: 0 }]],
    ['faults[0].much is 1000000000', [{ kind: 'secondTab', atMs: 1, much: 1e9 }]],
    ['faults[0].on cannot be 1', [{ kind: 'reset', atMs: 1, on: 1 }]],
    ['faults[0].on cannot be 3', [{ kind: 'crash', atMs: 1, on: 3 }]],
    [
      'faults[1] would strike at 1001 ms',
      [
        { kind: 'crash', atMs: 1_000 },
        { kind: 'crash', atMs: 1_001 },
      ],
    ],
  ])('says of faults: %s', async (message, faults) => {
    await expect(run({ ...fine, faults })).rejects.toMatchObject(refused(message));
  });

  it.each<[string, () => unknown]>([
    ['client 2 has no finish', () => ({})],
    ['client 2 has no finish', () => undefined],
    ['pause of client 2 is 1.', () => ({ finish: () => undefined, pause: 1 })],
    ['client 2 is a promise', async () => Promise.reject(new Error('too late'))],
    [
      'the function of client 2 threw TypeError: no microphone',
      () => {
        throw new TypeError('no microphone');
      },
    ],
  ])('says of a client: %s', async (message, make) => {
    await expect(run({ ...fine, clients: [speaker, make] })).rejects.toMatchObject(
      refused(message),
    );
  });

  it.each<[string, (place: SimulatedPlace) => unknown]>([
    ['place.expect(look) is null', (place) => place.expect(undefined as never)],
    ['place.every(ms) is NaN', (place) => place.every(Number.NaN, () => undefined)],
    ['place.every(ms, work) is 5', (place) => place.every(100, 5 as never)],
    ['place.watch was given neither', (place) => place.watch({} as never)],
  ])('says of what a client asks of its place: %s', async (message, ask) => {
    const asking = (place: SimulatedPlace) => {
      ask(place);
      return speaker(place);
    };

    await expect(run({ ...fine, clients: [asking] })).rejects.toMatchObject(refused(message));
  });

  it.each<[string, () => unknown]>([
    ['apps returned undefined', () => undefined],
    ['apps returned a promise', () => Promise.resolve({})],
    ['apps returned no app', () => ({})],
    ['The app "speech" has no open', () => ({ speech: {} })],
    [
      'apps threw Error: no model',
      () => {
        throw new Error('no model');
      },
    ],
  ])('says of the apps: %s', async (message, apps) => {
    await expect(run({ ...fine, apps })).rejects.toMatchObject(refused(message));
  });

  it('takes the apps as a gateway does: as a Map', async () => {
    const apps: SimulateOptions['apps'] = (process) => new Map(Object.entries(seconds(process)));

    expect((await simulate({ ...fine, apps })).violations).toEqual([]);
  });

  it('says of a world that goes on step by step for how long it cannot', async () => {
    const world = createSimulatedWorld(fine);

    await expect(world.run(Number.NaN)).rejects.toMatchObject(refused('run(ms) is NaN'));
  });
});
