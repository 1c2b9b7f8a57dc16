import { describe, expect, it } from 'vitest';

import { checkHost } from '../../src/ports/needs.react-native.ts';

/** React Native's own: it reads http: alone, and refuses nothing. */
class PartialUrl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  get host(): string {
    return /^https?:\/\/([^/?#]+)/.exec(this.#url)?.[1] ?? '';
  }
}

class ForgivingDecoder {
  decode(bytes: Uint8Array): string {
    return new TextDecoder().decode(bytes);
  }
}

describe('a host that has everything', () => {
  it('is let in', () => {
    expect(() => checkHost()).not.toThrow();
  });
});

describe('a host that lacks something', () => {
  it.each([
    ['a whole URL class', { URL: PartialUrl }, "import 'react-native-url-polyfill/auto'"],
    ['crypto.getRandomValues', { crypto: undefined }, "import 'react-native-get-random-values'"],
    ['crypto.getRandomValues', { crypto: {} }, "import 'react-native-get-random-values'"],
    [
      'a TextDecoder that refuses what is no UTF-8',
      { TextDecoder: ForgivingDecoder },
      'React Native 0.85 or later',
    ],
    [
      'a TextDecoder that refuses what is no UTF-8',
      { TextDecoder: undefined },
      'React Native 0.85 or later',
    ],
    ['EventTarget', { EventTarget: undefined }, 'React Native 0.85 or later'],
  ])('is told that it is %s, and what brings it', (what, lacking, remedy) => {
    expect(() => checkHost({ ...hostGlobals(), ...lacking })).toThrow(
      expect.objectContaining({
        code: 'PLATFORM_INCOMPLETE',
        message: `This platform lacks ${what}.`,
        remediation: `Before tenuto/react-native is imported: ${remedy}.`,
      }),
    );
  });

  it('is told of everything at once, and of each remedy once', () => {
    expect(() => checkHost({})).toThrow(
      expect.objectContaining({
        remediation:
          "Before tenuto/react-native is imported: import 'react-native-url-polyfill/auto'; import 'react-native-get-random-values'; React Native 0.85 or later.",
      }),
    );
  });
});

function hostGlobals() {
  const { URL, TextDecoder, TextEncoder, AbortController, EventTarget, Event, crypto } = globalThis;
  return { URL, TextDecoder, TextEncoder, AbortController, EventTarget, Event, crypto };
}
