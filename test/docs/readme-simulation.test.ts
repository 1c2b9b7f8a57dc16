/** The simulated world as README.md shows it, in at most twenty lines: run from its own text, over an application of ours. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { Examples } from './examples.ts';

const FILE = 'simulated.test.ts';
/** What the example leaves to its reader. */
const APP = `import type { App } from 'tenuto/gateway';
export const app: App = {
  open: (session, { fin }) => {
    let from = fin;
    let end = fin;
    const tell = (to: number) => {
      if (to > from) session.result({ type: 'final', from, to, text: 'heard' });
      from = Math.max(from, to);
    };
    const come = (to: number) => {
      end = to;
      if (to - from >= 16_000) tell(to);
    };
    return {
      audio: ({ position, bytes }) => come(position + bytes.length / 2),
      gap: ({ position, samples }) => come(position + samples),
      finish: async () => tell(end),
      close: async () => undefined,
    };
  },
};
`;
const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
const examples = new Examples('README.md', { 'app.ts': APP });

afterAll(() => examples.remove());

describe(`the example ${FILE}`, async () => {
  await examples.run(FILE);
});

describe('README.md', () => {
  it('shows the simulated world in at most twenty lines', () => {
    const [, code = ''] = new RegExp(`// ${FILE}\\n([^]*?)\`\`\``).exec(readme) ?? [];

    expect(code.trim().split('\n').length).toBeLessThanOrEqual(20);
    expect(code).not.toBe('');
  });

  it('stays within 150 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });
});
