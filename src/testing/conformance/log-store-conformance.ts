/**
 * Whether a `LogStore` keeps its contract. The gateway's promises rest on it: who is not the newest writer of a log writes
 * nothing, and what was committed is there, once and in order.
 *
 * ```ts
 * const { cases } = logStoreConformance({ makePlace: () => null, open: () => myStore() });
 * for (const { name, run } of cases) test(name, run);
 * ```
 */
import { appendCases } from './log-store-appends.ts';
import { endCases } from './log-store-ends.ts';
import { lettingGoCases } from './log-store-letting-go.ts';
import { withBench } from './log-store-script.ts';
import type { LogStoreScript, StoreCases } from './log-store-script.ts';
import type { ConformanceCase } from './provider-conformance.ts';
import { reopeningCases, crashCases, obscureCases } from './log-store-reopening.ts';

export interface LogStoreConformance {
  readonly cases: readonly ConformanceCase[];
  /** What no case tries, since the script leaves it out. */
  readonly unsupported: readonly string[];
}

/** Makes the cases; nothing is opened before they run. Each has a place of its own. */
export function logStoreConformance<Place>(script: LogStoreScript<Place>): LogStoreConformance {
  const isDurable = script.isDurable ?? true;
  const cases: StoreCases = [
    ...appendCases,
    ...lettingGoCases,
    ...endCases,
    ...(isDurable ? reopeningCases : []),
    ...(script.crash === undefined ? [] : crashCases),
    ...(script.obscureNext === undefined ? [] : obscureCases),
  ];
  return {
    cases: cases.map(([name, course]) => ({
      name,
      steps: 0,
      run: () => withBench(script, course),
    })),
    unsupported: [
      ...(isDurable ? [] : ['it keeps nothing when it is closed']),
      ...(script.crash === undefined ? ['it is not ended without being closed'] : []),
      ...(script.obscureNext === undefined ? ['the fate of each append is known'] : []),
    ],
  };
}
