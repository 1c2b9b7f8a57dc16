/** What refusals and breaks do to a socket made of posts, and what the next one makes good. */
import { describe, expect, it } from 'vitest';

import { World, audioOf, finalsIn, told } from './whisper-world.ts';
import type { Reply } from './whisper-world.ts';
import type { Failure } from '../../machines/failure.ts';
import { TenutoError } from '../../src/ports/errors.ts';

const error = (fields: Readonly<Record<string, unknown>>): Reply['body'] => ({
  error: { message: 'No.', type: 'invalid_request_error', param: null, ...fields },
});

/** What the session is told of a post that was answered so. */
async function failureAfter(reply: Reply): Promise<Failure | undefined> {
  const world = new World({ apiKey: 'sk-very-secret' });
  const talk = await world.talk();
  talk.send(audioOf('aaaa......'));

  world.http.posts[0]!.answer(reply);

  const [end] = talk.ends;
  return end === undefined ? undefined : world.provider.classifyEnd(end);
}

describe('a post that fails', () => {
  it.each<readonly [string, Reply, Partial<Failure>]>([
    ['a break', { errorCode: 'ECONNRESET' }, { kind: 'transient', code: 'ECONNRESET' }],
    ['no answer in time', { errorCode: 'TIMEOUT' }, { kind: 'transient', code: 'TIMEOUT' }],
    ['408', { status: 408 }, { kind: 'transient', code: 'http 408' }],
    ['500', { status: 500, body: error({}) }, { kind: 'transient', detail: 'No.' }],
    [
      'a server that loads its model',
      { status: 503, body: { status: 'loading model' } },
      { kind: 'transient', detail: 'loading model' },
    ],
    [
      'a page instead of an answer',
      { status: 200, body: '<html>' },
      { kind: 'transient', code: 'http 200' },
    ],
    ['a redirect', { status: 302 }, { kind: 'config' }],
    [
      'a wrong key',
      { status: 401, body: error({ code: 'invalid_api_key' }) },
      { kind: 'auth', code: 'http 401 invalid_api_key' },
    ],
    ['a forbidden region', { status: 403 }, { kind: 'auth' }],
    ['a wrong path', { status: 404 }, { kind: 'config' }],
    [
      'a model that is not there',
      { status: 400, body: error({ code: 'model_not_found' }) },
      { kind: 'config' },
    ],
    ['a wrong parameter', { status: 400, body: error({ param: 'language' }) }, { kind: 'config' }],
    [
      'no credit',
      {
        status: 429,
        headers: { 'retry-after': '1' },
        body: error({ type: 'insufficient_quota', code: 'insufficient_quota' }),
      },
      { kind: 'quota', code: 'http 429 insufficient_quota' },
    ],
    [
      'too much',
      { status: 429, body: error({ code: 'rate_limit_exceeded' }) },
      { kind: 'rateLimited', code: 'http 429 rate_limit_exceeded' },
    ],
  ])('%s', async (_name, reply, expected) => {
    const failure = await failureAfter(reply);

    expect(failure).toMatchObject(expected);
  });

  it.each<readonly [Readonly<Record<string, string>>, number]>([
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': '9' }, 9_000],
    [{ 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-reset-tokens': '20ms' }, 360_000],
    [
      {
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-reset-tokens': '1.5s',
      },
      1_500,
    ],
  ])('waits as long as %j asks for', async (headers, retryAfterMs) => {
    const failure = await failureAfter({ status: 429, headers, body: error({}) });

    expect(failure).toMatchObject({ kind: 'rateLimited', retryAfterMs });
  });

  it.each(['1d', '1s later', '-1s', ''])('finds no hint in a reset of "%s"', async (reset) => {
    const headers = { 'x-ratelimit-reset-requests': reset };

    const failure = await failureAfter({ status: 429, headers, body: error({}) });

    expect(failure).not.toHaveProperty('retryAfterMs');
  });

  it('repeats no key', async () => {
    const body = error({ message: 'Incorrect API key provided: sk-very-secret.' });

    const failure = await failureAfter({ status: 401, body });

    expect(failure?.detail).toBe('Incorrect API key provided: ***.');
  });

  it.each([400, 413, 415, 422])(
    'is a warning and a hole where %i refuses the clip',
    async (status) => {
      const world = new World();
      const talk = await world.talk();
      talk.send(audioOf('.aaaa......bbbb......'));

      world.http.posts[0]!.answer({
        status,
        body: error({ param: 'file', message: 'Too short.' }),
      });
      world.http.posts[1]!.say('Two.');

      expect(talk.ends).toEqual([]);
      expect(talk.events).toContainEqual({
        kind: 'failed',
        failure: expect.objectContaining({ kind: 'perRequest', detail: 'Too short.' }),
      });
      expect(told(talk.events)).toEqual([[1_000, 2_000, 'Two.']]);
    },
  );

  it('is a warning where an older whisper.cpp says so with status 200', async () => {
    const world = new World({ flavour: 'whisper.cpp' });
    const talk = await world.talk();
    talk.send(audioOf('aaaa......'));

    world.http.posts[0]!.answer({ body: { error: 'failed to read WAV file' } });

    expect(talk.events.at(-1)).toMatchObject({
      kind: 'failed',
      failure: { kind: 'perRequest', detail: 'failed to read WAV file' },
    });
  });

  it('answers a flush also after a hole', async () => {
    const world = new World();
    const talk = await world.talk();
    talk.send(audioOf('aaaa'));
    talk.socket.send(talk.stream.encodeFlush()!);

    world.http.posts[0]!.answer({ status: 400, body: error({}) });

    expect(finalsIn(talk.events)).toMatchObject([{ startSample: 6_400, answersFlush: true }]);
  });
});

describe('a socket that is lost', () => {
  it('is followed by one that posts the same clip with the same key, and its text is told once', async () => {
    const world = new World();
    const audio = audioOf('aaaa......bbbb......');
    const one = await world.talk();
    one.send(audio, 1_000);
    const keys = world.http.posts.map(({ key }) => key);
    world.http.posts[1]!.answer({ errorCode: 'ECONNRESET' }); // the first is still under way
    const endsBefore = one.ends.length;
    world.http.posts[0]!.say('One.');
    const settled = finalsIn(one.events).at(-1)!.endSample;

    const two = await world.talk();
    two.send(audio.subarray(2 * settled), 4_444);
    world.http.posts[2]!.say('Two.');

    expect([endsBefore, one.ends.length]).toEqual([0, 1]);
    expect(told(one.events)).toEqual([[0, 900, 'One.']]);
    expect(world.http.posts.map(({ key }) => key)).toEqual([...keys, keys[1]]);
    expect(told(two.events)).toEqual([[0, 1_000, 'Two.']]);
  });

  it('leaves answers that it could not tell to the next, which does not post those clips again', async () => {
    const world = new World();
    const audio = audioOf('aaaa......bbbb......');
    const one = await world.talk();
    one.send(audio);
    world.http.posts[1]!.say('Two.');
    world.http.posts[0]!.answer({ status: 502 });

    const two = await world.talk();
    two.send(audio);
    world.http.posts[2]!.say('One.');

    expect(finalsIn(one.events)).toEqual([]);
    expect(world.http.posts).toHaveLength(3);
    expect(world.http.posts[2]!.key).toBe(world.http.posts[0]!.key);
    expect(told(two.events).map(([, , text]) => text)).toEqual(['One.', 'Two.']);
  });

  it('posts the same words anew where they were told and are said again', async () => {
    const world = new World();
    const talk = await world.talk();
    talk.send(audioOf('aaaa......'));
    world.http.posts[0]!.say('One.');

    const again = await world.talk();
    again.send(audioOf('aaaa......'));

    expect(world.http.posts).toHaveLength(2);
  });

  it('is not followed by one that seems to work before the service has answered', async () => {
    const world = new World();
    const one = await world.talk();
    one.send(audioOf('s'.repeat(30) + '......'));
    world.http.posts[0]!.answer({ errorCode: 'TIMEOUT' });

    const two = await world.talk();
    two.send(audioOf('s'.repeat(30) + '......'));
    const before = two.events.length;
    world.http.posts[1]!.say('One.');
    two.send(audioOf('bbbb'));

    expect(before).toBe(0);
    expect(two.events.at(-1)).toMatchObject({ kind: 'speechStarted' });
  });
});

describe('a dial', () => {
  it('asks whisper.cpp whether its model is loaded', async () => {
    const world = new World({ flavour: 'whisper.cpp', baseUrl: 'http://127.0.0.1:8080/w/' });
    world.http.probeReply = { status: 503, body: { status: 'loading model' } };

    const talk = await world.talk();

    expect(world.http.probes[0]?.request.url).toBe('http://127.0.0.1:8080/w/health');
    expect(talk.isOpen()).toBe(false);
    expect(talk.ends).toMatchObject([{ kind: 'refused', status: 503 }]);
    expect(world.provider.classifyEnd(talk.ends[0]!)).toMatchObject({
      kind: 'transient',
      detail: 'loading model',
    });
    expect(world.clock.pending).toBe(0);
  });

  it.each([200, 404])('opens where the service answers with %i', async (status) => {
    const world = new World({ flavour: 'whisper.cpp' });
    world.http.probeReply = { status };

    const talk = await world.talk();

    expect(talk.isOpen()).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  it('asks with the key where it is told what to ask', async () => {
    const world = new World({ apiKey: 'sk-one', probePath: '/v1/models' });
    world.http.probeReply = { status: 401, body: error({ code: 'invalid_api_key' }) };

    const talk = await world.talk();

    expect(world.http.probes[0]?.request.headers).toEqual({ authorization: 'Bearer sk-one' });
    expect(world.provider.classifyEnd(talk.ends[0]!)).toMatchObject({ kind: 'auth' });
  });

  it('is over after its time', async () => {
    const world = new World({ flavour: 'whisper.cpp' });
    world.http.probeReply = null;
    const talk = await world.talk();

    world.clock.advance(9_999);
    const before = talk.ends.length;
    world.clock.advance(1);

    expect(before).toBe(0);
    expect(talk.ends).toMatchObject([{ kind: 'refused', errorCode: 'ETIMEDOUT' }]);
    expect(world.http.probes[0]?.isCancelled).toBe(true);
  });

  it('says what is missing, and is not tried again, where there is no detector', async () => {
    const missing = new TenutoError({
      code: 'PACKAGE_MISSING',
      message: 'It is not there.',
      remediation: 'Run: npm install it.',
    });
    const world = new World({ vad: () => Promise.reject(missing) });

    const talk = await world.talk();

    expect(world.provider.classifyEnd(talk.ends[0]!)).toEqual({
      kind: 'config',
      code: 'PACKAGE_MISSING',
      detail: 'It is not there. Run: npm install it.',
    });
  });

  it('is refused by a transport that has no HTTP', async () => {
    const world = new World();

    const talk = await world.talk(null);

    expect(world.provider.classifyEnd(talk.ends[0]!)).toMatchObject({
      kind: 'config',
      code: 'HTTP_UNSUPPORTED',
    });
  });

  it('ends at a close, and says nothing of it when it is terminated first', async () => {
    const world = new World();
    const talk = await world.talk();
    const other = await world.talk();

    talk.socket.close(1_000, 'done');
    other.socket.close(1_000, 'done');
    other.socket.terminate();
    await Promise.resolve();

    expect(talk.ends).toEqual([{ kind: 'closed', code: 1_000, reason: 'done' }]);
    expect(other.ends).toEqual([]);
  });
});
