/** What a person is told to do about a gateway that does not let them in, by what it says of why. */
import { describe, expect, it } from 'vitest';

import { CLOSE, reasonOf } from '../../src/protocol/close-codes.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type { CloseCode } from '../../src/protocol/close-codes.ts';
import { Addresses, failureOfUntrusted } from '../../src/providers/gateway/addresses.ts';
import { failureOfClose, failureOfRefusal } from '../../src/providers/gateway/failures.ts';
import { errorOf } from '../../src/session/failure-error.ts';

function told(code: CloseCode, why: string): { message: string; remediation: string } {
  const refused = { type: 'refused', code, reason: reasonOf(code), why } as const;
  return errorOf(failureOfRefusal(refused, 'speech'), 'gateway', 0);
}

describe('the remedy of a gateway’s refusal', () => {
  it.each([['capacity' as const], ['protocolError' as const]])(
    'leaves an app that fails to who runs the gateway, and its log: %s',
    (name) => {
      const { message, remediation } = told(CLOSE[name], 'app-failed');

      expect(message).toContain('the app speech of this gateway fails');
      expect(remediation).toMatch(/^Nothing is to be done here: the log of the gateway/);
    },
  );

  it('comes with how much an app that fails has not handled', () => {
    const refused = { type: 'refused', code: CLOSE.protocolError, reason: 'x' } as const;
    const { message } = errorOf(
      failureOfRefusal({ ...refused, why: 'app-failed', unhandled: 3 }, 'speech'),
      'gateway',
      0,
    );

    expect(message).toContain('fails: 3 of the frames that it has it did not handle');
  });

  it('is to come again, and no higher limit, where a bearer cannot be checked just now', () => {
    const { message, remediation } = told(CLOSE.capacity, 'unverified');

    expect(message).toContain('the gateway cannot check the bearer just now');
    expect(remediation).toMatch(/^Connect again in a while/);
  });

  it('is another bearer, where the one that was shown is not believed', () => {
    expect(told(CLOSE.unauthorised, '').remediation).toContain('`token`, or --token-env');
  });

  it('is the option, where the client asks for what the gateway has not', () => {
    expect(told(CLOSE.protocolError, 'no-app').remediation).toMatch(/^Correct the option/);
  });

  it('is what the kind of the refusal has, where no reason is known', () => {
    expect(told(CLOSE.capacity, 'a-newer-reason').remediation).toMatch(/^Wait, or ask/);
  });
});

describe('a dial that came to nothing', () => {
  const remedyOf = (facts: Partial<SocketEnd>): string => {
    const end: SocketEnd = { kind: 'refused', code: 1006, reason: '', ...facts };
    return errorOf(failureOfClose(end, false), 'gateway', 1).remediation;
  };

  it('may be a page that the gateway does not list, where nobody says why: in browsers', () => {
    expect(remedyOf({})).toContain("whether it lists the page's origin (--origin)");
  });

  it.each<[string, Partial<SocketEnd>]>([
    ['the platform says why', { errorCode: 'ECONNREFUSED' }],
    ['a server answered', { status: 503 }],
    ['it had stood', { kind: 'closed' }],
  ])('is of no page where %s', (_why, facts) => {
    expect(remedyOf(facts)).not.toContain('origin');
  });
});

describe('addresses that the user does not trust', () => {
  it('are named without what may be a secret in them, three at the most', () => {
    const addresses = ['wss://a:CANARY@a.example/x?key=CANARY', 'wss://b.example:81', 'wss://c'];

    const few = failureOfUntrusted('goAway', addresses)?.detail;
    const many = failureOfUntrusted('goAway', [...addresses, 'wss://d', 'wss://[']);

    expect(few).toContain('to wss://a.example, wss://b.example:81, wss://c: not in mayMoveTo');
    expect(many?.detail).toContain('wss://c, 2 more: not in');
    expect(failureOfUntrusted('goAway', ['wss://['])?.detail).toContain('to nowhere');
    expect(failureOfUntrusted('goAway', [])).toBeNull();
  });

  it('are told once each, and 64 at the most', () => {
    const addresses = new Addresses('wss://home.example', [], { unit: () => 0 });
    const foreign = (at: number): string => `wss://${at}.example`;
    const first = Array.from({ length: 64 }, (_, at) => foreign(at));

    expect(addresses.sentTo([foreign(0), `${foreign(0)}/b`])).toEqual([foreign(0)]);
    expect(addresses.welcomedAt('wss://home.example', foreign(0))).toEqual([]);
    expect(addresses.sentTo(first)).toEqual(first.slice(1));
    expect(addresses.sentTo([foreign(64)])).toEqual([]);
  });
});
