import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { projectRoot } from './planted-tree.ts';
import { workletModule } from '../../scripts/worklet.mjs';

it('the worklet that is loaded is made of the sources that are tested', async () => {
  const made = await workletModule();

  expect(readFileSync(join(projectRoot, 'src/worklets/source.ts'), 'utf8')).toBe(made);
});
