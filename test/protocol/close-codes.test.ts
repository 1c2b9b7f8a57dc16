import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { CLOSE, classify, reasonOf } from '../../src/protocol/close-codes.ts';
import { projectRoot } from '../tooling/planted-tree.ts';

const protocol = readFileSync(join(projectRoot, 'src/protocol/PROTOCOL.md'), 'utf8');

/** The rows of the table in P16. */
const rows = [...protocol.matchAll(/^ {2}\| (\d{4}) \| ([a-z-]+) \| (.*) \|$/gm)].map(
  ([, code, reason, does]) => ({ code: Number(code), reason, does }),
);

describe('Close codes', () => {
  it('P16.1: are those of the document, with their reasons', () => {
    const written = rows.map(({ code, reason }) => [code, reason]);
    const ours = Object.values(CLOSE).map((code) => [code, reasonOf(code)]);

    expect(ours).toEqual(written);
  });

  it.each([
    [4400, 'reattachNow'],
    [4401, 'refreshCredential'],
    [4403, 'newSession'],
    [4404, 'newSession'],
    [4408, 'reattachNow'],
    [4409, 'ignore'],
    [4410, 'giveUp'],
    [4411, 'newSession'],
    [4412, 'ignore'],
    [4413, 'giveUp'],
    [4414, 'giveUp'],
    [4420, 'wait'],
    [4421, 'wait'],
    [4422, 'wait'],
    [4423, 'giveUp'],
    [4430, 'migrate'],
    [4440, 'reattachElsewhere'],
  ])('P16.1: after %i a client does this: %s', (code, action) => {
    expect(classify(code, false).action).toBe(action);
  });

  it.each([1000, 1001, 1005, 1006, 1011, 1012, 3000, 4000, 4499, 4999])(
    'P16.1: %i without FIN_ACK is unfinished: the client attaches again',
    (code) => {
      expect(classify(code, false).action).toBe('reattach');
    },
  );

  it.each([1000, 1001, 1006, 4400, 4410, 4499])('P16.1: %i after FIN_ACK ends nothing', (code) => {
    expect(classify(code, true).action).toBe('stop');
  });

  it('P16.2: have reasons that fit into a close frame, and no two the same', () => {
    const reasons = Object.values(CLOSE).map(reasonOf);

    expect(new Set(reasons).size).toBe(reasons.length);
    for (const reason of reasons) expect(reason).toMatch(/^[a-z-]{1,123}$/);
  });

  it.each([4400, 1002, 1007])('P16.3: %i three times in a minute ends the session', (code) => {
    expect(classify(code, false)).toMatchObject({
      action: 'reattachNow',
      newSessionAfter: { count: 3, withinMs: 60_000 },
    });
  });

  it('P16.3: 1009 is what a WebSocket says of a frame that is too large', () => {
    expect(classify(1009, false).action).toBe(classify(4413, false).action);
  });
});
