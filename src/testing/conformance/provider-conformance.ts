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
import type { AnyScript, ProviderServer, ServiceFacts, ServiceScript } from './provider-server.ts';
import { requestCases } from './request-cases.ts';
import { ConformanceRun } from './run.ts';
import {
  isByRequest,
  isServiceScript,
  isVoice,
  placelessIn,
  sampleRateOf,
} from './script-kinds.ts';
import { ScriptedHttpServer } from './scripted-http-server.node.ts';
import { ScriptedServer } from './scripted-server.node.ts';
import { ALONE_SETTING } from './settings.ts';
import type { Setting } from './settings.ts';
import { speechCases } from './speech-cases.ts';
import type { NamedCourse } from './speech-cases.ts';
import { mismatch } from './waiting.ts';
import { walksFor } from './walks.ts';
import type { Walk } from './walks.ts';
import { connectionMachine } from '../../../machines/connection.machine.ts';
import type { FailureKind } from '../../../machines/failure.ts';
import type { Provider } from '../../providers/contract.ts';
import { modelInvalid } from '../model-error.ts';
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
  /**
   * What no case tries, and why: what the script leaves out (`it refuses no dial as quota`), and what a service of its kind
   * has no place for.
   */
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
  service: AnyScript | (() => ProviderServer),
): Conformance {
  const serve = typeof service === 'function' ? service : () => serverOf(service);
  const { script } = serve();
  const sample = provider(isByRequest(script) ? 'http://127.0.0.1:1' : 'ws://127.0.0.1:1');
  assertFits(sample, script);
  const coverage = new EdgeCoverage(connectionMachine);
  const walks = walksFor(sample, script);
  const planned = new Set(walks.flatMap(({ steps }) => steps.flatMap(edgeIdsOf)));

  return {
    cases: [
      ...walks.map((walk) => caseOf(walk, { provider, serve, coverage })),
      ...coursesFor(script, sample).map(({ name, take }) => ({
        name,
        steps: 0,
        run: () => withRun(ALONE_SETTING, { provider, serve, coverage }, take),
      })),
      decodingCase(sample, script),
      ...(isServiceScript(script) && script.places !== 'guessed'
        ? [placesCase(sample, script)]
        : []),
    ],
    unsupported: [...unsupportedBy(script), ...placelessIn(script, sample.traits)],
    unreached: coverage.edges.filter(({ id }) => !planned.has(id)),
    coverage,
    assertCovered: () => {
      const left = coverage.missing.filter(({ id }) => planned.has(id));
      if (left.length > 0) throw mismatch(`never executed: ${left.map(({ id }) => id).join('; ')}`);
    },
  };
}

function serverOf(script: AnyScript): ProviderServer {
  return isByRequest(script) ? new ScriptedHttpServer(script) : new ScriptedServer(script);
}

/** A script of the wrong kind would find fault with every adapter. */
function assertFits(provider: Provider, script: AnyScript): void {
  const { name } = provider;
  if (isByRequest(script) && !('over' in provider)) {
    throw modelInvalid(
      `The script is of a service of requests, and ${name} makes no sockets of its own.`,
      'Give the provider `over`; or give a script of a WebSocket: with `result`, or with `textIn` for a voice.',
    );
  }
  if (!isVoice(script)) return;
  const stream = provider.openStream({ encoding: 'pcm_s16le', sampleRateHz: sampleRateOf(script) });
  if (stream.encodeOrder !== undefined) return;
  throw modelInvalid(
    `The script is of a voice, and the streams of ${name} have no \`encodeOrder\`.`,
    'Give them `encodeOrder`, which says a text to the service; or give a script of a service that hears.',
  );
}

/** What is tried beside the walks, on a session of its own each. */
function coursesFor(script: AnyScript, provider: Provider): readonly NamedCourse[] {
  return [
    { name: FAREWELL, take: farewell },
    ...(isVoice(script) ? speechCases(script, provider) : []),
    ...(isByRequest(script) ? requestCases(script) : []),
  ];
}

/** What was said last is asked for, and the service is told that no more comes. */
const FAREWELL =
  'A session that is closed while its last words are open asks for them and says goodbye.';

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
        if (run.speech !== null) run.say(); // it waits until somebody can say it
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
function decodingCase(provider: Provider, script: ServiceFacts): ConformanceCase {
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

function unsupportedBy({ refusals, endings }: ServiceFacts): readonly string[] {
  return KINDS.flatMap((kind) => [
    ...(waysOf(refusals, kind).length === 0 ? [`it refuses no dial as ${kind}`] : []),
    ...(waysOf(endings, kind).length === 0 ? [`it ends no connection as ${kind}`] : []),
  ]);
}

function edgeIdsOf({ to }: Walk['steps'][number]): readonly string[] {
  return to.edges.map(({ id }) => id);
}
