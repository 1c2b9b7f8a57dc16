/**
 * tenuto/testing: what tenuto is tested with, for the tests of your own application, charts and provider adapters.
 *
 * It needs Node: `ScriptedServer` and `providerConformance` open real sockets with `node:http` and `ws`, so importing it in a
 * browser, or bundling it for one, fails. Nothing in it knows a test runner. docs/testing.md tells how it is used.
 */
export { seededRandom } from './ports/random.ts';
export type { Random, SeededRandom } from './ports/random.ts';
export { createAdmission } from './session/admission/admission.ts';
export { languageModelConformance } from './testing/conformance/language-model-conformance.ts';
export type { LanguageModelScript } from './testing/conformance/language-model-conformance.ts';
export { logStoreConformance } from './testing/conformance/log-store-conformance.ts';
export type { LogStoreConformance } from './testing/conformance/log-store-conformance.ts';
export type { LogStoreScript } from './testing/conformance/log-store-script.ts';
export type * from './ports/log-store.ts';
export { spoolStorageConformance } from './testing/conformance/spool-storage-conformance.ts';
export type { SpoolStorageConformance } from './testing/conformance/spool-storage-conformance.ts';
export type { SpoolStorageScript } from './testing/conformance/spool-storage-script.ts';
export type { SpoolBlock, SpoolChange, SpoolStorage, StoredSpool } from './ports/spool.ts';
export { providerConformance } from './testing/conformance/provider-conformance.ts';
export type { Conformance, ConformanceCase } from './testing/conformance/provider-conformance.ts';
export type * from './testing/conformance/provider-server.ts';
export type * from './testing/conformance/request-script.ts';
export { scriptedProvider, scriptedService } from './testing/conformance/scripted-provider.ts';
export type { ScriptedProviderOptions } from './testing/conformance/scripted-provider.ts';
export { ScriptedHttpServer } from './testing/conformance/scripted-http-server.node.ts';
export { ScriptedServer } from './testing/conformance/scripted-server.node.ts';
export { createSimulatedWorld, simulate } from './simulation/simulate.ts';
export type { SimulatedWorld } from './simulation/simulate.ts';
export type * from './simulation/simulate.types.ts';
export type {
  Fault,
  InvariantId,
  RunResult,
  TraceEntry,
  Violation,
  WorldKind,
} from './simulation/simulation.types.ts';
export { drawFaults } from './testing/memory-faults.ts';
export type { DrawnFaults, MemoryFault, MemoryFaultKind } from './testing/memory-faults.ts';
export type { SentFrame } from './testing/memory-log.ts';
export { MemoryService } from './testing/memory-service.ts';
export type { MemoryServiceClient } from './testing/memory-service.ts';
export type { MemorySocket } from './testing/memory-socket.ts';
export { MemoryTransport } from './testing/memory-transport.ts';
export type { DialOutcome, MemoryTransportOptions } from './testing/memory-transport.ts';
export type { MemoryPeer } from './testing/memory-network.ts';
export type { Direction } from './testing/memory-roads.ts';
export { ActorWorld, actorExecutors } from './testing/model/actor-world.ts';
export type { ActorWorldOptions } from './testing/model/actor-world.ts';
export { EdgeCoverage, edgesOf } from './testing/model/edges.ts';
export type { ChartEdge } from './testing/model/edges.ts';
export type { EventVariant, ModelEvents, ModelMoment } from './testing/model/events.ts';
export { modelTests } from './testing/model/model-tests.ts';
export type * from './testing/model/model-tests.ts';
export { modelPaths } from './testing/model/paths.ts';
export type { ModelPath, ModelPaths, ModelStep, PathOptions } from './testing/model/paths.ts';
export { settle, VirtualClock } from './testing/virtual-clock.ts';
