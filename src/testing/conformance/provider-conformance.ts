/**
 * Whether a provider keeps its contract: cases generated from the connection chart, each step of which is a real cause
 * on a real WebSocket.
 *
 * ```ts
 * const { cases } = providerConformance((url) => myProvider({ url, apiKey }), myService);
 * for (const { name, run } of cases) test(name, run);
 * ```
 */
import { Course } from './course.ts';
import { farewell } from './farewell.ts';
import { finish } from './finish.ts';
import { garbage } from './garbage.ts';
import { assertPlacesKept } from './places.ts';
import { waysOf } from './provider-server.ts';
import type { ProviderServer, ServiceScript } from './provider-server.ts';
import { ConformanceRun, sampleRateOf } from './run.ts';
import { ScriptedServer } from './scripted-server.node.ts';
import { ALONE_SETTING } from './settings.ts';
import type { Setting } from './settings.ts';
import { mismatch } from './waiting.ts';
import { walksFor } from './walks.ts';
import type { Walk } from './walks.ts';
import { connectionMachine } from '../../../machines/connection.machine.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import type { Provider } from '../../providers/contract.ts';
import { EdgeCoverage } from '../model/edges.ts';
import type { ChartEdge } from '../model/edges.ts';

/** One test. It shares nothing with the others: any number may run at once. */
export interface ConformanceCase {
  /** A sentence, unique among the cases. */
  readonly name: string;
  readonly steps: number;
  /** Rejects with a TenutoError `MODEL_MISMATCH` that says what happened instead. */
  run(): Promise<void>;
}

export interface Conformance {
  readonly cases: readonly ConformanceCase[];
  /** What the service's script leaves out, so that no case tries it: `it refuses no dial as quota`. */
  readonly unsupported: readonly string[];
  /** The chart's transitions that no cause leads to: other charts do, or what the script leaves out. */
  readonly unreached: readonly ChartEdge[];
  /** What the real sessions' charts have executed so far. */
  readonly coverage: EdgeCoverage;
  /** After the cases: throws a TenutoError `MODEL_MISMATCH` that names a transition which a case should have taken. */
  assertCovered(): void;
}

/** In the order in which they are told. */
const KINDS: readonly FailureKind[] = [
  'planned',
  'transient',
  'staleHandle',
  'rateLimited',
  'quota',
  'auth',
  'config',
];

/**
 * Makes the cases; nothing is dialled before they run.
 *
 * @param provider makes a provider that dials this address, such as `ws://127.0.0.1:41234`. Made anew for each case.
 * @param service what its service says; or a function that makes a server of your own, anew for each case.
 */
export function providerConformance(
  provider: (url: string) => Provider,
  service: ServiceScript | (() => ProviderServer),
): Conformance {
  const serve = typeof service === 'function' ? service : () => new ScriptedServer(service);
  const { script } = serve();
  const sample = provider('ws://127.0.0.1:1');
  const coverage = new EdgeCoverage(connectionMachine);
  const walks = walksFor(sample, script);
  const planned = new Set(walks.flatMap(({ steps }) => steps.flatMap(edgeIdsOf)));

  return {
    cases: [
      ...walks.map((walk) => caseOf(walk, { provider, serve, coverage })),
      farewellCase({ provider, serve, coverage }),
      decodingCase(sample, script),
      ...(script.places === 'guessed' ? [] : [placesCase(sample, script)]),
    ],
    unsupported: unsupportedBy(script),
    unreached: coverage.edges.filter(({ id }) => !planned.has(id)),
    coverage,
    assertCovered: () => {
      const left = coverage.missing.filter(({ id }) => planned.has(id));
      if (left.length > 0) throw mismatch(`never executed: ${left.map(({ id }) => id).join('; ')}`);
    },
  };
}

interface Parts {
  readonly provider: (url: string) => Provider;
  readonly serve: () => ProviderServer;
  readonly coverage: EdgeCoverage;
}

function caseOf(walk: Walk, { provider, serve, coverage }: Parts): ConformanceCase {
  return {
    name: walk.name,
    steps: walk.steps.length,
    run: () =>
      withRun(walk.setting, { provider, serve, coverage }, async (run) => {
        await walk.setting.before(run);
        await new Course(run, walk).take();
        await finish(run);
        coverage.countPath(walk.steps.length);
      }),
  };
}

/** What a provider did wrong is told first: the rest may have come of it. */
async function withRun(
  setting: Setting,
  { provider, serve, coverage }: Parts,
  take: (run: ConformanceRun) => Promise<void>,
): Promise<void> {
  const run = await ConformanceRun.start({ provider, server: serve(), setting, coverage });
  try {
    await take(run);
  } catch (error) {
    const violations = [...run.provider.violations];
    const text = error instanceof Error ? error.message : String(error);
    if (violations.every((each) => text.includes(each))) throw error;
    const [what] = text.split('\nWhat to do: ');
    throw mismatch(`${violations.join('; ')}; ${what}`);
  } finally {
    await run.stop();
  }
}

/** What was said last is asked for, and the service is told that no more comes. */
function farewellCase(parts: Parts): ConformanceCase {
  return {
    name: 'A session that is closed while its last words are open asks for them and says goodbye.',
    steps: 0,
    run: () => withRun(ALONE_SETTING, parts, farewell),
  };
}

/** Results are told of the samples that they are of, also after ten minutes. */
function placesCase(provider: Provider, script: ServiceScript): ConformanceCase {
  return {
    name: 'Results keep their place on a connection of ten minutes.',
    steps: 0,
    run: () =>
      Promise.resolve().then(() => {
        assertPlacesKept(provider, script, sampleRateOf(script));
      }),
  };
}

/** Once a service says something that nobody foresaw, a session must not end for it. */
function decodingCase(provider: Provider, script: ServiceScript): ConformanceCase {
  return {
    name: 'Whatever frame comes, decoding throws nothing.',
    steps: 0,
    run: () => {
      const stream = provider.openStream({
        encoding: 'pcm_s16le',
        sampleRateHz: sampleRateOf(script),
      });
      for (const frame of garbage) {
        try {
          stream.decode(frame);
        } catch (error) {
          const shown = JSON.stringify(frame).slice(0, 80);
          return Promise.reject(mismatch(`decode throws at ${shown}: ${String(error)}`));
        }
      }
      return Promise.resolve();
    },
  };
}

function unsupportedBy({ refusals, endings }: ServiceScript): readonly string[] {
  return KINDS.flatMap((kind) => [
    ...(waysOf(refusals, kind).length === 0 ? [`it refuses no dial as ${kind}`] : []),
    ...(waysOf(endings, kind).length === 0 ? [`it ends no connection as ${kind}`] : []),
  ]);
}

function edgeIdsOf({ to }: Walk['steps'][number]): readonly string[] {
  return to.edges.map(({ id }) => id);
}
