/** Whether the files are still where they are to be found again. */
import type { Segments } from './segments.ts';
import { reasonOf } from '../../../files/disk.node.ts';
import type { Disk } from '../../../files/disk.node.ts';

/**
 * Who removes a directory takes nothing from a process that has its files open: it writes on, to what nobody will find.
 *
 * @returns what is missing; null where nothing is.
 */
export async function missingFrom(
  disk: Disk,
  directory: string,
  { newest }: Segments, // others are removed in good order
): Promise<string | null> {
  if (newest === undefined) return null;
  try {
    if ((await disk.list()).includes(newest.name)) return null;
  } catch (error) {
    return `${directory} cannot be read (${reasonOf(error)})`;
  }
  return `${directory}/${newest.name} is not there any more`;
}
