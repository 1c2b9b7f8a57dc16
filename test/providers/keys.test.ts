/** A missing key is one clear line, whoever is asked and however the key comes. */
import { describe, expect, it } from 'vitest';

import type { Failure } from '../../machines/failure.ts';
import { geminiLlm } from '../../src/providers/index.ts';
import { openSession } from '../../src/session/whole-session.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { MAKERS, PROVIDERS } from './makers.ts';

const NO_KEYS = ['', '  ', '\n', null, 42];

/** No header has room for them. */
const ODD_KEYS = ['CANARY key', 'CANARY\nkey', 'CANARY\u0000', 'CANARYé', '“CANARY”'];

const CREDENTIAL = { code: 'credential', detail: expect.stringContaining('apiKey') as string };

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

/** Whisper has servers that ask for none. */
const KEYED = MAKERS.filter(([name]) => name !== 'whisper');

function errorOf(make: () => unknown): Error {
  try {
    make();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it was taken');
}

describe('a key', () => {
  it.each(MAKERS.flatMap(([name, make]) => NO_KEYS.map((key) => [name, key, make] as const)))(
    'of %s is not %j',
    (_name, apiKey, make) => {
      const refused = {
        code: 'OPTION_INVALID',
        message: expect.stringMatching(/^apiKey is empty/),
      };

      expect(() => make({ apiKey })).toThrow(expect.objectContaining(refused));
    },
  );

  it.each(MAKERS.flatMap(([name, make]) => ODD_KEYS.map((key) => [name, key, make] as const)))(
    'of %s is not %j, of which nothing is told',
    (_name, apiKey, make) => {
      const error = errorOf(() => make({ apiKey }));

      expect(error).toMatchObject({ code: 'OPTION_INVALID' });
      expect(error.message).toMatch(/^apiKey is a text with a space, a line break/);
      expect(error.message).not.toContain('CANARY');
    },
  );

  it.each(PROVIDERS)('of %s may stand between spaces and line ends', async (_name, make) => {
    const [bare, spaced, brought] = await Promise.all(
      ['sk-1', ' sk-1\r\n', () => 'sk-1\n'].map((apiKey) =>
        make({ apiKey }).dial(FORMAT, 'connect'),
      ),
    );

    expect(spaced).toEqual(bare);
    expect(brought).toEqual(bare);
  });

  it.each(KEYED)('of %s is missed, and told where it usually is', (_name, make) => {
    const refused = {
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/^apiKey is missing: \w+ needs a key\.$/),
      remediation: expect.stringMatching(/process\.env\.(OPENAI|GEMINI|DEEPGRAM)_API_KEY/),
    };

    expect(() => make({ apiKey: undefined })).toThrow(expect.objectContaining(refused));
  });

  it('of Whisper may be left out', async () => {
    const [, make] = PROVIDERS.find(([name]) => name === 'whisper')!;

    const { headers } = await make({ apiKey: undefined }).dial(FORMAT, 'connect');

    expect(headers).toEqual({});
  });
});

describe('a function that brings no key', () => {
  const brought = [...NO_KEYS, undefined];

  it.each(PROVIDERS.flatMap(([name, make]) => brought.map((key) => [name, key, make] as const)))(
    'dials nothing at %s: %j',
    async (_name, key, make) => {
      const dialled = make({ apiKey: () => Promise.resolve(key) }).dial(FORMAT, 'connect');

      await expect(dialled).rejects.toMatchObject({ code: 'AUTH_REFUSED' });
    },
  );

  it('is asked once more, and then ends the session in one clear line', async () => {
    const reasons: string[] = [];
    const clock = new VirtualClock(1_000);
    const transport = new FakeTransport({ clock, onFrame: () => undefined });
    const [, make] = PROVIDERS.find(([name]) => name === 'deepgramListen')!;
    const apiKey = ({ reason }: { readonly reason: string }) => {
      reasons.push(reason);
      return '   ';
    };
    const session = openSession({ candidates: [make({ apiKey })], transport, clock });
    const failed = session.connect().catch((error: unknown) => error);

    await clock.advanceAsync(60_000);

    expect(await failed).toMatchObject({
      code: 'AUTH_REFUSED',
      message: expect.stringContaining('apiKey is a function, and what it brought is empty'),
    });
    expect(reasons).toEqual(['connect', 'refused']);
    expect(transport.sockets).toHaveLength(0);
    await session.close();
  });

  it('sends no question to a model', async () => {
    let sent = 0;
    const http = {
      send: () => {
        sent += 1;
        return { cancel: () => undefined };
      },
    };
    const model = geminiLlm({ apiKey: () => '', http });

    const failure = await new Promise<Failure>((resolve) => {
      const ended = () => expect.unreachable();
      const handlers = { onText: ended, onToolCall: ended, onEnd: ended, onFailed: resolve };
      model.reply({ conversation: [], instructions: '', tools: [] }, handlers);
    });

    expect(failure).toMatchObject({ kind: 'auth', ...CREDENTIAL });
    expect(sent).toBe(0);
  });
});
