/** What opens a session is drawn from a port: by default nobody can foretell it. */
import { describe, expect, it } from 'vitest';

import { GatewayWorld } from './gateway-world.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.types.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { systemSecrets } from '../../src/ports/secrets.ts';
import type { Secrets } from '../../src/ports/secrets.ts';

function foretold(seed: number): Secrets {
  const { integer } = seededRandom(seed);
  return { bytes: (count) => Uint8Array.from({ length: count }, () => integer(255)) };
}

/** What a gateway hands out, and what it calls its session. */
async function given(options: Partial<GatewayOptions>): Promise<readonly unknown[]> {
  const tags = new Set<string | null>();
  const onStep: GatewayOptions['onStep'] = ({ session }) => void tags.add(session);
  const { welcome } = await new GatewayWorld(undefined, undefined, { ...options, onStep }).begun();
  return [welcome.sid, welcome.lin, welcome.resume, ...tags];
}

describe('the secrets of a gateway', () => {
  it('are drawn from the port that it is given, all of them', async () => {
    const first = await given({ secrets: foretold(1) });

    expect(await given({ secrets: foretold(1) })).toEqual(first);
    const others = await given({ secrets: foretold(2) });
    expect(others.filter((each) => each !== null && first.includes(each))).toEqual([]);
  });

  it('are the platform’s where nothing is given, and never the same', async () => {
    const [first, second] = [await given({}), await given({})];

    expect(second.filter((each) => each !== null && first.includes(each))).toEqual([]);
    expect(systemSecrets.bytes(32)).toHaveLength(32);
    expect(systemSecrets.bytes(32)).not.toEqual(systemSecrets.bytes(32));
  });
});
