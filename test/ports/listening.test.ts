/** What listeners may be, and what becomes of what they throw: the same wherever the library has them. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Audience } from '../../src/client/audience.ts';
import { Player } from '../../src/playback/player.browser.ts';
import { listenerThrew } from '../../src/ports/listening.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { SessionEmitter } from '../../src/session/emitter.ts';
import type { SessionEventType } from '../../src/session/events.ts';
import { AudioListeners } from '../../src/voice/audio-listeners.ts';

const aSession = (): SessionEmitter => new SessionEmitter(8, silentLogger);
const nothing = (): void => undefined;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('an event that there is not', () => {
  it('is refused by a session, with the names that there are', () => {
    expect(() => aSession().on('transcrpt' as SessionEventType, nothing)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'There is no event "transcrpt".',
        remediation: expect.stringMatching(/^Take one of transcript, .*spool\.recovered.*, \*\.$/),
      }),
    );
  });

  it('is refused by a voice client, with those that it has', () => {
    expect(() => new Audience(silentLogger).on('transcript' as 'open', nothing)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        remediation: expect.stringMatching(/^Take one of open, .*, capture\.$/),
      }),
    );
  });
});

describe('a listener that is no function', () => {
  const none = undefined as never;

  it.each<[string, () => unknown]>([
    ['a session', () => aSession().on('transcript', none)],
    ['a voice client', () => new Audience(silentLogger).on('open', none)],
    ['a player', () => new Player().on(none)],
    ['who plays what is spoken', () => new AudioListeners(silentLogger).add(none)],
  ])('is refused by %s', (_who, on) => {
    expect(on).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: 'A listener is no function.' }),
    );
  });
});

describe('what a listener throws', () => {
  const thrown = new Error('mine');

  it('is printed where an uncaught exception would end the process', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(nothing);
    const session = aSession();
    session.on('spool.recovered', () => {
      throw thrown;
    });

    session.emit({ type: 'spool.recovered' });

    expect(print).toHaveBeenCalledExactlyOnceWith(thrown);
  });

  it('is reported as uncaught where that ends nothing', () => {
    const print = vi.spyOn(console, 'error');
    const reportError = vi.fn();
    vi.stubGlobal('reportError', reportError);

    listenerThrew('open', thrown);

    expect(reportError).toHaveBeenCalledExactlyOnceWith(thrown);
    expect(print).not.toHaveBeenCalled();
  });

  it('is told to the logger as well, with the name of the event', () => {
    vi.spyOn(console, 'error').mockImplementation(nothing);
    const error = vi.fn();

    listenerThrew('open', thrown, { ...silentLogger, error });

    expect(error).toHaveBeenCalledExactlyOnceWith('a listener threw', {
      event: 'open',
      error: 'Error: mine',
    });
  });
});
