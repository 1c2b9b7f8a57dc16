/** A socket made of posts: what is posted when, told in which order, and how it ends. */
import { describe, expect, it } from 'vitest';

import { World, audioOf, finalsIn, told } from './whisper-world.ts';
import { settle } from '../../src/testing/virtual-clock.ts';

describe('a socket made of posts', () => {
  it('opens without asking the service, and waits for speech', async () => {
    const world = new World();

    const talk = await world.talk();
    talk.send(audioOf('...'));

    expect(talk.isOpen()).toBe(true);
    expect(world.http.posts).toEqual([]);
    expect(talk.events).toEqual([]);
  });

  it('posts an utterance once its pause is there, and tells its text for all of its audio', async () => {
    const world = new World();
    const talk = await world.talk();

    talk.send(audioOf('....ssssss.....'));
    world.http.posts[0]!.say('Hello there.');

    expect(world.http.posts).toHaveLength(1);
    expect(told(talk.events)).toEqual([
      [0, 200, ''],
      [200, 1_500, 'Hello there.'],
    ]);
    expect(talk.events[0]).toEqual({ kind: 'speechStarted', atSample: 6_400 });
    expect(talk.events.at(-1)).toEqual({ kind: 'utteranceEnded', atSample: 24_000 });
    expect(finalsIn(talk.events).at(-1)?.endsUtterance).toBe(true);
  });

  it('posts a WAV file of 16 kHz with the fields that the service knows', async () => {
    const world = new World({ apiKey: 'sk-one', language: 'en', prompt: 'Ok.', temperature: 0 });
    const talk = await world.talk();

    talk.send(audioOf('ssssss.....'));

    const { request, form, key } = world.http.posts[0]!;
    expect(request).toMatchObject({
      url: 'https://api.openai.com/v1/audio/transcriptions',
      timeoutMs: 30_000,
      headers: { authorization: 'Bearer sk-one' },
    });
    expect(key).toMatch(/^tenuto-[0-9a-f]{16}-\d+-[0-9a-f]{16}$/);
    const names = [...form.matchAll(/ name="([^"]+)"/g)].map(([, name]) => name);
    expect(names).toEqual([
      'model',
      'response_format',
      'language',
      'prompt',
      'temperature',
      'timestamp_granularities[]',
      'timestamp_granularities[]',
      'file',
    ]);
    const wav = form.slice(form.indexOf('RIFF'));
    const clipBytes = (600 + 200) * 32; // what follows the speech is as long as what goes before
    expect(Buffer.from(wav, 'latin1').readUInt32LE(24)).toBe(16_000);
    expect(Buffer.from(wav, 'latin1').readUInt32LE(40)).toBe(clipBytes);
  });

  it('tells silence piece by piece while nobody speaks, so that nobody has to keep it', async () => {
    const world = new World();
    const talk = await world.talk();

    talk.send(audioOf('.'.repeat(110)));

    expect(told(talk.events)).toEqual([
      [0, 4_300, ''],
      [4_300, 8_600, ''],
    ]);
  });

  it('tells answers in the order of the audio, whichever comes first', async () => {
    const world = new World();
    const talk = await world.talk();
    talk.send(audioOf('aaaa......bbbb......'));

    world.http.posts[1]!.say('Two.');
    const toldBefore = finalsIn(talk.events).length;
    world.http.posts[0]!.say('One.');

    expect(toldBefore).toBe(0);
    expect(
      finalsIn(talk.events)
        .map(({ text }) => text)
        .filter(Boolean),
    ).toEqual(['One.', 'Two.']);
  });

  it.each([
    ['openai', 2],
    ['whisper.cpp', 1],
  ] as const)('has at most so many posts of %s under way: %i', async (flavour, most) => {
    const world = new World({ flavour });
    const talk = await world.talk();

    talk.send(audioOf('aaaa......bbbb......cccc......'));
    const first = world.http.posts.length;
    world.http.posts[0]!.say('One.');

    expect(first).toBe(most);
    expect(world.http.posts).toHaveLength(most + 1);
  });

  it('counts the clips that wait as buffered, and tells when fewer do', async () => {
    const world = new World({ flavour: 'whisper.cpp' });
    const talk = await world.talk();

    talk.send(audioOf('aaaa......bbbb......'));
    const waiting = talk.socket.bufferedBytes;
    world.http.posts[0]!.say('One.');

    expect(waiting).toBe(talk.socket.bufferedBytes + 32 * (100 + 400 + 200));
    expect(talk.drains.count).toBeGreaterThan(0);
  });

  it('answers a flush after everything before it, with the final of what was pending', async () => {
    const world = new World();
    const talk = await world.talk();
    talk.send(audioOf('aaaa......bbbb'));

    talk.socket.send(talk.stream.encodeFlush()!);
    world.http.posts[1]!.say('Two.');
    world.http.posts[0]!.say('One.');

    const finals = finalsIn(talk.events);
    expect(finals.map(({ text, answersFlush }) => [text, answersFlush])).toEqual([
      ['One.', false],
      ['Two.', true],
    ]);
    expect(finals.at(-1)?.endSample).toBe(14 * 1_600);
    expect(finals.at(-1)?.endsUtterance).toBe(false);
  });

  it('answers a flush of nothing with a final of no length', async () => {
    const world = new World();
    const talk = await world.talk();

    talk.socket.send(talk.stream.encodeFlush()!);

    expect(finalsIn(talk.events)).toMatchObject([
      { startSample: 0, endSample: 0, answersFlush: true },
    ]);
  });

  it('after a goodbye tells what is left, that it has finished, and closes', async () => {
    const world = new World();
    const talk = await world.talk();
    talk.send(audioOf('aaaa'));

    talk.socket.send(talk.stream.encodeGoodbye()!);
    talk.send(audioOf('bbbb'));
    world.http.posts[0]!.say('One.');

    expect(told(talk.events)).toEqual([[0, 400, 'One.']]);
    expect(talk.events.at(-1)).toEqual({ kind: 'finished', samples: 6_400 });
    expect(talk.ends).toEqual([{ kind: 'closed', code: 1_000, reason: '' }]);
  });

  it('does not post what is too quiet to be speech, and says so', async () => {
    const world = new World({
      vad: () =>
        Promise.resolve({
          frameSamples: 160,
          isSpeech: (frame) => frame.some((sample) => sample !== 0),
          reset: () => undefined,
        }),
    });
    const talk = await world.talk();

    talk.send(audioOf('qqqq.......'));

    expect(world.http.posts).toEqual([]);
    expect(talk.events).toContainEqual({
      kind: 'dropped',
      reason: 'tooQuiet',
      text: '',
      startSample: 0,
      endSample: 9 * 1_600,
    });
    expect(told(talk.events)).toEqual([[0, 900, '']]);
  });

  it('says while somebody speaks that it listens, until a post takes suspiciously long', async () => {
    const world = new World();
    const talk = await world.talk();
    const interims = (): number =>
      talk.events.filter((event) => event.kind === 'transcript' && !event.isFinal).length;

    talk.send(audioOf('s'.repeat(35)));
    const whileSpeaking = interims();
    talk.send(audioOf('......'));
    world.clock.advance(15_001);
    talk.send(audioOf('t'.repeat(35)));

    expect(whileSpeaking).toBe(3);
    expect(interims()).toBe(3);
  });

  it('answers a ping at once where nothing is under way, and else with the answer', async () => {
    const world = new World();
    const talk = await world.talk();

    talk.socket.ping();
    await settle();
    const idle = talk.pongs.count;
    talk.send(audioOf('aaaa......'));
    talk.socket.ping();
    await settle();
    const waiting = talk.pongs.count;
    world.http.posts[0]!.say('One.');
    await settle();

    expect([idle, waiting, talk.pongs.count]).toEqual([1, 1, 2]);
  });

  it('takes what is sent from inside what it tells after what it is at', async () => {
    const world = new World();
    const talk = await world.talk();
    const { events } = talk;
    const push = events.push.bind(events);
    events.push = (...told) => {
      const length = push(...told);
      if (told.some(({ kind }) => kind === 'speechStarted') && length === 1) {
        talk.send(audioOf('bbbb......'));
      }
      return length;
    };

    talk.send(audioOf('aaaa......'), 32_000);
    world.http.posts[0]!.say('One.');
    world.http.posts[1]!.say('Two.');

    expect(told(events).filter(([, , text]) => text !== '')).toEqual([
      [0, 900, 'One.'],
      [900, 1_900, 'Two.'],
    ]);
  });

  it('lets everything go at once when it is terminated', async () => {
    const world = new World();
    const talk = await world.talk();
    talk.send(audioOf('aaaa......bbbb......'));

    talk.socket.terminate();
    world.http.posts[1]!.say('Late.');

    expect(world.http.posts.map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
    expect(finalsIn(talk.events)).toEqual([]);
    expect(talk.ends).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });
});
