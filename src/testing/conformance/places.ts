/** Whether a result is told of the samples that it was said of. */
import type { SampleRange, ServiceScript } from './provider-server.ts';
import { framesOf } from './provider-server.ts';
import { mismatch } from './waiting.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import type { Provider, ProviderEvent } from '../../providers/contract.ts';

type TranscriptEvent = Extract<ProviderEvent, { kind: 'transcript' }>;

/** Long enough for a drift of a millionth to show. */
const LONG_CONNECTION_S = 600;

/** A time that was told as a 32-bit float has 24 bits; a place may be the sum of two (IEEE 754, binary32). */
const PRECISION = 2 ** -22;

/** What is wrong with where an event says that it is; null where nothing is. */
export function placeFault(
  { startSample, endSample }: Pick<TranscriptEvent, 'startSample' | 'endSample'>,
  said: SampleRange | undefined,
): string | null {
  const told = `decode told of the samples ${startSample} to ${endSample}`;
  const isRange = Number.isInteger(startSample) && Number.isInteger(endSample);
  if (!isRange || startSample < 0 || endSample < startSample) return told;
  if (said === undefined) return null;
  const isThere = isAt(startSample, said.from) && isAt(endSample, said.to);
  return isThere ? null : `${told}, and the result is of ${said.from} to ${said.to}`;
}

/**
 * A long connection's results, one a second, decoded one after the other: an error that grows shows itself late.
 *
 * @throws TenutoError MODEL_MISMATCH at the first result that is told of other samples.
 */
export function assertPlacesKept(
  provider: Provider,
  script: ServiceScript,
  sampleRateHz: number,
): void {
  const stream = provider.openStream({ encoding: 'pcm_s16le', sampleRateHz });
  const second = new Uint8Array(sampleRateHz * BYTES_PER_SAMPLE).fill(1);
  for (let atS = 0; atS < LONG_CONNECTION_S; atS += 1) {
    stream.encodeAudio(second); // an adapter may go by what it sent
    const range = { from: atS * sampleRateHz, to: (atS + 1) * sampleRateHz };
    const finals = framesOf(script.result(range, `result ${atS + 1}`, false))
      .flatMap((frame) => stream.decode(frame))
      .filter((event): event is TranscriptEvent => event.kind === 'transcript' && event.isFinal);
    const fault = finalsFault(finals, range);
    if (fault !== null) throw mismatch(`after ${atS} s on one connection, ${fault}`);
  }
}

function finalsFault(finals: readonly TranscriptEvent[], range: SampleRange): string | null {
  const [first, last] = [finals[0], finals.at(-1)];
  if (first === undefined || last === undefined) return 'decode made no final of a result';
  return placeFault({ startSample: first.startSample, endSample: last.endSample }, range);
}

function isAt(sample: number, said: number): boolean {
  return Math.abs(sample - said) <= Math.floor(said * PRECISION);
}
