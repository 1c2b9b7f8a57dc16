/** Each mutant is one, of the code as it is now: whoever changes that code changes its mutants. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';

import { mutantArguments } from '../../src/simulation/mutants/arguments.node.ts';
import { MUTANTS, mutantNamed } from '../../src/simulation/mutants/catalogue.ts';
import { edited } from '../../src/simulation/mutants/edits.ts';
import type { Mutant } from '../../src/simulation/mutants/mutant.types.ts';
import { projectRoot } from '../tooling/planted-tree.ts';

const WHAT_A_WINDOW_IS = `
  const { SentWindow } = await import(${JSON.stringify(join(projectRoot, 'dist/src/protocol/sent-window.js'))});
  const sent = new SentWindow();
  sent.add(1, 1_048_576);
  sent.committed(1);
  process.stdout.write(String(sent.hasRoom));
`;

const linter = new Linter();

/** By the files that they are of. */
function mutatedFiles({ edits }: Mutant): ReadonlyMap<string, string> {
  const files = new Set(edits.map(({ file }) => file));
  return new Map(
    Array.from(files, (file) => {
      const compiled = join(projectRoot, 'dist', file.replace(/\.ts$/, '.js'));
      const code = readFileSync(compiled, 'utf8');
      return [file, edited(code, edits.filter((edit) => edit.file === file))]; // prettier-ignore
    }),
  );
}

function troublesIn(code: string): readonly string[] {
  const found = linter.verify(code, [
    {
      rules: { 'no-undef': 'error' },
      languageOptions: {
        globals: { TextDecoder: 'readonly', TextEncoder: 'readonly', URL: 'readonly', Buffer: 'readonly', AbortSignal: 'readonly', queueMicrotask: 'readonly', Event: 'readonly', MessageEvent: 'readonly' }, // prettier-ignore
      },
    },
  ]);
  return found.map(({ message, line }) => `${String(line)}: ${message}`);
}

function runWith(mutant: string): string {
  const { execArgv, env } = mutantArguments(mutant);
  return execFileSync(
    process.execPath,
    [...execArgv, '--input-type=module', '--eval', WHAT_A_WINDOW_IS],
    { encoding: 'utf8', env: { ...process.env, ...env }, stdio: 'pipe' },
  );
}

describe('a mutant', () => {
  it.each(MUTANTS)('$name matches the code once at each place, and is a program', (mutant) => {
    for (const [file, code] of mutatedFiles(mutant)) {
      expect(troublesIn(code), file).toEqual([]);
    }
  });

  it('has a name of its own', () => {
    const names = MUTANTS.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });

  it('says which invariants should find it, or why none can', () => {
    const isFound = ({ by }: Mutant): boolean => by.length > 0;

    const unclear = MUTANTS.filter((mutant) => isFound(mutant) !== (mutant.expected === 'killed'));

    expect(unclear.map(({ name }) => name)).toEqual([]);
  });

  it('is refused where the code has not that place, or has it twice', () => {
    const edit = { file: 'some.ts', find: 'a + b', replace: 'a - b' };

    expect(edited('a\n  + b;', [edit])).toBe('a - b;');
    expect(() => edited('a * b', [edit])).toThrow('some.ts has this 0 times, and not once: a + b');
    expect(() => edited('a + b + a + b', [edit])).toThrow('2 times');
  });
});

describe('a process that is started with a mutant', () => {
  it('runs with it', () => {
    expect(runWith('window-not-freed')).toBe('false');
  });

  it('runs as everybody does where the mutant changes something else', () => {
    expect(runWith('removed-on-send')).toBe('true');
  });

  it('does not run where there is no such mutant', () => {
    expect(() => runWith('none')).toThrow('There is no mutant "none".');
    expect(() => mutantNamed('none')).toThrow('There is no mutant "none".');
  });
});
