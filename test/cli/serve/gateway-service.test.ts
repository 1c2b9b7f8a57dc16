/** What `tenuto transcribe --gateway` refuses before it dials. */
import { expect, it } from 'vitest';

import { startGatewayService } from '../../../src/cli/gateway-service.ts';

const options = {
  url: 'ws://127.0.0.1:9',
  tokenEnv: 'TOKEN',
  plan: { seed: null, faults: [] },
  speedRatio: 1,
};

it.each(['Bearer canary', 'canary\ncanary', 'canäry'])(
  'takes no token that no header could carry, and does not repeat it: %j',
  async (token) => {
    const refused = startGatewayService({ ...options, environment: { TOKEN: token } });

    await expect(refused).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(refused).rejects.toThrow(
      /^The environment variable TOKEN holds a text with(?!.*can)/,
    );
  },
);

it('takes a token without the line end of the file that it was read from', async () => {
  const service = await startGatewayService({ ...options, environment: { TOKEN: 'canary\n' } });

  expect(service.candidates).toHaveLength(1);
  await service.close();
});
