/** What a service is asked before any audio: whether it is there, and takes the key. */
import { describe, expect, it } from 'vitest';

import { World } from './whisper-world.ts';

describe('a dial', () => {
  it.each([
    ['an address that ends with it', 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1/models'],
    ['its own address', undefined, 'https://api.openai.com/v1/models'],
  ])(
    'asks OpenAI for its models, at %s, so that a key is refused at once',
    async (_at, given, url) => {
      const world = new World({
        apiKey: 'sk-bad',
        ...(given === undefined ? {} : { baseUrl: given }),
      });
      world.http.probeReply = { status: 401, body: { error: { code: 'invalid_api_key' } } };

      const talk = await world.talk();

      expect(world.http.probes.map(({ request }) => request.url)).toEqual([url]);
      expect(talk.isOpen()).toBe(false);
      expect(world.provider.classifyEnd(talk.ends[0]!)).toMatchObject({ kind: 'auth' });
    },
  );

  it.each([
    [403, 'the key may be good for transcriptions alone'],
    [404, 'a server that is compatible may have no such list'],
    [405, 'it may not know GET there'],
    [501, 'nor know GET at all'],
  ])('opens where the list of models is answered with %i: %s', async (status) => {
    const world = new World();
    world.http.probeReply = { status };

    const talk = await world.talk();

    expect(talk.isOpen()).toBe(true);
  });

  it.each([429, 500, 503])('waits where it is answered with %i', async (status) => {
    const world = new World();
    world.http.probeReply = { status };

    const talk = await world.talk();

    expect(talk.ends).toMatchObject([{ kind: 'refused', status }]);
  });

  it.each([{ probePath: null }, { path: '/my/transcriptions' }])(
    'asks nothing beforehand with %j',
    async (options) => {
      const world = new World(options);

      const talk = await world.talk();

      expect(world.http.probes).toEqual([]);
      expect(talk.isOpen()).toBe(true);
    },
  );
});
