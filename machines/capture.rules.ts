/** What a list of devices means for the one that is heard: total functions, so that no guard can throw. */
import type { CaptureContext, ListedInput } from './capture.types.ts';

/** Until the next asking for a device, where none is there. */
export const ASK_AGAIN_MS = 1_000;

/** How a browser calls the one that the user has chosen in the system. */
const DEFAULT_ID = 'default';

type View = Pick<CaptureContext, 'device' | 'chosenId'>;

/** A page that may not see devices is given a list of nothing, and devices without a name. */
export function isGone({ device }: View, inputs: readonly ListedInput[]): boolean {
  if (device === null || device.id === '' || inputs.length === 0) return false;
  return !inputs.some(({ id }) => id === device.id);
}

/** The one that is to be heard is another: the chosen one is back, or the default one has moved. */
export function isElsewhere({ device, chosenId }: View, inputs: readonly ListedInput[]): boolean {
  if (device === null) return false;
  if (chosenId !== null) return device.id !== chosenId && inputs.some(({ id }) => id === chosenId);
  const byDefault = inputs.find(({ id }) => id === DEFAULT_ID);
  return byDefault !== undefined && byDefault.groupId !== device.groupId;
}
