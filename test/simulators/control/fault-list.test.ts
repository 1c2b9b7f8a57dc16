/** `tenuto simulators --faults`: what a list means, and how it is refused. */
import { describe, expect, it } from 'vitest';

import { STAND_IN_FAULTS } from '../../../src/cli/stand-ins.ts';
import {
  FAULT_LIST_GRAMMAR,
  faultListHelp,
  parseFaultList,
  written,
} from '../../../src/simulators/control/fault-list.ts';

const parse = (list: string) => parseFaultList(list, STAND_IN_FAULTS);
const requestsOf = (list: string) => parse(list).map(({ request }) => request);

describe('a list of faults', () => {
  it.each([
    ['openai:expire@30s', { fault: 'expire', atMs: 30_000 }],
    ['gemini:goaway@20s:5s', { fault: 'go-away', leadMs: 5_000, atMs: 20_000 }],
    ['gemini:go-away:untold/2x/5s', { timeLeft: 'untold', times: 2, leadMs: 5_000, atMs: 0 }],
    ['deepgram:close-1011@10s:2x', { fault: 'close', as: 1_011, times: 2, atMs: 10_000 }],
    ['deepgram:close-net-0001:flux', { as: 'NET-0001', on: 'flux', atMs: 0 }],
    ['deepgram:late-finalize', { fault: 'late-finalize' }],
    ['deepgram:lose-messages:3x/2x', { count: 3, times: 2, atMs: 0 }],
    ['whisper:http-429@0s:3x', { fault: 'http', status: 429, times: 3, atMs: 0 }],
    ['whisper:http-429:3x/1s', { fault: 'http', status: 429, times: 3, retryAfterMs: 1_000 }],
    ['gemini:quota-after-setup', { fault: 'quota-after-setup' }],
    ['openai:fail-reply:insufficient-quota', { code: 'insufficient_quota' }],
    [' gemini:refuse-setup-sessionNotFound ', { as: 'sessionNotFound' }],
    ['deepgram:unknown-fields:10%', { fault: 'unknown-fields', ratio: 0.1 }],
  ])('reads %s', (list, request) => {
    const [one, ...others] = requestsOf(list);

    expect(one).toMatchObject(request);
    expect(others).toEqual([]);
  });

  it.each(['*:slow-pongs:8s', 'slow-pongs:8s'])('lets each that knows it do %s', (list) => {
    expect(parse(list)).toEqual(
      ['openai', 'gemini', 'deepgram'].map((target) => ({
        target,
        request: { fault: 'slow-pongs', delayMs: 8_000 },
      })),
    );
  });

  it('reads what the help shows: its examples, and each fault as it is written there', () => {
    const examples = FAULT_LIST_GRAMMAR.replace(/^.* such as /, '');
    const help = faultListHelp(STAND_IN_FAULTS);

    expect(parse(examples).length).toBeGreaterThan(5);
    for (const [target, table] of Object.entries(STAND_IN_FAULTS)) {
      for (const row of table) {
        expect(requestsOf(`${target}:${written(row)}`)).toMatchObject([{ fault: row.name }]);
        expect(help).toContain(written(row));
      }
    }
  });

  it.each([
    ['', 'part "" is empty'],
    ['openai:expire,', 'part "" is empty'],
    [
      'acme:close',
      'names no simulator that is started: "acme" (openai, gemini, deepgram, whisper)',
    ],
    ['openai:go-away', 'names a fault that openai does not know'],
    ['*:explode', 'names a fault that no simulator that is started knows'],
    ['openai:close-1006', 'names a fault that openai does not know'],
    ['openai:expire@soon', 'has a time that cannot be read: "soon"'],
    ['openai:expire@2h', 'has a time that cannot be read: "2h"'],
    ['openai:expire@61m', 'has a time over an hour'],
    ['openai:cut:5s', 'has a value that is not taken: "5s" (cut:1x)'],
    ['openai:cut:2x/3x', 'has a value that is not taken: "3x"'],
    ['openai:cut:2000x', 'has a value out of range: "times" cannot be "2000". Give 1 to 1000.'],
    ['openai:cut@1s@2s', 'is not [simulator:]fault[@time][:value[/value]]'],
  ])('that cannot be read is refused, with its bad part: %j', (list, complaint) => {
    expect(() => parse(list)).toThrow(
      expect.objectContaining({
        code: 'FAULT_PLAN_INVALID',
        message: expect.stringContaining(complaint) as string,
        remediation: expect.stringContaining('npx tenuto simulators --help') as string,
      }) as Error,
    );
  });

  it('is no longer than a person would write', () => {
    expect(() => parse(Array.from({ length: 201 }, () => 'cut').join(','))).toThrow(
      '200 is the most',
    );
  });
});
