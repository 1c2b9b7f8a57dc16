/** PROTOCOL.md, the code and these tests say the same. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import * as limits from '../../src/protocol/limits.ts';
import { projectRoot } from '../tooling/planted-tree.ts';

const folder = join(projectRoot, 'src/protocol');
const protocol = readFileSync(join(folder, 'PROTOCOL.md'), 'utf8');
const clauses = [...protocol.matchAll(/^- \*\*(P\d+\.\d+)\*\*( †)?/gm)].map(
  ([, number = '', mark]) => ({ number, isKeptByTheCodec: mark !== undefined }),
);
const numbers = clauses.map(({ number }) => number);

/** Of the sources of a folder, by a pattern whose first group is the number of a clause. */
function citedIn(path: string, extension: string, pattern: RegExp): readonly string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith(extension))
    .flatMap((name) => [...readFileSync(join(path, name), 'utf8').matchAll(pattern)])
    .map(([, number = '']) => number);
}

describe('PROTOCOL.md', () => {
  it('numbers its clauses without a hole', () => {
    let [section, clause] = [1, 0];
    const counted = numbers.map((number) => {
      if (number === `P${section + 1}.1`) [section, clause] = [section + 1, 0];
      clause += 1;
      return `P${section}.${clause}`;
    });

    expect(numbers.length).toBeGreaterThan(80);
    expect(numbers).toEqual(counted);
  });

  it('refers to clauses that it has', () => {
    const referred = [...protocol.matchAll(/\b(P\d+\.\d+)/g)].map(([, number]) => number);

    expect(referred.filter((number) => !numbers.includes(number!))).toEqual([]);
  });

  it('has each clause that the codec keeps cited by a test', () => {
    const cited = citedIn(join(projectRoot, 'test/protocol'), '.test.ts', /'(P\d+\.\d+): /g);
    const kept = clauses.filter(({ isKeptByTheCodec }) => isKeptByTheCodec);

    expect(kept.length).toBeGreaterThan(30);
    expect(kept.filter(({ number }) => !cited.includes(number))).toEqual([]);
    expect(cited.filter((number) => !numbers.includes(number))).toEqual([]);
  });

  it('has each clause that the code cites', () => {
    const cited = citedIn(folder, '.ts', /\b(P\d+\.\d+)/g);

    expect(cited.length).toBeGreaterThan(30);
    expect(cited.filter((number) => !numbers.includes(number))).toEqual([]);
  });

  it('P18.1: has the numbers of the code', () => {
    const rows = [...protocol.matchAll(/^ {2}\| `([A-Z_]+)` \| ([\d,.]+) \| P/gm)];

    const written = rows.map(([, name, value = '']) => [name, Number(value.replaceAll(',', ''))]);

    expect(Object.fromEntries(written)).toEqual({ ...limits });
  });
});
