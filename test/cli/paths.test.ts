/** `tenuto paths`, as a person and as a program read it. */
import { describe, expect, it } from 'vitest';

import { connectionMachine } from '../../machines/index.ts';
import { runPaths } from '../../src/cli/commands/paths.ts';
import type { PathsOptions } from '../../src/cli/commands/paths.ts';
import { modelledCharts } from '../../src/testing/model/catalogues/catalogues.ts';
import { edgesOf } from '../../src/testing/model/edges.ts';

interface PathLine {
  readonly type: string;
  readonly sentence: string;
  readonly steps: readonly { readonly to: string; readonly transitions: readonly string[] }[];
}

function printed(chart: string, options: Partial<PathsOptions> = {}) {
  const lines: string[] = [];
  const io = { write: (line: string) => void lines.push(line) };
  const status = runPaths(chart, { select: 'edges', json: false, ...options }, io);
  return { lines, status };
}

describe('tenuto paths', () => {
  it('prints one sentence a path, and at the end what they cover', () => {
    const { lines, status } = printed('liveness');

    expect(status).toBe(0);
    expect(lines.slice(0, -1).every((line) => /^(After|In) .+\.$/.test(line))).toBe(true);
    expect(lines.at(-1)).toMatch(
      /^liveness: \d+ paths, \d+ steps, (\d+) of \1 transitions \(100 %\)$/,
    );
  });

  it('prints one object a line for a program, and a summary last', () => {
    const { lines } = printed('connection', { json: true });

    const objects = lines.map((line) => JSON.parse(line) as PathLine & Record<string, unknown>);
    const paths = objects.slice(0, -1);
    const taken = new Set(paths.flatMap(({ steps }) => steps.flatMap((step) => step.transitions)));
    expect(paths.every(({ type }) => type === 'path')).toBe(true);
    expect([...taken].sort()).toEqual(
      edgesOf(connectionMachine)
        .map(({ id }) => id)
        .sort(),
    );
    expect(objects.at(-1)).toEqual({
      type: 'summary',
      chart: 'connection',
      select: 'edges',
      paths: paths.length,
      steps: paths.reduce((sum, { steps }) => sum + steps.length, 0),
      edges: taken.size,
      covered: taken.size,
      missing: [],
    });
  });

  it('prints every event in every situation when asked for all', () => {
    const few = printed('breaker').lines;
    const all = printed('breaker', { select: 'all' }).lines;

    expect(all.length).toBeGreaterThan(few.length);
    expect(all.some((line) => line.endsWith('changes nothing in open.'))).toBe(true);
  });

  it('prints the same lines again', () => {
    expect(printed('orchestrator').lines).toEqual(printed('orchestrator').lines);
  });

  it('says which charts there are when asked for another', () => {
    expect(() => printed('conection')).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        remediation: `Take one of: ${modelledCharts.map(({ name }) => name).join(', ')}.`,
      }),
    );
  });

  it('says which selections there are when asked for another', () => {
    expect(() => printed('breaker', { select: 'some' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', remediation: 'Take edges or all.' }),
    );
  });
});
