import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  it('has a heading for every error code, and for no other', () => {
    const codes = [...read('src/ports/errors.ts').matchAll(/\| '([A-Z_]+)'/g)].map(
      ([, code]) => code,
    );
    const headings = [...read('docs/errors.md').matchAll(/^## (.+)$/gm)].map(([, title]) => title);

    expect(codes.length).toBeGreaterThan(10);
    expect(headings).toEqual(codes);
  });

  it('says of each code what happened, what to do, and whether to try again', () => {
    const entries = read('docs/errors.md').split(/^## /m).slice(1);

    const others = entries.filter(
      (entry) =>
        !/^[A-Z_]+\n\n[^*_][^]+\n\n\*What to do:\* [^]+\n\n\*Retryable:\* .+\.\n*$/.test(entry),
    );
    expect(others).toEqual([]);
  });
});
