/** SECURITY.md says where each of its thirty statements is tested, and of which audit events there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { projectRoot } from './planted-tree.ts';

const document = readFileSync(join(projectRoot, 'SECURITY.md'), 'utf8');
const rows = [...document.matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number = '', , where = '']) => ({ number, where }),
);

function titlesIn(name: string): string {
  const path = join(projectRoot, 'test/gateway/security', `${name}.test.ts`);
  return readFileSync(path, 'utf8');
}

describe('SECURITY.md', () => {
  it('has thirty statements, in order', () => {
    expect(rows.map(({ number }) => Number(number))).toEqual(
      Array.from({ length: 30 }, (_none, at) => at + 1),
    );
  });

  it.each(rows)('has #$number where it says', ({ number, where }) => {
    const files = [...where.matchAll(/`([a-z]+)`/g)].map(([, name = '']) => name);

    for (const name of files) expect(titlesIn(name)).toMatch(new RegExp(`#${number}\\b`));
    expect(files.length > 0 || where.startsWith('Waits')).toBe(true);
  });

  it('names each event of the audit', () => {
    const source = readFileSync(join(projectRoot, 'src/gateway/audit.ts'), 'utf8');
    const types = [...source.matchAll(/^ {2}\| '([a-z]+\.[a-zA-Z]+)'/gm)].map(([, type]) => type);

    expect(types.length).toBeGreaterThan(6);
    for (const type of types) expect(document).toContain(`\`${type}\``);
  });
});
