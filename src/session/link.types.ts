/** What a link is made of, and whom it tells. */
import type { DialSlots } from './admission/dial-slots.ts';
import type { ResolvedCandidate } from './candidates.ts';
import type { RaceOptions } from './dial-race.ts';
import type { Looks } from './looks.ts';
import type { RatesPart } from './rates-part.ts';
import type { ConnectionEvent } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import type { CreateResampler } from '../ports/resampler.ts';
import type { Transport } from '../ports/socket.ts';
import type { ProviderEvent, StreamMemory } from '../providers/contract.ts';

export interface LinkHandlers<Link> {
  onOpen(link: Link): void;
  onEvents(link: Link, events: readonly ProviderEvent[]): void;
  onDrain(link: Link): void;
  /** Its provider threw over a piece of audio. */
  onFaulty(link: Link, error: unknown): void;
  /** Once, unless it was released before. */
  onLost(link: Link, failure: Failure): void;
}

/** What a dial takes. */
export interface DiallingOptions {
  readonly candidate: ResolvedCandidate;
  readonly format: AudioFormat;
  readonly clock: Clock;
  /** Null: dials are not limited. */
  readonly slots: DialSlots | null;
  /** The conversation that a new socket may have to be given. Absent where nobody talks. */
  readonly memory?: StreamMemory;
}

export interface LinkOptions<Link> extends DiallingOptions {
  /** Its number among the sockets of its connection. */
  readonly id: number;
  /** Another dial is made beside one that hangs, this often; null: none is. */
  readonly redialEveryMs: number | null;
  /** It follows one whose end is announced. */
  readonly isMove: boolean;
  /** Which connection it belongs to. */
  readonly lane: number;
  /** Tells the chart that owns the socket. */
  readonly tell: (event: ConnectionEvent) => void;
  readonly looks: Looks;
  readonly handlers: LinkHandlers<Link>;
  readonly createResampler: CreateResampler | null;
  /** Null: every service counts as the session does. */
  readonly rates: RatesPart | null;
  /** Makes one socket by several dials. Null: it has no service that is worth them. */
  readonly race: ((transport: Transport, options: RaceOptions) => Transport) | null;
}
