/** Whole conversations of a client with a gateway, as ours have them: the file is what they say, and is written anew with `-u`. */
import { describe, expect, it } from 'vitest';

import { recorded, scenes } from './conversations/scenes.ts';
import type { Conversation } from './conversations/steps.ts';

/** A step a line: so much can be read. */
function written(conversations: readonly Conversation[]): string {
  const texts = conversations.map(({ steps, ...rest }) => {
    const head = JSON.stringify(rest).slice(0, -1);
    return `${head},"steps":[\n${steps.map((step) => JSON.stringify(step)).join(',\n')}\n]}`;
  });
  return `[\n${texts.join(',\n\n')}\n]\n`;
}

describe('the conversations of tenuto.v1', () => {
  it('are what our own client and gateway say', async () => {
    const conversations: Conversation[] = [];
    for (const scene of scenes) conversations.push(await recorded(scene));

    await expect(written(conversations)).toMatchFileSnapshot(
      '../../src/protocol/vectors/conversations.json',
    );
  });
});
