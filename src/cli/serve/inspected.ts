/** What `tenuto serve --inspect` opens beside the gateway, and how it is told. */
import { openInspectDoor } from './inspect-door.ts';
import type { InspectDoor } from './inspect-door.ts';
import type { Environment } from '../access.ts';
import { read } from '../access.ts';
import type { CliIo } from '../io.ts';
import { inspectionFeed } from '../../observability/inspection-feed.ts';
import type { InspectionFeed } from '../../observability/inspection-feed.ts';
import type { Logger } from '../../ports/logger.ts';
import { invalid } from '../../ports/option-errors.ts';

export interface Inspected {
  readonly feed: InspectionFeed;
  readonly door: InspectDoor;
}

interface Asked {
  readonly inspect?: boolean;
  readonly inspectPort?: number;
  readonly inspectTokenEnv?: string;
  readonly environment: Environment;
}

/** @throws TenutoError OPTION_INVALID, PORT_IN_USE. */
export async function openInspected(asked: Asked, logger: Logger): Promise<Inspected | null> {
  const { inspect = false, inspectPort, inspectTokenEnv, environment } = asked;
  if (!inspect) {
    if (inspectPort === undefined && inspectTokenEnv === undefined) return null;
    throw invalid(
      'Nobody is to watch: --inspect is not given.',
      'Add --inspect, or leave its port and its token out.',
    );
  }
  const given =
    inspectTokenEnv === undefined ? null : (read(environment, inspectTokenEnv)?.trim() ?? '');
  if (given === '') {
    throw invalid(
      `The environment variable ${inspectTokenEnv ?? ''} holds no token.`,
      'Set it, or leave --inspect-token-env out.',
    );
  }
  const feed = inspectionFeed();
  const door = await openInspectDoor({
    port: inspectPort ?? 0,
    token: given,
    feed,
    onRefused: (status) => logger.warn('Somebody who may not watch was refused.', { status }),
  });
  return { feed, door };
}

/** The token that was made is printed here, and nowhere else. */
export function tellInspected(
  { door: { url, madeToken } }: Inspected,
  isJson: boolean,
  io: Pick<CliIo, 'write'>,
): void {
  if (isJson) {
    io.write(
      JSON.stringify({ type: 'inspect', url, ...(madeToken === null ? {} : { token: madeToken }) }),
    );
    return;
  }
  const token = madeToken === null ? '' : `TENUTO_INSPECT_TOKEN=${madeToken} `;
  io.write(`Its charts are watched by: ${token}npx tenuto inspect ${url}`);
}
