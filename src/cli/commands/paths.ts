/** `tenuto paths`: prints paths through a chart, as sentences or as JSON. */
import { TenutoError } from '../../ports/errors.ts';
import { modelledCharts } from '../../testing/model/catalogues/catalogues.ts';
import type { ModelledChart } from '../../testing/model/catalogues/catalogues.ts';
import { EdgeCoverage } from '../../testing/model/edges.ts';
import { edgesAlong, modelPaths } from '../../testing/model/paths.ts';
import type { ModelPath, ModelPaths } from '../../testing/model/paths.ts';
import { stateOf } from '../../testing/model/sentences.ts';
import { EXIT_OK } from '../io.ts';

export interface PathsOptions {
  /** `edges` or `all`. */
  readonly select: string;
  readonly json: boolean;
}

export interface PathsIo {
  readonly write: (line: string) => void;
}

/** The result is the exit status. Throws a TenutoError `OPTION_INVALID`. */
export function runPaths(name: string, { select, json }: PathsOptions, io: PathsIo): number {
  const chart = chartOf(name);
  const found = modelPaths(chart.machine, { ...chart.options, select: selectionOf(select) });
  if (json) {
    found.paths.forEach((path, index) => {
      io.write(JSON.stringify(pathLine(path, index + 1), errorsAsText));
    });
    io.write(JSON.stringify({ type: 'summary', chart: name, select, ...summaryOf(found) }));
  } else {
    for (const { name: sentence } of found.paths) io.write(sentence);
    io.write(reportOf(chart, found));
    for (const { id } of found.unreached) io.write(`no path takes: ${id}`);
  }
  return EXIT_OK;
}

function chartOf(name: string): ModelledChart {
  const chart = modelledCharts.find((each) => each.name === name);
  if (chart !== undefined) return chart;
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `There is no chart "${name}".`,
    remediation: `Take one of: ${modelledCharts.map((each) => each.name).join(', ')}.`,
  });
}

function selectionOf(select: string): 'edges' | 'all' {
  if (select === 'edges' || select === 'all') return select;
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `--select cannot be "${select}".`,
    remediation: 'Take edges or all.',
  });
}

function pathLine({ name, start, steps }: ModelPath, number: number) {
  return {
    type: 'path',
    number,
    sentence: name,
    start: stateOf(start),
    steps: steps.map(({ event, label, passMs, from, to }) => ({
      label,
      passMs,
      event,
      from: stateOf(from),
      to: stateOf(to),
      transitions: to.edges.map(({ id }) => id),
    })),
  };
}

function summaryOf({ paths, edges, covered, unreached }: ModelPaths) {
  return {
    paths: paths.length,
    steps: paths.reduce((sum, { steps }) => sum + steps.length, 0),
    edges: edges.length,
    covered: covered.length,
    missing: unreached.map(({ id }) => id),
  };
}

function reportOf({ machine }: ModelledChart, { paths }: ModelPaths): string {
  const coverage = new EdgeCoverage(machine);
  for (const path of paths) {
    coverage.count(edgesAlong(path));
    coverage.countPath(path.steps.length);
  }
  return coverage.report();
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
