/** A second engine, by another maker, behind the stand-in for Whisper's servers. */
import { existsSync, readFileSync } from 'node:fs';
import { toFile } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { clientOf, closeAll, start } from './whisper-support.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import { findPocketSphinx } from '../../src/simulators/recogniser/pocketsphinx-packages.ts';
import { createPocketSphinxRecogniser } from '../../src/simulators/recogniser/pocketsphinx-recogniser.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/libpocketsphinx.so.3';

function failureOf(action: () => unknown): TenutoError {
  try {
    action();
  } catch (error) {
    if (TenutoError.is(error)) return error;
  }
  throw new Error('it did not fail as it should');
}

describe('pocketsphinx packages', () => {
  it.each([
    ['the library', () => false, 'libpocketsphinx.so.3'],
    ['the model', (path: string) => path === LIBRARY, '/usr/share/pocketsphinx/model/en-us/en-us'],
  ])('names the command that installs %s', (_name, exists, what) => {
    const error = failureOf(() => findPocketSphinx({ resolve: (name) => name, exists }));

    expect(error.code).toBe('PACKAGE_MISSING');
    expect(error.message).toContain(what);
    expect(error.remediation).toContain(
      'apt-get install -y libpocketsphinx3 libsphinxbase3 pocketsphinx-en-us',
    );
  });

  it('names the command that installs the binding', () => {
    const search = {
      exists: () => true,
      resolve: (): never => {
        throw new Error('not found');
      },
    };

    expect(failureOf(() => findPocketSphinx(search)).remediation).toContain('npm install koffi');
  });
});

/** Why the engine cannot be tried on this machine; null where it can. */
function lack(): string | null {
  try {
    findPocketSphinx({ resolve: (name) => name, exists: existsSync });
    return null;
  } catch (error) {
    return TenutoError.is(error) ? `${error.message} ${error.remediation}` : String(error);
  }
}

const reason = lack();

describe.skipIf(reason !== null)(`pocketsphinx${reason === null ? '' : ` (${reason})`}`, () => {
  const file = readFileSync(new URL('../fixtures/speech/sentence.wav', import.meta.url));
  let recogniser: Recogniser;

  beforeAll(() => {
    recogniser = createPocketSphinxRecogniser();
  });
  afterEach(closeAll);
  afterAll(() => recogniser.close());

  it('transcribes human speech in words of its own', async () => {
    const simulator = await start({ recogniser });

    const answer = await clientOf(simulator).audio.transcriptions.create({
      file: await toFile(file, 'sentence.wav'),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    });

    expect(answer.text).toContain('leisure to consider how much there might be');
    expect(answer.words?.map(({ word }) => word).join(' ')).toBe(answer.text);
    const times = (answer.words ?? []).map((word) => word.start);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(0.4); // it begins at 0.6 s
  });

  it('says of a rate that it does not hear that it does not', async () => {
    const failed = new Promise((resolve) => {
      const options = { sampleRateHz: 8_000, onResult: () => undefined, onError: resolve };
      const stream = recogniser.open(options);
      stream.write(new Uint8Array(1_600));
    });

    expect(await failed).toMatchObject({ code: 'RECOGNISER_FAILED' });
  });
});
