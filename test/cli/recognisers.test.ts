/** Which engine understands behind which stand-in. */
import { describe, expect, it } from 'vitest';

import { Recognisers } from '../../src/cli/recognisers.ts';
import { STAND_INS } from '../../src/cli/stand-ins.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';

const missing = new TenutoError({
  code: 'PACKAGE_MISSING',
  message: 'It is not here.',
  remediation: 'Install it.',
});

/** Tells who was made, opened and closed. */
function world({ isInstalled }: { readonly isInstalled: boolean }) {
  const told: string[] = [];
  const engine = (name: string) => (): Recogniser => {
    told.push(`${name} made`);
    return {
      open: ({ sampleRateHz }) => {
        told.push(`${name} at ${sampleRateHz}`);
        return { write: () => undefined, flush: () => undefined, close: () => undefined };
      },
      close: async () => void told.push(`${name} closed`),
    };
  };
  const absent = () => {
    throw missing;
  };
  const second = isInstalled ? engine('second') : absent;
  return { told, recognisers: new Recognisers({ first: engine('first'), second }) };
}

const handlers = { onResult: () => undefined, onError: () => undefined };

describe('the recognisers behind the stand-ins', () => {
  it('are two where a second is installed: Whisper understands by that', async () => {
    const { told, recognisers } = world({ isInstalled: true });

    for (const name of STAND_INS) {
      recognisers.behind(name).open({ sampleRateHz: 16_000, ...handlers });
    }
    await recognisers.close();

    expect(told).toEqual([
      'first made',
      'first at 16000',
      'first at 16000',
      'first at 16000',
      'second made',
      'second at 16000',
      'first closed',
      'second closed',
    ]);
  });

  it('are one where none is', () => {
    const { told, recognisers } = world({ isInstalled: false });

    recognisers.behind('whisper').open({ sampleRateHz: 16_000, ...handlers });
    recognisers.behind('deepgram').open({ sampleRateHz: 16_000, ...handlers });

    expect(told).toEqual(['first made', 'first at 16000', 'first at 16000']);
  });

  it('give a file of another rate to the one that hears it', () => {
    const { told, recognisers } = world({ isInstalled: true });

    recognisers.behind('whisper').open({ sampleRateHz: 44_100, ...handlers });

    expect(told).toEqual(['second made', 'first made', 'first at 44100']);
  });

  it('do not hide that the second is broken', () => {
    const broken = () => {
      throw new Error('out of order');
    };
    const recognisers = new Recognisers({ first: broken, second: broken });

    expect(() => recognisers.behind('whisper')).toThrow('out of order');
  });
});
