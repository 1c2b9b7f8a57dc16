export { MemorySocket as FakeSocket } from '../../src/testing/memory-socket.ts';
export { MemoryTransport as FakeTransport } from '../../src/testing/memory-transport.ts';
export type {
  DialOutcome,
  MemoryTransportOptions as FakeTransportOptions,
} from '../../src/testing/memory-transport.ts';
