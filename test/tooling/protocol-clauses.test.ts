/** Each clause of PROTOCOL.md is shown by a test that cites it, and nobody cites a clause that there is not. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { projectRoot } from './planted-tree.ts';
import { citedIn, clausesIn } from './protocol-clauses.ts';

/** What no test can show, and why. A clause that gets a test leaves this list. */
const WITHOUT_TESTS: Readonly<Record<string, string>> = {
  'P2.6': 'nobody here speaks over another transport than WebSocket',
  'P22.1': 'it is about this document',
};

const document = readFileSync(join(projectRoot, 'src/protocol/PROTOCOL.md'), 'utf8');
const clauses = clausesIn(document);

function sourcesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('protocol-clauses'))
    .map((name) => readFileSync(join(projectRoot, folder, name), 'utf8'));
}

describe('the clauses of PROTOCOL.md', () => {
  it('are each cited by a test', () => {
    const cited = new Set(sourcesIn('test', '.test.ts').flatMap((text) => citedIn(text).byTests));

    const missing = clauses.filter((number) => !cited.has(number));

    expect(clauses.length).toBeGreaterThan(100);
    expect(missing).toEqual(clauses.filter((number) => number in WITHOUT_TESTS));
  });

  it('are there, wherever one is cited', () => {
    const sources = ['test', 'src', 'machines'].flatMap((folder) => sourcesIn(folder, '.ts'));

    const mentioned = sources.flatMap((text) => citedIn(text).mentioned);

    expect(mentioned.length).toBeGreaterThan(100);
    expect(mentioned.filter((number) => !clauses.includes(number))).toEqual([]);
  });

  it('are found in a document by their headings only', () => {
    const found = clausesIn('- **P1.1** As P9.9.\n- **P1.2** † More.\nP1.3\n  - **P1.4**\n');

    expect(found).toEqual(['P1.1', 'P1.2']);
  });

  it('are cited by titles and by comments right before a test, and by nothing else', () => {
    const source = [
      '/** P1.1 */',
      "describe('P1.2', () => {",
      '  // P1.3',
      "  it('P1.4: is', () => { /* P1.5 */ });",
      '  /** P1.6 */',
      "  it.each([['P1.7']])('P1.8 is %s', () => expect('P1.9').toBe(1));",
      "  const P2 = 'P2.1';",
      '});',
    ].join('\n');

    const { byTests, mentioned } = citedIn(source);

    expect(byTests).toEqual(['P1.3', 'P1.4', 'P1.6', 'P1.8']);
    expect(mentioned).toHaveLength(10);
  });
});
