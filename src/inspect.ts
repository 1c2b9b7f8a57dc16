/** tenuto for who watches: what happens in charts, in the wire format of `@statelyai/inspect`. */
export { inspectionFeed } from './observability/inspection-feed.ts';
export type { InspectionFeed, InspectionFeedOptions } from './observability/inspection-feed.ts';
export { eventLine, headerLine, RecordingReader } from './observability/recording.ts';
export type { BadLine, RecordingHeader, RecordingLimits } from './observability/recording.ts';
export type { RecordStep } from './observability/records.ts';
export type {
  BaseInspectionEvent,
  ChartSource,
  StatelyActorEvent,
  StatelyEventEvent,
  StatelyInspectionEvent,
  StatelySnapshotEvent,
  WireEventObject,
  WireSnapshot,
  WireTransition,
} from './observability/wire.ts';
export type { WallClock } from './ports/clock.ts';
