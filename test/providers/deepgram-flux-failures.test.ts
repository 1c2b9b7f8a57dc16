import { describe, expect, it } from 'vitest';

import type { SocketEnd } from '../../src/ports/socket.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { FORMAT, KEY, close, openStream, teller, turn } from './deepgram-flux-support.ts';

describe('deepgram flux, what goes wrong', () => {
  it('warns once of each gap in the numbers, and goes on', () => {
    const tell = teller(openStream());
    tell({ type: 'Connected' });

    const jump = tell({ ...turn('Update', 1, 'a'), sequence_id: 3 });
    const after = tell(turn('Update', 2, 'a b'));

    expect(jump[0]).toMatchObject({
      kind: 'failed',
      failure: { kind: 'perRequest', detail: 'message 3 came where 1 was due' },
    });
    expect(jump).toHaveLength(3);
    expect(after).toHaveLength(1);
  });

  it.each([
    ['INTERNAL_SERVER_ERROR', 'transient'],
    ['UNPARSABLE_CLIENT_MESSAGE', 'config'],
    ['INVALID_AUTH', 'auth'],
    ['ASR_PAYMENT_REQUIRED', 'quota'],
    ['SOMETHING_NEW', 'transient'],
    ['__proto__', 'transient'],
  ])('takes the error %s for %s', (code, kind) => {
    const told = teller(openStream())({ type: 'Error', code, description: 'why' });

    expect(told).toEqual([{ kind: 'failed', failure: { kind, code, detail: 'why' } }]);
  });

  it('warns that a configuration was not taken', () => {
    expect(teller(openStream())({ type: 'ConfigureFailure' })).toMatchObject([
      { kind: 'failed', failure: { kind: 'perRequest', code: 'ConfigureFailure' } },
    ]);
  });

  it.each([
    [{ status: 400 }, 'config'],
    [{ status: 401 }, 'auth'],
    [{ status: 402 }, 'quota'],
    [{ status: 408 }, 'transient'],
    [{ status: 429 }, 'transient'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'rateLimited'],
    [{ status: 503 }, 'transient'],
    [{ errorCode: 'HEADERS_UNSUPPORTED' }, 'config'],
    [{ errorCode: 'ECONNREFUSED' }, 'transient'],
  ])('takes a refusal %j for %s', (facts, kind) => {
    const end: SocketEnd = { kind: 'refused', code: 1_006, reason: '', ...facts };

    expect(deepgramFlux({ apiKey: KEY }).classifyEnd(end).kind).toBe(kind);
  });

  it.each([
    [close(1_005), 'transient', '1005'],
    [close(1_006), 'transient', '1006'],
    [close(1_008, 'DATA-0000'), 'config', '1008 DATA-0000'],
    [close(1_011, 'See https://dpgr.am/net0001'), 'transient', '1011 NET-0001'],
  ])('takes the close %j for %s', (end, kind, code) => {
    expect(deepgramFlux({ apiKey: KEY }).classifyEnd(end)).toMatchObject({ kind, code });
  });

  it('repeats no key that the service echoes', async () => {
    const provider = deepgramFlux({ apiKey: KEY });
    await provider.dial(FORMAT, 'connect');
    const tell = teller(provider.openStream(FORMAT));

    const told = JSON.stringify([
      tell({ type: 'Error', code: KEY, description: `bad ${KEY}` }),
      tell({ type: KEY }),
      provider.classifyEnd(close(1_008, `no ${KEY}`)),
    ]);

    expect(told).not.toContain(KEY);
    expect(told).toContain('***');
  });
});
