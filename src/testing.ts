/**
 * tenuto/testing: what tenuto is tested with, for the tests of your own application, charts and provider adapters.
 *
 * Nothing in it knows a test runner. docs/testing.md tells how it is used.
 */
export { seededRandom } from './ports/random.ts';
export { drawFaults } from './testing/memory-faults.ts';
export type { DrawnFaults, MemoryFault, MemoryFaultKind } from './testing/memory-faults.ts';
export type { SentFrame } from './testing/memory-log.ts';
export type { Direction, MemorySocket } from './testing/memory-socket.ts';
export { MemoryTransport } from './testing/memory-transport.ts';
export type { DialOutcome, MemoryTransportOptions } from './testing/memory-transport.ts';
export { settle, VirtualClock } from './testing/virtual-clock.ts';
